# RUN: not graphc %s --emit=graph 2>&1 | FileCheck %s

# How results of eight bits are rounded and cut off is another matter.
# CHECK: error[{{.*}}]: {{.*}}'y': {{.*}}_scaled_mm with another result than f32, f16 or bf16

class scaled(torch.nn.Module):
    def forward(self, x: "f8e4m3fn[16, 256]", w: "f8e4m3fn[256, 16]", p: "f32[1]", q: "f32[1]"):
        y = torch.ops.aten._scaled_mm.default(x, w, p, q)
        return (y,)
