# RUN: graphc %s --emit=graph --locations | FileCheck %s

# A node keeps the place in the model that it comes from and the text there.
# CHECK: [[FILE:#.+]] = loc("model.py":12:0)
# CHECK: [[LINE:#.+]] = loc("y = self.top(x)"([[FILE]]))
# CHECK: loc("y"([[LINE]]))
class model(torch.nn.Module):
    def forward(self, x: "f32[4]"):
        # File: model.py:12 in forward, code: y = self.top(x)
        y = torch.ops.aten.neg.default(x)
        return (y,)
