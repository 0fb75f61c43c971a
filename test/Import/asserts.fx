# RUN: graphc %s --emit=graph | FileCheck %s

# Texts name what operators without results return, too.
class asserts(torch.nn.Module):
    def forward(self, x: "f32[4]", y: "f32[4]"):
        sum_1: "f32[]" = torch.ops.aten.sum.default(x);  x = None
        gt: "b8[]" = torch.ops.aten.gt.Scalar(sum_1, 0);  sum_1 = None
        # CHECK: graph.assert_tensor %{{.*}}, "not positive"
        _assert_async = torch.ops.aten._assert_async.msg(gt, 'not positive');  gt = _assert_async = None
        # CHECK: graph.add
        add: "f32[4]" = torch.ops.aten.add.Tensor(y, 1);  y = None
        return (add,)
