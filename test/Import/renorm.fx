# RUN: graphc %s --emit=graph | FileCheck %s

class renorm(torch.nn.Module):
    def forward(self, x: "f32[4, 5]", indices: "i64[3]"):
        # CHECK: graph.reduce sum {{.*}} dims [0] keepdim
        # CHECK: graph.mul %arg0
        renorm: "f32[4, 5][5, 1]" = torch.ops.aten.renorm.default(x, 2, 1, 1.0)
        # Rows that are not named stay.
        # CHECK: %[[NAMED:.+]] = graph.index_put {{.*}}[%arg1]
        # CHECK: %[[ROWS:.+]] = graph.reshape %[[NAMED]] [4, 1]
        # CHECK: graph.select %[[ROWS]], {{.*}}, %arg0
        table: "f32[4, 5][5, 1]" = torch.ops.aten.embedding_renorm_.default(x, indices, 1.0, 2.0)
        return (renorm,)
