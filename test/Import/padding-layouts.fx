# RUN: graphc %s --emit=graph | FileCheck %s

# Strides of results are those that the annotations say.

class layouts(torch.nn.Module):
    def forward(self, x: "f32[2, 4, 6, 5][120, 1, 20, 4]", y: "f32[2, 4, 6, 5][120, 30, 5, 1]"):
        # CHECK: return {{.*}} : !graph.tensor<2x4x8x7xf32, strides = [224, 1, 28, 4]>, !graph.tensor<2x4x8x7xf32, strides = [224, 1, 28, 4]>, !graph.tensor<2x4x8x7xf32>, !graph.tensor<2x4x8x7xf32>
        mirrored: "f32[2, 4, 8, 7][224, 1, 28, 4]" = torch.ops.aten.pad.default(x, [1, 1, 1, 1], 'reflect')
        repeated: "f32[2, 4, 8, 7][224, 1, 28, 4]" = torch.ops.aten.replication_pad2d.default(x, [1, 1, 1, 1])
        # Around the other side channels do not stay last.
        around: "f32[2, 4, 8, 7][224, 56, 7, 1]" = torch.ops.aten.pad.default(x, [1, 1, 1, 1], 'circular')
        first: "f32[2, 4, 8, 7][224, 56, 7, 1]" = torch.ops.aten.pad.default(y, [1, 1, 1, 1], 'reflect')
        return (mirrored, repeated, around, first)
