# RUN: graphc %s --emit=graph | FileCheck %s

class contraction(torch.nn.Module):
    def forward(self, c: "bf16[4, 2]", a: "bf16[4, 8]", b: "bf16[8, 2]", w: "bf16[4, 8]", bias: "bf16[4]", u: "bf16[3]", v: "bf16[4]", k: "bf16[5, 3, 4]", d: "bf16[5]", i: "i32[3]", j: "i32[2, 3]", n: "f8e4m3fn[4, 32]", m: "f8e4m3fn[32, 16]", p: "f32[4, 1]", q: "f32[1, 16]"):
        # A product is rounded once, behind what is added to it.
        # CHECK: graph.matmul {{.*}}-> !graph.tensor<4x2xf32>
        # CHECK: %[[SUM:.*]] = graph.add {{.*}}-> !graph.tensor<4x2xf32>
        # CHECK: graph.cast %[[SUM]] to bf16
        addmm = torch.ops.aten.addmm.default(c, a, b)
        # And behind the scale.
        # CHECK: graph.mul {{.*}}-> !graph.tensor<4x2xf32>
        # CHECK: %[[SUM:.*]] = graph.add {{.*}}-> !graph.tensor<4x2xf32>
        # CHECK: graph.cast %[[SUM]] to bf16
        scaled = torch.ops.aten.addmm.default(c, a, b, alpha = 0.5)
        # So with a bias.
        # CHECK: graph.matmul {{.*}}-> !graph.tensor<4x4xf32>
        # CHECK: %[[BIASED:.*]] = graph.add {{.*}}-> !graph.tensor<4x4xf32>
        # CHECK: graph.cast %[[BIASED]] to bf16
        linear = torch.ops.aten.linear.default(a, w, bias)
        # CHECK: graph.matmul {{.*}}-> !graph.tensor<1x20xf32>
        # CHECK: graph.cast {{.*}} to bf16 {{.*}}-> !graph.tensor<5xbf16>
        bilinear = torch.ops.aten.bilinear.default(u, v, k, d)
        # A sum over labels of one operand alone widens integers, as torch's.
        # CHECK: graph.cast {{.*}} to i64
        einsum: "i64[]" = torch.ops.aten.einsum.default('i->', [i])
        # CHECK: graph.mul {{.*}}-> !graph.tensor<2x3x1xi64>
        outer: "i64[2, 3]" = torch.ops.aten.einsum.default('ik,j->ij', [j, i])
        # Narrow factors are multiplied, scaled row by row and column by column, and
        # rounded once.
        # CHECK: %[[PRODUCT:.*]] = graph.matmul {{.*}}-> !graph.tensor<4x16xf32>
        # CHECK: %[[ROWS:.*]] = graph.mul %[[PRODUCT]], {{.*}}-> !graph.tensor<4x16xf32>
        # CHECK: %[[BOTH:.*]] = graph.mul %[[ROWS]], {{.*}}-> !graph.tensor<4x16xf32>
        # CHECK: graph.cast %[[BOTH]] to bf16
        narrow: "bf16[4, 16]" = torch.ops.aten._scaled_mm.default(n, m, p, q, None, None, torch.bfloat16)
        return (addmm, scaled, linear, bilinear, einsum, outer, narrow)
