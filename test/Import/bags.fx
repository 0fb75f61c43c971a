# RUN: graphc %s --emit=graph | FileCheck %s

class bags(torch.nn.Module):
    def forward(self, weight: "f32[9, 4]", indices: "i64[7]", offsets: "i64[3]", eight: "i64[8]"):
        # CHECK: graph.assert_tensor {{.*}}, "the first bag must begin at 0"
        # CHECK: %[[BAGS:.+]] = graph.sub
        # CHECK: %[[ROWS:.+]] = graph.index %arg0[%arg1] dims [0]
        # CHECK: graph.index_put %[[ROWS]] into %{{.*}}[%[[BAGS]]] dims [0] accumulate
        sums = torch.ops.aten._embedding_bag_forward_only.default(weight, indices, offsets)
        out: "f32[3, 4][4, 1]" = sums[0]
        # CHECK: graph.scatter amax
        maxima = torch.ops.aten.embedding_bag.padding_idx(weight, indices, offsets, False, 2, False, None, True, 3)
        top: "f32[2, 4][4, 1]" = maxima[0]
        # Bags of one length are a dimension.
        # CHECK: %[[APART:.+]] = graph.reshape %arg3 [4, 2]
        # CHECK: %[[PICKED:.+]] = graph.index %arg0[%[[APART]]] dims [0]
        # CHECK: graph.reduce sum %[[PICKED]] dims [1]
        even = torch.ops.aten.arange.start_step(0, 8, 2)
        pairs = torch.ops.aten._embedding_bag_forward_only.default(weight, eight, even)
        two: "f32[4, 4][4, 1]" = pairs[0]
        # So are those whose offsets are short.
        # CHECK: graph.reshape %arg3 [2, 4]
        short = torch.ops.aten.arange.start_step(0, 8, 4, dtype = torch.int32)
        fours = torch.ops.aten._embedding_bag_forward_only.default(weight, eight, short)
        four: "f32[2, 4][4, 1]" = fours[0]
        # The last bag of these has one row.
        # CHECK: graph.scan sum
        odd = torch.ops.aten.arange.start_step(0, 8, 3)
        uneven = torch.ops.aten._embedding_bag_forward_only.default(weight, eight, odd)
        three: "f32[3, 4][4, 1]" = uneven[0]
        return (out, top, two, four, three)
