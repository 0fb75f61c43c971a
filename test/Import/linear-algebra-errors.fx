# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class linear_algebra_errors(torch.nn.Module):
    def forward(self, x: "f32[2, 3, 4]"):
        # CHECK: 'A' is not square
        a = torch.ops.aten.linalg_inv.default(x)
        return (a,)
