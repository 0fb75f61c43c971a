# RUN: graphc %s --emit=graph | FileCheck %s

class scatter_views(torch.nn.Module):
    def forward(self, x: "f32[4, 8][16, 1]", y: "f32[2, 8][8, 1]", row: "f32[8][1]"):
        # The copy that is written has the strides of what it copies.
        # CHECK: graph.slice_scatter {{.*}}-> !graph.tensor<4x8xf32, strides = [16, 1]>
        kept = torch.ops.aten.slice_scatter.default(x, y, 0, 1, 3)
        # Unless elements share memory.
        # CHECK: graph.contiguous {{.*}}strides = [0, 1]>) -> !graph.tensor<4x8xf32>
        # CHECK: graph.slice_scatter {{.*}}-> !graph.tensor<4x8xf32>
        expand = torch.ops.aten.expand.default(row, [4, 8])
        written = torch.ops.aten.slice_scatter.default(expand, y, 0, 1, 3)
        # CHECK: return %{{.*}}, %{{.*}} : !graph.tensor<4x8xf32, strides = [16, 1]>, !graph.tensor<4x8xf32>
        return (kept, written)
