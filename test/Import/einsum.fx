# RUN: graphc %s --emit=graph | FileCheck %s

# Strides are torch's: they follow from which operand comes first in a matmul.
class einsum(torch.nn.Module):
    def forward(self, a: "f32[5, 3]", b: "f32[4, 3]", c: "f32[3, 7]", x: "f32[2, 3, 4]", y: "f32[4, 5, 6]", q: "f32[2, 9, 4, 8]", k: "f32[2, 7, 4, 8]"):
        # What comes first in the result comes from the left.
        # CHECK: graph.matmul %arg1, {{.*}} -> !graph.tensor<4x5xf32>
        swapped = torch.ops.aten.einsum.default("ij,kj->ki", [a, b])
        # CHECK: graph.matmul {{.*}} -> !graph.tensor<6x30xf32>
        # CHECK: -> !graph.tensor<5x3x2x6xf32, strides = [6, 60, 30, 1]>
        mixed = torch.ops.aten.einsum.default("aib,bjc->jiac", [x, y])
        # Nothing to sum over: a product in the order of the result.
        # CHECK: graph.mul {{.*}} -> !graph.tensor<7x5x3xf32, strides = [1, 7, 35]>
        outer = torch.ops.aten.einsum.default("ij,jk->kij", [a, c])
        # Batches stay dimensions of their own, so that nothing is copied.
        # CHECK: graph.matmul {{.*}} -> !graph.tensor<2x4x9x7xf32>
        scores = torch.ops.aten.einsum.default("bqhd,bkhd->bhqk", [q, k])
        return (swapped, mixed, outer, scores)
