# RUN: graphc %s --emit=graph | FileCheck %s

# Lengths that export does not compare.
class source_lengths(torch.nn.Module):
    def forward(self, n: "Sym(s0)", m: "Sym(s1)", x: "f32[9, 5]", y: "f32[s0, 5]", i: "i64[s1]"):
        # CHECK: graph.assert {{.*}}, "slice_scatter: the source is as long as the slice"
        # CHECK: graph.slice_scatter
        end = n + 3
        slice_scatter = torch.ops.aten.slice_scatter.default(x, y, 0, 3, end)
        # CHECK: graph.assert {{.*}}, "index_reduce: the index is as long as the source"
        # CHECK: graph.scatter
        index_reduce = torch.ops.aten.index_reduce.default(x, 0, i, y, 'amax')
        return (slice_scatter, index_reduce)
