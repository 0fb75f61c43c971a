# RUN: graphc %s --emit=graph | FileCheck %s

# Gradients have the layouts of what kernels write; that of a bias has
# rows that begin at multiples of 16 elements.

class gradients(torch.nn.Module):
    # CHECK: func.func @main({{.*}}) -> (!graph.tensor<2x4x5x8xf32, strides = [160, 8, 32, 1]>, !graph.tensor<2x2x7x8xf32>, !graph.tensor<2x2x7x8xf32>, !graph.tensor<2x4x5x8xf32, strides = [160, 8, 32, 1]>, !graph.tensor<2x4x7x8xf32, strides = [224, 8, 32, 1]>, !graph.tensor<2x4x7x8xf32, strides = [224, 8, 32, 1]>, !graph.tensor<1x4x5x7xf32, strides = [320, 80, 16, 1]>, !graph.tensor<2x4x5x8xf32, strides = [160, 8, 32, 1]>, !graph.tensor<2x4x7x8xf32, strides = [224, 8, 32, 1]>)
    def forward(self, g: "f32[2, 4, 5, 8][160, 40, 8, 1]", q: "f32[2, 4, 5, 8][160, 8, 32, 1]", k: "f32[2, 2, 7, 8][112, 56, 8, 1]", w: "f32[2, 4, 7, 8][224, 56, 8, 1]", bias: "f32[1, 4, 5, 7][140, 35, 7, 1]", out: "f32[2, 4, 5, 8][160, 40, 8, 1]", rows: "f32[2, 4, 5][20, 5, 1]", blocks: "f32[2, 4, 32][128, 32, 1]"):
        flash = torch.ops.aten._scaled_dot_product_flash_attention_backward.default(g, q, k, k, out, rows, None, None, 5, 7, 0.0, False, None, None)
        a = flash[0]
        b = flash[1]
        c = flash[2]
        efficient = torch.ops.aten._scaled_dot_product_efficient_attention_backward.default(g, q, w, w, bias, out, blocks, None, None, 0.0, [True, True, True, True])
        d = efficient[0]
        e = efficient[1]
        f = efficient[2]
        h = efficient[3]
        cpu = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward.default(g, out, w, w, out, rows, 0.0, False)
        i = cpu[0]
        j = cpu[1]
        return (a, b, c, d, e, f, h, i, j)
