// RUN: graphc-opt %s --graph-recognize | FileCheck %s

!x = !graph.tensor<4x8xf32>
!r = !graph.tensor<4x1xf32>
!w = !graph.tensor<8xf32>
!s = !graph.tensor<f32>
!h = !graph.tensor<(s0)x8xbf16>
!hx = !graph.tensor<(s0)x8xf32>
!hr = !graph.tensor<(s0)x1xf32>
!i = !graph.tensor<2x3x5x5xf32>
!c = !graph.tensor<3xf32>
!c1 = !graph.tensor<3x1x1xf32>

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @softmax
// CHECK-NEXT: graph.softmax %arg0 dim 1
// CHECK-NEXT: return
func.func @softmax(%x: !x) -> !x {
  %0 = graph.reduce max %x dims [1] keepdim : (!x) -> !r
  %1 = graph.sub %x, %0 : (!x, !r) -> !x
  %2 = graph.exp %1 : (!x) -> !x
  %3 = graph.reduce sum %2 dims [1] keepdim : (!x) -> !r
  %4 = graph.div %2, %3 : (!x, !r) -> !x
  return %4 : !x
}

// The size of one is inserted afterwards, or needs none.
// CHECK-LABEL: func @softmax_without_keepdim
// CHECK-NEXT: graph.softmax %arg0 dim 0
// CHECK-NEXT: return
func.func @softmax_without_keepdim(%x: !x) -> !x {
  %0 = graph.reduce max %x dims [0] : (!x) -> !w
  %1 = graph.reshape %0 [1, 8] : (!w) -> !graph.tensor<1x8xf32>
  %2 = graph.sub %x, %1 : (!x, !graph.tensor<1x8xf32>) -> !x
  %3 = graph.exp %2 : (!x) -> !x
  %4 = graph.reduce sum %3 dims [0] : (!x) -> !w
  %5 = graph.div %3, %4 : (!x, !w) -> !x
  return %5 : !x
}

// CHECK-LABEL: func @softmax_of_bf16
// CHECK-NEXT: graph.softmax %arg0 dim 1 : (!graph.tensor<(s0)x8xbf16>)
// CHECK-NEXT: return
func.func @softmax_of_bf16(%h: !h) -> !h {
  %x = graph.cast %h to f32 : (!h) -> !hx
  %0 = graph.reduce max %x dims [1] keepdim : (!hx) -> !hr
  %1 = graph.sub %x, %0 : (!hx, !hr) -> !hx
  %2 = graph.exp %1 : (!hx) -> !hx
  %3 = graph.reduce sum %2 dims [1] keepdim : (!hx) -> !hr
  %4 = graph.div %2, %3 : (!hx, !hr) -> !hx
  %5 = graph.cast %4 to bf16 : (!hx) -> !h
  return %5 : !h
}

// CHECK-LABEL: func @no_softmax_over_the_whole
// CHECK-NOT: graph.softmax
func.func @no_softmax_over_the_whole(%x: !x) -> !x {
  %0 = graph.reduce max %x dims [0, 1] keepdim : (!x) -> !graph.tensor<1x1xf32>
  %1 = graph.sub %x, %0 : (!x, !graph.tensor<1x1xf32>) -> !x
  %2 = graph.exp %1 : (!x) -> !x
  %3 = graph.reduce sum %2 dims [1] keepdim : (!x) -> !r
  %4 = graph.div %2, %3 : (!x, !r) -> !x
  return %4 : !x
}

// CHECK-LABEL: func @no_softmax_where_the_sum_is_used
// CHECK-NOT: graph.softmax
func.func @no_softmax_where_the_sum_is_used(%x: !x) -> (!x, !r) {
  %0 = graph.reduce max %x dims [1] keepdim : (!x) -> !r
  %1 = graph.sub %x, %0 : (!x, !r) -> !x
  %2 = graph.exp %1 : (!x) -> !x
  %3 = graph.reduce sum %2 dims [1] keepdim : (!x) -> !r
  %4 = graph.div %2, %3 : (!x, !r) -> !x
  return %4, %3 : !x, !r
}

// CHECK-LABEL: func @log_softmax
// CHECK-NEXT: graph.log_softmax %arg0 dim 1
// CHECK-NEXT: return
func.func @log_softmax(%x: !x) -> !x {
  %0 = graph.reduce max %x dims [1] keepdim : (!x) -> !r
  %1 = graph.sub %x, %0 : (!x, !r) -> !x
  %2 = graph.exp %1 : (!x) -> !x
  %3 = graph.reduce sum %2 dims [1] keepdim : (!x) -> !r
  %4 = graph.log %3 : (!r) -> !r
  %5 = graph.sub %1, %4 : (!x, !r) -> !x
  return %5 : !x
}

// CHECK-LABEL: func @no_log_softmax_with_sums_along_the_row
// CHECK-NOT: graph.log_softmax
func.func @no_log_softmax_with_sums_along_the_row(%x: !graph.tensor<8x8xf32>) -> !graph.tensor<8x8xf32> {
  %0 = graph.reduce max %x dims [1] keepdim : (!graph.tensor<8x8xf32>) -> !graph.tensor<8x1xf32>
  %1 = graph.sub %x, %0 : (!graph.tensor<8x8xf32>, !graph.tensor<8x1xf32>) -> !graph.tensor<8x8xf32>
  %2 = graph.exp %1 : (!graph.tensor<8x8xf32>) -> !graph.tensor<8x8xf32>
  %3 = graph.reduce sum %2 dims [1] : (!graph.tensor<8x8xf32>) -> !w
  %4 = graph.log %3 : (!w) -> !w
  %5 = graph.sub %1, %4 : (!graph.tensor<8x8xf32>, !w) -> !graph.tensor<8x8xf32>
  return %5 : !graph.tensor<8x8xf32>
}

//===----------------------------------------------------------------------===//
// Layer norm
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @layer_norm
// CHECK-NEXT: graph.layer_norm %arg0 weight %arg1 bias %arg2 {eps = 9.9999997473787516E-6 : f64, normalized_rank = 1 : i64}
// CHECK-NEXT: return
func.func @layer_norm(%x: !x, %w: !w, %b: !w) -> !x {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %var, %mean = graph.var_mean %x dims [1] correction 0.0 keepdim : (!x) -> (!r, !r)
  %0 = graph.add %var, %eps : (!r, !s) -> !r
  %1 = graph.rsqrt %0 : (!r) -> !r
  %2 = graph.sub %x, %mean : (!x, !r) -> !x
  %3 = graph.mul %2, %1 : (!x, !r) -> !x
  %4 = graph.mul %3, %w : (!x, !w) -> !x
  %5 = graph.add %4, %b : (!x, !w) -> !x
  return %5 : !x
}

// By hand: mean of squares, a quotient, operands the other way round.
// CHECK-LABEL: func @layer_norm_by_hand
// CHECK-NEXT: graph.layer_norm %arg0 weight %arg1 {
// CHECK-NEXT: return
func.func @layer_norm_by_hand(%x: !x, %w: !w) -> !x {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %two = graph.constant dense<2.0> : tensor<f32> : () -> !s
  %eight = graph.constant dense<8.0> : tensor<f32> : () -> !s
  %sum = graph.reduce sum %x dims [1] keepdim : (!x) -> !r
  %mean = graph.div %sum, %eight : (!r, !s) -> !r
  %0 = graph.sub %x, %mean : (!x, !r) -> !x
  %1 = graph.pow %0, %two : (!x, !s) -> !x
  %2 = graph.reduce mean %1 dims [1] : (!x) -> !graph.tensor<4xf32>
  %3 = graph.reshape %2 [4, 1] : (!graph.tensor<4xf32>) -> !r
  %4 = graph.add %eps, %3 : (!s, !r) -> !r
  %5 = graph.sqrt %4 : (!r) -> !r
  %6 = graph.div %0, %5 : (!x, !r) -> !x
  %7 = graph.mul %w, %6 : (!w, !x) -> !x
  return %7 : !x
}

// CHECK-LABEL: func @layer_norm_of_bf16
// CHECK-NEXT: graph.layer_norm %arg0 weight %arg1 bias %arg2 {{.*}} : (!graph.tensor<(s0)x8xbf16>, !graph.tensor<8xbf16>, !graph.tensor<8xbf16>)
// CHECK-NEXT: return
func.func @layer_norm_of_bf16(%h: !h, %w: !graph.tensor<8xbf16>, %b: !graph.tensor<8xbf16>) -> !h {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %x = graph.cast %h to f32 : (!h) -> !hx
  %var, %mean = graph.var_mean %x dims [1] correction 0.0 keepdim : (!hx) -> (!hr, !hr)
  %0 = graph.add %var, %eps : (!hr, !s) -> !hr
  %1 = graph.rsqrt %0 : (!hr) -> !hr
  %2 = graph.sub %x, %mean : (!hx, !hr) -> !hx
  %3 = graph.mul %2, %1 : (!hx, !hr) -> !hx
  %4 = graph.cast %w to f32 : (!graph.tensor<8xbf16>) -> !w
  %5 = graph.mul %3, %4 : (!hx, !w) -> !hx
  %6 = graph.cast %b to f32 : (!graph.tensor<8xbf16>) -> !w
  %7 = graph.add %5, %6 : (!hx, !w) -> !hx
  %8 = graph.cast %7 to bf16 : (!hx) -> !h
  return %8 : !h
}

// CHECK-LABEL: func @no_layer_norm_with_unbiased_variance
// CHECK-NOT: graph.layer_norm
func.func @no_layer_norm_with_unbiased_variance(%x: !x) -> !x {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %var, %mean = graph.var_mean %x dims [1] correction 1.0 keepdim : (!x) -> (!r, !r)
  %0 = graph.add %var, %eps : (!r, !s) -> !r
  %1 = graph.rsqrt %0 : (!r) -> !r
  %2 = graph.sub %x, %mean : (!x, !r) -> !x
  %3 = graph.mul %2, %1 : (!x, !r) -> !x
  return %3 : !x
}

// CHECK-LABEL: func @no_layer_norm_over_leading_dimensions
// CHECK-NOT: graph.layer_norm
func.func @no_layer_norm_over_leading_dimensions(%x: !x) -> !x {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %var, %mean = graph.var_mean %x dims [0] correction 0.0 : (!x) -> (!w, !w)
  %0 = graph.add %var, %eps : (!w, !s) -> !w
  %1 = graph.rsqrt %0 : (!w) -> !w
  %2 = graph.sub %x, %mean : (!x, !w) -> !x
  %3 = graph.mul %2, %1 : (!x, !w) -> !x
  return %3 : !x
}

// A factor per row is no weight.
// CHECK-LABEL: func @layer_norm_leaves_a_factor_per_row
// CHECK: graph.layer_norm %arg0 {
// CHECK-NEXT: graph.mul
func.func @layer_norm_leaves_a_factor_per_row(%x: !x, %w: !r) -> !x {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %var, %mean = graph.var_mean %x dims [1] correction 0.0 keepdim : (!x) -> (!r, !r)
  %0 = graph.add %var, %eps : (!r, !s) -> !r
  %1 = graph.rsqrt %0 : (!r) -> !r
  %2 = graph.sub %x, %mean : (!x, !r) -> !x
  %3 = graph.mul %2, %1 : (!x, !r) -> !x
  %4 = graph.mul %3, %w : (!x, !r) -> !x
  return %4 : !x
}

// One factor per column: of the right number, in the wrong place.
// CHECK-LABEL: func @no_layer_norm_with_factors_along_the_row
// CHECK-NOT: graph.layer_norm
func.func @no_layer_norm_with_factors_along_the_row(%x: !graph.tensor<8x8xf32>) -> !graph.tensor<8x8xf32> {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %var, %mean = graph.var_mean %x dims [1] correction 0.0 : (!graph.tensor<8x8xf32>) -> (!w, !w)
  %0 = graph.reshape %mean [8, 1] : (!w) -> !graph.tensor<8x1xf32>
  %1 = graph.add %var, %eps : (!w, !s) -> !w
  %2 = graph.rsqrt %1 : (!w) -> !w
  %3 = graph.sub %x, %0 : (!graph.tensor<8x8xf32>, !graph.tensor<8x1xf32>) -> !graph.tensor<8x8xf32>
  %4 = graph.mul %3, %2 : (!graph.tensor<8x8xf32>, !w) -> !graph.tensor<8x8xf32>
  return %4 : !graph.tensor<8x8xf32>
}

//===----------------------------------------------------------------------===//
// RMS norm
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @rms_norm
// CHECK-NEXT: graph.rms_norm %arg0 weight %arg1
// CHECK-NEXT: return
func.func @rms_norm(%x: !x, %w: !w) -> !x {
  %eps = graph.constant dense<1.0e-6> : tensor<f32> : () -> !s
  %two = graph.constant dense<2.0> : tensor<f32> : () -> !s
  %0 = graph.pow %x, %two : (!x, !s) -> !x
  %1 = graph.reduce mean %0 dims [1] keepdim : (!x) -> !r
  %2 = graph.add %1, %eps : (!r, !s) -> !r
  %3 = graph.rsqrt %2 : (!r) -> !r
  %4 = graph.mul %x, %3 : (!x, !r) -> !x
  %5 = graph.mul %w, %4 : (!w, !x) -> !x
  return %5 : !x
}

// Llama's, with the weight after the cast.
// CHECK-LABEL: func @rms_norm_of_bf16
// CHECK-NEXT: graph.rms_norm %arg0 weight %arg1 {{.*}} : (!graph.tensor<(s0)x8xbf16>, !graph.tensor<8xbf16>)
// CHECK-NEXT: return
func.func @rms_norm_of_bf16(%h: !h, %w: !graph.tensor<8xbf16>) -> !h {
  %eps = graph.constant dense<1.0e-6> : tensor<f32> : () -> !s
  %x = graph.cast %h to f32 : (!h) -> !hx
  %0 = graph.mul %x, %x : (!hx, !hx) -> !hx
  %1 = graph.reduce mean %0 dims [1] keepdim : (!hx) -> !hr
  %2 = graph.add %1, %eps : (!hr, !s) -> !hr
  %3 = graph.rsqrt %2 : (!hr) -> !hr
  %4 = graph.mul %x, %3 : (!hx, !hr) -> !hx
  %5 = graph.cast %4 to bf16 : (!hx) -> !h
  %6 = graph.mul %w, %5 : (!graph.tensor<8xbf16>, !h) -> !h
  return %6 : !h
}

// CHECK-LABEL: func @no_rms_norm_with_factors_along_the_row
// CHECK-NOT: graph.rms_norm
func.func @no_rms_norm_with_factors_along_the_row(%x: !graph.tensor<8x8xf32>) -> !graph.tensor<8x8xf32> {
  %eps = graph.constant dense<1.0e-6> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %x : (!graph.tensor<8x8xf32>, !graph.tensor<8x8xf32>) -> !graph.tensor<8x8xf32>
  %1 = graph.reduce mean %0 dims [1] keepdim : (!graph.tensor<8x8xf32>) -> !graph.tensor<8x1xf32>
  %2 = graph.add %1, %eps : (!graph.tensor<8x1xf32>, !s) -> !graph.tensor<8x1xf32>
  %3 = graph.rsqrt %2 : (!graph.tensor<8x1xf32>) -> !graph.tensor<8x1xf32>
  %4 = graph.reshape %3 [1, 8] : (!graph.tensor<8x1xf32>) -> !graph.tensor<1x8xf32>
  %5 = graph.mul %x, %4 : (!graph.tensor<8x8xf32>, !graph.tensor<1x8xf32>) -> !graph.tensor<8x8xf32>
  return %5 : !graph.tensor<8x8xf32>
}

// CHECK-LABEL: func @no_rms_norm_of_another_tensor
// CHECK-NOT: graph.rms_norm
func.func @no_rms_norm_of_another_tensor(%x: !x, %y: !x) -> !x {
  %eps = graph.constant dense<1.0e-6> : tensor<f32> : () -> !s
  %0 = graph.mul %x, %x : (!x, !x) -> !x
  %1 = graph.reduce mean %0 dims [1] keepdim : (!x) -> !r
  %2 = graph.add %1, %eps : (!r, !s) -> !r
  %3 = graph.rsqrt %2 : (!r) -> !r
  %4 = graph.mul %y, %3 : (!x, !r) -> !x
  return %4 : !x
}

//===----------------------------------------------------------------------===//
// Batch norm
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @batch_norm
// CHECK-NEXT: graph.batch_norm %arg0 mean %arg1 var %arg2 weight %arg3 bias %arg4 {eps = 9.9999997473787516E-6 : f64}
// CHECK-NEXT: return
func.func @batch_norm(%x: !i, %mean: !c, %var: !c, %w: !c, %b: !c) -> !i {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %0 = graph.add %var, %eps : (!c, !s) -> !c
  %1 = graph.sqrt %0 : (!c) -> !c
  %2 = graph.reciprocal %1 : (!c) -> !c
  %3 = graph.reshape %mean [3, 1, 1] : (!c) -> !c1
  %4 = graph.reshape %2 [3, 1, 1] : (!c) -> !c1
  %5 = graph.sub %x, %3 : (!i, !c1) -> !i
  %6 = graph.mul %5, %4 : (!i, !c1) -> !i
  %7 = graph.reshape %w [3, 1, 1] : (!c) -> !c1
  %8 = graph.mul %6, %7 : (!i, !c1) -> !i
  %9 = graph.reshape %b [3, 1, 1] : (!c) -> !c1
  %10 = graph.add %8, %9 : (!i, !c1) -> !i
  return %10 : !i
}

// CHECK-LABEL: func @no_batch_norm_over_the_last_dimension
// CHECK-NOT: graph.batch_norm
func.func @no_batch_norm_over_the_last_dimension(%x: !graph.tensor<2x5x5x3xf32>, %mean: !c, %var: !c) -> !graph.tensor<2x5x5x3xf32> {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %0 = graph.add %var, %eps : (!c, !s) -> !c
  %1 = graph.rsqrt %0 : (!c) -> !c
  %2 = graph.sub %x, %mean : (!graph.tensor<2x5x5x3xf32>, !c) -> !graph.tensor<2x5x5x3xf32>
  %3 = graph.mul %2, %1 : (!graph.tensor<2x5x5x3xf32>, !c) -> !graph.tensor<2x5x5x3xf32>
  return %3 : !graph.tensor<2x5x5x3xf32>
}

// Statistics of the batch itself stay as they are.
// CHECK-LABEL: func @no_batch_norm_in_training
// CHECK-NOT: graph.batch_norm
func.func @no_batch_norm_in_training(%x: !i) -> !i {
  %eps = graph.constant dense<1.0e-5> : tensor<f32> : () -> !s
  %var, %mean = graph.var_mean %x dims [0, 2, 3] correction 0.0 keepdim : (!i) -> (!graph.tensor<1x3x1x1xf32>, !graph.tensor<1x3x1x1xf32>)
  %0 = graph.add %var, %eps : (!graph.tensor<1x3x1x1xf32>, !s) -> !graph.tensor<1x3x1x1xf32>
  %1 = graph.rsqrt %0 : (!graph.tensor<1x3x1x1xf32>) -> !graph.tensor<1x3x1x1xf32>
  %2 = graph.sub %x, %mean : (!i, !graph.tensor<1x3x1x1xf32>) -> !i
  %3 = graph.mul %2, %1 : (!i, !graph.tensor<1x3x1x1xf32>) -> !i
  return %3 : !i
}
