# RUN: graphc %s --emit=graph | FileCheck %s
# RUN: sed 's/interpolation_mode = 0/interpolation_mode = 3/' %s > %t.fx
# RUN: not graphc %t.fx --emit=graph 2>&1 | FileCheck %s --check-prefix=MODE

# MODE: error[op-argument]: {{.*}} 'linear': aten.grid_sampler.default: interpolation or padding mode
class sampling(torch.nn.Module):
    def forward(self, x: "f32[2, 3, 5, 6]", grid: "f32[2, 4, 3, 2]", theta: "f32[2, 2, 3]", half: "f16[2, 3, 5, 6]"):
        # Four taps, each read at safe places and 0 outside.
        # CHECK-COUNT-4: graph.index %arg0[{{.*}}] dims [0, 2, 3]
        # CHECK: graph.permute {{.*}} -> !graph.tensor<2x3x4x3xf32>
        linear: "f32[2, 3, 4, 3][36, 12, 3, 1]" = torch.ops.aten.grid_sampler.default(x, grid, interpolation_mode = 0, padding_mode = 0, align_corners = False)
        # CHECK: graph.round
        # CHECK: graph.index %arg0[{{.*}}] dims [0, 2, 3]
        nearest: "f32[2, 3, 4, 3][36, 12, 3, 1]" = torch.ops.aten.grid_sampler_2d.default(x, grid, 1, 1, True)
        # CHECK-COUNT-16: graph.index %arg0[{{.*}}] dims [0, 2, 3]
        cubic: "f32[2, 3, 4, 3][36, 12, 3, 1]" = torch.ops.aten.grid_sampler_2d.default(x, grid, 2, 2, False)
        affine: "f32[2, 4, 5, 2][40, 10, 2, 1]" = torch.ops.aten.affine_grid_generator.default(theta, [2, 3, 4, 5], False)
        return (linear, nearest, cubic, affine)
