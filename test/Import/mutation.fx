# RUN: graphc %s --emit=graph | FileCheck %s

class mutation(torch.nn.Module):
    # The written input comes back as a further result.
    # CHECK: mutations = [{input = 0 : i64, result = 1 : i64}]
    # CHECK: @main(%[[X:[a-z0-9]+]]: !graph.tensor<4x8xf32>{{.*}}, %[[Y:[a-z0-9]+]]: !graph.tensor<8xf32>
    def forward(self, x: "f32[4, 8]", y: "f32[8]"):
        # A write through a view changes what it views.
        # CHECK: %[[ROW:.*]] = graph.slice %[[X]] dim 0 from 1 to 2
        # CHECK: %[[SUM:.*]] = graph.add
        # CHECK: %[[AFTER:.*]] = graph.slice_scatter
        select = torch.ops.aten.select.int(x, 0, 1)
        add_ = torch.ops.aten.add_.Tensor(select, y)
        # Reading the input afterwards sees it.
        # CHECK: %[[NEG:.*]] = graph.neg %[[AFTER]]
        neg = torch.ops.aten.neg.default(x)
        # CHECK: return %[[NEG]], %[[AFTER]]
        return (neg,)
