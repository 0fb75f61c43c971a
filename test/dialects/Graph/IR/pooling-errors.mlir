// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @input_rank(%a: !graph.tensor<1x1x1x8xf32>) {
  // expected-error @below {{input must have rank 2 to 3, got '!graph.tensor<1x1x1x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.max_pool %a {dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x1x1x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// -----

func.func @too_many_dimensions(%a: !graph.tensor<1x1x1x8x8xf32>) {
  // expected-error @below {{expected 1 to 3 spatial dimensions, got 4}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.max_pool %a {dilation = array<i64: 1, 1, 1, 1>, kernel = array<i64: 2, 2, 2, 2>, padding = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 2, 2, 2>} : (!graph.tensor<1x1x1x8x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// -----

func.func @stride_per_dimension(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{stride needs 1 entries, got 2}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.max_pool %a {dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2, 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// -----

func.func @kernel_of_zero(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{kernel must not be below 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.max_pool %a {dilation = array<i64: 1>, kernel = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// -----

func.func @dilation_of_zero(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{dilation must not be below 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.max_pool %a {dilation = array<i64: 0>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// -----

func.func @padding_exceeds_kernel(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{padding 2 exceeds half of the kernel 2}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.max_pool %a {dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 2>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// -----

func.func @window_exceeds_input(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{no window fits into input '!graph.tensor<1x3x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.max_pool %a {dilation = array<i64: 1>, kernel = array<i64: 9>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// -----

func.func @divisor_of_zero(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{divisor_override must not be 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.avg_pool %a {divisor_override = 0 : i64, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x4xf32>
  return
}

// -----

func.func @adaptive_output_rank(%a: !graph.tensor<1x8xf32>) {
  // expected-error @below {{input must have rank 3 to 4, got '!graph.tensor<1x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.adaptive_avg_pool %a {output = #graph.exprs<[2, 2]>} : (!graph.tensor<1x8xf32>) -> !graph.tensor<1x2xf32>
  return
}

// -----

func.func @adaptive_output_of_zero(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{no window fits into input '!graph.tensor<1x3x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.adaptive_avg_pool %a {output = #graph.exprs<[0]>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x0xf32>
  return
}

// -----

func.func @resize_scales(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{scales needs 1 entries, got 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.resize linear %a {output = #graph.exprs<[16]>, scales = array<f64: 2.0, 2.0>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x16xf32>
  return
}

// -----

func.func @cubic_of_one_dimension(%a: !graph.tensor<1x3x8xf32>) {
  // expected-error @below {{'cubic' resizes two spatial dimensions, got 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.resize cubic %a {output = #graph.exprs<[16]>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x16xf32>
  return
}
