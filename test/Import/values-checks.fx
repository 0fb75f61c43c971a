# RUN: graphc %s --emit=graph | FileCheck %s

class checks(torch.nn.Module):
    def forward(self, x: "f32[4]", n: "i64[]"):
        u0: "Sym(u0)" = torch.ops.aten.item.default(n)
        # CHECK: graph.assert {{.*}}, "index of select out of range"
        # CHECK: graph.assert {{.*}}, "index of select out of range"
        # CHECK: graph.slice
        select = torch.ops.aten.select.int(x, 0, u0)
        # What is known is not checked.
        # CHECK-NOT: graph.assert
        known = torch.ops.aten.select.int(x, 0, -1)
        return (select, known)
