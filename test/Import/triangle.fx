# RUN: graphc %s --emit=graph | FileCheck %s

# Contiguous, whatever the strides of the operand are.
class triangle(torch.nn.Module):
    def forward(self, x: "f32[3, 4]"):
        # CHECK: %[[T:.*]] = graph.permute {{.*}} -> !graph.tensor<4x3xf32, strides = [1, 4]>
        t = torch.ops.aten.permute.default(x, [1, 0])
        # CHECK: %[[LOWER:.*]] = graph.select {{.*}}, %[[T]], {{.*}} -> !graph.tensor<4x3xf32>
        lower = torch.ops.aten.tril.default(t)
        # CHECK: %[[UPPER:.*]] = graph.select {{.*}}, %[[T]], {{.*}} -> !graph.tensor<4x3xf32>
        upper = torch.ops.aten.triu.default(t, 1)
        # CHECK: return %[[LOWER]], %[[UPPER]]
        return (lower, upper)
