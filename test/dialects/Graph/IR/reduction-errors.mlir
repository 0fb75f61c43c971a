// RUN: graphc-opt %s --split-input-file --verify-diagnostics

func.func @dimension_out_of_range(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimension 2 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reduce sum %a dims [2] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @negative_dimension(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimension -1 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reduce sum %a dims [-1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @dimensions_descend(%a: !graph.tensor<4x8xf32>) {
  // expected-error @below {{dimensions must ascend, got 0 after 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reduce sum %a dims [1, 0] : (!graph.tensor<4x8xf32>) -> !graph.tensor<f32>
  return
}

// -----

func.func @any_of_floats(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{'any' reduces bool, got '!graph.tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reduce any %a dims [0] : (!graph.tensor<4xf32>) -> !graph.tensor<f32>
  return
}

// -----

func.func @mean_of_integers(%a: !graph.tensor<4xi64>) {
  // expected-error @below {{'mean' reduces floats or complex numbers, got '!graph.tensor<4xi64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reduce mean %a dims [0] : (!graph.tensor<4xi64>) -> !graph.tensor<i64>
  return
}

// -----

func.func @maximum_of_complex(%a: !graph.tensor<4xcomplex<f32>>) {
  // expected-error @below {{cannot order complex numbers}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reduce max %a dims [0] : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<complex<f32>>
  return
}

// -----

func.func @maximum_of_nothing(%a: !graph.tensor<0x4xf32>) {
  // expected-error @below {{'max' has no value over dimension 0 of size 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.reduce max %a dims [0] : (!graph.tensor<0x4xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @arg_of_nothing(%a: !graph.tensor<0x4xf32>) {
  // expected-error @below {{no extremum over dimension 0 of size 0}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.arg_reduce max %a dim 0 : (!graph.tensor<0x4xf32>) -> !graph.tensor<4xi64>
  return
}

// -----

func.func @arg_dimension(%a: !graph.tensor<4x4xf32>) {
  // expected-error @below {{dimension 2 is out of range for rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.arg_reduce max %a dim 2 : (!graph.tensor<4x4xf32>) -> !graph.tensor<4xi64>
  return
}

// -----

func.func @var_of_integers(%a: !graph.tensor<4xi64>) {
  // expected-error @below {{operand #0 must be tensor of floats, but got '!graph.tensor<4xi64>'}}
  %r:2 = graph.var_mean %a dims [0] correction 1.0 : (!graph.tensor<4xi64>) -> (!graph.tensor<i64>, !graph.tensor<i64>)
  return
}

// -----

func.func @scan_dimension(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{dimension 1 is out of range for rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.scan sum %a dim 1 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// -----

func.func @logsumexp_of_integers(%a: !graph.tensor<4xi64>) {
  // expected-error @below {{'logsumexp' scans floats, got '!graph.tensor<4xi64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = graph.scan logsumexp %a dim 0 : (!graph.tensor<4xi64>) -> !graph.tensor<4xi64>
  return
}

// -----

func.func @scan_arg_dimension(%a: !graph.tensor<4xf32>) {
  // expected-error @below {{dimension -1 is out of range for rank 1}}
  // expected-error @below {{failed to infer returned types}}
  %r:2 = graph.scan_arg max %a dim -1 : (!graph.tensor<4xf32>) -> (!graph.tensor<4xf32>, !graph.tensor<4xi64>)
  return
}
