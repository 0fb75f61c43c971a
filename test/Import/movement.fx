# RUN: graphc %s --emit=graph | FileCheck %s

class movement(torch.nn.Module):
    def forward(self, x: "f32[4, 8][16, 2]", y: "f32[1, 4][4, 1]"):
        # ravel copies what has strides, flatten views it.
        # CHECK: %[[RAVEL:.*]] = graph.contiguous {{.*}}-> !graph.tensor<32xf32>
        ravel = torch.ops.aten.ravel.default(x)
        flatten = torch.ops.aten.flatten.using_ints(x)
        # What a negative pad cuts off does not come back on the other side.
        # CHECK: %[[CUT:.*]] = graph.slice %{{.*}} dim 1 from 1 to 4
        # CHECK: graph.index %[[CUT]]{{.*}} -> !graph.tensor<1x5xf32>
        circular = torch.ops.aten.pad.default(y, [-1, 2], 'circular')
        # Places of values are one for all or one for each.
        # CHECK: graph.sub %{{.*}} : (!graph.tensor<1x3xf32{{.*}}>, !graph.tensor<1x3xf32{{.*}}>)
        # CHECK: graph.reduce sum %{{.*}} dims [1] {{.*}}-> !graph.tensor<1xf32>
        trapezoid = torch.ops.aten.trapezoid.x(y, y)
        # CHECK: return %[[RAVEL]], %{{.*}} : !graph.tensor<32xf32>, !graph.tensor<32xf32, strides = [2]>
        return (ravel, flatten, circular, trapezoid)
