# RUN: graphc %s --emit=graph | FileCheck %s

class heads(torch.nn.Module):
    # The kernel shares heads of keys and values without being told.
    def forward(self, q: "f32[1, 4, 3, 8][96, 24, 8, 1]", k: "f32[1, 2, 5, 8][80, 40, 8, 1]", v: "f32[1, 2, 5, 8][80, 40, 8, 1]"):
        # CHECK: graph.attention %arg0, %arg1, %arg2 {{.*}}(!graph.tensor<1x4x3x8xf32>, !graph.tensor<1x2x5x8xf32>, !graph.tensor<1x2x5x8xf32>)
        flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default(q, k, v)
        output = flash[0]
        return (output,)
