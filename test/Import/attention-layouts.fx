# RUN: graphc %s --emit=graph | FileCheck %s

# Strides are those of the kernel that torch takes.

class attention(torch.nn.Module):
    # CHECK: func.func @main({{.*}}) -> (!graph.tensor<2x3x5x4xf32, strides = [60, 4, 12, 1]>, !graph.tensor<2x3x5x6xf32>, !graph.tensor<2x3x5x4xf32>, !graph.tensor<2x3x5x4xf32>, !graph.tensor<2x3x5x4xf32>, !graph.tensor<2x3x5x4xf32, strides = [60, 4, 12, 1]>, !graph.tensor<2x3x5x4xf32>, !graph.tensor<2x3x5x6xf32, strides = [90, 6, 18, 1]>, !graph.tensor<2x3x32xf32>)
    def forward(self, q: "f32[2, 3, 5, 4][60, 4, 12, 1]", k: "f32[2, 3, 7, 4][84, 28, 4, 1]", v: "f32[2, 3, 7, 4][84, 28, 4, 1]", wide: "f32[2, 3, 7, 6][126, 42, 6, 1]", one: "f32[2, 1, 7, 4][28, 28, 4, 1]", q1: "f32[1, 3, 5, 4][60, 20, 4, 1]", mask: "f32[3, 5, 7][35, 7, 1]", turned: "f32[2, 3, 5, 4][60, 20, 1, 5]"):
        fused = torch.ops.aten.scaled_dot_product_attention.default(q, k, v)
        # Whatever the fused kernel does not take.
        other = torch.ops.aten.scaled_dot_product_attention.default(q, k, wide)
        shared = torch.ops.aten.scaled_dot_product_attention.default(q, one, one)
        masked = torch.ops.aten.scaled_dot_product_attention.default(q, k, v, mask)
        columns = torch.ops.aten.scaled_dot_product_attention.default(turned, k, v)
        grouped = torch.ops.aten.scaled_dot_product_attention.default(q, one, one, enable_gqa = True)
        # CHECK: %[[Q:.+]] = graph.expand %arg5
        # CHECK: graph.attention %[[Q]], %arg1, %arg2
        broadcast = torch.ops.aten.scaled_dot_product_attention.default(q1, k, v)
        # CHECK: graph.pad {{.*}} -> !graph.tensor<2x3x32xf32>
        efficient = torch.ops.aten._scaled_dot_product_efficient_attention.default(q, k, wide, None, True)
        out = efficient[0]
        rows = efficient[1]
        return (fused, other, shared, masked, columns, grouped, broadcast, out, rows)
