# RUN: graphc %s --emit=graph | FileCheck %s

class promotion(torch.nn.Module):
    def forward(self, h: "bf16[4]", f: "f32[4]", d: "f64[]", i: "i64[4]", b: "b8[4]"):
        # A number does not change a float's type, nor does a 0-d tensor.
        # CHECK: graph.add {{.*}}-> !graph.tensor<4xbf16>
        number = torch.ops.aten.add.Tensor(h, 2)
        # CHECK: graph.cast %{{.*}} : (!graph.tensor<f64>) -> !graph.tensor<f32>
        # CHECK: graph.mul {{.*}}-> !graph.tensor<4xf32>
        scalar = torch.ops.aten.mul.Tensor(f, d)
        # A float turns integers into the default float type.
        # CHECK: graph.cast %{{.*}} : (!graph.tensor<4xi64>) -> !graph.tensor<4xf32>
        # CHECK: graph.sub {{.*}}-> !graph.tensor<4xf32>
        float_1 = torch.ops.aten.sub.Tensor(i, 1.5)
        # Two tensors with dimensions meet in the wider type.
        # CHECK: graph.cast %{{.*}} : (!graph.tensor<4xbf16>) -> !graph.tensor<4xf32>
        # CHECK: graph.maximum {{.*}}-> !graph.tensor<4xf32>
        wide = torch.ops.aten.maximum.default(h, f)
        # Division is of floats, and bools count as integers.
        # CHECK: graph.div {{.*}}-> !graph.tensor<4xf32>
        div = torch.ops.aten.div.Tensor(i, b)
        # CHECK: graph.reduce sum {{.*}}-> !graph.tensor<i64>
        total = torch.ops.aten.sum.default(b)
        return (number, scalar, float_1, wide, div, total)
