# RUN: graphc %s --emit=graph | FileCheck %s
# RUN: sed 's/False, 1, None, -1/True, 1, None, -1/' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=BAG
# RUN: sed 's/grid, 0, 1/grid, 3, 1/' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=MODE

# BAG: error[unsupported-op]: {{.*}} 'bags': aten._embedding_bag_dense_backward.default: scale_grad_by_freq and sparse gradients
# MODE: error[op-argument]: {{.*}} 'sampled': aten.grid_sampler_2d_backward.default: interpolation or padding mode

class gradients(torch.nn.Module):
    def forward(self, grad: "f32[2, 3, 4, 3]", image: "f32[2, 3, 5, 6]", grid: "f32[2, 4, 3, 2]", rows: "f32[3, 4]", indices: "i64[6]", of: "i64[6]", sizes: "i64[3]"):
        # The gradient of the image is added up at four taps, that of the grid
        # comes from the same four elements.
        # CHECK-COUNT-4: graph.index_put {{.*}} accumulate
        # CHECK-NOT: graph.index_put
        # CHECK-COUNT-4: graph.index {{.*}} dims [0, 2, 3]
        sampled = torch.ops.aten.grid_sampler_2d_backward.default(grad, image, grid, 0, 1, False, [True, True])
        sampled_0: "f32[2, 3, 5, 6]" = sampled[0]
        sampled_1: "f32[2, 4, 3, 2]" = sampled[1]
        # A mean: the bag's gradient is divided among its rows.
        # CHECK: graph.div
        # CHECK: graph.index_put
        bags: "f32[9, 4]" = torch.ops.aten._embedding_bag_dense_backward.default(rows, indices, of, sizes, sizes, 9, False, 1, None, -1)
        # Windows overlap.
        # CHECK: graph.index_put {{.*}}tensor<6xf32>
        windows: "f32[6]" = torch.ops.aten.unfold_backward.default(rows, [6], 0, 4, 1)
        return (sampled_0, sampled_1, bags, windows)
