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
