# RUN: graphc %s --emit=graph | FileCheck %s

# Tensor.to gives its argument back where its type stays and torch suggests the
# memory format for it that is asked for: row-major strides are not made then.
class formats(torch.nn.Module):
    # CHECK: func.func @main(%[[TURNED:.*]]: {{.*}}, %[[LAST:.*]]: {{.*}}4x5x6xf32
    def forward(self, turned: "f32[2, 5, 4, 8][160, 8, 40, 1]", last: "f32[2, 4, 5, 6][120, 1, 24, 4]"):
        # CHECK-NEXT: %[[COPY:.*]] = graph.contiguous %[[LAST]] {{.*}} -> !graph.tensor<2x4x5x6xf32>
        # CHECK-NEXT: return %[[TURNED]], %[[COPY]], %[[LAST]] :
        same: "f32[2, 5, 4, 8][160, 8, 40, 1]" = torch.ops.aten.to.dtype(turned, torch.float32, False, False, torch.contiguous_format)
        copy: "f32[2, 4, 5, 6][120, 30, 6, 1]" = torch.ops.aten.to.dtype(last, torch.float32, False, False, torch.contiguous_format)
        as_is: "f32[2, 4, 5, 6][120, 1, 24, 4]" = torch.ops.aten.to.dtype(last, torch.float32, False, False, torch.channels_last)
        return (same, copy, as_is)
