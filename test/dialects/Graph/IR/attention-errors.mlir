// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @key_rank(%a: !graph.tensor<2x8x4xf32>, %b: !graph.tensor<8x4xf32>, %c: !graph.tensor<2x8x4xf32>) {
  // expected-error @below {{key must have rank 3, got '!graph.tensor<8x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c {scale = 1.0 : f64} : (!graph.tensor<2x8x4xf32>, !graph.tensor<8x4xf32>, !graph.tensor<2x8x4xf32>) -> (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8xf32>)
  return
}

// -----

func.func @heads_do_not_divide(%a: !graph.tensor<1x4x8x4xf32>, %b: !graph.tensor<1x3x8x4xf32>, %c: !graph.tensor<1x3x8x4xf32>) {
  // expected-error @below {{leading sizes do not fit: '!graph.tensor<1x4x8x4xf32>' and '!graph.tensor<1x3x8x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c {scale = 1.0 : f64} : (!graph.tensor<1x4x8x4xf32>, !graph.tensor<1x3x8x4xf32>, !graph.tensor<1x3x8x4xf32>) -> (!graph.tensor<1x4x8x4xf32>, !graph.tensor<1x4x8xf32>)
  return
}

// -----

func.func @heads_of_key_and_value(%a: !graph.tensor<1x4x8x4xf32>, %b: !graph.tensor<1x2x8x4xf32>, %c: !graph.tensor<1x1x8x4xf32>) {
  // expected-error @below {{heads of key and value differ: '!graph.tensor<1x2x8x4xf32>' and '!graph.tensor<1x1x8x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c {scale = 1.0 : f64} : (!graph.tensor<1x4x8x4xf32>, !graph.tensor<1x2x8x4xf32>, !graph.tensor<1x1x8x4xf32>) -> (!graph.tensor<1x4x8x4xf32>, !graph.tensor<1x4x8xf32>)
  return
}

// -----

func.func @batches_differ(%a: !graph.tensor<4x4x8x4xf32>, %b: !graph.tensor<2x4x8x4xf32>, %c: !graph.tensor<2x4x8x4xf32>) {
  // expected-error @below {{leading sizes do not fit: '!graph.tensor<4x4x8x4xf32>' and '!graph.tensor<2x4x8x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c {scale = 1.0 : f64} : (!graph.tensor<4x4x8x4xf32>, !graph.tensor<2x4x8x4xf32>, !graph.tensor<2x4x8x4xf32>) -> (!graph.tensor<4x4x8x4xf32>, !graph.tensor<4x4x8xf32>)
  return
}

// -----

func.func @last_sizes_differ(%a: !graph.tensor<2x8x4xf32>, %b: !graph.tensor<2x8x5xf32>, %c: !graph.tensor<2x8x4xf32>) {
  // expected-error @below {{last sizes differ: '!graph.tensor<2x8x4xf32>' and '!graph.tensor<2x8x5xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c {scale = 1.0 : f64} : (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8x5xf32>, !graph.tensor<2x8x4xf32>) -> (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8xf32>)
  return
}

// -----

func.func @lengths_differ(%a: !graph.tensor<2x8x4xf32>, %b: !graph.tensor<2x8x4xf32>, %c: !graph.tensor<2x7x4xf32>) {
  // expected-error @below {{lengths of key and value differ: '!graph.tensor<2x8x4xf32>' and '!graph.tensor<2x7x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c {scale = 1.0 : f64} : (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8x4xf32>, !graph.tensor<2x7x4xf32>) -> (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8xf32>)
  return
}

// -----

func.func @mask_of_integers(%a: !graph.tensor<2x8x4xf32>, %b: !graph.tensor<2x8x4xf32>, %c: !graph.tensor<2x8x4xf32>, %d: !graph.tensor<8x8xi64>) {
  // expected-error @below {{mask must hold bool, f32 or the query's element type, got '!graph.tensor<8x8xi64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c mask %d {scale = 1.0 : f64} : (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8x4xf32>, !graph.tensor<2x8x4xf32>, !graph.tensor<8x8xi64>) -> (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8xf32>)
  return
}

// -----

func.func @mask_shape(%a: !graph.tensor<2x8x4xf32>, %b: !graph.tensor<2x8x4xf32>, %c: !graph.tensor<2x8x4xf32>, %d: !graph.tensor<8x4xi1>) {
  // expected-error @below {{'!graph.tensor<8x4xi1>' does not broadcast to shape [2, 8, 8]}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c mask %d {scale = 1.0 : f64} : (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8x4xf32>, !graph.tensor<2x8x4xf32>, !graph.tensor<8x4xi1>) -> (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8xf32>)
  return
}

// -----

func.func @element_types_differ(%a: !graph.tensor<2x8x4xf32>, %b: !graph.tensor<2x8x4xf16>, %c: !graph.tensor<2x8x4xf32>) {
  // expected-error @below {{element types differ: '!graph.tensor<2x8x4xf32>' and '!graph.tensor<2x8x4xf16>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.attention %a, %b, %c {scale = 1.0 : f64} : (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8x4xf16>, !graph.tensor<2x8x4xf32>) -> (!graph.tensor<2x8x4xf32>, !graph.tensor<2x8xf32>)
  return
}
