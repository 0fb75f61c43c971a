# RUN: graphc %s --emit=graph | FileCheck %s

class logsumexp_empty(torch.nn.Module):
    def forward(self, x: "f32[0, 3]"):
        # Nothing sums to 0, whose logarithm is minus infinity.
        # CHECK-NOT: reduce max
        # CHECK: return
        logsumexp = torch.ops.aten.logsumexp.default(x, [0])
        # CHECK-SAME: !graph.tensor<3xf32>
        return (logsumexp,)
