# RUN: graphc %s --emit=graph | FileCheck %s

class counting(torch.nn.Module):
    def forward(self, x: "f32[9]", rows: "f32[3, 2]", repeats: "i64[3]"):
        # CHECK: %[[INSIDE:.+]] = graph.bitwise_and
        # CHECK: graph.minimum
        # CHECK: %[[ONES:.+]] = graph.cast %[[INSIDE]] to i64
        # CHECK: %[[COUNTS:.+]] = graph.index_put %[[ONES]] {{.*}} accumulate
        # CHECK: graph.cast %[[COUNTS]] to f32
        histc: "f32[4][1]" = torch.ops.aten.histc.default(x, 4, -1, 1)
        # CHECK: %[[ENDS:.+]] = graph.scan sum %arg2
        # CHECK: graph.assert_tensor {{.*}}, "repeats do not add up to output_size"
        # CHECK: graph.index_put {{.*}}[%[[ENDS]]] {{.*}} accumulate {{.*}} -> !graph.tensor<8xi64>
        # CHECK: %[[PASSED:.+]] = graph.scan sum
        # CHECK: %[[INDEX:.+]] = graph.slice %[[PASSED]] dim 0 from 0 to 7
        # CHECK: graph.index %arg1[%[[INDEX]]] dims [0]
        repeated: "f32[7, 2][2, 1]" = torch.ops.aten.repeat_interleave.self_Tensor(rows, repeats, 0, output_size=7)
        return (histc, repeated)
