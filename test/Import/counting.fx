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
        # CHECK: graph.assert_tensor {{.*}}, "bincount of a negative number"
        # CHECK: graph.item {{.*}} symbol "u0"
        # CHECK: graph.index_put {{.*}}[%arg2] {{.*}} accumulate {{.*}} -> !graph.tensor<(u0)xi64>
        counts: "i64[u0][1]" = torch.ops.aten.bincount.default(repeats)
        # CHECK: graph.assert_tensor {{.*}}, "lengths do not add up to the size of the data"
        # CHECK: graph.scatter amax {{.*}} dim 0 include_self {{.*}} -> !graph.tensor<5x2xf32>
        segments: "f32[3, 2][2, 1]" = torch.ops.aten.segment_reduce.default(rows, 'max', lengths = repeats)
        # CHECK: graph.index_put {{.*}} accumulate {{.*}} -> !graph.tensor<6xi64>
        histogram = torch.ops.aten.histogramdd.default(rows, [2, 3])
        bins: "f32[2, 3][3, 1]" = histogram[0]
        return (histc, repeated, counts, segments, bins)
