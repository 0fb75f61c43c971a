# RUN: graphc %s --emit=graph | FileCheck %s

class windows(torch.nn.Module):
    def forward(self, x: "f32[2, 3, 6, 7]", columns: "f32[2, 27, 12]"):
        # CHECK: %[[X:.+]] = graph.pad %arg0
        # CHECK: %[[W:.+]] = graph.index %[[X]][{{.*}}] dims [2, 3] {{.*}} -> !graph.tensor<2x3x3x3x3x4xf32>
        # CHECK: graph.reshape %[[W]] [2, 27, 12]
        im2col: "f32[2, 27, 12][324, 12, 1]" = torch.ops.aten.im2col.default(x, [3, 3], [1, 1], [1, 1], [2, 2])
        # CHECK: %[[V:.+]] = graph.reshape %arg1 [2, 3, 3, 3, 3, 4]
        # CHECK: graph.index_put %[[V]] into {{.*}} dims [2, 3] accumulate
        col2im: "f32[2, 3, 6, 7][126, 42, 7, 1]" = torch.ops.aten.col2im.default(columns, [6, 7], [3, 3], [1, 1], [1, 1], [2, 2])
        return (im2col, col2im)
