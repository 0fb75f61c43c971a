# RUN: graphc %s --emit=graph | FileCheck %s

class signs(torch.nn.Module):
    def forward(self, x: "f32[4, 8]", i: "i64[2]", v: "f32[2, 8]", columns: "i64[8]"):
        # Negative indices count from the end.
        # CHECK-NOT: graph.nonnegative
        # CHECK: graph.index %{{.*}} dims [0] :
        # CHECK: graph.index_put %{{.*}} dims [0] :
        # CHECK: graph.index_put %{{.*}} dims [0] :
        index = torch.ops.aten.index.Tensor(x, [i])
        put = torch.ops.aten.index_put.default(x, [i], v)
        fill = torch.ops.aten.index_fill.int_Scalar(x, 0, i, 7.0)
        # They are out of range.
        # CHECK: graph.index %{{.*}} dims [0] {graph.nonnegative} :
        # CHECK: graph.index %{{.*}} dims [1] {graph.nonnegative} :
        # CHECK: graph.index_put %{{.*}} dims [0] accumulate {graph.nonnegative} :
        # CHECK: graph.index_put %{{.*}} dims [0] {graph.nonnegative} :
        # CHECK: graph.index_put %{{.*}} dims [0] accumulate {graph.nonnegative} :
        # CHECK: graph.index_put %{{.*}} dims [1] accumulate {graph.nonnegative} :
        embedding = torch.ops.aten.embedding.default(x, i)
        select = torch.ops.aten.index_select.default(x, 1, i)
        add = torch.ops.aten.index_add.default(x, 0, i, v)
        copy = torch.ops.aten.index_copy.default(x, 0, i, v)
        backward = torch.ops.aten.embedding_dense_backward.default(v, i, 4, -1, False)
        selected = torch.ops.aten.index_select_backward.default(x, [4, 6], 1, columns)
        return (index, put, fill, embedding, select, add, copy, backward, selected)
