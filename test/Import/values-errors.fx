# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class wrong(torch.nn.Module):
    def forward(self, x: "f32[4]", i: "i64[4]"):
        # CHECK-DAG: error[op-argument]: {{.*}}'power': {{.*}}: integers have no negative integer powers
        power = torch.ops.aten.pow.Tensor_Scalar(i, -1)
        # CHECK-DAG: error[op-argument]: {{.*}}'narrow': {{.*}}: narrow beyond the dimension
        narrow = torch.ops.aten.narrow.default(x, 0, 2, 3)
        return (power,)
