// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @inner_sizes_differ(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x8xf32>) {
  // expected-error @below {{inner sizes differ: '!graph.tensor<4x8xf32>' and '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.matmul %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @rank_below_two(%a: !graph.tensor<8xf32>, %b: !graph.tensor<8xf32>) {
  // expected-error @below {{lhs must have rank 2 at least, got '!graph.tensor<8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.matmul %a, %b : (!graph.tensor<8xf32>, !graph.tensor<8xf32>) -> !graph.tensor<f32>
  return
}

// -----

func.func @ranks_differ(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<2x8x4xf32>) {
  // expected-error @below {{rhs must have rank 2, got '!graph.tensor<2x8x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.matmul %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<2x8x4xf32>) -> !graph.tensor<2x4x4xf32>
  return
}

// -----

func.func @batches_do_not_broadcast(%a: !graph.tensor<2x4x8xf32>, %b: !graph.tensor<3x8x4xf32>) {
  // expected-error @below {{shapes do not broadcast: '!graph.tensor<2xf32>' and '!graph.tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.matmul %a, %b : (!graph.tensor<2x4x8xf32>, !graph.tensor<3x8x4xf32>) -> !graph.tensor<2x4x4xf32>
  return
}

// -----

func.func @element_types_differ(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<8x4xf16>) {
  // expected-error @below {{element types differ: '!graph.tensor<4x8xf32>' and '!graph.tensor<8x4xf16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.matmul %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<8x4xf16>) -> !graph.tensor<4x4xf32>
  return
}

// -----

func.func @inner_sizes_of_groups_differ(%x: !graph.tensor<6x8xf32>, %w: !graph.tensor<2x4x8xf32>, %ends: !graph.tensor<2xi32>) {
  // expected-error @below {{inner sizes differ: '!graph.tensor<6x8xf32>' and '!graph.tensor<2x4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<6x8xf32>, !graph.tensor<2x4x8xf32>, !graph.tensor<2xi32>) -> !graph.tensor<6x8xf32>
  return
}

// -----

func.func @more_matrices_than_groups(%x: !graph.tensor<6x8xf32>, %w: !graph.tensor<3x8x4xf32>, %ends: !graph.tensor<2xi32>) {
  // expected-error @below {{there are not as many groups in '!graph.tensor<3x8x4xf32>' as in '!graph.tensor<2xi32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<6x8xf32>, !graph.tensor<3x8x4xf32>, !graph.tensor<2xi32>) -> !graph.tensor<6x4xf32>
  return
}

// -----

func.func @nothing_in_groups(%x: !graph.tensor<2x6x8xf32>, %w: !graph.tensor<2x8x4xf32>, %ends: !graph.tensor<2xi32>) {
  // expected-error @below {{rhs must have rank 2, got '!graph.tensor<2x8x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<2x6x8xf32>, !graph.tensor<2x8x4xf32>, !graph.tensor<2xi32>) -> !graph.tensor<2x6x4xf32>
  return
}

// -----

func.func @ends_of_two_dimensions(%x: !graph.tensor<6x8xf32>, %w: !graph.tensor<2x8x4xf32>, %ends: !graph.tensor<2x1xi32>) {
  // expected-error @below {{ends must have rank 1, got '!graph.tensor<2x1xi32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<6x8xf32>, !graph.tensor<2x8x4xf32>, !graph.tensor<2x1xi32>) -> !graph.tensor<6x4xf32>
  return
}
