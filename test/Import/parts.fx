# RUN: graphc %s --emit=graph | FileCheck %s

# Sizes of parts that only the run knows: they are checked, then taken as they
# are. Two sizes that the program itself compares are spelled alike behind that.
class parts(torch.nn.Module):
    def forward(self, x: "f32[9, 5]", counts: "i64[2]"):
        select: "i64[]" = torch.ops.aten.select.int(counts, 0, 0)
        first = torch.ops.aten.item.default(select)
        select_1: "i64[]" = torch.ops.aten.select.int(counts, 0, 1)
        second = torch.ops.aten.item.default(select_1)
        # CHECK: graph.assert {{.*}}, "a part has a negative size"
        # CHECK: graph.assert {{.*}}, "sizes of parts are not the whole"
        # CHECK: graph.slice {{.*}} -> !graph.tensor<([[FIRST:[a-z0-9]+]])x5xf32
        # CHECK: graph.slice {{.*}} -> !graph.tensor<([[SECOND:[a-z0-9]+]])x5xf32
        split = torch.ops.aten.split_with_sizes.default(x, [first, second])
        front = split[0]
        back = split[1]
        # CHECK: graph.assert {{.*}}, "narrow beyond the dimension"
        # CHECK: graph.slice {{.*}} -> !graph.tensor<([[SECOND]])x5xf32
        narrow = torch.ops.aten.narrow.default(x, 0, first, second)
        relu = torch.ops.aten.relu.default(narrow)
        # CHECK: graph.cat {{.*}} -> !graph.tensor<([[FIRST]] + [[SECOND]])x5xf32
        cat = torch.ops.aten.cat.default([front, back])
        # CHECK: graph.assert {{.*}}, "all rows"
        sum_1 = first + second
        eq = sum_1 == 9
        _assert = torch.ops.aten._assert_scalar.default(eq, 'all rows')
        # CHECK: graph.slice {{.*}} -> !graph.tensor<9x5xf32
        # CHECK: graph.add {{.*}} -> !graph.tensor<9x5xf32
        abs_1 = torch.ops.aten.abs.default(cat)
        add = torch.ops.aten.add.Tensor(abs_1, x)
        return (relu, add)
