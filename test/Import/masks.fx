# RUN: graphc %s --emit=graph | FileCheck %s

class masks(torch.nn.Module):
    def forward(self, x: "f32[8]", mask: "b8[4, 8]", source: "f32[32]", y: "f32[4, 8][1, 4]", row: "b8[1, 8]"):
        # The result is contiguous, what is filled need not be.
        # CHECK: %[[FILLED:.*]] = graph.select %{{.*}} -> !graph.tensor<4x8xf32, strides = [1, 4]>
        # CHECK: graph.contiguous %[[FILLED]] {{.*}} -> !graph.tensor<4x8xf32>
        masked_fill = torch.ops.aten.masked_fill.Scalar(y, row, 2)
        # The tensor that is written broadcasts, too.
        # CHECK: graph.select %{{.*}}, %{{.*}}, %{{.*}} -> !graph.tensor<4x8xf32>
        masked_scatter = torch.ops.aten.masked_scatter.default(x, mask, source)
        return (masked_scatter, masked_fill)
