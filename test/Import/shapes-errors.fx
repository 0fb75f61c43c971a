# RUN: not graphc %s --emit=graph 2>&1 | FileCheck %s

# CHECK: error[shape-mismatch]: {{.*}}: line 7 'mm': aten.mm.default: the operands do not fit

class shapes(torch.nn.Module):
    def forward(self, x: "f32[4, 5]", y: "f32[6, 4]"):
        mm = torch.ops.aten.mm.default(x, y)
        return (mm,)
