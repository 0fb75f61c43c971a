# RUN: graphc %s --emit=graph | FileCheck %s

# Floats that are whole numbers beside a symbolic size: the length is exact, the
# type is that of floats.
class arange_floats(torch.nn.Module):
    def forward(self, n: "Sym(s0)", x: "f32[s0]"):
        # CHECK: graph.iota {{.*}}(2*s0)xi64
        # CHECK: -> !graph.tensor<(2*s0)xf32>
        low = -n
        arange = torch.ops.aten.arange.start_step(n, low, -1.0)
        return (arange,)
