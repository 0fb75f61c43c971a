# RUN: graphc %s --emit=graph | FileCheck %s

class bits(torch.nn.Module):
    def forward(self, x: "f32[4]"):
        # CHECK: %[[BITS:.+]] = graph.bitcast %arg0 to i32
        # CHECK: %[[LESS:.+]] = graph.bitwise_and %[[BITS]]
        # What is written to the view is written to the floats.
        # CHECK: %[[X:.+]] = graph.bitcast %[[LESS]] to f32
        # CHECK: graph.neg %[[X]]
        view: "i32[4][1]" = torch.ops.aten.view.dtype(x, torch.int32)
        masked = torch.ops.aten.bitwise_and_.Scalar(view, 2147418112)
        neg: "f32[4][1]" = torch.ops.aten.neg.default(x)
        return (neg,)
