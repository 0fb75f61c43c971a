# RUN: graphc %s --emit=graph | FileCheck %s

# How often a matrix is halved is data: the second loop ends by the largest
# count, and each matrix is squared as often as it was halved.
class exponential(torch.nn.Module):
    def forward(self, x: "f32[2, 4, 4]"):
        # CHECK: graph.log2
        # CHECK: graph.while
        # CHECK: graph.matmul
        # CHECK: graph.item %{{.*}} "[[COUNT:u[0-9]+]]"
        # CHECK: graph.while
        # CHECK: graph.select
        exp = torch.ops.aten.linalg_matrix_exp.default(x)
        return (exp,)
