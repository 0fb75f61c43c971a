// RUN: graphc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @known_predicate(
// CHECK-SAME: %[[A:[a-z0-9]+]]: !graph.tensor<4xf32>
func.func @known_predicate(%a: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: %[[S:.*]] = graph.sin %[[A]]
  // CHECK-NEXT: return %[[S]]
  %p = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  %r = graph.cond %p then {
    %s = graph.sin %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
    graph.yield %s : !graph.tensor<4xf32>
  } else {
    graph.yield %a : !graph.tensor<4xf32>
  } : (!graph.tensor<i1>) -> !graph.tensor<4xf32>
  return %r : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @unknown_predicate(
func.func @unknown_predicate(%p: !graph.tensor<i1>, %a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.cond
  %r = graph.cond %p then {
    graph.yield %a : !graph.tensor<4xf32>
  } else {
    graph.yield %b : !graph.tensor<4xf32>
  } : (!graph.tensor<i1>) -> !graph.tensor<4xf32>
  return %r : !graph.tensor<4xf32>
}
