# RUN: graphc %s --emit=graph | FileCheck %s

# What eager PyTorch makes of tensors without elements.

class empty(torch.nn.Module):
    def forward(self, x: "f32[5]", index: "i64[2, 0]", nothing: "f32[0]"):
        # The index of nothing may have another rank than what it indexes.
        # CHECK-NOT: graph.gather
        gather: "f32[2, 0]" = torch.ops.aten.gather.default(x, 0, index)
        # There is no channel, and the statistics stay.
        # CHECK-NOT: graph.batch_norm
        batch_norm: "f32[0]" = torch.ops.aten.batch_norm.default(nothing, None, None, nothing, nothing, True, 0.1, 1e-05, False)
        # CHECK: return %{{.*}}, %arg2 : !graph.tensor<2x0xf32>, !graph.tensor<0xf32>
        return (gather, batch_norm)
