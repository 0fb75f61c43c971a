# RUN: graphc %s --emit=graph | FileCheck %s
# RUN: sed 's|\[8\], \[2, 3, 5\]|[8], [2, 3]|' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=SIZES
# RUN: sed 's/f32\[2, 3, 8\]/i64[2, 3, 8]/' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=TYPE

# SIZES: error[op-argument]: {{.*}} 'line': aten.upsample_linear1d_backward.default: expected 3 input sizes
# TYPE: error[unsupported-op]: {{.*}} 'line': aten.upsample_linear1d_backward.default: gradients of int64

class gradients(torch.nn.Module):
    def forward(self, x: "f32[2, 3, 8]", y: "f32[1, 3, 4, 4][48, 1, 12, 3]", n: "Sym(s0)", z: "f32[1, 3, s0, 4]"):
        # A product with the weights, one row for each input: the first two
        # outputs lie before the first input, the third between it and the next.
        # CHECK: graph.constant dense<{{.*}}> : tensor<8x5xf32>
        # CHECK: graph.matmul
        # CHECK: return {{.*}}!graph.tensor<2x3x5xf32>, !graph.tensor<1x3x2x2xf32, strides = [12, 1, 6, 3]>, !graph.tensor<1x3x2x2xf32>, !graph.tensor<1x3x(s0)x2xf32>
        line: "f32[2, 3, 5]" = torch.ops.aten.upsample_linear1d_backward.default(x, [8], [2, 3, 5], False)
        # Channels stay last, but for cubics.
        image: "f32[1, 3, 2, 2][12, 1, 6, 3]" = torch.ops.aten.upsample_bilinear2d_backward.default(y, [4, 4], [1, 3, 2, 2], True)
        cubic: "f32[1, 3, 2, 2]" = torch.ops.aten.upsample_bicubic2d_backward.default(y, [4, 4], [1, 3, 2, 2], False)
        # Sizes that are known at run time only.
        open: "f32[1, 3, s0, 2]" = torch.ops.aten._upsample_nearest_exact2d_backward.default(z, [n, 4], [1, 3, n, 2])
        return (line, image, cubic, open)
