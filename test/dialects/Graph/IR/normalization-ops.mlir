// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @softmax(
func.func @softmax(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.softmax %{{.*}} dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %b = graph.softmax %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @log_softmax(
func.func @log_softmax(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.log_softmax %{{.*}} dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %b = graph.log_softmax %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @layer_norm(
func.func @layer_norm(%x: !graph.tensor<4x8xf32>, %w: !graph.tensor<8xf32>, %b: !graph.tensor<8xf32>) {
  // CHECK: graph.layer_norm %{{.*}} weight %{{.*}} bias %{{.*}} {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>, !graph.tensor<8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>, !graph.tensor<4x1xf32>)
  %y, %mean, %rstd = graph.layer_norm %x weight %w bias %b {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>, !graph.tensor<8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x1xf32>, !graph.tensor<4x1xf32>)
  return
}

// CHECK-LABEL: func.func @rms_norm(
func.func @rms_norm(%x: !graph.tensor<4x8xf32>, %w: !graph.tensor<8xf32>) {
  // CHECK: graph.rms_norm %{{.*}} weight %{{.*}} {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>) -> !graph.tensor<4x8xf32>
  %y = graph.rms_norm %x weight %w {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<4x8xf32>, !graph.tensor<8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @batch_norm(
func.func @batch_norm(%x: !graph.tensor<1x3x8x8xf32>, %m: !graph.tensor<3xf32>, %v: !graph.tensor<3xf32>, %w: !graph.tensor<3xf32>, %b: !graph.tensor<3xf32>) {
  // CHECK: graph.batch_norm %{{.*}} mean %{{.*}} var %{{.*}} weight %{{.*}} bias %{{.*}} {eps = 1.000000e-05 : f64} : (!graph.tensor<1x3x8x8xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>) -> !graph.tensor<1x3x8x8xf32>
  %y = graph.batch_norm %x mean %m var %v weight %w bias %b {eps = 1.000000e-05 : f64} : (!graph.tensor<1x3x8x8xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>, !graph.tensor<3xf32>) -> !graph.tensor<1x3x8x8xf32>
  return
}

// CHECK-LABEL: func.func @group_norm(
func.func @group_norm(%x: !graph.tensor<1x4x8xf32>) {
  // CHECK: graph.group_norm %{{.*}} {eps = 1.000000e-05 : f64, groups = 2 : i64} : (!graph.tensor<1x4x8xf32>) -> (!graph.tensor<1x4x8xf32>, !graph.tensor<1x2xf32>, !graph.tensor<1x2xf32>)
  %y, %mean, %rstd = graph.group_norm %x {eps = 1.000000e-05 : f64, groups = 2 : i64} : (!graph.tensor<1x4x8xf32>) -> (!graph.tensor<1x4x8xf32>, !graph.tensor<1x2xf32>, !graph.tensor<1x2xf32>)
  return
}

// CHECK-LABEL: func.func @group_norm_affine(
func.func @group_norm_affine(%x: !graph.tensor<1x4x8xf32>, %w: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.group_norm %{{.*}} weight %{{.*}} bias %{{.*}} {eps = 1.000000e-05 : f64, groups = 2 : i64} : (!graph.tensor<1x4x8xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> (!graph.tensor<1x4x8xf32>, !graph.tensor<1x2xf32>, !graph.tensor<1x2xf32>)
  %y, %mean, %rstd = graph.group_norm %x weight %w bias %b {eps = 1.000000e-05 : f64, groups = 2 : i64} : (!graph.tensor<1x4x8xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> (!graph.tensor<1x4x8xf32>, !graph.tensor<1x2xf32>, !graph.tensor<1x2xf32>)
  return
}

// CHECK-LABEL: func.func @layer_norm_bare(
func.func @layer_norm_bare(%x: !graph.tensor<(s0)x8xf32>) {
  // CHECK: graph.layer_norm %{{.*}} {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<(s0)x8xf32>) -> (!graph.tensor<(s0)x8xf32>, !graph.tensor<(s0)x1xf32>, !graph.tensor<(s0)x1xf32>)
  %y, %mean, %rstd = graph.layer_norm %x {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<(s0)x8xf32>) -> (!graph.tensor<(s0)x8xf32>, !graph.tensor<(s0)x1xf32>, !graph.tensor<(s0)x1xf32>)
  return
}
