# RUN: graphc %s --emit=graph | FileCheck %s

# Strides of results are those of eager PyTorch, which the annotations say.

class layouts(torch.nn.Module):
    def forward(self, x: "f32[5, 5, 6][30, 6, 1]", y: "f32[5, 5, 6]", last: "f32[2, 2, 2, 2][8, 1, 4, 2]", nothing: "f32[0][1]"):
        # CHECK: graph.contiguous {{.*}} -> !graph.tensor<8x8x5x5xf32>
        diag_embed: "f32[8, 8, 5, 5][200, 25, 5, 1]" = torch.ops.aten.diag_embed.default(y, -2, 0, 1)
        # CHECK: graph.sort
        # CHECK: graph.contiguous {{.*}} -> !graph.tensor<5x6xf32>
        # CHECK: graph.contiguous {{.*}} -> !graph.tensor<5x6xi64>
        kthvalue = torch.ops.aten.kthvalue.default(x, 2, 1)
        values = kthvalue[0]
        indices = kthvalue[1]
        # One tensor keeps its memory format: it is %last.
        cat: "f32[2, 2, 2, 2][8, 1, 4, 2]" = torch.ops.aten.cat.default([last], 1)
        # One that is skipped for its emptiness makes the result contiguous.
        # CHECK: graph.contiguous {{.*}} -> !graph.tensor<2x2x2x2xf32>
        skipping: "f32[2, 2, 2, 2][8, 4, 2, 1]" = torch.ops.aten.cat.default([last, nothing], 1)
        # CHECK: graph.diagonal %{{.*}}tensor<5x5xf32, strides = [30, 7]>
        linalg_diagonal: "f32[5, 5][30, 7]" = torch.ops.aten.linalg_diagonal.default(x)
        # CHECK: return %{{.*}}, %{{.*}}, %{{.*}}, %arg2,
        return (diag_embed, values, indices, cat, skipping, linalg_diagonal)
