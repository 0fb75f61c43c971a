# RUN: graphc %s --emit=graph | FileCheck %s

# Strides of results are those of eager PyTorch, which the annotations say.

class layouts(torch.nn.Module):
    # One channel may be the last dimension, too, in one dimension as in two.
    def forward(self, sound: "f32[2, 1, 40][40, 1, 1]", other: "f32[2, 1, 40][40, 40, 1]", w: "f32[8, 1, 3][4, 4, 1]"):
        # CHECK-COUNT-2: graph.convolution
        last: "f32[2, 8, 38][304, 1, 8]" = torch.ops.aten.convolution.default(sound, w, None, [1], [0], [1], False, [0], 1)
        first: "f32[2, 8, 38][304, 38, 1]" = torch.ops.aten.convolution.default(other, w, None, [1], [0], [1], False, [0], 1)
        # CHECK: return {{.*}} : !graph.tensor<2x8x38xf32, strides = [304, 1, 8]>, !graph.tensor<2x8x38xf32>
        return (last, first)
