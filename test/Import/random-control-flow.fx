# RUN: graphc %s --emit=graph | FileCheck %s

class outer(torch.nn.Module):
    # CHECK-DAG: %[[ONE:.*]] = graph.constant dense<1> : tensor<i64>
    # CHECK-DAG: %[[TWO:.*]] = graph.constant dense<2> : tensor<i64>
    # CHECK-DAG: %[[CALLS_1:.*]] = graph.slice %[[STATE:[a-z0-9]+]] dim 0 from 1 to 2
    # CHECK-DAG: %[[CALLS:.*]] = graph.reshape %[[CALLS_1]]
    def forward(self, n: "i64[]", x: "f32[5]"):
        # CHECK: graph.philox %[[SEED:.*]], %[[CALLS]] [5] half 0
        rand = torch.ops.aten.rand_like.default(x)
        # A loop that draws carries the number of the next call along.
        # CHECK: %[[NEXT:.*]] = graph.add %[[CALLS]], %[[ONE]]
        # CHECK: %[[LOOP:.*]]:3 = graph.while {{.*}}%[[NEXT]]
        # CHECK: ^bb0(%{{.*}}: !graph.tensor<i64>, %{{.*}}: !graph.tensor<5xf32>, %[[NUMBER:.*]]: !graph.tensor<i64>):
        # CHECK: graph.philox %[[SEED]], %[[NUMBER]] [5] half 0
        # CHECK: %[[BEHIND:.*]] = graph.add %[[NUMBER]], %[[ONE]]
        # CHECK: graph.yield %{{.*}}, %{{.*}}, %[[BEHIND]]
        while_cond = self.while_cond
        while_body = self.while_body
        loop = torch.ops.higher_order.while_loop(while_cond, while_body, (n, rand), ())
        y = loop[1]
        gt = torch.ops.aten.gt.Scalar(n, 2)
        # Of branches one runs: both begin with the same number.
        # CHECK: graph.cond
        # CHECK: graph.philox %[[SEED]], %[[LOOP]]#2 [5] half 0
        # CHECK: %[[LATER:.*]] = graph.add %[[LOOP]]#2, %[[ONE]]
        # CHECK: graph.philox %[[SEED]], %[[LATER]] [5] half 0
        # CHECK: graph.philox %[[SEED]], %[[LOOP]]#2 [5] half 0
        twice = self.twice
        once = self.once
        cond = torch.ops.higher_order.cond(gt, twice, once, (y,))
        z = cond[0]
        # What follows draws others than either.
        # CHECK: %[[LAST:.*]] = graph.add %[[LOOP]]#2, %[[TWO]]
        # CHECK: graph.philox %[[SEED]], %[[LAST]] [5] half 0
        last = torch.ops.aten.rand_like.default(z)
        sum_1 = torch.ops.aten.add.Tensor(z, last)
        # CHECK: graph.cat
        return (sum_1,)

    class while_cond(torch.nn.Module):
        def forward(self, i: "i64[]", y: "f32[5]"):
            gt = torch.ops.aten.gt.Scalar(i, 0)
            return gt

    class while_body(torch.nn.Module):
        def forward(self, i: "i64[]", y: "f32[5]"):
            less = torch.ops.aten.sub.Tensor(i, 1)
            rand = torch.ops.aten.rand_like.default(y)
            more = torch.ops.aten.add.Tensor(y, rand)
            return (less, more)

    class twice(torch.nn.Module):
        def forward(self, y: "f32[5]"):
            a = torch.ops.aten.rand_like.default(y)
            b = torch.ops.aten.rand_like.default(y)
            c = torch.ops.aten.mul.Tensor(a, b)
            return (c,)

    class once(torch.nn.Module):
        def forward(self, y: "f32[5]"):
            a = torch.ops.aten.rand_like.default(y)
            return (a,)
