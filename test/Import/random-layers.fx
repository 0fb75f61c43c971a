# RUN: graphc %s --emit=graph | FileCheck %s

class layers(torch.nn.Module):
    def forward(self, q: "f32[2, 3, 8]", m: "b8[3, 3]", x: "f32[5, 2, 4]", h: "f32[2, 2, 4]", w: "f32[4, 4]", b: "f32[4]"):
        # Attention that drops weights draws them between softmax and the second
        # product; a mask of bools is one to add.
        # CHECK: graph.matmul
        # CHECK: graph.softmax
        # CHECK: graph.philox %[[SEED:.*]], %{{.*}} [2, 3, 3] half 0
        # CHECK: graph.compare lt
        # CHECK: graph.matmul
        attention = torch.ops.aten.scaled_dot_product_attention.default(q, q, q, m, 0.25)
        # Outputs of all layers but the last one are dropped, too.
        # CHECK: graph.while
        # CHECK: graph.philox %[[SEED]], %{{.*}} [5, 2, 4] half 0
        # CHECK: graph.while
        # CHECK-NOT: graph.philox
        # CHECK: return
        rnn = torch.ops.aten.rnn_tanh.input(x, h, [w, w, b, b, w, w, b, b], True, 2, 0.5, True, False, False)
        y = rnn[0]
        return (attention, y)
