# RUN: graphc %s --emit=graph | FileCheck %s

class out(torch.nn.Module):
    def forward(self, x: "f32[4]", y: "i32[4]"):
        # The result is converted to the type of what it is written to.
        # CHECK: %[[SUM:.*]] = graph.add {{.*}}-> !graph.tensor<4xf32>
        # CHECK: %[[WIDE:.*]] = graph.cast %[[SUM]] to f64 : {{.*}}-> !graph.tensor<4xf64>
        # CHECK: return %[[WIDE]]
        empty = torch.ops.aten.empty.memory_format([4], dtype = torch.float64)
        add = torch.ops.aten.add.out(x, y, out = empty)
        return (empty,)
