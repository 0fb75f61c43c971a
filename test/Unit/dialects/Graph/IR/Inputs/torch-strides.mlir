// What torch 2.13 gives on the CPU: every result type below, strides included, is
// the one that torch printed for operands of these layouts. Read by LayoutTest.

func.func @add_0(%arg0: !graph.tensor<4x5x5x5xf32, strides = [1, 8, 80, 880]>, %arg1: !graph.tensor<4x5x5x5xf32, strides = [125, 5, 25, 1]>) {
  %0 = graph.add %arg0, %arg1 : (!graph.tensor<4x5x5x5xf32, strides = [1, 8, 80, 880]>, !graph.tensor<4x5x5x5xf32, strides = [125, 5, 25, 1]>) -> !graph.tensor<4x5x5x5xf32, strides = [1, 4, 20, 100]>
  return
}
func.func @add_1(%arg0: !graph.tensor<2x5xf32, strides = [1, 2]>, %arg1: !graph.tensor<2x5xf32>) {
  %0 = graph.add %arg0, %arg1 : (!graph.tensor<2x5xf32, strides = [1, 2]>, !graph.tensor<2x5xf32>) -> !graph.tensor<2x5xf32, strides = [1, 2]>
  return
}
func.func @add_2(%arg0: !graph.tensor<2x2xf32>, %arg1: !graph.tensor<3x2x2xf32, strides = [2, 6, 1]>) {
  %0 = graph.add %arg0, %arg1 : (!graph.tensor<2x2xf32>, !graph.tensor<3x2x2xf32, strides = [2, 6, 1]>) -> !graph.tensor<3x2x2xf32, strides = [2, 6, 1]>
  return
}
func.func @mul_0(%arg0: !graph.tensor<3x1x3xf32, strides = [3, 9, 1]>, %arg1: !graph.tensor<3x1x3xf32, strides = [2, 1, 12]>) {
  %0 = graph.mul %arg0, %arg1 : (!graph.tensor<3x1x3xf32, strides = [3, 9, 1]>, !graph.tensor<3x1x3xf32, strides = [2, 1, 12]>) -> !graph.tensor<3x1x3xf32, strides = [3, 9, 1]>
  return
}
func.func @mul_1(%arg0: !graph.tensor<2x4x3xf32>, %arg1: !graph.tensor<2x4x3xf32, strides = [6, 12, 2]>) {
  %0 = graph.mul %arg0, %arg1 : (!graph.tensor<2x4x3xf32>, !graph.tensor<2x4x3xf32, strides = [6, 12, 2]>) -> !graph.tensor<2x4x3xf32>
  return
}
func.func @mul_2(%arg0: !graph.tensor<4x1x4xf32>, %arg1: !graph.tensor<4x1x4xf32, strides = [1, 16, 4]>) {
  %0 = graph.mul %arg0, %arg1 : (!graph.tensor<4x1x4xf32>, !graph.tensor<4x1x4xf32, strides = [1, 16, 4]>) -> !graph.tensor<4x1x4xf32, strides = [4, 16, 1]>
  return
}
func.func @sin_0(%arg0: !graph.tensor<5x3x2x1x3xf32, strides = [18, 1, 9, 9, 3]>) {
  %0 = graph.sin %arg0 : (!graph.tensor<5x3x2x1x3xf32, strides = [18, 1, 9, 9, 3]>) -> !graph.tensor<5x3x2x1x3xf32, strides = [18, 1, 9, 9, 3]>
  return
}
func.func @sin_1(%arg0: !graph.tensor<1x1x1xf32>) {
  %0 = graph.sin %arg0 : (!graph.tensor<1x1x1xf32>) -> !graph.tensor<1x1x1xf32>
  return
}
func.func @sin_2(%arg0: !graph.tensor<4x4x2x3x1xf32>) {
  %0 = graph.sin %arg0 : (!graph.tensor<4x4x2x3x1xf32>) -> !graph.tensor<4x4x2x3x1xf32>
  return
}
func.func @relu_0(%arg0: !graph.tensor<0x3x3xf32, strides = [3, 1, 3]>) {
  %0 = graph.relu %arg0 : (!graph.tensor<0x3x3xf32, strides = [3, 1, 3]>) -> !graph.tensor<0x3x3xf32>
  return
}
func.func @relu_1(%arg0: !graph.tensor<2xf32, strides = [2]>) {
  %0 = graph.relu %arg0 : (!graph.tensor<2xf32, strides = [2]>) -> !graph.tensor<2xf32>
  return
}
func.func @relu_2(%arg0: !graph.tensor<2x1x5x5xf32, strides = [5, 5, 0, 1]>) {
  %0 = graph.relu %arg0 : (!graph.tensor<2x1x5x5xf32, strides = [5, 5, 0, 1]>) -> !graph.tensor<2x1x5x5xf32>
  return
}
func.func @gelu_0(%arg0: !graph.tensor<2x5x1x4x1xf32, strides = [2, 40, 20, 4, 2]>) {
  %0 = graph.gelu none %arg0 : (!graph.tensor<2x5x1x4x1xf32, strides = [2, 40, 20, 4, 2]>) -> !graph.tensor<2x5x1x4x1xf32, strides = [1, 8, 8, 2, 1]>
  return
}
func.func @gelu_1(%arg0: !graph.tensor<2x2x5xf32, strides = [4, 1, 8]>) {
  %0 = graph.gelu none %arg0 : (!graph.tensor<2x2x5xf32, strides = [4, 1, 8]>) -> !graph.tensor<2x2x5xf32, strides = [2, 1, 4]>
  return
}
func.func @gelu_2(%arg0: !graph.tensor<2x2xf32, strides = [1, 2]>) {
  %0 = graph.gelu none %arg0 : (!graph.tensor<2x2xf32, strides = [1, 2]>) -> !graph.tensor<2x2xf32, strides = [1, 2]>
  return
}
func.func @silu_0(%arg0: !graph.tensor<2x4x1x5xf32, strides = [20, 1, 20, 4]>) {
  %0 = graph.silu %arg0 : (!graph.tensor<2x4x1x5xf32, strides = [20, 1, 20, 4]>) -> !graph.tensor<2x4x1x5xf32, strides = [20, 1, 20, 4]>
  return
}
func.func @silu_1(%arg0: !graph.tensor<2x2x2xf32>) {
  %0 = graph.silu %arg0 : (!graph.tensor<2x2x2xf32>) -> !graph.tensor<2x2x2xf32>
  return
}
func.func @silu_2(%arg0: !graph.tensor<5x4xf32>) {
  %0 = graph.silu %arg0 : (!graph.tensor<5x4xf32>) -> !graph.tensor<5x4xf32>
  return
}
func.func @sigmoid_0(%arg0: !graph.tensor<4x5x1xf32, strides = [10, 2, 2]>) {
  %0 = graph.sigmoid %arg0 : (!graph.tensor<4x5x1xf32, strides = [10, 2, 2]>) -> !graph.tensor<4x5x1xf32>
  return
}
func.func @sigmoid_1(%arg0: !graph.tensor<4xf32>) {
  %0 = graph.sigmoid %arg0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}
func.func @sigmoid_2(%arg0: !graph.tensor<1x1x1x2xf32>) {
  %0 = graph.sigmoid %arg0 : (!graph.tensor<1x1x1x2xf32>) -> !graph.tensor<1x1x1x2xf32>
  return
}
func.func @cast_0(%arg0: !graph.tensor<2x2x4xf32, strides = [2, 1, 4]>) {
  %0 = graph.cast %arg0 to f64 : (!graph.tensor<2x2x4xf32, strides = [2, 1, 4]>) -> !graph.tensor<2x2x4xf64, strides = [2, 1, 4]>
  return
}
func.func @cast_1(%arg0: !graph.tensor<1x5x1xf32>) {
  %0 = graph.cast %arg0 to f64 : (!graph.tensor<1x5x1xf32>) -> !graph.tensor<1x5x1xf64>
  return
}
func.func @cast_2(%arg0: !graph.tensor<5xf32>) {
  %0 = graph.cast %arg0 to f64 : (!graph.tensor<5xf32>) -> !graph.tensor<5xf64>
  return
}
func.func @lt_0(%arg0: !graph.tensor<3x2x5x3xf32, strides = [30, 1, 6, 2]>, %arg1: !graph.tensor<3x2x5x3xf32, strides = [1, 140, 7, 35]>) {
  %0 = graph.compare lt %arg0, %arg1 : (!graph.tensor<3x2x5x3xf32, strides = [30, 1, 6, 2]>, !graph.tensor<3x2x5x3xf32, strides = [1, 140, 7, 35]>) -> !graph.tensor<3x2x5x3xi1, strides = [30, 1, 6, 2]>
  return
}
func.func @lt_1(%arg0: !graph.tensor<4x4x5xf32, strides = [20, 1, 4]>, %arg1: !graph.tensor<4x4x5xf32, strides = [25, 5, 1]>) {
  %0 = graph.compare lt %arg0, %arg1 : (!graph.tensor<4x4x5xf32, strides = [20, 1, 4]>, !graph.tensor<4x4x5xf32, strides = [25, 5, 1]>) -> !graph.tensor<4x4x5xi1, strides = [20, 1, 4]>
  return
}
func.func @lt_2(%arg0: !graph.tensor<5x1x2x3xf32>, %arg1: !graph.tensor<5x1x2x3xf32>) {
  %0 = graph.compare lt %arg0, %arg1 : (!graph.tensor<5x1x2x3xf32>, !graph.tensor<5x1x2x3xf32>) -> !graph.tensor<5x1x2x3xi1>
  return
}
func.func @where_0(%arg0: !graph.tensor<4x5x5xi1, strides = [1, 55, 5]>, %arg1: !graph.tensor<4x5x5xf32, strides = [0, 5, 1]>, %arg2: !graph.tensor<4x1x5xf32>) {
  %0 = graph.select %arg0, %arg1, %arg2 : (!graph.tensor<4x5x5xi1, strides = [1, 55, 5]>, !graph.tensor<4x5x5xf32, strides = [0, 5, 1]>, !graph.tensor<4x1x5xf32>) -> !graph.tensor<4x5x5xf32, strides = [1, 20, 4]>
  return
}
func.func @where_1(%arg0: !graph.tensor<3x1x3xi1>, %arg1: !graph.tensor<3x3x3xf32>, %arg2: !graph.tensor<3x3x3xf32, strides = [1, 3, 9]>) {
  %0 = graph.select %arg0, %arg1, %arg2 : (!graph.tensor<3x1x3xi1>, !graph.tensor<3x3x3xf32>, !graph.tensor<3x3x3xf32, strides = [1, 3, 9]>) -> !graph.tensor<3x3x3xf32>
  return
}
func.func @where_2(%arg0: !graph.tensor<5x2xi1, strides = [1, 10]>, %arg1: !graph.tensor<5x2xf32>, %arg2: !graph.tensor<5x1xf32, strides = [1, 22]>) {
  %0 = graph.select %arg0, %arg1, %arg2 : (!graph.tensor<5x2xi1, strides = [1, 10]>, !graph.tensor<5x2xf32>, !graph.tensor<5x1xf32, strides = [1, 22]>) -> !graph.tensor<5x2xf32, strides = [1, 5]>
  return
}
func.func @clamp_0(%arg0: !graph.tensor<1x4x5xf32, strides = [4, 1, 4]>, %arg1: !graph.tensor<4x5xf32>, %arg2: !graph.tensor<1x4x5xf32>) {
  %0 = graph.clamp %arg0, %arg1, %arg2 : (!graph.tensor<1x4x5xf32, strides = [4, 1, 4]>, !graph.tensor<4x5xf32>, !graph.tensor<1x4x5xf32>) -> !graph.tensor<1x4x5xf32, strides = [4, 1, 4]>
  return
}
func.func @clamp_1(%arg0: !graph.tensor<2x1x4x2xf32, strides = [1, 4, 4, 2]>, %arg1: !graph.tensor<1x4x2xf32>, %arg2: !graph.tensor<f32>) {
  %0 = graph.clamp %arg0, %arg1, %arg2 : (!graph.tensor<2x1x4x2xf32, strides = [1, 4, 4, 2]>, !graph.tensor<1x4x2xf32>, !graph.tensor<f32>) -> !graph.tensor<2x1x4x2xf32, strides = [1, 4, 4, 2]>
  return
}
func.func @clamp_2(%arg0: !graph.tensor<3x1xf32>, %arg1: !graph.tensor<f32>, %arg2: !graph.tensor<3x1xf32>) {
  %0 = graph.clamp %arg0, %arg1, %arg2 : (!graph.tensor<3x1xf32>, !graph.tensor<f32>, !graph.tensor<3x1xf32>) -> !graph.tensor<3x1xf32>
  return
}
func.func @reduce_sum_0(%arg0: !graph.tensor<3x2xf32, strides = [0, 0]>) {
  %0 = graph.reduce sum %arg0 dims [1] keepdim : (!graph.tensor<3x2xf32, strides = [0, 0]>) -> !graph.tensor<3x1xf32>
  return
}
func.func @reduce_sum_1(%arg0: !graph.tensor<2x3xf32, strides = [1, 2]>) {
  %0 = graph.reduce sum %arg0 dims [0, 1] keepdim : (!graph.tensor<2x3xf32, strides = [1, 2]>) -> !graph.tensor<1x1xf32>
  return
}
func.func @reduce_sum_2(%arg0: !graph.tensor<1x4x4x3xf32, strides = [4, 0, 1, 0]>) {
  %0 = graph.reduce sum %arg0 dims [1, 2, 3] keepdim : (!graph.tensor<1x4x4x3xf32, strides = [4, 0, 1, 0]>) -> !graph.tensor<1x1x1x1xf32>
  return
}
func.func @reduce_mean_0(%arg0: !graph.tensor<4x3xf32, strides = [2, 8]>) {
  %0 = graph.reduce mean %arg0 dims [0] : (!graph.tensor<4x3xf32, strides = [2, 8]>) -> !graph.tensor<3xf32>
  return
}
func.func @reduce_mean_1(%arg0: !graph.tensor<2x3xf32, strides = [1, 2]>) {
  %0 = graph.reduce mean %arg0 dims [0, 1] keepdim : (!graph.tensor<2x3xf32, strides = [1, 2]>) -> !graph.tensor<1x1xf32>
  return
}
func.func @reduce_mean_2(%arg0: !graph.tensor<1x4x4x3xf32, strides = [16, 4, 1, 16]>) {
  %0 = graph.reduce mean %arg0 dims [1, 2, 3] keepdim : (!graph.tensor<1x4x4x3xf32, strides = [16, 4, 1, 16]>) -> !graph.tensor<1x1x1x1xf32>
  return
}
func.func @reduce_max_0(%arg0: !graph.tensor<3x2xf32, strides = [1, 3]>) {
  %0 = graph.reduce max %arg0 dims [1] keepdim : (!graph.tensor<3x2xf32, strides = [1, 3]>) -> !graph.tensor<3x1xf32>
  return
}
func.func @reduce_max_1(%arg0: !graph.tensor<2x3xf32, strides = [1, 2]>) {
  %0 = graph.reduce max %arg0 dims [0, 1] keepdim : (!graph.tensor<2x3xf32, strides = [1, 2]>) -> !graph.tensor<1x1xf32>
  return
}
func.func @reduce_max_2(%arg0: !graph.tensor<1x4x4x3xf32, strides = [48, 12, 1, 4]>) {
  %0 = graph.reduce max %arg0 dims [1, 2, 3] keepdim : (!graph.tensor<1x4x4x3xf32, strides = [48, 12, 1, 4]>) -> !graph.tensor<1x1x1x1xf32>
  return
}
func.func @reduce_min_0(%arg0: !graph.tensor<4x3xf32, strides = [1, 4]>) {
  %0 = graph.reduce min %arg0 dims [0] : (!graph.tensor<4x3xf32, strides = [1, 4]>) -> !graph.tensor<3xf32>
  return
}
func.func @reduce_min_1(%arg0: !graph.tensor<3x2xf32, strides = [1, 3]>) {
  %0 = graph.reduce min %arg0 dims [1] keepdim : (!graph.tensor<3x2xf32, strides = [1, 3]>) -> !graph.tensor<3x1xf32>
  return
}
func.func @reduce_min_2(%arg0: !graph.tensor<2x3xf32, strides = [1, 2]>) {
  %0 = graph.reduce min %arg0 dims [0, 1] keepdim : (!graph.tensor<2x3xf32, strides = [1, 2]>) -> !graph.tensor<1x1xf32>
  return
}
func.func @reduce_any_0(%arg0: !graph.tensor<4x3xi1, strides = [0, 0]>) {
  %0 = graph.reduce any %arg0 dims [0] : (!graph.tensor<4x3xi1, strides = [0, 0]>) -> !graph.tensor<3xi1>
  return
}
func.func @reduce_any_1(%arg0: !graph.tensor<1x4x4x3xi1, strides = [5, 30, 1, 10]>) {
  %0 = graph.reduce any %arg0 dims [1, 2, 3] keepdim : (!graph.tensor<1x4x4x3xi1, strides = [5, 30, 1, 10]>) -> !graph.tensor<1x1x1x1xi1>
  return
}
func.func @reduce_any_2(%arg0: !graph.tensor<1x1x2x5xi1, strides = [2, 2, 1, 2]>) {
  %0 = graph.reduce any %arg0 dims [1, 2, 3] keepdim : (!graph.tensor<1x1x2x5xi1, strides = [2, 2, 1, 2]>) -> !graph.tensor<1x1x1x1xi1>
  return
}
func.func @reduce_prod_0(%arg0: !graph.tensor<4x3xf32, strides = [6, 1]>) {
  %0 = graph.reduce prod %arg0 dims [0] : (!graph.tensor<4x3xf32, strides = [6, 1]>) -> !graph.tensor<3xf32>
  return
}
func.func @reduce_prod_1(%arg0: !graph.tensor<3x2xf32>) {
  %0 = graph.reduce prod %arg0 dims [1] keepdim : (!graph.tensor<3x2xf32>) -> !graph.tensor<3x1xf32>
  return
}
func.func @reduce_prod_2(%arg0: !graph.tensor<2x3xf32>) {
  %0 = graph.reduce prod %arg0 dims [0] keepdim : (!graph.tensor<2x3xf32>) -> !graph.tensor<1x3xf32>
  return
}
func.func @argmax_0(%arg0: !graph.tensor<4x3xf32, strides = [1, 0]>) {
  %0 = graph.arg_reduce max %arg0 dim 0 : (!graph.tensor<4x3xf32, strides = [1, 0]>) -> !graph.tensor<3xi64>
  return
}
func.func @argmax_1(%arg0: !graph.tensor<2x3xf32, strides = [2, 4]>) {
  %0 = graph.arg_reduce max %arg0 dim 0 keepdim : (!graph.tensor<2x3xf32, strides = [2, 4]>) -> !graph.tensor<1x3xi64>
  return
}
func.func @argmax_2(%arg0: !graph.tensor<3x2xf32>) {
  %0 = graph.arg_reduce max %arg0 dim 1 keepdim : (!graph.tensor<3x2xf32>) -> !graph.tensor<3x1xi64>
  return
}
func.func @max_dim_0(%arg0: !graph.tensor<4x3xf32, strides = [1, 0]>) {
  %0 = graph.reduce max %arg0 dims [0] : (!graph.tensor<4x3xf32, strides = [1, 0]>) -> !graph.tensor<3xf32>
  return
}
func.func @max_dim_1(%arg0: !graph.tensor<3x2xf32, strides = [0, 1]>) {
  %0 = graph.reduce max %arg0 dims [1] keepdim : (!graph.tensor<3x2xf32, strides = [0, 1]>) -> !graph.tensor<3x1xf32>
  return
}
func.func @max_dim_2(%arg0: !graph.tensor<1x4x4x3xf32, strides = [48, 1, 12, 4]>) {
  %0 = graph.reduce max %arg0 dims [1] keepdim : (!graph.tensor<1x4x4x3xf32, strides = [48, 1, 12, 4]>) -> !graph.tensor<1x1x4x3xf32>
  return
}
func.func @var_mean_0(%arg0: !graph.tensor<4x3xf32, strides = [1, 4]>) {
  %var, %mean = graph.var_mean %arg0 dims [0] correction 1.000000e+00 : (!graph.tensor<4x3xf32, strides = [1, 4]>) -> (!graph.tensor<3xf32>, !graph.tensor<3xf32>)
  return
}
func.func @var_mean_1(%arg0: !graph.tensor<1x4x4x3xf32, strides = [4, 1, 4, 16]>) {
  %var, %mean = graph.var_mean %arg0 dims [1, 2, 3] correction 1.000000e+00 keepdim : (!graph.tensor<1x4x4x3xf32, strides = [4, 1, 4, 16]>) -> (!graph.tensor<1x1x1x1xf32>, !graph.tensor<1x1x1x1xf32>)
  return
}
func.func @var_mean_2(%arg0: !graph.tensor<1x1x2x5xf32, strides = [8, 4, 2, 8]>) {
  %var, %mean = graph.var_mean %arg0 dims [1, 2, 3] correction 1.000000e+00 keepdim : (!graph.tensor<1x1x2x5xf32, strides = [8, 4, 2, 8]>) -> (!graph.tensor<1x1x1x1xf32>, !graph.tensor<1x1x1x1xf32>)
  return
}
func.func @cumsum_0(%arg0: !graph.tensor<4x3xf32, strides = [1, 4]>) {
  %0 = graph.scan sum %arg0 dim 0 : (!graph.tensor<4x3xf32, strides = [1, 4]>) -> !graph.tensor<4x3xf32>
  return
}
func.func @cumsum_1(%arg0: !graph.tensor<3x2xf32>) {
  %0 = graph.scan sum %arg0 dim 1 : (!graph.tensor<3x2xf32>) -> !graph.tensor<3x2xf32>
  return
}
func.func @cumsum_2(%arg0: !graph.tensor<2x3xf32>) {
  %0 = graph.scan sum %arg0 dim 0 : (!graph.tensor<2x3xf32>) -> !graph.tensor<2x3xf32>
  return
}
func.func @cumprod_0(%arg0: !graph.tensor<4x3xf32>) {
  %0 = graph.scan prod %arg0 dim 0 : (!graph.tensor<4x3xf32>) -> !graph.tensor<4x3xf32>
  return
}
func.func @cumprod_1(%arg0: !graph.tensor<3x2xf32>) {
  %0 = graph.scan prod %arg0 dim 1 : (!graph.tensor<3x2xf32>) -> !graph.tensor<3x2xf32>
  return
}
func.func @cumprod_2(%arg0: !graph.tensor<2x3xf32>) {
  %0 = graph.scan prod %arg0 dim 0 : (!graph.tensor<2x3xf32>) -> !graph.tensor<2x3xf32>
  return
}
func.func @logcumsumexp_0(%arg0: !graph.tensor<4x3xf32>) {
  %0 = graph.scan logsumexp %arg0 dim 0 : (!graph.tensor<4x3xf32>) -> !graph.tensor<4x3xf32>
  return
}
func.func @logcumsumexp_1(%arg0: !graph.tensor<3x2xf32>) {
  %0 = graph.scan logsumexp %arg0 dim 1 : (!graph.tensor<3x2xf32>) -> !graph.tensor<3x2xf32>
  return
}
func.func @logcumsumexp_2(%arg0: !graph.tensor<2x3xf32>) {
  %0 = graph.scan logsumexp %arg0 dim 0 : (!graph.tensor<2x3xf32>) -> !graph.tensor<2x3xf32>
  return
}
func.func @cummax_0(%arg0: !graph.tensor<1x4x4x3xf32, strides = [48, 3, 12, 1]>) {
  %values, %indices = graph.scan_arg max %arg0 dim 1 : (!graph.tensor<1x4x4x3xf32, strides = [48, 3, 12, 1]>) -> (!graph.tensor<1x4x4x3xf32>, !graph.tensor<1x4x4x3xi64>)
  return
}
func.func @cummax_1(%arg0: !graph.tensor<1x1x2x5xf32, strides = [2, 2, 1, 2]>) {
  %values, %indices = graph.scan_arg max %arg0 dim 1 : (!graph.tensor<1x1x2x5xf32, strides = [2, 2, 1, 2]>) -> (!graph.tensor<1x1x2x5xf32>, !graph.tensor<1x1x2x5xi64>)
  return
}
func.func @cummax_2(%arg0: !graph.tensor<4x3xf32>) {
  %values, %indices = graph.scan_arg max %arg0 dim 0 : (!graph.tensor<4x3xf32>) -> (!graph.tensor<4x3xf32>, !graph.tensor<4x3xi64>)
  return
}
func.func @mm_0(%arg0: !graph.tensor<3x4xf32, strides = [1, 3]>, %arg1: !graph.tensor<4x4xf32, strides = [1, 4]>) {
  %0 = graph.matmul %arg0, %arg1 : (!graph.tensor<3x4xf32, strides = [1, 3]>, !graph.tensor<4x4xf32, strides = [1, 4]>) -> !graph.tensor<3x4xf32>
  return
}
func.func @mm_1(%arg0: !graph.tensor<3x1xf32>, %arg1: !graph.tensor<1x1xf32>) {
  %0 = graph.matmul %arg0, %arg1 : (!graph.tensor<3x1xf32>, !graph.tensor<1x1xf32>) -> !graph.tensor<3x1xf32>
  return
}
func.func @mm_2(%arg0: !graph.tensor<4x1xf32>, %arg1: !graph.tensor<1x3xf32, strides = [6, 1]>) {
  %0 = graph.matmul %arg0, %arg1 : (!graph.tensor<4x1xf32>, !graph.tensor<1x3xf32, strides = [6, 1]>) -> !graph.tensor<4x3xf32>
  return
}
func.func @bmm_0(%arg0: !graph.tensor<4x3x4xf32, strides = [1, 4, 12]>, %arg1: !graph.tensor<4x4x4xf32>) {
  %0 = graph.matmul %arg0, %arg1 : (!graph.tensor<4x3x4xf32, strides = [1, 4, 12]>, !graph.tensor<4x4x4xf32>) -> !graph.tensor<4x3x4xf32>
  return
}
func.func @bmm_1(%arg0: !graph.tensor<2x3x1xf32>, %arg1: !graph.tensor<2x1x1xf32, strides = [1, 2, 1]>) {
  %0 = graph.matmul %arg0, %arg1 : (!graph.tensor<2x3x1xf32>, !graph.tensor<2x1x1xf32, strides = [1, 2, 1]>) -> !graph.tensor<2x3x1xf32>
  return
}
func.func @bmm_2(%arg0: !graph.tensor<1x4x1xf32>, %arg1: !graph.tensor<1x1x3xf32>) {
  %0 = graph.matmul %arg0, %arg1 : (!graph.tensor<1x4x1xf32>, !graph.tensor<1x1x3xf32>) -> !graph.tensor<1x4x3xf32>
  return
}
func.func @conv3t_0(%arg0: !graph.tensor<2x2x7x8x7xf32, strides = [224, 2, 448, 28, 4]>, %arg1: !graph.tensor<2x2x2x1x2xf32>, %arg2: !graph.tensor<2xf32>) {
  %0 = graph.convolution %arg0, %arg1 bias %arg2 {dilation = array<i64: 2, 1, 2>, groups = 1 : i64, output_padding = array<i64: 1, 0, 0>, padding = array<i64: 0, 1, 1>, stride = array<i64: 2, 1, 1>, transposed} : (!graph.tensor<2x2x7x8x7xf32, strides = [224, 2, 448, 28, 4]>, !graph.tensor<2x2x2x1x2xf32>, !graph.tensor<2xf32>) -> !graph.tensor<2x2x16x6x7xf32>
  return
}
func.func @softmax_0(%arg0: !graph.tensor<3x2x4x4xf32, strides = [50, 5, 150, 1]>) {
  %0 = graph.softmax %arg0 dim 3 : (!graph.tensor<3x2x4x4xf32, strides = [50, 5, 150, 1]>) -> !graph.tensor<3x2x4x4xf32>
  return
}
func.func @softmax_1(%arg0: !graph.tensor<2x4x2xf32, strides = [1, 2, 20]>) {
  %0 = graph.softmax %arg0 dim 0 : (!graph.tensor<2x4x2xf32, strides = [1, 2, 20]>) -> !graph.tensor<2x4x2xf32>
  return
}
func.func @softmax_2(%arg0: !graph.tensor<3x1x5x1xf32>) {
  %0 = graph.softmax %arg0 dim 3 : (!graph.tensor<3x1x5x1xf32>) -> !graph.tensor<3x1x5x1xf32>
  return
}
func.func @log_softmax_0(%arg0: !graph.tensor<3x2x4x4xf32, strides = [32, 1, 8, 2]>) {
  %0 = graph.log_softmax %arg0 dim 3 : (!graph.tensor<3x2x4x4xf32, strides = [32, 1, 8, 2]>) -> !graph.tensor<3x2x4x4xf32>
  return
}
func.func @log_softmax_1(%arg0: !graph.tensor<3x1x2x4x1xf32, strides = [4, 24, 12, 1, 12]>) {
  %0 = graph.log_softmax %arg0 dim 2 : (!graph.tensor<3x1x2x4x1xf32, strides = [4, 24, 12, 1, 12]>) -> !graph.tensor<3x1x2x4x1xf32>
  return
}
func.func @log_softmax_2(%arg0: !graph.tensor<3x1x5x1xf32>) {
  %0 = graph.log_softmax %arg0 dim 3 : (!graph.tensor<3x1x5x1xf32>) -> !graph.tensor<3x1x5x1xf32>
  return
}
func.func @layer_norm_0(%arg0: !graph.tensor<3x2x4x4xf32>, %arg1: !graph.tensor<4x4xf32, strides = [2, 8]>, %arg2: !graph.tensor<4x4xf32>) {
  %result, %mean, %rstd = graph.layer_norm %arg0 weight %arg1 bias %arg2 {eps = 1.000000e-05 : f64, normalized_rank = 2 : i64} : (!graph.tensor<3x2x4x4xf32>, !graph.tensor<4x4xf32, strides = [2, 8]>, !graph.tensor<4x4xf32>) -> (!graph.tensor<3x2x4x4xf32>, !graph.tensor<3x2x1x1xf32>, !graph.tensor<3x2x1x1xf32>)
  return
}
func.func @layer_norm_1(%arg0: !graph.tensor<3xf32, strides = [0]>, %arg1: !graph.tensor<3xf32>, %arg2: !graph.tensor<3xf32>) {
  %result, %mean, %rstd = graph.layer_norm %arg0 weight %arg1 bias %arg2 {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<3xf32, strides = [0]>, !graph.tensor<3xf32>, !graph.tensor<3xf32>) -> (!graph.tensor<3xf32>, !graph.tensor<1xf32>, !graph.tensor<1xf32>)
  return
}
func.func @layer_norm_2(%arg0: !graph.tensor<2x4x2xf32, strides = [8, 1, 4]>, %arg1: !graph.tensor<2xf32, strides = [2]>, %arg2: !graph.tensor<2xf32>) {
  %result, %mean, %rstd = graph.layer_norm %arg0 weight %arg1 bias %arg2 {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<2x4x2xf32, strides = [8, 1, 4]>, !graph.tensor<2xf32, strides = [2]>, !graph.tensor<2xf32>) -> (!graph.tensor<2x4x2xf32>, !graph.tensor<2x4x1xf32>, !graph.tensor<2x4x1xf32>)
  return
}
func.func @attention_0(%arg0: !graph.tensor<1x4x4x8xf32>, %arg1: !graph.tensor<1x4x2x8xf32, strides = [32, 8, 0, 1]>, %arg2: !graph.tensor<1x4x2x8xf32, strides = [324, 4, 1, 18]>) {
  %result, %logsumexp = graph.attention %arg0, %arg1, %arg2 {scale = 5.000000e-01 : f64} : (!graph.tensor<1x4x4x8xf32>, !graph.tensor<1x4x2x8xf32, strides = [32, 8, 0, 1]>, !graph.tensor<1x4x2x8xf32, strides = [324, 4, 1, 18]>) -> (!graph.tensor<1x4x4x8xf32>, !graph.tensor<1x4x4xf32, strides = [16, 1, 4]>)
  return
}
func.func @attention_1(%arg0: !graph.tensor<2x1x3x8xf32, strides = [8, 32, 64, 1]>, %arg1: !graph.tensor<2x1x3x8xf32>, %arg2: !graph.tensor<2x1x3x8xf32>) {
  %result, %logsumexp = graph.attention %arg0, %arg1, %arg2 {scale = 5.000000e-01 : f64} : (!graph.tensor<2x1x3x8xf32, strides = [8, 32, 64, 1]>, !graph.tensor<2x1x3x8xf32>, !graph.tensor<2x1x3x8xf32>) -> (!graph.tensor<2x1x3x8xf32, strides = [8, 16, 16, 1]>, !graph.tensor<2x1x3xf32, strides = [3, 1, 1]>)
  return
}
func.func @attention_2(%arg0: !graph.tensor<4x2x2x8xf32, strides = [32, 1, 16, 2]>, %arg1: !graph.tensor<4x2x3x8xf32, strides = [0, 1, 0, 0]>, %arg2: !graph.tensor<4x2x3x8xf32, strides = [2, 1, 8, 24]>) {
  %result, %logsumexp = graph.attention %arg0, %arg1, %arg2 {scale = 5.000000e-01 : f64} : (!graph.tensor<4x2x2x8xf32, strides = [32, 1, 16, 2]>, !graph.tensor<4x2x3x8xf32, strides = [0, 1, 0, 0]>, !graph.tensor<4x2x3x8xf32, strides = [2, 1, 8, 24]>) -> (!graph.tensor<4x2x2x8xf32, strides = [32, 1, 16, 2]>, !graph.tensor<4x2x2xf32, strides = [4, 1, 2]>)
  return
}
func.func @nearest1_0(%arg0: !graph.tensor<1x2x7xf32, strides = [7, 0, 1]>) {
  %0 = graph.resize nearest %arg0 {output = #graph.exprs<[15]>} : (!graph.tensor<1x2x7xf32, strides = [7, 0, 1]>) -> !graph.tensor<1x2x15xf32>
  return
}
func.func @nearest1_1(%arg0: !graph.tensor<1x2x7xf32>) {
  %0 = graph.resize nearest %arg0 {output = #graph.exprs<[13]>} : (!graph.tensor<1x2x7xf32>) -> !graph.tensor<1x2x13xf32>
  return
}
func.func @linear1_0(%arg0: !graph.tensor<1x2x7xf32, strides = [7, 0, 1]>) {
  %0 = graph.resize linear %arg0 {output = #graph.exprs<[15]>} : (!graph.tensor<1x2x7xf32, strides = [7, 0, 1]>) -> !graph.tensor<1x2x15xf32>
  return
}
func.func @linear1_1(%arg0: !graph.tensor<1x2x7xf32>) {
  %0 = graph.resize linear %arg0 {output = #graph.exprs<[13]>} : (!graph.tensor<1x2x7xf32>) -> !graph.tensor<1x2x13xf32>
  return
}
func.func @permute_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.permute %arg0 [0, 3, 2, 1] : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<1x5x3x4xf32, strides = [60, 4, 20, 1]>
  return
}
func.func @permute_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [0, 0, 0, 1]>) {
  %0 = graph.permute %arg0 [3, 2, 1, 0] : (!graph.tensor<3x3x4x1xf32, strides = [0, 0, 0, 1]>) -> !graph.tensor<1x4x3x3xf32, strides = [1, 0, 0, 0]>
  return
}
func.func @permute_2(%arg0: !graph.tensor<4x3x3xf32, strides = [9, 1, 3]>) {
  %0 = graph.permute %arg0 [1, 0, 2] : (!graph.tensor<4x3x3xf32, strides = [9, 1, 3]>) -> !graph.tensor<3x4x3xf32, strides = [1, 9, 3]>
  return
}
func.func @reshape_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.reshape %arg0 [4, 3, 5] : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<4x3x5xf32, strides = [1, 20, 4]>
  return
}
func.func @reshape_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) {
  %0 = graph.reshape %arg0 [3, 12, 1, 1] : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) -> !graph.tensor<3x12x1x1xf32>
  return
}
func.func @reshape_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>) {
  %0 = graph.reshape %arg0 [1, 2, 1, 3] : (!graph.tensor<2x3xf32, strides = [0, 1]>) -> !graph.tensor<1x2x1x3xf32, strides = [0, 0, 3, 1]>
  return
}
func.func @expand_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.expand %arg0 [2, 3, 2, 4, 3, 5] : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<2x3x2x4x3x5xf32, strides = [0, 0, 0, 1, 20, 4]>
  return
}
func.func @expand_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) {
  %0 = graph.expand %arg0 [1, 2, 3, 3, 4, 1] : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) -> !graph.tensor<1x2x3x3x4x1xf32, strides = [0, 0, 4, 12, 1, 4]>
  return
}
func.func @expand_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>) {
  %0 = graph.expand %arg0 [2, 2, 2, 3] : (!graph.tensor<2x3xf32, strides = [0, 1]>) -> !graph.tensor<2x2x2x3xf32, strides = [0, 0, 0, 1]>
  return
}
func.func @slice_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.slice %arg0 dim 1 from 3 to 3 step 1 : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<1x0x3x5xf32, strides = [60, 1, 20, 4]>
  return
}
func.func @slice_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) {
  %0 = graph.slice %arg0 dim 3 from 1 to 1 step 2 : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) -> !graph.tensor<3x3x4x0xf32, strides = [4, 12, 1, 8]>
  return
}
func.func @slice_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>) {
  %0 = graph.slice %arg0 dim 1 from 0 to 2 step 1 : (!graph.tensor<2x3xf32, strides = [0, 1]>) -> !graph.tensor<2x2xf32, strides = [0, 1]>
  return
}
func.func @slice_scatter_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>, %arg1: !graph.tensor<1x0x3x5xf32, strides = [1, 15, 1, 3]>) {
  %0 = graph.slice_scatter %arg1 into %arg0 dim 1 from 3 to 3 step 1 : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>, !graph.tensor<1x0x3x5xf32, strides = [1, 15, 1, 3]>) -> !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>
  return
}
func.func @slice_scatter_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>, %arg1: !graph.tensor<3x3x4x0xf32>) {
  %0 = graph.slice_scatter %arg1 into %arg0 dim 3 from 1 to 1 step 2 : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>, !graph.tensor<3x3x4x0xf32>) -> !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>
  return
}
func.func @slice_scatter_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>, %arg1: !graph.tensor<2x2xf32, strides = [1, 2]>) {
  %0 = graph.slice_scatter %arg1 into %arg0 dim 1 from 0 to 2 step 1 : (!graph.tensor<2x3xf32, strides = [0, 1]>, !graph.tensor<2x2xf32, strides = [1, 2]>) -> !graph.tensor<2x3xf32>
  return
}
func.func @flip_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.flip %arg0 dims [0, 1, 2, 3] : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>
  return
}
func.func @flip_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) {
  %0 = graph.flip %arg0 dims [3] : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) -> !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>
  return
}
func.func @flip_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>) {
  %0 = graph.flip %arg0 dims [1] : (!graph.tensor<2x3xf32, strides = [0, 1]>) -> !graph.tensor<2x3xf32>
  return
}
func.func @diagonal_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.diagonal %arg0 offset 1 dims 0, 2 : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<4x5x1xf32, strides = [1, 4, 80]>
  return
}
func.func @diagonal_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) {
  %0 = graph.diagonal %arg0 offset -2 dims 2, 3 : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) -> !graph.tensor<3x3x1xf32, strides = [4, 12, 5]>
  return
}
func.func @diagonal_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>) {
  %0 = graph.diagonal %arg0 offset 2 dims 0, 1 : (!graph.tensor<2x3xf32, strides = [0, 1]>) -> !graph.tensor<1xf32>
  return
}
func.func @cat_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>, %arg1: !graph.tensor<1x2x3x5xf32>) {
  %0 = graph.cat %arg0, %arg1 dim 1 : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>, !graph.tensor<1x2x3x5xf32>) -> !graph.tensor<1x6x3x5xf32>
  return
}
func.func @cat_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>, %arg1: !graph.tensor<3x3x4x2xf32, strides = [3, 1, 18, 9]>) {
  %0 = graph.cat %arg0, %arg1 dim 3 : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>, !graph.tensor<3x3x4x2xf32, strides = [3, 1, 18, 9]>) -> !graph.tensor<3x3x4x3xf32>
  return
}
func.func @cat_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>, %arg1: !graph.tensor<2x2xf32, strides = [1, 4]>) {
  %0 = graph.cat %arg0, %arg1 dim 1 : (!graph.tensor<2x3xf32, strides = [0, 1]>, !graph.tensor<2x2xf32, strides = [1, 4]>) -> !graph.tensor<2x5xf32>
  return
}
func.func @pad_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.pad %arg0 low [1, 2, 2, 1] high [0, 0, 2, -1] value 0.000000e+00 : f32 : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<2x6x7x5xf32, strides = [210, 1, 30, 6]>
  return
}
func.func @pad_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) {
  %0 = graph.pad %arg0 low [-1, 2, -1, 1] high [-1, 0, 0, 1] value 0.000000e+00 : f32 : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) -> !graph.tensor<1x5x3x3xf32>
  return
}
func.func @pad_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>) {
  %0 = graph.pad %arg0 low [2, 2] high [1, -1] value 0.000000e+00 : f32 : (!graph.tensor<2x3xf32, strides = [0, 1]>) -> !graph.tensor<5x4xf32>
  return
}
func.func @clone_0(%arg0: !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) {
  %0 = graph.flip %arg0 dims [] : (!graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>) -> !graph.tensor<1x4x3x5xf32, strides = [60, 1, 20, 4]>
  return
}
func.func @clone_1(%arg0: !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) {
  %0 = graph.flip %arg0 dims [] : (!graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>) -> !graph.tensor<3x3x4x1xf32, strides = [4, 12, 1, 4]>
  return
}
func.func @clone_2(%arg0: !graph.tensor<2x3xf32, strides = [0, 1]>) {
  %0 = graph.flip %arg0 dims [] : (!graph.tensor<2x3xf32, strides = [0, 1]>) -> !graph.tensor<2x3xf32>
  return
}
func.func @view_as_real_0(%arg0: !graph.tensor<1x4x3x5xcomplex<f32>>) {
  %0 = graph.bitcast %arg0 to f32 : (!graph.tensor<1x4x3x5xcomplex<f32>>) -> !graph.tensor<1x4x3x5x2xf32>
  return
}
func.func @view_as_real_1(%arg0: !graph.tensor<3x3x4x1xcomplex<f32>>) {
  %0 = graph.bitcast %arg0 to f32 : (!graph.tensor<3x3x4x1xcomplex<f32>>) -> !graph.tensor<3x3x4x1x2xf32>
  return
}
func.func @view_as_real_2(%arg0: !graph.tensor<2x3xcomplex<f32>>) {
  %0 = graph.bitcast %arg0 to f32 : (!graph.tensor<2x3xcomplex<f32>>) -> !graph.tensor<2x3x2xf32>
  return
}
func.func @gather_0(%arg0: !graph.tensor<3x3x2xf32, strides = [2, 6, 1]>, %arg1: !graph.tensor<2x1x2xi64>) {
  %0 = graph.gather %arg0[%arg1] dim 2 : (!graph.tensor<3x3x2xf32, strides = [2, 6, 1]>, !graph.tensor<2x1x2xi64>) -> !graph.tensor<2x1x2xf32>
  return
}
func.func @gather_1(%arg0: !graph.tensor<5x5x2x4xf32, strides = [20, 4, 0, 1]>, %arg1: !graph.tensor<3x4x1x3xi64>) {
  %0 = graph.gather %arg0[%arg1] dim 1 : (!graph.tensor<5x5x2x4xf32, strides = [20, 4, 0, 1]>, !graph.tensor<3x4x1x3xi64>) -> !graph.tensor<3x4x1x3xf32>
  return
}
func.func @gather_2(%arg0: !graph.tensor<1x3x5x1xf32, strides = [6, 12, 1, 72]>, %arg1: !graph.tensor<1x1x3x1xi64>) {
  %0 = graph.gather %arg0[%arg1] dim 0 : (!graph.tensor<1x3x5x1xf32, strides = [6, 12, 1, 72]>, !graph.tensor<1x1x3x1xi64>) -> !graph.tensor<1x1x3x1xf32>
  return
}
func.func @scatter_0(%arg0: !graph.tensor<3x3x2xf32, strides = [6, 1, 24]>, %arg1: !graph.tensor<2x1x2xi64>, %arg2: !graph.tensor<2x1x2xf32>) {
  %0 = graph.scatter none %arg2 into %arg0[%arg1] dim 2 : (!graph.tensor<3x3x2xf32, strides = [6, 1, 24]>, !graph.tensor<2x1x2xi64>, !graph.tensor<2x1x2xf32>) -> !graph.tensor<3x3x2xf32>
  return
}
func.func @scatter_1(%arg0: !graph.tensor<1x3x5x1xf32, strides = [33, 1, 6, 33]>, %arg1: !graph.tensor<1x1x3x1xi64>, %arg2: !graph.tensor<1x1x3x1xf32, strides = [8, 1, 2, 1]>) {
  %0 = graph.scatter none %arg2 into %arg0[%arg1] dim 0 : (!graph.tensor<1x3x5x1xf32, strides = [33, 1, 6, 33]>, !graph.tensor<1x1x3x1xi64>, !graph.tensor<1x1x3x1xf32, strides = [8, 1, 2, 1]>) -> !graph.tensor<1x3x5x1xf32>
  return
}
func.func @scatter_2(%arg0: !graph.tensor<5x5x2x4xf32>, %arg1: !graph.tensor<3x4x1x3xi64>, %arg2: !graph.tensor<3x4x1x3xf32>) {
  %0 = graph.scatter none %arg2 into %arg0[%arg1] dim 1 : (!graph.tensor<5x5x2x4xf32>, !graph.tensor<3x4x1x3xi64>, !graph.tensor<3x4x1x3xf32>) -> !graph.tensor<5x5x2x4xf32>
  return
}
func.func @scatter_add_0(%arg0: !graph.tensor<3x3x2xf32, strides = [2, 6, 1]>, %arg1: !graph.tensor<2x1x2xi64>, %arg2: !graph.tensor<2x1x2xf32>) {
  %0 = graph.scatter add %arg2 into %arg0[%arg1] dim 2 include_self : (!graph.tensor<3x3x2xf32, strides = [2, 6, 1]>, !graph.tensor<2x1x2xi64>, !graph.tensor<2x1x2xf32>) -> !graph.tensor<3x3x2xf32>
  return
}
func.func @scatter_add_1(%arg0: !graph.tensor<5xf32, strides = [2]>, %arg1: !graph.tensor<1xi64>, %arg2: !graph.tensor<1xf32>) {
  %0 = graph.scatter add %arg2 into %arg0[%arg1] dim 0 include_self : (!graph.tensor<5xf32, strides = [2]>, !graph.tensor<1xi64>, !graph.tensor<1xf32>) -> !graph.tensor<5xf32>
  return
}
func.func @scatter_add_2(%arg0: !graph.tensor<5x5x2x4xf32>, %arg1: !graph.tensor<3x4x1x3xi64>, %arg2: !graph.tensor<3x4x1x3xf32>) {
  %0 = graph.scatter add %arg2 into %arg0[%arg1] dim 1 include_self : (!graph.tensor<5x5x2x4xf32>, !graph.tensor<3x4x1x3xi64>, !graph.tensor<3x4x1x3xf32>) -> !graph.tensor<5x5x2x4xf32>
  return
}
func.func @scatter_reduce_0(%arg0: !graph.tensor<3x3x2xf32, strides = [3, 1, 9]>, %arg1: !graph.tensor<2x1x2xi64>, %arg2: !graph.tensor<2x1x2xf32, strides = [1, 1, 0]>) {
  %0 = graph.scatter amax %arg2 into %arg0[%arg1] dim 2 include_self : (!graph.tensor<3x3x2xf32, strides = [3, 1, 9]>, !graph.tensor<2x1x2xi64>, !graph.tensor<2x1x2xf32, strides = [1, 1, 0]>) -> !graph.tensor<3x3x2xf32>
  return
}
func.func @scatter_reduce_1(%arg0: !graph.tensor<5x5x2x4xf32, strides = [55, 2, 330, 11]>, %arg1: !graph.tensor<3x4x1x3xi64>, %arg2: !graph.tensor<3x4x1x3xf32, strides = [4, 1, 4, 12]>) {
  %0 = graph.scatter amax %arg2 into %arg0[%arg1] dim 1 include_self : (!graph.tensor<5x5x2x4xf32, strides = [55, 2, 330, 11]>, !graph.tensor<3x4x1x3xi64>, !graph.tensor<3x4x1x3xf32, strides = [4, 1, 4, 12]>) -> !graph.tensor<5x5x2x4xf32>
  return
}
func.func @scatter_reduce_2(%arg0: !graph.tensor<1x3x5x1xf32, strides = [1, 10, 2, 1]>, %arg1: !graph.tensor<1x1x3x1xi64>, %arg2: !graph.tensor<1x1x3x1xf32, strides = [1, 1, 0, 1]>) {
  %0 = graph.scatter amax %arg2 into %arg0[%arg1] dim 0 include_self : (!graph.tensor<1x3x5x1xf32, strides = [1, 10, 2, 1]>, !graph.tensor<1x1x3x1xi64>, !graph.tensor<1x1x3x1xf32, strides = [1, 1, 0, 1]>) -> !graph.tensor<1x3x5x1xf32>
  return
}
func.func @index_0(%arg0: !graph.tensor<3x3x2xf32, strides = [12, 2, 1]>, %arg1: !graph.tensor<4x5x2xi64>, %arg2: !graph.tensor<4x1x2xi64, strides = [1, 1, 4]>) {
  %0 = graph.index %arg0[%arg1, %arg2] dims [0, 1] : (!graph.tensor<3x3x2xf32, strides = [12, 2, 1]>, !graph.tensor<4x5x2xi64>, !graph.tensor<4x1x2xi64, strides = [1, 1, 4]>) -> !graph.tensor<4x5x2x2xf32>
  return
}
func.func @index_1(%arg0: !graph.tensor<5x5x2x4xf32, strides = [40, 1, 20, 5]>, %arg1: !graph.tensor<2xi64>) {
  %0 = graph.index %arg0[%arg1] dims [1] : (!graph.tensor<5x5x2x4xf32, strides = [40, 1, 20, 5]>, !graph.tensor<2xi64>) -> !graph.tensor<5x2x2x4xf32>
  return
}
func.func @index_2(%arg0: !graph.tensor<5xf32, strides = [2]>, %arg1: !graph.tensor<2xi64>) {
  %0 = graph.index %arg0[%arg1] dims [0] : (!graph.tensor<5xf32, strides = [2]>, !graph.tensor<2xi64>) -> !graph.tensor<2xf32>
  return
}
func.func @index_put_0(%arg0: !graph.tensor<3x3x2xf32>, %arg1: !graph.tensor<4x5x2xi64>, %arg2: !graph.tensor<4x1x2xi64, strides = [1, 1, 4]>, %arg3: !graph.tensor<f32>) {
  %0 = graph.index_put %arg3 into %arg0[%arg1, %arg2] dims [0, 1] : (!graph.tensor<3x3x2xf32>, !graph.tensor<4x5x2xi64>, !graph.tensor<4x1x2xi64, strides = [1, 1, 4]>, !graph.tensor<f32>) -> !graph.tensor<3x3x2xf32>
  return
}
func.func @index_put_1(%arg0: !graph.tensor<5x5x2x4xf32, strides = [1, 5, 100, 250]>, %arg1: !graph.tensor<2xi64>, %arg2: !graph.tensor<f32>) {
  %0 = graph.index_put %arg2 into %arg0[%arg1] dims [1] : (!graph.tensor<5x5x2x4xf32, strides = [1, 5, 100, 250]>, !graph.tensor<2xi64>, !graph.tensor<f32>) -> !graph.tensor<5x5x2x4xf32, strides = [1, 5, 25, 50]>
  return
}
func.func @index_put_2(%arg0: !graph.tensor<1x3x5x1xf32, strides = [2, 12, 2, 2]>, %arg1: !graph.tensor<5xi64>, %arg2: !graph.tensor<5xi64>, %arg3: !graph.tensor<1xi64>, %arg4: !graph.tensor<5xi64>, %arg5: !graph.tensor<f32>) {
  %0 = graph.index_put %arg5 into %arg0[%arg1, %arg2, %arg3, %arg4] dims [0, 1, 2, 3] : (!graph.tensor<1x3x5x1xf32, strides = [2, 12, 2, 2]>, !graph.tensor<5xi64>, !graph.tensor<5xi64>, !graph.tensor<1xi64>, !graph.tensor<5xi64>, !graph.tensor<f32>) -> !graph.tensor<1x3x5x1xf32, strides = [1, 5, 1, 1]>
  return
}
func.func @sort_0(%arg0: !graph.tensor<3x3x2xf32, strides = [6, 1, 3]>) {
  %values, %indices = graph.sort %arg0 dim 2 : (!graph.tensor<3x3x2xf32, strides = [6, 1, 3]>) -> (!graph.tensor<3x3x2xf32, strides = [6, 1, 3]>, !graph.tensor<3x3x2xi64, strides = [6, 1, 3]>)
  return
}
func.func @sort_1(%arg0: !graph.tensor<5x5x2x4xf32, strides = [5, 1, 100, 25]>) {
  %values, %indices = graph.sort %arg0 dim 1 : (!graph.tensor<5x5x2x4xf32, strides = [5, 1, 100, 25]>) -> (!graph.tensor<5x5x2x4xf32, strides = [5, 1, 100, 25]>, !graph.tensor<5x5x2x4xi64, strides = [5, 1, 100, 25]>)
  return
}
func.func @sort_2(%arg0: !graph.tensor<5xf32>) {
  %values, %indices = graph.sort %arg0 dim 0 : (!graph.tensor<5xf32>) -> (!graph.tensor<5xf32>, !graph.tensor<5xi64>)
  return
}
func.func @topk_0(%arg0: !graph.tensor<5x5x2x4xf32, strides = [1, 6, 180, 36]>) {
  %values, %indices = graph.topk %arg0 k 4 dim 1 {largest, sorted} : (!graph.tensor<5x5x2x4xf32, strides = [1, 6, 180, 36]>) -> (!graph.tensor<5x4x2x4xf32>, !graph.tensor<5x4x2x4xi64>)
  return
}
func.func @topk_1(%arg0: !graph.tensor<1x3x5x1xf32, strides = [3, 1, 6, 3]>) {
  %values, %indices = graph.topk %arg0 k 1 dim 0 {largest, sorted} : (!graph.tensor<1x3x5x1xf32, strides = [3, 1, 6, 3]>) -> (!graph.tensor<1x3x5x1xf32>, !graph.tensor<1x3x5x1xi64>)
  return
}
func.func @topk_2(%arg0: !graph.tensor<3x3x2xf32>) {
  %values, %indices = graph.topk %arg0 k 2 dim 2 {largest, sorted} : (!graph.tensor<3x3x2xf32>) -> (!graph.tensor<3x3x2xf32>, !graph.tensor<3x3x2xi64>)
  return
}
func.func @conv1_0(%arg0: !graph.tensor<2x2x6xf32, strides = [6, 12, 1]>, %arg1: !graph.tensor<1x2x2xf32, strides = [2, 1, 2]>, %arg2: !graph.tensor<1xf32>) {
  %0 = graph.convolution %arg0, %arg1 bias %arg2 {dilation = array<i64: 2>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 1>, stride = array<i64: 2>} : (!graph.tensor<2x2x6xf32, strides = [6, 12, 1]>, !graph.tensor<1x2x2xf32, strides = [2, 1, 2]>, !graph.tensor<1xf32>) -> !graph.tensor<2x1x3xf32>
  return
}
func.func @conv1_1(%arg0: !graph.tensor<1x2x6xf32>, %arg1: !graph.tensor<2x1x3xf32, strides = [1, 6, 2]>, %arg2: !graph.tensor<2xf32>) {
  %0 = graph.convolution %arg0, %arg1 bias %arg2 {dilation = array<i64: 1>, groups = 2 : i64, output_padding = array<i64: 0>, padding = array<i64: 1>, stride = array<i64: 1>} : (!graph.tensor<1x2x6xf32>, !graph.tensor<2x1x3xf32, strides = [1, 6, 2]>, !graph.tensor<2xf32>) -> !graph.tensor<1x2x6xf32>
  return
}
func.func @batch_norm_0(%arg0: !graph.tensor<4x5x3x4xf32, strides = [60, 1, 20, 5]>, %arg1: !graph.tensor<5xf32>, %arg2: !graph.tensor<5xf32>, %arg3: !graph.tensor<5xf32>, %arg4: !graph.tensor<5xf32>) {
  %0 = graph.batch_norm %arg0 mean %arg1 var %arg2 weight %arg3 bias %arg4 {eps = 1.000000e-05 : f64} : (!graph.tensor<4x5x3x4xf32, strides = [60, 1, 20, 5]>, !graph.tensor<5xf32>, !graph.tensor<5xf32>, !graph.tensor<5xf32>, !graph.tensor<5xf32>) -> !graph.tensor<4x5x3x4xf32, strides = [60, 1, 20, 5]>
  return
}
func.func @batch_norm_1(%arg0: !graph.tensor<4x3xf32>, %arg1: !graph.tensor<3xf32>, %arg2: !graph.tensor<3xf32>, %arg3: !graph.tensor<3xf32>, %arg4: !graph.tensor<3xf32>) {
  %0 = graph.batch_norm %arg0 mean %arg1 var %arg2 weight %arg3 bias %arg4 {eps = 1.000000e-05 : f64} : (!graph.tensor<4x3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>) -> !graph.tensor<4x3xf32>
  return
}
func.func @batch_norm_2(%arg0: !graph.tensor<1x4x5x4xf32>, %arg1: !graph.tensor<4xf32>, %arg2: !graph.tensor<4xf32>, %arg3: !graph.tensor<4xf32>, %arg4: !graph.tensor<4xf32>) {
  %0 = graph.batch_norm %arg0 mean %arg1 var %arg2 weight %arg3 bias %arg4 {eps = 1.000000e-05 : f64} : (!graph.tensor<1x4x5x4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<1x4x5x4xf32>
  return
}
func.func @group_norm_0(%arg0: !graph.tensor<4x5x3x4xf32>, %arg1: !graph.tensor<5xf32>, %arg2: !graph.tensor<5xf32>) {
  %result, %mean, %rstd = graph.group_norm %arg0 weight %arg1 bias %arg2 {eps = 1.000000e-05 : f64, groups = 5 : i64} : (!graph.tensor<4x5x3x4xf32>, !graph.tensor<5xf32>, !graph.tensor<5xf32>) -> (!graph.tensor<4x5x3x4xf32>, !graph.tensor<4x5xf32>, !graph.tensor<4x5xf32>)
  return
}
func.func @group_norm_1(%arg0: !graph.tensor<4x3xf32>, %arg1: !graph.tensor<3xf32>, %arg2: !graph.tensor<3xf32>) {
  %result, %mean, %rstd = graph.group_norm %arg0 weight %arg1 bias %arg2 {eps = 1.000000e-05 : f64, groups = 1 : i64} : (!graph.tensor<4x3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>) -> (!graph.tensor<4x3xf32>, !graph.tensor<4x1xf32>, !graph.tensor<4x1xf32>)
  return
}
func.func @group_norm_2(%arg0: !graph.tensor<1x4x5x4xf32>, %arg1: !graph.tensor<4xf32>, %arg2: !graph.tensor<4xf32>) {
  %result, %mean, %rstd = graph.group_norm %arg0 weight %arg1 bias %arg2 {eps = 1.000000e-05 : f64, groups = 4 : i64} : (!graph.tensor<1x4x5x4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> (!graph.tensor<1x4x5x4xf32>, !graph.tensor<1x4xf32>, !graph.tensor<1x4xf32>)
  return
}
func.func @conv2_0(%arg0: !graph.tensor<1x1x8x8xf32>, %arg1: !graph.tensor<2x1x3x2xf32>, %arg2: !graph.tensor<2xf32>) {
  %0 = graph.convolution %arg0, %arg1 bias %arg2 {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<1x1x8x8xf32>, !graph.tensor<2x1x3x2xf32>, !graph.tensor<2xf32>) -> !graph.tensor<1x2x8x9xf32>
  return
}
func.func @max_pool3_0(%arg0: !graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) {
  %values, %indices = graph.max_pool %arg0 {ceil_mode, dilation = array<i64: 1, 2, 1>, kernel = array<i64: 2, 3, 3>, padding = array<i64: 0, 1, 0>, stride = array<i64: 1, 3, 3>} : (!graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) -> (!graph.tensor<2x3x5x3x2xf32>, !graph.tensor<2x3x5x3x2xi64>)
  return
}
func.func @max_pool3_1(%arg0: !graph.tensor<2x1x9x8x8xf32>) {
  %values, %indices = graph.max_pool %arg0 {dilation = array<i64: 1, 1, 1>, kernel = array<i64: 1, 1, 2>, padding = array<i64: 0, 0, 1>, stride = array<i64: 3, 1, 3>} : (!graph.tensor<2x1x9x8x8xf32>) -> (!graph.tensor<2x1x3x8x3xf32>, !graph.tensor<2x1x3x8x3xi64>)
  return
}
func.func @avg_pool3_0(%arg0: !graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) {
  %0 = graph.avg_pool %arg0 {ceil_mode, kernel = array<i64: 2, 3, 3>, padding = array<i64: 0, 1, 0>, stride = array<i64: 1, 3, 3>} : (!graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) -> !graph.tensor<2x3x5x4x2xf32>
  return
}
func.func @avg_pool3_1(%arg0: !graph.tensor<2x1x9x8x8xf32>) {
  %0 = graph.avg_pool %arg0 {kernel = array<i64: 1, 1, 2>, padding = array<i64: 0, 0, 1>, stride = array<i64: 3, 1, 3>} : (!graph.tensor<2x1x9x8x8xf32>) -> !graph.tensor<2x1x3x8x3xf32>
  return
}
func.func @adaptive_avg3_0(%arg0: !graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) {
  %0 = graph.adaptive_avg_pool %arg0 {output = #graph.exprs<[5, 3, 4]>} : (!graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) -> !graph.tensor<2x3x5x3x4xf32>
  return
}
func.func @adaptive_avg3_1(%arg0: !graph.tensor<2x1x9x8x8xf32>) {
  %0 = graph.adaptive_avg_pool %arg0 {output = #graph.exprs<[3, 1, 4]>} : (!graph.tensor<2x1x9x8x8xf32>) -> !graph.tensor<2x1x3x1x4xf32>
  return
}
func.func @adaptive_max3_0(%arg0: !graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) {
  %values, %indices = graph.adaptive_max_pool %arg0 {output = #graph.exprs<[5, 3, 4]>} : (!graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) -> (!graph.tensor<2x3x5x3x4xf32>, !graph.tensor<2x3x5x3x4xi64>)
  return
}
func.func @adaptive_max3_1(%arg0: !graph.tensor<2x1x9x8x8xf32>) {
  %values, %indices = graph.adaptive_max_pool %arg0 {output = #graph.exprs<[3, 1, 4]>} : (!graph.tensor<2x1x9x8x8xf32>) -> (!graph.tensor<2x1x3x1x4xf32>, !graph.tensor<2x1x3x1x4xi64>)
  return
}
func.func @nearest3_0(%arg0: !graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) {
  %0 = graph.resize nearest %arg0 {output = #graph.exprs<[13, 10, 2]>} : (!graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) -> !graph.tensor<2x3x13x10x2xf32>
  return
}
func.func @nearest3_1(%arg0: !graph.tensor<2x1x9x8x8xf32>) {
  %0 = graph.resize nearest %arg0 {output = #graph.exprs<[13, 8, 7]>} : (!graph.tensor<2x1x9x8x8xf32>) -> !graph.tensor<2x1x13x8x7xf32>
  return
}
func.func @linear3_0(%arg0: !graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) {
  %0 = graph.resize linear %arg0 {output = #graph.exprs<[13, 10, 2]>} : (!graph.tensor<2x3x6x9x6xf32, strides = [6, 108, 324, 12, 1]>) -> !graph.tensor<2x3x13x10x2xf32>
  return
}
func.func @linear3_1(%arg0: !graph.tensor<2x1x9x8x8xf32>) {
  %0 = graph.resize linear %arg0 {output = #graph.exprs<[13, 8, 7]>} : (!graph.tensor<2x1x9x8x8xf32>) -> !graph.tensor<2x1x13x8x7xf32>
  return
}
func.func @max_pool2_0(%arg0: !graph.tensor<2x1x7x8xf32>) {
  %values, %indices = graph.max_pool %arg0 {dilation = array<i64: 1, 2>, kernel = array<i64: 2, 3>, padding = array<i64: 1, 1>, stride = array<i64: 2, 1>} : (!graph.tensor<2x1x7x8xf32>) -> (!graph.tensor<2x1x4x6xf32>, !graph.tensor<2x1x4x6xi64>)
  return
}
func.func @avg_pool2_0(%arg0: !graph.tensor<2x1x7x8xf32>) {
  %0 = graph.avg_pool %arg0 {kernel = array<i64: 2, 3>, padding = array<i64: 1, 1>, stride = array<i64: 2, 1>} : (!graph.tensor<2x1x7x8xf32>) -> !graph.tensor<2x1x4x8xf32>
  return
}
func.func @adaptive_avg2_0(%arg0: !graph.tensor<2x1x7x8xf32>) {
  %0 = graph.adaptive_avg_pool %arg0 {output = #graph.exprs<[2, 1]>} : (!graph.tensor<2x1x7x8xf32>) -> !graph.tensor<2x1x2x1xf32>
  return
}
func.func @adaptive_max2_0(%arg0: !graph.tensor<2x1x7x8xf32>) {
  %values, %indices = graph.adaptive_max_pool %arg0 {output = #graph.exprs<[2, 1]>} : (!graph.tensor<2x1x7x8xf32>) -> (!graph.tensor<2x1x2x1xf32>, !graph.tensor<2x1x2x1xi64>)
  return
}
func.func @nearest2_0(%arg0: !graph.tensor<2x1x7x8xf32>) {
  %0 = graph.resize nearest %arg0 {output = #graph.exprs<[9, 15]>} : (!graph.tensor<2x1x7x8xf32>) -> !graph.tensor<2x1x9x15xf32>
  return
}
func.func @linear2_0(%arg0: !graph.tensor<2x1x7x8xf32>) {
  %0 = graph.resize linear %arg0 {output = #graph.exprs<[9, 15]>} : (!graph.tensor<2x1x7x8xf32>) -> !graph.tensor<2x1x9x15xf32>
  return
}
func.func @bicubic_0(%arg0: !graph.tensor<2x1x7x8xf32>) {
  %0 = graph.resize cubic %arg0 {output = #graph.exprs<[9, 15]>} : (!graph.tensor<2x1x7x8xf32>) -> !graph.tensor<2x1x9x15xf32>
  return
}
func.func @conv3_0(%arg0: !graph.tensor<1x4x6x8x6xf32, strides = [4, 1, 192, 24, 4]>, %arg1: !graph.tensor<2x2x3x3x1xf32, strides = [18, 1, 6, 2, 2]>, %arg2: !graph.tensor<2xf32>) {
  %0 = graph.convolution %arg0, %arg1 bias %arg2 {dilation = array<i64: 2, 2, 2>, groups = 2 : i64, output_padding = array<i64: 0, 0, 0>, padding = array<i64: 0, 1, 1>, stride = array<i64: 1, 2, 2>} : (!graph.tensor<1x4x6x8x6xf32, strides = [4, 1, 192, 24, 4]>, !graph.tensor<2x2x3x3x1xf32, strides = [18, 1, 6, 2, 2]>, !graph.tensor<2xf32>) -> !graph.tensor<1x2x2x3x4xf32, strides = [48, 1, 24, 8, 2]>
  return
}
