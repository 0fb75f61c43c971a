# RUN: graphc %s --emit=graph | FileCheck %s

class unfold(torch.nn.Module):
    def forward(self, x: "f32[2, 3, 8, 8][192, 64, 8, 1]", v: "f32[2, 3, 4, 4][48, 16, 4, 1]", i: "i64[2, 3, 4, 4][48, 16, 4, 1]", s: "f32[][]"):
        # CHECK: graph.scatter none %{{.*}} into %{{.*}} dim 1 {{.*}}-> !graph.tensor<6x64xf32>
        max_unpool2d = torch.ops.aten.max_unpool2d.default(v, i, [8, 8])
        # CHECK: return %{{.*}}, %{{.*}}, %{{.*}} : !graph.tensor<2x3x8x8xf32>, !graph.tensor<1xf32>, !graph.tensor<2x3x8x3x4xf32>
        scalar = torch.ops.aten.unfold.default(s, 0, 1, 1)
        unfold_copy = torch.ops.aten.unfold_copy.default(x, 3, 4, 2)
        return (max_unpool2d, scalar, unfold_copy)
