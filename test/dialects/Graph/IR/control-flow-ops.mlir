// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: @cond
func.func @cond(%p: !graph.tensor<i1>, %a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.cond %{{.*}} then {
  // CHECK:   graph.yield %{{.*}} : !graph.tensor<4xf32>
  // CHECK: } else {
  // CHECK: } : (!graph.tensor<i1>) -> !graph.tensor<4xf32>
  %r = graph.cond %p then {
    graph.yield %a : !graph.tensor<4xf32>
  } else {
    graph.yield %b : !graph.tensor<4xf32>
  } : (!graph.tensor<i1>) -> !graph.tensor<4xf32>
  return %r : !graph.tensor<4xf32>
}

// CHECK-LABEL: @cond_without_results
func.func @cond_without_results(%p: !graph.tensor<i1>) {
  // CHECK: graph.cond %{{.*}} then {
  // CHECK:   graph.assert 0, "taken"
  // CHECK: } else {
  // CHECK: } : (!graph.tensor<i1>) -> ()
  graph.cond %p then {
    graph.assert 0, "taken"
  } else {
  } : (!graph.tensor<i1>) -> ()
  return
}

// CHECK-LABEL: @while
func.func @while(%i: !graph.tensor<i64>, %n: !graph.tensor<i64>) -> !graph.tensor<i64> {
  // CHECK: graph.while %{{.*}} cond {
  // CHECK: ^bb0(%{{.*}}: !graph.tensor<i64>):
  // CHECK:   graph.yield %{{.*}} : !graph.tensor<i1>
  // CHECK: } body {
  // CHECK: ^bb0(%{{.*}}: !graph.tensor<i64>):
  // CHECK: } : (!graph.tensor<i64>) -> !graph.tensor<i64>
  %r = graph.while %i cond {
  ^bb0(%c: !graph.tensor<i64>):
    %more = graph.compare lt %c, %n : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i1>
    graph.yield %more : !graph.tensor<i1>
  } body {
  ^bb0(%c: !graph.tensor<i64>):
    %d = graph.add %c, %c : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i64>
    graph.yield %d : !graph.tensor<i64>
  } : (!graph.tensor<i64>) -> !graph.tensor<i64>
  return %r : !graph.tensor<i64>
}
