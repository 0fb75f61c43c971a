// RUN: graphc-opt %s --split-input-file --graph-bound-symbols | FileCheck %s

// CHECK: module attributes {graph.bounds = {u0 = #graph.expr<4*s0>}}
func.func @nonzero(%x: !graph.tensor<(s0)x4xf32>) -> !graph.tensor<(u0)x2xi64> {
  %0 = graph.nonzero %x symbol "u0" : (!graph.tensor<(s0)x4xf32>) -> !graph.tensor<(u0)x2xi64>
  return %0 : !graph.tensor<(u0)x2xi64>
}

// -----

// CHECK: module attributes {graph.bounds = {u0 = #graph.expr<4*s0>}}
func.func @masked_select_broadcasts(%x: !graph.tensor<4xf32>, %m: !graph.tensor<(s0)x1xi1>) -> !graph.tensor<(u0)xf32> {
  %0 = graph.masked_select %x, %m symbol "u0" : (!graph.tensor<4xf32>, !graph.tensor<(s0)x1xi1>) -> !graph.tensor<(u0)xf32>
  return %0 : !graph.tensor<(u0)xf32>
}

// -----

// An item is bounded by what the program asserts.
// CHECK: module attributes {graph.bounds = {u0 = #graph.expr<min({{.*}})>}}
func.func @item(%n: !graph.tensor<i64>) {
  graph.item %n symbol "u0" : !graph.tensor<i64>
  graph.assert le(u0, 6), "at most six"
  graph.assert le(u0, s0), "at most s0"
  graph.assert le(2, u0), "at least two"
  return
}

// -----

// CHECK-NOT: graph.bounds
func.func @nothing_to_bound(%n: !graph.tensor<i64>) {
  graph.item %n symbol "u0" : !graph.tensor<i64>
  graph.assert le(s0, 6), "a size of an input"
  return
}

// -----

// A size counted among as many as another size has that one's bound; what
// shrinks with another size has none.
// CHECK: module attributes {graph.bounds = {u0 = #graph.expr<6>, u1 = #graph.expr<12>}}
func.func @chained(%x: !graph.tensor<6xf32>, %n: !graph.tensor<i64>) {
  %0 = graph.nonzero %x symbol "u0" : (!graph.tensor<6xf32>) -> !graph.tensor<(u0)x1xi64>
  %1 = graph.cat %0, %0 dim 1 : (!graph.tensor<(u0)x1xi64>, !graph.tensor<(u0)x1xi64>) -> !graph.tensor<(u0)x2xi64>
  %2 = graph.nonzero %1 symbol "u1" : (!graph.tensor<(u0)x2xi64>) -> !graph.tensor<(u1)x2xi64>
  graph.assert le(u0, u1), "no bound known before the run"
  graph.item %n symbol "u2" : !graph.tensor<i64>
  graph.assert le(u2, floordiv(12, u0)), "shrinks"
  return
}
