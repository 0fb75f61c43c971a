# RUN: graphc %s --emit=graph | FileCheck %s

class contraction(torch.nn.Module):
    def forward(self, c: "bf16[4, 2]", a: "bf16[4, 8]", b: "bf16[8, 2]"):
        # CHECK: %[[PRODUCT:.*]] = graph.matmul {{.*}}-> !graph.tensor<4x2xbf16>
        # CHECK: graph.add %[[PRODUCT]]
        addmm = torch.ops.aten.addmm.default(c, a, b)
        # A scaled product is rounded once, behind the scale.
        # CHECK: graph.matmul {{.*}}-> !graph.tensor<4x2xf32>
        # CHECK: graph.mul {{.*}}-> !graph.tensor<4x2xf32>
        # CHECK: %[[SUM:.*]] = graph.add {{.*}}-> !graph.tensor<4x2xf32>
        # CHECK: graph.cast %[[SUM]] to bf16
        scaled = torch.ops.aten.addmm.default(c, a, b, alpha = 0.5)
        return (addmm, scaled)
