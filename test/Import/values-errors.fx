# RUN: not graphc %s --emit=graph --dump-dir= 2>&1 | FileCheck %s

class wrong(torch.nn.Module):
    def forward(self, x: "f32[4]", i: "i64[4]"):
        # CHECK-DAG: error[op-argument]: {{.*}}'power': {{.*}}: integers have no negative integer powers
        power = torch.ops.aten.pow.Tensor_Scalar(i, -1)
        # CHECK-DAG: error[op-argument]: {{.*}}'narrow': {{.*}}: narrow beyond the dimension
        narrow = torch.ops.aten.narrow.default(x, 0, 2, 3)
        # CHECK-DAG: error[unsupported-op]: {{.*}}'polygamma': {{.*}}: polygamma of order 2, only 0 and 1 are
        polygamma = torch.ops.aten.polygamma.default(2, x)
        # CHECK-DAG: error[op-argument]: {{.*}}'margin': {{.*}}: 'p' is 1 or 2
        margin = torch.ops.aten.multi_margin_loss.default(x, i, 3)
        # CHECK-DAG: error[unsupported-dtype]: {{.*}}'gcd': {{.*}}: is not supported for float32
        gcd = torch.ops.aten.gcd.default(x, x)
        # CHECK-DAG: error[op-argument]: {{.*}}'gradient': {{.*}}: a dimension is too short
        short = torch.ops.aten.narrow.default(x, 0, 2, 2)
        gradient = torch.ops.aten.gradient.scalarint(short, spacing = None, dim = 0, edge_order = 2)
        return (power,)
