# RUN: graphc %s --emit=graph | FileCheck %s

class reduction(torch.nn.Module):
    def forward(self, x: "i32[4, 8]", s: "i32[]", half: "f16[4, 8]"):
        # The root is taken before rounding to a type that has not the variance.
        # CHECK: %[[VAR:.*]], %{{.*}} = graph.var_mean {{.*}} -> (!graph.tensor<4xf32>, !graph.tensor<4xf32>)
        # CHECK-NEXT: %[[ROOT:.*]] = graph.sqrt %[[VAR]]
        # CHECK-NEXT: graph.cast %[[ROOT]] to f16
        deviation = torch.ops.aten.std.correction(half, [1])
        # A sum of integers is int64, a tensor that is not summed stays as it is.
        # CHECK: graph.reduce sum {{.*}}-> !graph.tensor<1x8xi64>
        summed = torch.ops.aten.sum_to_size.default(x, [1, 8])
        # A 0-d tensor always counts as summed.
        same = torch.ops.aten.sum_to_size.default(x, [4, 8])
        scalar = torch.ops.aten.sum_to_size.default(s, [])
        # CHECK: graph.reduce all
        # CHECK: graph.reduce any
        positive = torch.ops.aten.gt.Scalar(x, 0)
        every = torch.ops.aten._is_all_true.default(positive)
        some = torch.ops.aten._is_any_true.default(positive)
        # CHECK: return %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : !graph.tensor<1x8xi64>, !graph.tensor<4x8xi32>, !graph.tensor<i64>
        return (summed, same, scalar, deviation, every, some)
