# RUN: graphc %s --emit=graph | FileCheck %s
# RUN: sed 's/\[2, 2\], \[1, 2\], 0/[2, 2], [1, 2], 21/' %s > %t.fx
# RUN: sh -c 'graphc %t.fx --emit=graph --dump-dir=; test $? = 3' 2>&1 | FileCheck %s --check-prefix=OUTSIDE

# OUTSIDE: error[unsupported-op]: {{.*}} 'beginning': aten.as_strided.default: as_strided of elements 21 to 24 of a storage of which 24 are known
class striding(torch.nn.Module):
    def forward(self, x: "f32[4, 6]", source: "f32[2, 2]"):
        # An offset counts from the beginning of the storage, not of the view.
        # CHECK: %[[ROWS:.+]] = graph.slice %arg0
        # CHECK: graph.as_strided %arg0 [2, 2] strides [1, 2] offset 0
        slice_1 = torch.ops.aten.slice.Tensor(x, 0, 1, 3)
        beginning = torch.ops.aten.as_strided.default(slice_1, [2, 2], [1, 2], 0)
        # Without one the view's first element stays the first.
        # CHECK: graph.as_strided %[[ROWS]]
        relative = torch.ops.aten.as_strided.default(slice_1, [2, 2], [1, 2])
        # CHECK: graph.index_put %arg1 into
        scatter: "f32[4, 6][6, 1]" = torch.ops.aten.as_strided_scatter.default(x, source, [2, 2], [1, 2], 3)
        add = torch.ops.aten.add.Tensor(x, 1)
        # CHECK: graph.select
        fill_diagonal_ = torch.ops.aten.fill_diagonal_.default(add, 2)
        return (beginning, relative, scatter, fill_diagonal_)
