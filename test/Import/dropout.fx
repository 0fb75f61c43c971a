# RUN: graphc %s --emit=graph | FileCheck %s

class dropout(torch.nn.Module):
    def forward(self, x: "f32[4]"):
        # Dropout that drops nothing is no op at all.
        # CHECK: func.func @main(%[[X:[a-z0-9]+]]: !graph.tensor<4xf32>
        # CHECK-NEXT: graph.neg %[[X]]
        dropout = torch.ops.aten.dropout.default(x, 0.5, False)
        neg = torch.ops.aten.neg.default(dropout)
        return (neg,)
