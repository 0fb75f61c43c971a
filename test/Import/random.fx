# RUN: graphc %s --emit=graph | FileCheck %s

class random(torch.nn.Module):
    # The seed and the number of calls are a state behind the inputs.
    # CHECK: initial = dense<[67280421310721, 0]> : tensor<2xi64>, kind = "tensor", name = "random_state", role = "random"
    # CHECK-SAME: mutations = [{input = 0 : i64, result = 2 : i64}, {input = 1 : i64, result = 3 : i64}]
    # CHECK: func.func @main(%[[X:[a-z0-9]+]]: !graph.tensor<2x3xf32> {{.*}}, %[[STATE:[a-z0-9]+]]: !graph.tensor<2xi64>
    # CHECK-DAG: %[[STEP:.*]] = graph.constant dense<[0, 3]> : tensor<2xi64>
    # CHECK-DAG: %[[BITS:.*]] = graph.constant dense<16777215>
    # CHECK-DAG: %[[ONE:.*]] = graph.constant dense<1> : tensor<i64>
    def forward(self, x: "f32[2, 3]"):
        # CHECK-DAG: %[[SEED_1:.*]] = graph.slice %[[STATE]] dim 0 from 0 to 1
        # CHECK-DAG: %[[SEED:.*]] = graph.reshape %[[SEED_1]]
        # CHECK-DAG: %[[CALLS_1:.*]] = graph.slice %[[STATE]] dim 0 from 1 to 2
        # CHECK-DAG: %[[CALLS:.*]] = graph.reshape %[[CALLS_1]]

        # Element i takes the i-th block of the call's bits, and f32 24 of them.
        # CHECK: %[[BLOCK:.*]] = graph.philox %[[SEED]], %[[CALLS]] [2, 3] half 0
        # CHECK: graph.bitwise_and %[[BLOCK]], %[[BITS]]
        rand = torch.ops.aten.rand.default([2, 3], device = device(type='cpu'), pin_memory = False)

        # The next call has the next number.
        # CHECK: %[[NEXT:.*]] = graph.add %[[CALLS]], %[[ONE]]
        # CHECK: graph.philox %[[SEED]], %[[NEXT]] [2, 3] half 0
        # CHECK-NOT: graph.philox
        # CHECK: graph.log
        # CHECK: graph.cos
        randn_like = torch.ops.aten.randn_like.default(x, pin_memory = False)

        # In place, in the layout that was there.
        # CHECK: graph.philox
        # CHECK: graph.compare lt
        # CHECK: %[[WRITTEN:.*]] = graph.cast {{.*}} -> !graph.tensor<2x3xf32>
        bernoulli_ = torch.ops.aten.bernoulli_.float(x, 0.25)
        # CHECK: %[[AFTER:.*]] = graph.add %[[STATE]], %[[STEP]]
        # CHECK: return %{{.*}}, %{{.*}}, %[[WRITTEN]], %[[AFTER]]
        return (rand, randn_like)
