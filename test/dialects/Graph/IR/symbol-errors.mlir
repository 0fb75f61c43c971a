// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @size_overflows() {
  // expected-error @below {{the size does not fit into 64 bits}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.size_to_tensor 9223372036854775807*2 : () -> !graph.tensor<i64>
  return
}

// -----

func.func @item_of_vector(%a: !graph.tensor<4xi64>) {
  // expected-error @below {{input must have rank 0, got '!graph.tensor<4xi64>'}}
  graph.item %a symbol "u0" : !graph.tensor<4xi64>
  return
}

// -----

func.func @item_without_symbol(%a: !graph.tensor<i64>) {
  // expected-error @below {{needs a symbol's name}}
  graph.item %a symbol "" : !graph.tensor<i64>
  return
}

// -----

func.func @item_of_float(%a: !graph.tensor<f32>) {
  // expected-error @below {{operand #0 must be tensor of integers or bool, but got '!graph.tensor<f32>'}}
  graph.item %a symbol "u0" : !graph.tensor<f32>
  return
}

// -----

func.func @assert_of_vector(%a: !graph.tensor<4xi1>) {
  // expected-error @below {{condition must have rank 0, got '!graph.tensor<4xi1>'}}
  graph.assert_tensor %a, "no" : !graph.tensor<4xi1>
  return
}
