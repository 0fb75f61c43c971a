# RUN: graphc %s --emit=graph | FileCheck %s

class foreach(torch.nn.Module):
    def forward(self, x: "f32[4]", y: "i64[2, 2]"):
        # Each element promotes by itself, scalars of a list go with theirs.
        # CHECK: graph.add {{.*}}tensor<4xf32>
        # CHECK: graph.add {{.*}}tensor<2x2xi64>
        add = torch.ops.aten._foreach_add.ScalarList([x, y], [2, 3])
        add_0 = add[0]
        add_1 = add[1]
        # CHECK: graph.pow {{.*}}tensor<4xf32>
        pow_1 = torch.ops.aten._foreach_pow.List([x, y], [x, y])
        pow_0 = pow_1[0]
        # CHECK: return
        return (add_0, add_1, pow_0)
