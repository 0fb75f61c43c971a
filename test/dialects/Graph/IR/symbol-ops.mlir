// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @size_to_tensor(
func.func @size_to_tensor() {
  // CHECK: graph.size_to_tensor 2*s0 + 1 : () -> !graph.tensor<i64>
  %n = graph.size_to_tensor 2*s0 + 1 : () -> !graph.tensor<i64>
  return
}

// CHECK-LABEL: func.func @item(
func.func @item(%n: !graph.tensor<i64>) {
  // CHECK: graph.item %{{.*}} symbol "u0" : !graph.tensor<i64>
  graph.item %n symbol "u0" : !graph.tensor<i64>
  return
}

// CHECK-LABEL: func.func @assert(
func.func @assert() {
  // CHECK: graph.assert le(u0, s0), "index out of range"
  graph.assert le(u0, s0), "index out of range"
  return
}

// CHECK-LABEL: func.func @assert_tensor(
func.func @assert_tensor(%c: !graph.tensor<i1>) {
  // CHECK: graph.assert_tensor %{{.*}}, "expected a positive value" : !graph.tensor<i1>
  graph.assert_tensor %c, "expected a positive value" : !graph.tensor<i1>
  return
}
