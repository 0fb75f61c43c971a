# RUN: not graphc %s --emit=graph 2>&1 | FileCheck %s

# A scale for each block of a row is not there.
# CHECK: error[op-argument]: {{.*}}'y': aten._scaled_mm.default: _scaled_mm takes scales in f32, one for all, for each row or for each column, and none of the result
# CHECK-NEXT: note: schema: aten::_scaled_mm(

class scaled(torch.nn.Module):
    def forward(self, x: "f8e4m3fn[16, 256]", w: "f8e4m3fn[256, 16]", p: "f32[16, 2]", q: "f32[1, 16]"):
        y = torch.ops.aten._scaled_mm.default(x, w, p, q, None, None, torch.bfloat16)
        return (y,)
