// RUN: graphc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @true_assertions(
func.func @true_assertions() {
  // CHECK-NEXT: return
  graph.assert le(s0, s0 + 1), "size"
  %c = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  graph.assert_tensor %c, "value" : !graph.tensor<i1>
  return
}

// CHECK-LABEL: func.func @other_assertions(
func.func @other_assertions(%c: !graph.tensor<i1>) {
  // CHECK-NEXT: graph.assert 0, "false"
  // CHECK-NEXT: graph.assert le(s0, 4), "unknown"
  // CHECK-NEXT: graph.assert_tensor
  graph.assert lt(s0, s0), "false"
  graph.assert le(s0, 4), "unknown"
  graph.assert_tensor %c, "unknown" : !graph.tensor<i1>
  return
}

// CHECK-LABEL: func.func @definitions_stay(
func.func @definitions_stay(%n: !graph.tensor<i64>, %a: !graph.tensor<4xf32>) {
  // CHECK-NEXT: graph.item
  // CHECK-NEXT: graph.nonzero
  graph.item %n symbol "u0" : !graph.tensor<i64>
  %b = graph.nonzero %a symbol "u1" : (!graph.tensor<4xf32>) -> !graph.tensor<(u1)x1xi64>
  return
}
