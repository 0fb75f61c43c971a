// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @matmul(
func.func @matmul(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<8x2xf32>) {
  // CHECK: graph.matmul %{{.*}}, %{{.*}} : (!graph.tensor<4x8xf32>, !graph.tensor<8x2xf32>) -> !graph.tensor<4x2xf32>
  %c = graph.matmul %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<8x2xf32>) -> !graph.tensor<4x2xf32>
  return
}

// CHECK-LABEL: func.func @matmul_batched(
func.func @matmul_batched(%a: !graph.tensor<(s0)x1x4x8xf32>, %b: !graph.tensor<1x3x8x2xf32>) {
  // CHECK: graph.matmul %{{.*}}, %{{.*}} : (!graph.tensor<(s0)x1x4x8xf32>, !graph.tensor<1x3x8x2xf32>) -> !graph.tensor<(s0)x3x4x2xf32>
  %c = graph.matmul %a, %b : (!graph.tensor<(s0)x1x4x8xf32>, !graph.tensor<1x3x8x2xf32>) -> !graph.tensor<(s0)x3x4x2xf32>
  return
}
