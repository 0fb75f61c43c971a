# RUN: graphc %s --emit=graph | FileCheck %s

class reduction(torch.nn.Module):
    def forward(self, x: "i32[4, 8]"):
        # A sum of integers is int64, a tensor that is not summed stays as it is.
        # CHECK: graph.reduce sum {{.*}}-> !graph.tensor<1x8xi64>
        summed = torch.ops.aten.sum_to_size.default(x, [1, 8])
        # CHECK: return %{{.*}}, %{{.*}} : !graph.tensor<1x8xi64>, !graph.tensor<4x8xi32>
        same = torch.ops.aten.sum_to_size.default(x, [4, 8])
        return (summed, same)
