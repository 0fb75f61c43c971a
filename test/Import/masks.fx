# RUN: graphc %s --emit=graph | FileCheck %s

class masks(torch.nn.Module):
    def forward(self, x: "f32[8]", mask: "b8[4, 8]", source: "f32[32]"):
        # The tensor that is written broadcasts, too.
        # CHECK: graph.select %{{.*}}, %{{.*}}, %{{.*}} -> !graph.tensor<4x8xf32>
        masked_scatter = torch.ops.aten.masked_scatter.default(x, mask, source)
        return (masked_scatter,)
