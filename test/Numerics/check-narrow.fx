# RUN: graphc %s --check-passes -o %t.so 2>&1 | FileCheck %s

# Floats of eight bits are integers half-way through the conversion to LLVM.
# CHECK: graphc: numerics: {{[1-9][0-9]*}} runs of passes keep what the program computes
# CHECK-NOT: could not be checked

class Model(torch.nn.Module):
    def forward(self, x: "f32[5, 7][7, 1]", y: "f8e5m2[5, 7][7, 1]", w: "f8e5m2[7, 16][1, 7]", p: "f32[][]"):
        a = torch.ops.prims.convert_element_type.default(x, torch.float8_e4m3fn)
        b = torch.ops.aten.cat.default([y, y], 1)
        c = torch.ops.aten._scaled_mm.default(y, w, p, p, None, None, torch.float32)
        d = torch.ops.aten.full.default([3], 0.3, dtype=torch.float8_e4m3fn)
        return (a, b, c, d)
