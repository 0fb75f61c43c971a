# RUN: graphc %s --emit=graph | FileCheck %s

class loss(torch.nn.Module):
    def forward(self, x: "f32[8, 5]", y: "f32[8, 5]", t: "i64[8]", w: "f32[5]", i: "i64[8]", h: "f16[8]"):
        # CHECK: graph.sub
        # CHECK: graph.reduce mean %{{.*}} dims [0, 1]
        mse = torch.ops.aten.mse_loss.default(x, y)
        # An ignored class reads the first element and counts for nothing.
        # CHECK: graph.log_softmax %{{.*}} dim 1
        # CHECK: %[[USED:.*]] = graph.compare ne %{{.*}}, %{{.*}} : (!graph.tensor<8xi64>
        # CHECK: %[[SAFE:.*]] = graph.select %[[USED]]
        # CHECK: graph.gather
        # CHECK: graph.index %{{.*}}[%[[SAFE]]]
        nll = torch.ops.aten.cross_entropy_loss.default(x, t, w)
        # CHECK: graph.log1p
        bce = torch.ops.aten.binary_cross_entropy_with_logits.default(x, y, None, None, 0)
        # A margin is a float, with which integers become float32.
        # CHECK: graph.mul {{.*}}-> !graph.tensor<8xi64>
        # CHECK: graph.cast {{.*}}-> !graph.tensor<8xf32>
        # CHECK: graph.reduce mean {{.*}}-> !graph.tensor<f32>
        ranking = torch.ops.aten.margin_ranking_loss.default(t, i, i)
        # CHECK: graph.cast {{.*}}-> !graph.tensor<8xf32>
        # CHECK: graph.sqrt {{.*}}-> !graph.tensor<f32>
        pairs = torch.ops.aten.pairwise_distance.default(t, i)
        # CHECK: graph.mul {{.*}}-> !graph.tensor<8xi64>
        # CHECK: graph.sub {{.*}}-> !graph.tensor<8xf32>
        poisson = torch.ops.aten.poisson_nll_loss.default(t, i, True, False, 1e-08, 1)
        # Step by step: exp may overflow.
        # CHECK: graph.exp %{{.*}} : (!graph.tensor<8xf16>)
        soft = torch.ops.aten.soft_margin_loss.default(h, h)
        return (mse, nll, bce, ranking, pairs, poisson, soft)
