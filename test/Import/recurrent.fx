# RUN: graphc %s --emit=graph | FileCheck %s

class recurrent(torch.nn.Module):
    def forward(self, x: "f32[5, 2, 4]", h: "f32[2, 2, 3]", c: "f32[2, 2, 3]", w: "f32[12, 4]", u: "f32[12, 3]", b: "f32[12]", g: "f32[9, 4]", v: "f32[9, 3]"):
        # The product of the inputs stands before the loop.
        # CHECK: %[[W:.+]] = graph.permute %arg3
        # CHECK: graph.matmul %{{.+}}, %[[W]] : (!graph.tensor<10x4xf32>,
        # CHECK: graph.while
        # CHECK: graph.compare lt
        # CHECK: body
        # CHECK: %[[U:.+]] = graph.permute %arg4
        # CHECK: graph.matmul %{{.+}}, %[[U]] : (!graph.tensor<2x3xf32>,
        # CHECK: graph.index_put
        # The other direction goes from the last step to the first.
        # CHECK: graph.while
        # CHECK: body
        # CHECK: ^bb0(%[[I:[^:]+]]
        # CHECK: graph.sub %{{.+}}, %[[I]]
        # CHECK: graph.cat {{.*}} -> !graph.tensor<5x2x6xf32>
        lstm = torch.ops.aten.lstm.input(x, [h, c], [w, u, b, b, w, u, b, b], True, 1, 0.0, False, True, False)
        out: "f32[5, 2, 6][12, 6, 1]" = lstm[0]
        memory: "f32[2, 2, 3][6, 3, 1]" = lstm[2]
        # CHECK-NOT: graph.while
        # CHECK: graph.sigmoid
        # CHECK: graph.sigmoid
        # CHECK: graph.tanh
        first: "f32[2, 4][4, 1]" = torch.ops.aten.select.int(x, 0, 0)
        hidden: "f32[2, 3][3, 1]" = torch.ops.aten.select.int(h, 0, 0)
        gru: "f32[2, 3][3, 1]" = torch.ops.aten.gru_cell.default(first, hidden, g, v)
        return (out, memory, gru)
