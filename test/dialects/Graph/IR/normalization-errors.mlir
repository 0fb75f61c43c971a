// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @softmax_dimension(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimension 2 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.softmax %a dim 2 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @log_softmax_dimension(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimension -1 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.log_softmax %a dim -1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @layer_norm_rank(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{cannot normalise over 3 dimensions of '!graph.tensor<4x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:3 = graph.layer_norm %a {eps = 1.0e-5 : f64, normalized_rank = 3 : i64} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>, !graph.tensor<4x1xf32>)
  return
}

// -----

func.func @layer_norm_weight(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4xf32>) {
  // expected-error @below {{weight must have shape [8], got '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:3 = graph.layer_norm %a weight %b {eps = 1.0e-5 : f64, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<4xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>, !graph.tensor<4x1xf32>)
  return
}

// -----

func.func @layer_norm_bias(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4xf32>) {
  // expected-error @below {{bias must have shape [8], got '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:3 = graph.layer_norm %a bias %b {eps = 1.0e-5 : f64, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<4xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>, !graph.tensor<4x1xf32>)
  return
}

// -----

func.func @rms_norm_weight(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<8xf32>) {
  // expected-error @below {{weight must have shape [4, 8], got '!graph.tensor<8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.rms_norm %a weight %b {eps = 1.0e-5 : f64, normalized_rank = 2 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// -----

func.func @batch_norm_rank(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>, %c: !graph.tensor<4xf32>) {
  // expected-error @below {{input must have rank 2 at least, got '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.batch_norm %a mean %b var %c {eps = 1.0e-5 : f64} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @batch_norm_statistics(%a: !graph.tensor<4x3xf32>, %b: !graph.tensor<3xf32>, %c: !graph.tensor<4xf32>) {
  // expected-error @below {{var must have shape [3], got '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.batch_norm %a mean %b var %c {eps = 1.0e-5 : f64} : (!graph.tensor<4x3xf32>, !graph.tensor<3xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4x3xf32>
  return
}

// -----

func.func @group_norm_groups(%a: !graph.tensor<4x3x8xf32>) {
  // expected-error @below {{2 groups do not divide 3 channels of '!graph.tensor<4x3x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:3 = graph.group_norm %a {eps = 1.0e-5 : f64, groups = 2 : i64} : (!graph.tensor<4x3x8xf32>) -> (!graph.tensor<4x3x8xf32>, !graph.tensor<4x2xf32>, !graph.tensor<4x2xf32>)
  return
}

// -----

func.func @group_norm_weight(%a: !graph.tensor<4x4x8xf32>, %b: !graph.tensor<2xf32>) {
  // expected-error @below {{weight must have shape [4], got '!graph.tensor<2xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r:3 = graph.group_norm %a weight %b {eps = 1.0e-5 : f64, groups = 2 : i64} : (!graph.tensor<4x4x8xf32>, !graph.tensor<2xf32>) -> (!graph.tensor<4x4x8xf32>, !graph.tensor<4x2xf32>, !graph.tensor<4x2xf32>)
  return
}
