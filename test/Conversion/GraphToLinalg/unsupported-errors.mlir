// RUN: graphc-opt %s --convert-graph-to-linalg --verify-diagnostics

// What has no code is reported together, with types and reasons.
func.func @scans(%x: !graph.tensor<4xcomplex<f32>>) -> (!graph.tensor<4xcomplex<f32>>, !graph.tensor<4xcomplex<f32>>) {
  // expected-error @below {{'graph.scan' on ('!graph.tensor<4xcomplex<f32>>') has no code: complex numbers have no order}}
  %0 = graph.scan max %x dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>>
  %1 = graph.neg %0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>>
  // expected-error @below {{'graph.scan' on ('!graph.tensor<4xcomplex<f32>>') has no code: complex numbers have no order}}
  %2 = graph.scan min %1 dim 0 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>>
  return %1, %2 : !graph.tensor<4xcomplex<f32>>, !graph.tensor<4xcomplex<f32>>
}
