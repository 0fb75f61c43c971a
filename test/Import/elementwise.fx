# RUN: graphc %s --emit=graph | FileCheck %s

class elementwise(torch.nn.Module):
    def forward(self, x: "f32[4]", h: "bf16[4]", b: "b8[4]"):
        # A zero keeps its sign at a bound of zero.
        # CHECK: graph.relu %{{.*}} : (!graph.tensor<4xf32>)
        clamp = torch.ops.aten.clamp.default(x, 0)
        # CHECK: graph.maximum {{.*}}-> !graph.tensor<4xf32>
        clamp_min = torch.ops.aten.clamp_min.default(x, 1)
        # Narrow floats are rounded once, at the end.
        # CHECK: graph.sin %{{.*}} : (!graph.tensor<4xf32>)
        # CHECK: graph.cast {{.*}}-> !graph.tensor<4xbf16>
        sinc = torch.ops.aten.sinc.default(h)
        # CHECK: graph.mul {{.*}}-> !graph.tensor<4xi64>
        square = torch.ops.aten.square.default(b)
        return (clamp, clamp_min, sinc, square)
