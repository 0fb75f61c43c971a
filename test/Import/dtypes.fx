# RUN: graphc %s --emit=graph | FileCheck %s

class dtypes(torch.nn.Module):
    # CHECK: func.func @main({{.*}}) -> (!graph.tensor<4xcomplex<f32>>, !graph.tensor<1xi64>, !graph.tensor<3xi16>, !graph.tensor<2x4xi16>, !graph.tensor<f32>, !graph.tensor<f32>, !graph.tensor<4xcomplex<f64>>, !graph.tensor<4xf32, strides = [2]>, !graph.tensor<3xi64>)
    def forward(self, x: "c64[4]", y: "i16[3]", z: "i16[2, 3, 4]", b: "b8[3]"):
        resolve_conj = torch.ops.aten.resolve_conj.default(x)
        resolve_neg = torch.ops.aten.resolve_neg.default(resolve_conj)
        # Only what is added up becomes int64.
        sum_to_size = torch.ops.aten.sum_to_size.default(y, [1])
        sum_to_size_1 = torch.ops.aten.sum_to_size.default(y, [3])
        kthvalue = torch.ops.aten.kthvalue.default(z, 2, 1)
        values = kthvalue[0]
        # The margin is a float.
        loss = torch.ops.aten.margin_ranking_loss.default(y, y, y, 0.5)
        # A norm is real, whatever it is of.
        dist = torch.ops.aten.dist.default(x, resolve_neg)
        float_power = torch.ops.aten.float_power.Tensor_Scalar(x, 2)
        # A view of every other number.
        real = torch.ops.aten.real.default(x)
        square = torch.ops.aten.square.default(b)
        return (resolve_neg, sum_to_size, sum_to_size_1, values, loss, dist, float_power, real, square)
