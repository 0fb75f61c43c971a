// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @full_of_vector(%a: !graph.tensor<2xf32>) {
  // expected-error @below {{value must have rank 0, got '!graph.tensor<2xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.full %a [4] : (!graph.tensor<2xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @iota_dimension() {
  // expected-error @below {{dimension 1 is out of range for rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.iota [4] dim 1 : () -> !graph.tensor<4xi64>
  return
}

// -----

func.func @constant_shape() {
  // expected-error @below {{inferred type(s) '!graph.tensor<4xf32>' are incompatible with return type(s) of operation '!graph.tensor<3xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.constant dense<1.0> : tensor<4xf32> : () -> !graph.tensor<3xf32>
  return
}

// -----

func.func @negative_size() {
  // expected-error @below {{sizes must not be negative, got -4}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.iota [-4] dim 0 : () -> !graph.tensor<4xi64>
  return
}

// -----

func.func @constant_type() {
  // expected-error @below {{a constant is a ranked tensor, got 'vector<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %0 = graph.constant dense<1.0> : vector<4xf32> : () -> !graph.tensor<4xf32>
  return
}
