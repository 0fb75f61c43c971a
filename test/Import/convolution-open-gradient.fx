# RUN: graphc %s --emit=graph | FileCheck %s

# What strides leave over at the end is open with the size of the image: the
# gradient is as large as it may be, and then the image's.

class open_gradient(torch.nn.Module):
    def forward(self, n: "Sym(s0)", m: "Sym(s1)", x: "f32[2, 6, s0, 9]", w: "f32[5, 6, 3, 3]", g: "f32[2, 5, s0//3, 4]"):
        # CHECK: graph.convolution {{.*}}output_padding = array<i64: 2, 0>{{.*}}transposed
        # CHECK: graph.slice {{.*}} dim 2 from 0 to s0 step 1
        convolution_backward = torch.ops.aten.convolution_backward.default(g, x, w, [5], [3, 2], [0, 0], [1, 1], False, [0, 0], 1, [True, True, True])
        # CHECK: graph.slice {{.*}} dim 2 from 0 to 3 step 1
        # CHECK: return {{.*}} : !graph.tensor<2x6x(s0)x9xf32>, !graph.tensor<5x6x3x3xf32>
        grad = convolution_backward[0]
        weight = convolution_backward[1]
        return (grad, weight)
