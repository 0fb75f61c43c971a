# RUN: graphc %s --emit=graph | FileCheck %s

class pooling(torch.nn.Module):
    def forward(self, x: "f32[1, 3, 8, 8]"):
        # A stride of its own, half the kernel as padding.
        # CHECK: graph.max_pool %{{.*}} {dilation = array<i64: 1, 1>, kernel = array<i64: 3, 3>, padding = array<i64: 1, 1>, stride = array<i64: 2, 2>} {{.*}}tensor<1x3x4x4xf32>, !graph.tensor<1x3x4x4xi64>
        max_pool2d = torch.ops.aten.max_pool2d.default(x, [3, 3], [2, 2], [1, 1])
        # Without a stride the windows lie side by side, one number stands for both dimensions.
        # CHECK: graph.avg_pool %{{.*}} {count_include_pad, kernel = array<i64: 4, 4>, padding = array<i64: 0, 0>, stride = array<i64: 4, 4>} {{.*}}tensor<1x3x2x2xf32>
        avg_pool2d = torch.ops.aten.avg_pool2d.default(x, [4])
        # CHECK: graph.adaptive_avg_pool %{{.*}} {output = #graph.exprs<[1, 1]>}
        adaptive = torch.ops.aten.adaptive_avg_pool2d.default(x, [1, 1])
        # Indices become places within the window.
        # CHECK: %[[VALUES:.*]], %[[INDICES:.*]] = graph.max_pool
        # CHECK: graph.remainder %[[INDICES]]
        # CHECK: graph.cast {{.*}}tensor<1x3x4x4xi8>
        low = torch.ops.prims._low_memory_max_pool_with_offsets.default(x, [2, 2], [2, 2], [0, 0], [1, 1], False)
        low_0 = low[0]
        low_1 = low[1]
        return (max_pool2d, avg_pool2d, adaptive, low_0, low_1)
