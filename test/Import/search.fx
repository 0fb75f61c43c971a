# RUN: graphc %s --emit=graph | FileCheck %s

class search(torch.nn.Module):
    def forward(self, edges: "f32[4]", order: "i64[4]", x: "f32[3]"):
        # CHECK: %[[SORTED:.+]] = graph.gather %arg0[%arg1] dim 0
        # CHECK: graph.compare lt %[[SORTED]]
        place: "i64[3][1]" = torch.ops.aten.searchsorted.Tensor(edges, x, sorter=order)
        return (place,)
