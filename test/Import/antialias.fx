# RUN: graphc %s --emit=graph | FileCheck %s

class antialias(torch.nn.Module):
    def forward(self, x: "f32[1, 3, 8, 6]"):
        # The first pixel covers three and a half; a dimension that keeps its size
        # has no weights.
        # CHECK: graph.constant dense<{{\[\[}}0.428571433, 0.000000e+00, {{.*}}], [0.428571433, 1.250000e-01, {{.*}}], [0.142857149, 3.750000e-01,
        # CHECK: graph.matmul
        # CHECK-NOT: graph.matmul
        # CHECK: return {{.*}}!graph.tensor<1x3x4x6xf32>
        half: "f32[1, 3, 4, 6]" = torch.ops.aten._upsample_bilinear2d_aa.default(x, [4, 6], False)
        return (half,)
