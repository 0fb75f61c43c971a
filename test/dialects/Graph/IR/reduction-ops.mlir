// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @reduce(
func.func @reduce(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.reduce sum %{{.*}} dims [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
  %b = graph.reduce sum %a dims [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @arg_reduce(
func.func @arg_reduce(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.arg_reduce max %{{.*}} dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xi64>
  %b = graph.arg_reduce max %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xi64>
  return
}

// CHECK-LABEL: func.func @var_mean(
func.func @var_mean(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.var_mean %{{.*}} dims [1] correction 1.000000e+00 : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4xf32>, !graph.tensor<4xf32>)
  %var, %mean = graph.var_mean %a dims [1] correction 1.000000e+00 : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4xf32>, !graph.tensor<4xf32>)
  return
}

// CHECK-LABEL: func.func @scan(
func.func @scan(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.scan sum %{{.*}} dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %b = graph.scan sum %a dim 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @scan_arg(
func.func @scan_arg(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.scan_arg max %{{.*}} dim 1 : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>)
  %v, %i = graph.scan_arg max %a dim 1 : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>)
  return
}

// CHECK-LABEL: func.func @reduce_keepdim(
func.func @reduce_keepdim(%a: !graph.tensor<4x(s0)x8xf32>) {
  // CHECK: graph.reduce max %{{.*}} dims [0, 2] keepdim : (!graph.tensor<4x(s0)x8xf32>) -> !graph.tensor<1x(s0)x1xf32>
  %b = graph.reduce max %a dims [0, 2] keepdim : (!graph.tensor<4x(s0)x8xf32>) -> !graph.tensor<1x(s0)x1xf32>
  return
}

// CHECK-LABEL: func.func @arg_reduce_flat(
func.func @arg_reduce_flat(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.arg_reduce min %{{.*}} : (!graph.tensor<4x8xf32>) -> !graph.tensor<i64>
  %b = graph.arg_reduce min %a : (!graph.tensor<4x8xf32>) -> !graph.tensor<i64>
  return
}
