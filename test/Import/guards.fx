s0 = 7

# RUN: graphc %s --emit=graph | FileCheck %s

# Where torch decided by the sizes at hand, it left a guard that the text does
# not show; it is checked at entry.
# CHECK: constraints = [{expr = #graph.expr<-s0 + 512>, min = 0 : i64{{.*}}}, {expr = #graph.expr<s0 - 2>, min = 0 : i64
class guards(torch.nn.Module):
    def forward(self, n: "Sym(s0)", x: "f32[s0, 2]", table: "i64[1, 512]"):
        # CHECK: graph.slice {{.*}} -> !graph.tensor<1x(s0)xi64
        positions = torch.ops.aten.slice.Tensor(table, 1, 0, n)
        # CHECK: graph.diagonal
        # CHECK: -> !graph.tensor<2xf32
        diagonal = torch.ops.aten.diagonal.default(x)
        return (positions, diagonal)
