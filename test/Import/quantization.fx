# RUN: graphc %s --emit=graph | FileCheck %s

class quantization(torch.nn.Module):
    def forward(self, x: "f32[2, 3]", scales: "f32[3]", zeros: "i32[3]"):
        # Rounded before the zero point is added.
        # CHECK: %[[Q:.+]] = graph.round
        # CHECK: graph.add %[[Q]]
        # CHECK: graph.maximum
        # CHECK: graph.minimum
        # CHECK: graph.mul {{.*}}, %[[SCALES:.+]] : {{.*}}!graph.tensor<1x3xf32>
        fake: "f32[2, 3][3, 1]" = torch.ops.aten.fake_quantize_per_channel_affine.default(x, scales, zeros, 1, -128, 127)
        return (fake,)
