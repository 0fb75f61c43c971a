# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class quantization_scalar_errors(torch.nn.Module):
    def forward(self, x: "f32[]", scales: "f32[1]", zeros: "i32[1]"):
        # CHECK: expected a scale for each element of the axis
        a = torch.ops.aten.fake_quantize_per_channel_affine.default(x, scales, zeros, 0, -128, 127)
        return (a,)
