# RUN: graphc %s --emit=graph | FileCheck %s
# RUN: sed 's/f32\[2, 3, 2, 2, 2\]/f32[2, 4, 2, 2, 2]/' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=PLANES

# PLANES: error[shape-mismatch]: {{.*}} 'mean': aten.avg_pool3d_backward.default: the gradient does not fit an input of 3 spatial dimensions

class gradients(torch.nn.Module):
    def forward(self, grad: "f32[2, 3, 2, 2, 2]", x: "f32[2, 3, 4, 4, 4][192, 1, 48, 12, 3]", indices: "i64[2, 3, 2, 2, 2]", y: "f32[2, 3, 3, 3, 3]"):
        # One matrix for each dimension; torch makes the gradient contiguous.
        # CHECK-COUNT-3: graph.matmul
        mean: "f32[2, 3, 4, 4, 4]" = torch.ops.aten.avg_pool3d_backward.default(grad, x, [2], [2], [0], False, True, None)
        # CHECK-COUNT-3: graph.matmul
        adaptive: "f32[2, 3, 3, 3, 3]" = torch.ops.aten._adaptive_avg_pool3d_backward.default(grad, y)
        # Added up in planes, at the places of the maxima.
        # CHECK: graph.scatter add {{.*}}tensor<2x3x64xf32>
        maximum: "f32[2, 3, 4, 4, 4][192, 1, 48, 12, 3]" = torch.ops.aten.max_pool3d_with_indices_backward.default(grad, x, [2], [2], [0], [1], False, indices)
        # The same sums in another layout.
        # CHECK-NOT: graph.scatter
        # CHECK: return {{.*}}!graph.tensor<2x3x4x4x4xf32, strides = [192, 1, 48, 12, 3]>, !graph.tensor<2x3x4x4x4xf32>
        most: "f32[2, 3, 4, 4, 4]" = torch.ops.aten.adaptive_max_pool3d_backward.default(grad, x, indices)
        return (mean, adaptive, maximum, most)
