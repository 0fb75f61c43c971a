# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class complex_errors(torch.nn.Module):
    def forward(self, x: "f16[4]"):
        # CHECK: error[unsupported-op]: {{.*}} complex numbers of float16
        a = torch.ops.aten.complex.default(x, x)
        return (a,)
