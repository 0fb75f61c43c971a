// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @rank(%a: !graph.tensor<3x8xf32>, %b: !graph.tensor<4x3xf32>) {
  // expected-error @below {{input must have rank 3 to 5, got '!graph.tensor<3x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<3x8xf32>, !graph.tensor<4x3xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @weight_rank(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3xf32>) {
  // expected-error @below {{weight must have rank 3, got '!graph.tensor<4x3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3xf32>) -> !graph.tensor<1x4x8xf32>
  return
}

// -----

func.func @stride_per_dimension(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3x3xf32>) {
  // expected-error @below {{stride needs 1 entries, got 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1, 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @stride_of_zero(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3x3xf32>) {
  // expected-error @below {{stride must not be below 1, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 0>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @negative_padding(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3x3xf32>) {
  // expected-error @below {{padding must not be below 0, got -1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: -1>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @groups_of_zero(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3x3xf32>) {
  // expected-error @below {{groups must be positive, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 0 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @channels_differ(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x2x3xf32>) {
  // expected-error @below {{input '!graph.tensor<1x3x8xf32>' has 3 channels, weight '!graph.tensor<4x2x3xf32>' with 1 groups needs 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x2x3xf32>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @groups_do_not_divide(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x1x3xf32>) {
  // expected-error @below {{3 groups do not divide 4 channels of weight '!graph.tensor<4x1x3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 3 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x1x3xf32>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @kernel_exceeds_input(%a: !graph.tensor<1x3x2xf32>, %b: !graph.tensor<4x3x3xf32>) {
  // expected-error @below {{kernel of weight '!graph.tensor<4x3x3xf32>' does not fit into input '!graph.tensor<1x3x2xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x2xf32>, !graph.tensor<4x3x3xf32>) -> !graph.tensor<1x4x1xf32>
  return
}

// -----

func.func @element_types_differ(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3x3xf16>) {
  // expected-error @below {{element types differ: '!graph.tensor<1x3x8xf32>' and '!graph.tensor<4x3x3xf16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf16>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @bias_shape(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3x3xf32>, %c: !graph.tensor<3xf32>) {
  // expected-error @below {{bias must have shape [4], got '!graph.tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b bias %c {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>, !graph.tensor<3xf32>) -> !graph.tensor<1x4x6xf32>
  return
}

// -----

func.func @transposed_channels_last(%a: !graph.tensor<1x8x3xf32>, %b: !graph.tensor<1x3x4xf32>) {
  // expected-error @below {{a transposed convolution is channels-first}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {channels_last = true, dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>, transposed} : (!graph.tensor<1x8x3xf32>, !graph.tensor<1x3x4xf32>) -> !graph.tensor<1x8x4xf32>
  return
}

// -----

func.func @tiles_channels_first(%a: !graph.tensor<1x3x8xf32>, %b: !graph.tensor<4x3x1xf32>) {
  // expected-error @below {{out_channels needs channels_last}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {dilation = array<i64: 1>, groups = 1 : i64, out_channels = 4 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x1xf32>) -> !graph.tensor<1x4x8xf32>
  return
}

// -----

func.func @channels_of_last(%a: !graph.tensor<1x8x3xf32>, %b: !graph.tensor<1x2x4xf32>) {
  // expected-error @below {{has 3 channels, weight '!graph.tensor<1x2x4xf32>' with 1 groups needs 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {channels_last = true, dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x8x3xf32>, !graph.tensor<1x2x4xf32>) -> !graph.tensor<1x8x4xf32>
  return
}

// -----

func.func @groups_of_last(%a: !graph.tensor<1x8x4xf32>, %b: !graph.tensor<1x2x3xf32>) {
  // expected-error @below {{2 groups do not divide 3 channels}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {channels_last = true, dilation = array<i64: 1>, groups = 2 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x8x4xf32>, !graph.tensor<1x2x3xf32>) -> !graph.tensor<1x8x3xf32>
  return
}

// -----

func.func @too_few_tiles(%a: !graph.tensor<1x8x3xf32>, %b: !graph.tensor<1x1x3x16xf32>) {
  // expected-error @below {{has not the tiles of 20 channels}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {channels_last = true, dilation = array<i64: 1>, groups = 1 : i64, out_channels = 20 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x8x3xf32>, !graph.tensor<1x1x3x16xf32>) -> !graph.tensor<1x8x20xf32>
  return
}

// -----

func.func @kernel_of_last_too_large(%a: !graph.tensor<1x2x3xf32>, %b: !graph.tensor<3x3x4xf32>) {
  // expected-error @below {{does not fit into input}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.convolution %a, %b {channels_last = true, dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x2x3xf32>, !graph.tensor<3x3x4xf32>) -> !graph.tensor<1x1x4xf32>
  return
}
