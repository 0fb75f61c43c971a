# RUN: graphc %s --emit=graph | FileCheck %s

class rejection(torch.nn.Module):
    def forward(self, x: "f32[3, 4][1, 3]", n: "f64[4]", p: "f64[3, 1]"):
        # The state moves on by the calls of all rounds, 21 for each operator.
        # CHECK: dense<[0, 84]>
        # Rounds draw from calls of their own, in f64.
        # CHECK: graph.assert_tensor {{.*}}, "a Poisson rate is negative"
        # CHECK: graph.philox %{{.+}}, %[[CALL:.+]] [3, 4] half 0
        # CHECK: graph.while
        # CHECK: graph.philox {{.*}} [3, 4] half 1
        # CHECK: graph.cast {{.*}} to f32
        # CHECK: graph.contiguous {{.*}} strides [1, 3]
        counts: "f32[3, 4][1, 3]" = torch.ops.aten.poisson.default(x)
        # CHECK: graph.while
        successes: "f64[3, 4][4, 1]" = torch.ops.aten.binomial.default(n, p)
        # CHECK: graph.while
        gamma: "f32[3, 4][1, 3]" = torch.ops.aten._standard_gamma.default(x)
        # CHECK: graph.while
        # CHECK: graph.reduce sum {{.*}} dims [1] keepdim
        shares: "f32[3, 4][1, 3]" = torch.ops.aten._sample_dirichlet.default(x)
        return (counts, successes, gamma, shares)
