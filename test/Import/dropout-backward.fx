# RUN: graphc %s --emit=graph | FileCheck %s

class dropout_backward(torch.nn.Module):
    def forward(self, g: "i64[4]", m: "b8[4]"):
        # The scale is a float, with which integers become float32.
        # CHECK: graph.mul {{.*}}-> !graph.tensor<4xf32>
        # CHECK: return %{{.*}} : !graph.tensor<4xf32>
        backward = torch.ops.aten.native_dropout_backward.default(g, m, 2.0)
        return (backward,)
