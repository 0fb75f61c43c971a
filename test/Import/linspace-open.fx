# RUN: graphc %s --emit=graph | FileCheck %s

# Ends and steps that are known at run time only; one step is the start.
class linspace_open(torch.nn.Module):
    def forward(self, n: "Sym(s0)", x: "f32[s0]"):
        # CHECK: graph.iota {{.*}}(s0)xi64
        # CHECK: graph.compare lt {{.*}}(s0)xf32
        # CHECK: graph.select {{.*}} -> !graph.tensor<(s0)xf32>
        end = n - 0.5
        linspace = torch.ops.aten.linspace.default(0.5, end, n)
        return (linspace,)
