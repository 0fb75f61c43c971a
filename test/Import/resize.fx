# RUN: graphc %s --emit=graph | FileCheck %s

class resize(torch.nn.Module):
    def forward(self, x: "f32[1, 3, 8, 8]"):
        # The factor stays: it and not the ratio of sizes maps coordinates.
        # CHECK: graph.resize nearest %{{.*}} {output = #graph.exprs<[12, 12]>, scales = array<f64: 1.5{{.*}}, 1.5
        nearest = torch.ops.aten.upsample_nearest2d.vec(x, None, [1.5, 1.5])
        # CHECK: graph.resize linear %{{.*}} {align_corners, output = #graph.exprs<[4, 5]>}
        linear = torch.ops.aten.upsample_bilinear2d.vec(x, [4, 5], True, None)
        # CHECK: graph.resize cubic
        cubic = torch.ops.aten.upsample_bicubic2d.default(x, [16, 16], False)
        return (nearest, linear, cubic)
