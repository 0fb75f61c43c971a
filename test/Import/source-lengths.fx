# RUN: graphc %s --emit=graph | FileCheck %s

# Lengths that export does not compare.
class source_lengths(torch.nn.Module):
    def forward(self, n: "Sym(s0)", m: "Sym(s1)", x: "f32[9, 5]", y: "f32[s0, 5]", i: "i64[s1]", b: "Sym(s2)", c: "Sym(s3)", cache: "f32[s2, 9, 5]", step: "f32[s3, 2, 5]"):
        # CHECK: graph.assert {{.*}}, "slice_scatter: the source is as long as the slice"
        # CHECK: graph.slice_scatter
        end = n + 3
        slice_scatter = torch.ops.aten.slice_scatter.default(x, y, 0, 3, end)
        # CHECK: graph.assert {{.*}}, "index_reduce: the index is as long as the source"
        # CHECK: graph.scatter
        index_reduce = torch.ops.aten.index_reduce.default(x, 0, i, y, 'amax')
        # The other sizes are those of the slice, too.
        # CHECK: graph.assert {{.*}}, "slice_scatter: the source has a size of s3 for s2"
        # CHECK: graph.slice_scatter
        into = torch.ops.aten.slice_scatter.default(cache, step, 1, 3, 5)
        # CHECK: graph.assert {{.*}}, "select_scatter: the source has a size of s3 for s2"
        # CHECK: graph.slice_scatter
        first = torch.ops.aten.select.int(step, 1, 0)
        at = torch.ops.aten.select_scatter.default(cache, first, 1, 3)
        return (slice_scatter, index_reduce, into, at)
