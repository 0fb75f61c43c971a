// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @not_a_permutation(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{not a permutation of the dimensions of '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.permute %a [0, 0] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x4xf32>
  return
}

// -----

func.func @permutation_too_short(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{not a permutation of the dimensions of '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.permute %a [0] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @reshape_count(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{cannot reshape '!graph.tensor<4x8xf32>' to [5, 8]: 32 elements are not 40}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reshape %a [5, 8] : (!graph.tensor<4x8xf32>) -> !graph.tensor<5x8xf32>
  return
}

// -----

func.func @reshape_symbolic_count(%a: !graph.tensor<(s0)x4xf32>) {
  // expected-error @below {{cannot reshape '!graph.tensor<(s0)x4xf32>' to [s0 + 1, 4]: 4*s0 elements are not 4*s0 + 4}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reshape %a [s0 + 1, 4] : (!graph.tensor<(s0)x4xf32>) -> !graph.tensor<(s0 + 1)x4xf32>
  return
}

// -----

func.func @expand_of_larger(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{'!graph.tensor<4x8xf32>' does not broadcast to shape [1, 8]}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.expand %a [1, 8] : (!graph.tensor<4x8xf32>) -> !graph.tensor<1x8xf32>
  return
}

// -----

func.func @expand_to_lower_rank(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{'!graph.tensor<4x8xf32>' does not broadcast to shape [8]}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.expand %a [8] : (!graph.tensor<4x8xf32>) -> !graph.tensor<8xf32>
  return
}

// -----

func.func @slice_dimension(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimension 2 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice %a dim 2 from 0 to 1 step 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x1xf32>
  return
}

// -----

func.func @slice_before_start(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{slice from -1 to 1 is out of range in dimension 1 of '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice %a dim 1 from -1 to 1 step 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x2xf32>
  return
}

// -----

func.func @slice_backwards(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{slice from 3 to 1 is out of range in dimension 1 of '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice %a dim 1 from 3 to 1 step 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x2xf32>
  return
}

// -----

func.func @slice_past_end(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{slice from 3 to 9 is out of range in dimension 1 of '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice %a dim 1 from 3 to 9 step 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x6xf32>
  return
}

// -----

func.func @slice_past_symbolic_end(%a: !graph.tensor<(s0)xf32>) {
  // expected-error @below {{slice from 0 to s0 + 1 is out of range in dimension 0 of '!graph.tensor<(s0)xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice %a dim 0 from 0 to s0 + 1 step 1 : (!graph.tensor<(s0)xf32>) -> !graph.tensor<(s0 + 1)xf32>
  return
}

// -----

func.func @slice_step_of_zero(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{slice step must be positive, got 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice %a dim 1 from 0 to 8 step 0 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @slice_scatter_shape(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x3xf32>) {
  // expected-error @below {{'!graph.tensor<4x3xf32>' does not broadcast to shape [4, 2]}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice_scatter %b into %a dim 1 from 0 to 2 step 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x3xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @slice_scatter_element_type(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x2xf16>) {
  // expected-error @below {{element types differ: '!graph.tensor<4x8xf32>' and '!graph.tensor<4x2xf16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.slice_scatter %b into %a dim 1 from 0 to 2 step 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xf16>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @as_strided_offset(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{offset must not be negative, got -1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.as_strided %a [2] strides [1] offset -1 : (!graph.tensor<4xf32>) -> !graph.tensor<2xf32>
  return
}

// -----

func.func @as_strided_strides(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{expected one stride per dimension, got 2 for rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.as_strided %a [2] strides [1, 1] offset 0 : (!graph.tensor<4xf32>) -> !graph.tensor<2xf32>
  return
}

// -----

func.func @diagonal_of_one_dimension(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{a diagonal needs two dimensions, got 1 twice}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.diagonal %a offset 0 dims 1, 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @diagonal_dimension(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimension 2 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.diagonal %a offset 0 dims 0, 2 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @cat_shapes(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x7xf32>) {
  // expected-error @below {{cannot concatenate '!graph.tensor<4x8xf32>' and '!graph.tensor<4x7xf32>' along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.cat %a, %b dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<4x7xf32>) -> !graph.tensor<8x8xf32>
  return
}

// -----

func.func @cat_ranks(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4xf32>) {
  // expected-error @below {{cannot concatenate '!graph.tensor<4x8xf32>' and '!graph.tensor<4xf32>' along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.cat %a, %b dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<4xf32>) -> !graph.tensor<8x8xf32>
  return
}

// -----

func.func @cat_dimension(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimension 2 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.cat %a, %b dim 2 : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<8x8xf32>
  return
}

// -----

func.func @cat_element_types(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x8xf16>) {
  // expected-error @below {{element types differ: '!graph.tensor<4x8xf32>' and '!graph.tensor<4x8xf16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.cat %a, %b dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf16>) -> !graph.tensor<8x8xf32>
  return
}

// -----

func.func @cat_of_nothing() {
  // expected-error @below {{expected one operand at least}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.cat dim 0 : () -> !graph.tensor<8xf32>
  return
}

// -----

func.func @pad_counts(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{expected one low and high count per dimension of '!graph.tensor<4x8xf32>', got 1 and 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.pad %a low [1] high [1, 1] value 0.0 : f32 : (!graph.tensor<4x8xf32>) -> !graph.tensor<5x9xf32>
  return
}

// -----

func.func @pad_value_type(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{padding value must be of type 'f32', got 0 : i32}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.pad %a low [1] high [1] value 0 : i32 : (!graph.tensor<4xf32>) -> !graph.tensor<6xf32>
  return
}

// -----

func.func @pad_crops_too_much(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{sizes must not be negative, got -2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.pad %a low [-3] high [-3] value 0.0 : f32 : (!graph.tensor<4xf32>) -> !graph.tensor<0xf32>
  return
}

// -----

func.func @flip_dimension(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{dimension 1 is out of range for rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.flip %a dims [1] : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @contiguous_strides(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{expected one stride per dimension, got 1 for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.contiguous %a strides [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @bitcast_width(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{cannot see '!graph.tensor<4xf32>' as 'f64'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.bitcast %a to f64 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf64>
  return
}

// -----

func.func @bitcast_to_complex_shape(%a: !graph.tensor<4x3xf32>) {
  // expected-error @below {{cannot see '!graph.tensor<4x3xf32>' as 'complex<f32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.bitcast %a to complex<f32> : (!graph.tensor<4x3xf32>) -> !graph.tensor<4xcomplex<f32>>
  return
}
