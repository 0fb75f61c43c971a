// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @sort(
func.func @sort(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.sort %{{.*}} dim 1 {descending} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>)
  %v, %i = graph.sort %a dim 1 {descending} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4x8xi64>)
  return
}

// CHECK-LABEL: func.func @topk(
func.func @topk(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.topk %{{.*}} k 2 dim 1 {largest, sorted} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x2xf32>, !graph.tensor<4x2xi64>)
  %v, %i = graph.topk %a k 2 dim 1 {largest, sorted} : (!graph.tensor<4x8xf32>) -> (!graph.tensor<4x2xf32>, !graph.tensor<4x2xi64>)
  return
}
