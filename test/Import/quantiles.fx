# RUN: graphc %s --emit=graph | FileCheck %s

class quantiles(torch.nn.Module):
    def forward(self, x: "f32[4, 5]", q: "f32[2]"):
        # CHECK: graph.sort %arg0 dim 0
        # CHECK: graph.assert_tensor {{.*}}, "quantiles are from 0 to 1"
        # One NaN makes NaN of all, for it sorts last.
        # CHECK: %[[NAN:.+]] = graph.reduce any
        # CHECK: graph.select %[[NAN]]
        # CHECK: graph.gather
        # CHECK: graph.gather
        quantile: "f32[2, 5][1, 2]" = torch.ops.aten.quantile.default(x, q, 0)
        # CHECK: graph.sort
        # CHECK: graph.floor_div
        # CHECK: graph.gather
        nanmedian: "f32[][]" = torch.ops.aten.nanmedian.default(x)
        return (quantile, nanmedian)
