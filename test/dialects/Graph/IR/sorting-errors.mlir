// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @sort_dimension(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{dimension 1 is out of range for rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.sort %a dim 1 : (!graph.tensor<4xf32>) -> (!graph.tensor<4xf32>, !graph.tensor<4xi64>)
  return
}

// -----

func.func @topk_dimension(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{dimension 1 is out of range for rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.topk %a k 1 dim 1 : (!graph.tensor<4xf32>) -> (!graph.tensor<1xf32>, !graph.tensor<1xi64>)
  return
}

// -----

func.func @topk_exceeds(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{cannot take 5 elements along dimension 0 of '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.topk %a k 5 dim 0 : (!graph.tensor<4xf32>) -> (!graph.tensor<5xf32>, !graph.tensor<5xi64>)
  return
}

// -----

func.func @topk_exceeds_symbol(%a: !graph.tensor<(s0)xf32>) {
  // expected-error @below {{cannot take s0 + 1 elements along dimension 0 of '!graph.tensor<(s0)xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.topk %a k s0 + 1 dim 0 : (!graph.tensor<(s0)xf32>) -> (!graph.tensor<(s0 + 1)xf32>, !graph.tensor<(s0 + 1)xi64>)
  return
}

// -----

func.func @topk_negative(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{cannot take -1 elements along dimension 0 of '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.topk %a k -1 dim 0 : (!graph.tensor<4xf32>) -> (!graph.tensor<1xf32>, !graph.tensor<1xi64>)
  return
}
