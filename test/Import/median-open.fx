# RUN: graphc %s --emit=graph | FileCheck %s

class median(torch.nn.Module):
    # One element stays of a dimension of open size, which must have one.
    def forward(self, n: "Sym(s0)", x: "f32[3, s0]"):
        # CHECK: graph.sort
        # CHECK: graph.assert {{.*}}, "median of nothing"
        # CHECK: return %{{.*}}, %{{.*}} : !graph.tensor<3xf32>, !graph.tensor<3xi64>
        median = torch.ops.aten.median.dim(x, 1)
        values = median[0]
        indices = median[1]
        return (values, indices)
