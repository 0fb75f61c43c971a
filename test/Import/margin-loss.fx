# RUN: graphc %s --emit=graph | FileCheck %s

# Losses of margins: classes of targets are checked, the own class is left out.
class margins(torch.nn.Module):
    def forward(self, x: "f32[4, 3]", t: "i64[4]", l: "i64[4, 3]", w: "f32[3]"):
        # CHECK: graph.assert_tensor
        # CHECK: graph.gather
        # CHECK: graph.index %{{.*}} dims [0] {graph.nonnegative}
        # CHECK: graph.select
        multi = torch.ops.aten.multi_margin_loss.default(x, t, 2, 0.5, w)
        # Labels end at the first negative one.
        # CHECK: graph.scan sum
        # CHECK: graph.reduce any {{.*}} dims [1]
        # CHECK: graph.reduce sum {{.*}} dims [1, 2]
        labels = torch.ops.aten.multilabel_margin_loss.default(x, l, 0)
        return (multi, labels)
