# RUN: graphc %s --emit=graph | FileCheck %s
# RUN: graphc %s -o %t.o
# RUN: graphc %s --target=nvptx:sm_80,sm_90a --emit=ptx -o %t.ptx

# What eager PyTorch makes of tensors without elements.

class empty(torch.nn.Module):
    def forward(self, x: "f32[5]", index: "i64[2, 0]", nothing: "f32[0]", rows: "bf16[7, 0]"):
        # The index of nothing may have another rank than what it indexes.
        # CHECK-NOT: graph.gather
        gather: "f32[2, 0]" = torch.ops.aten.gather.default(x, 0, index)
        # There is no channel, and the statistics stay.
        # CHECK-NOT: graph.batch_norm
        batch_norm: "f32[0]" = torch.ops.aten.batch_norm.default(nothing, None, None, nothing, nothing, True, 0.1, 1e-05, False)
        # Products of what nothing was copied into.
        twice: "bf16[2, 7, 0]" = torch.ops.aten.stack.default([rows, rows])
        columns: "bf16[2, 0, 7]" = torch.ops.aten.transpose.int(twice, 1, 2)
        product: "bf16[2, 7, 7]" = torch.ops.aten.bmm.default(twice, columns)
        heads: "bf16[1, 2, 7, 0]" = torch.ops.aten.unsqueeze.default(twice, 0)
        attention: "bf16[1, 2, 7, 0]" = torch.ops.aten.scaled_dot_product_attention.default(heads, heads, heads)
        # CHECK: return %{{.*}}, %arg2, %{{.*}}, %{{.*}} : !graph.tensor<2x0xf32>, !graph.tensor<0xf32>, !graph.tensor<2x7x7xbf16>
        return (gather, batch_norm, product, attention)
