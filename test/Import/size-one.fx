# RUN: graphc %s --emit=graph | FileCheck %s

# Tracing thinks of no size of 1, which a run may have. What it would decide
# otherwise then stays open or is checked.
class size_one(torch.nn.Module):
    def forward(self, n: "Sym(s0)", x: "f32[s0, 3]"):
        # CHECK: graph.size_to_tensor le(2, s0)
        ge: "Sym(s0 >= 2)" = n >= 2
        number = torch.ops.aten.scalar_tensor.default(ge)
        # CHECK: graph.assert -eq(s0, 1) + 1, "squeeze keeps a dimension that tracing kept"
        kept = torch.ops.aten.squeeze.dim(x, 0)
        # Dimensions that have other sizes, or are not named, need no check.
        # CHECK-NOT: graph.assert
        # CHECK: graph.permute
        turned = torch.ops.aten.permute.default(x, [1, 0])
        last = torch.ops.aten.unsqueeze.default(turned, 2)
        dropped = torch.ops.aten.squeeze.dims(last, [0, 2])
        # CHECK: graph.slice {{.*}} from s0*le(2, s0) - s0 + 1 to
        start = 1 - n
        row = torch.ops.aten.select.int(x, 0, start)
        return (kept, dropped, row, number)
