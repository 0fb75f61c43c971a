// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @gather_rank(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4xi64>) {
  // expected-error @below {{index must have rank 2, got '!graph.tensor<4xi64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.gather %a[%b] dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<4xi64>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @gather_dimension(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x8xi64>) {
  // expected-error @below {{dimension 2 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.gather %a[%b] dim 2 : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @gather_index_exceeds(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x9xi64>) {
  // expected-error @below {{index '!graph.tensor<4x9xi64>' is larger in dimension 1 than '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.gather %a[%b] dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<4x9xi64>) -> !graph.tensor<4x9xf32>
  return
}

// -----

func.func @index_type(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x8xi32>) {
  // expected-error @below {{operand #1 must be tensor of i64, but got '!graph.tensor<4x8xi32>'}}
  %r = graph.gather %a[%b] dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @scatter_source_too_small(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<2x8xi64>, %c: !graph.tensor<1x8xf32>) {
  // expected-error @below {{index '!graph.tensor<2x8xi64>' is larger in dimension 0 than '!graph.tensor<1x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.scatter none %c into %a[%b] dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<2x8xi64>, !graph.tensor<1x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @scatter_element_type(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<2x8xi64>, %c: !graph.tensor<2x8xf16>) {
  // expected-error @below {{element types differ: '!graph.tensor<4x8xf32>' and '!graph.tensor<2x8xf16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.scatter none %c into %a[%b] dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<2x8xi64>, !graph.tensor<2x8xf16>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @index_per_dimension(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<3xi64>) {
  // expected-error @below {{expected one index per dimension in dims, got 1 for 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.index %a[%b] dims [0, 1] : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>) -> !graph.tensor<3xf32>
  return
}

// -----

func.func @index_dims_descend(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<3xi64>, %c: !graph.tensor<3xi64>) {
  // expected-error @below {{dimensions must ascend, got 0 after 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.index %a[%b, %c] dims [1, 0] : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>, !graph.tensor<3xi64>) -> !graph.tensor<3xf32>
  return
}

// -----

func.func @index_without_indices(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{expected one index per dimension in dims, got 0 for 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.index %a[] dims [] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @indices_do_not_broadcast(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<3xi64>, %c: !graph.tensor<4xi64>) {
  // expected-error @below {{shapes do not broadcast: '!graph.tensor<3xi64>' and '!graph.tensor<4xi64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.index %a[%b, %c] dims [0, 1] : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>, !graph.tensor<4xi64>) -> !graph.tensor<3xf32>
  return
}

// -----

func.func @index_put_values(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<3xi64>, %c: !graph.tensor<3x7xf32>) {
  // expected-error @below {{'!graph.tensor<3x7xf32>' does not broadcast to shape [3, 8]}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.index_put %c into %a[%b] dims [0] : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>, !graph.tensor<3x7xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @nonzero_without_symbol(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{expected a symbol's name}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.nonzero %a symbol "" : (!graph.tensor<4xf32>) -> !graph.tensor<(u0)x1xi64>
  return
}

// -----

func.func @masked_select_mask(%a: !graph.tensor<4xf32>, %b: !graph.tensor<3xi1>) {
  // expected-error @below {{shapes do not broadcast: '!graph.tensor<4xf32>' and '!graph.tensor<3xi1>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.masked_select %a, %b symbol "u0" : (!graph.tensor<4xf32>, !graph.tensor<3xi1>) -> !graph.tensor<(u0)xf32>
  return
}
