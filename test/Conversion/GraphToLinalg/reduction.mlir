// RUN: graphc-opt %s --convert-graph-to-linalg --split-input-file | FileCheck %s

// Indices of few elements are kept in 32 bits; 16-bit floats are kept as what
// they are compared in. The search begins with the first index.
// CHECK-LABEL: @argmax
// CHECK: arith.constant 0 : i32
// CHECK: } -> (tensor<4xf32>, tensor<4xi32>)
// CHECK: arith.extsi {{.*}} : i32 to i64
func.func @argmax(%a: !graph.tensor<4x8xbf16>) -> !graph.tensor<4xi64> {
  %b = graph.arg_reduce max %a dim 1 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4xi64>
  return %b : !graph.tensor<4xi64>
}

// -----

// Truth values and bytes of so few elements are added up in 32 bits.
// CHECK-LABEL: @count
// CHECK: arith.trunci {{.*}} : i64 to i32
// CHECK: arith.addi {{.*}} : i32
// CHECK: arith.extsi {{.*}} : i32 to i64
func.func @count(%a: !graph.tensor<4x8xi1>) -> !graph.tensor<4xi64> {
  %b = graph.cast %a to i64 : (!graph.tensor<4x8xi1>) -> !graph.tensor<4x8xi64>
  %c = graph.reduce sum %b dims [1] : (!graph.tensor<4x8xi64>) -> !graph.tensor<4xi64>
  return %c : !graph.tensor<4xi64>
}

// -----

// More bytes than that, or other integers, are not.
// CHECK-LABEL: @others
// CHECK-NOT: i32
// CHECK: return
func.func @others(%a: !graph.tensor<16777216xi8>, %x: !graph.tensor<8xi64>) -> (!graph.tensor<i64>, !graph.tensor<i64>) {
  %b = graph.cast %a to i64 : (!graph.tensor<16777216xi8>) -> !graph.tensor<16777216xi64>
  %c = graph.reduce sum %b dims [0] : (!graph.tensor<16777216xi64>) -> !graph.tensor<i64>
  %d = graph.reduce sum %x dims [0] : (!graph.tensor<8xi64>) -> !graph.tensor<i64>
  return %c, %d : !graph.tensor<i64>, !graph.tensor<i64>
}
