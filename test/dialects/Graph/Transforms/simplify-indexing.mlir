// RUN: graphc-opt %s --graph-simplify-indexing | FileCheck %s

!table = !graph.tensor<16x4xf32>
!m = !graph.tensor<2x8xi1>

// CHECK-LABEL: func @iota
// CHECK-NEXT: %[[SLICE:.+]] = graph.slice %arg0 dim 0 from 0 to 8 step 1
// CHECK-NEXT: return %[[SLICE]]
func.func @iota(%t: !table) -> !graph.tensor<8x4xf32> {
  %0 = graph.iota [8] dim 0 : () -> !graph.tensor<8xi64>
  %1 = graph.index %t[%0] dims [0] : (!table, !graph.tensor<8xi64>) -> !graph.tensor<8x4xf32>
  return %1 : !graph.tensor<8x4xf32>
}

// CHECK-LABEL: func @constant_with_batch
// CHECK-NEXT: %[[SLICE:.+]] = graph.slice %arg0 dim 0 from 3 to 5 step 1
// CHECK-NEXT: graph.reshape %[[SLICE]] [1, 2, 4]
func.func @constant_with_batch(%t: !table) -> !graph.tensor<1x2x4xf32> {
  %0 = graph.constant dense<[[3, 4]]> : tensor<1x2xi64> : () -> !graph.tensor<1x2xi64>
  %1 = graph.index %t[%0] dims [0] : (!table, !graph.tensor<1x2xi64>) -> !graph.tensor<1x2x4xf32>
  return %1 : !graph.tensor<1x2x4xf32>
}

// CHECK-LABEL: func @one_number
// CHECK-NEXT: %[[SLICE:.+]] = graph.slice %arg0 dim 0 from 5 to 6 step 1
// CHECK-NEXT: graph.reshape %[[SLICE]] [4]
func.func @one_number(%t: !table) -> !graph.tensor<4xf32> {
  %0 = graph.constant dense<5> : tensor<i64> : () -> !graph.tensor<i64>
  %1 = graph.index %t[%0] dims [0] : (!table, !graph.tensor<i64>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// A mask read by its own rows and columns.
// CHECK-LABEL: func @rows_and_columns
// CHECK-NEXT: graph.reshape %arg0 [2, 1, 1, 8]
// CHECK-NEXT: return
func.func @rows_and_columns(%m: !m) -> !graph.tensor<2x1x1x8xi1> {
  %0 = graph.iota [2] dim 0 : () -> !graph.tensor<2xi64>
  %1 = graph.iota [8] dim 0 : () -> !graph.tensor<8xi64>
  %2 = graph.reshape %0 [2, 1, 1, 1] : (!graph.tensor<2xi64>) -> !graph.tensor<2x1x1x1xi64>
  %3 = graph.reshape %1 [1, 1, 1, 8] : (!graph.tensor<8xi64>) -> !graph.tensor<1x1x1x8xi64>
  %4 = graph.index %m[%2, %3] dims [0, 1] : (!m, !graph.tensor<2x1x1x1xi64>, !graph.tensor<1x1x1x8xi64>) -> !graph.tensor<2x1x1x8xi1>
  return %4 : !graph.tensor<2x1x1x8xi1>
}

// CHECK-LABEL: func @symbolic_rows
// CHECK-NEXT: return %arg0
func.func @symbolic_rows(%t: !graph.tensor<(s0)x4xf32>) -> !graph.tensor<(s0)x4xf32> {
  %0 = graph.iota [s0] dim 0 : () -> !graph.tensor<(s0)xi64>
  %1 = graph.index %t[%0] dims [0] : (!graph.tensor<(s0)x4xf32>, !graph.tensor<(s0)xi64>) -> !graph.tensor<(s0)x4xf32>
  return %1 : !graph.tensor<(s0)x4xf32>
}

// CHECK-LABEL: func @transposed_stays
// CHECK: graph.index
func.func @transposed_stays(%m: !m) -> !graph.tensor<8x2xi1> {
  %0 = graph.iota [2] dim 0 : () -> !graph.tensor<2xi64>
  %1 = graph.iota [8] dim 0 : () -> !graph.tensor<8xi64>
  %2 = graph.reshape %1 [8, 1] : (!graph.tensor<8xi64>) -> !graph.tensor<8x1xi64>
  %3 = graph.index %m[%0, %2] dims [0, 1] : (!m, !graph.tensor<2xi64>, !graph.tensor<8x1xi64>) -> !graph.tensor<8x2xi1>
  return %3 : !graph.tensor<8x2xi1>
}

// CHECK-LABEL: func @repeated_rows_stay
// CHECK: graph.index
func.func @repeated_rows_stay(%t: !table) -> !graph.tensor<2x8x4xf32> {
  %0 = graph.iota [8] dim 0 : () -> !graph.tensor<8xi64>
  %1 = graph.expand %0 [2, 8] : (!graph.tensor<8xi64>) -> !graph.tensor<2x8xi64, strides = [0, 1]>
  %2 = graph.index %t[%1] dims [0] : (!table, !graph.tensor<2x8xi64, strides = [0, 1]>) -> !graph.tensor<2x8x4xf32>
  return %2 : !graph.tensor<2x8x4xf32>
}

// CHECK-LABEL: func @negative_and_beyond_stay
// CHECK: graph.index
// CHECK: graph.index
func.func @negative_and_beyond_stay(%t: !table) -> (!graph.tensor<2x4xf32>, !graph.tensor<2x4xf32>) {
  %0 = graph.constant dense<[-1, 0]> : tensor<2xi64> : () -> !graph.tensor<2xi64>
  %1 = graph.index %t[%0] dims [0] : (!table, !graph.tensor<2xi64>) -> !graph.tensor<2x4xf32>
  %2 = graph.constant dense<[15, 16]> : tensor<2xi64> : () -> !graph.tensor<2xi64>
  %3 = graph.index %t[%2] dims [0] : (!table, !graph.tensor<2xi64>) -> !graph.tensor<2x4xf32>
  return %1, %3 : !graph.tensor<2x4xf32>, !graph.tensor<2x4xf32>
}

// Two other dimensions with another in between.
// CHECK-LABEL: func @not_adjacent_stays
// CHECK: graph.index
func.func @not_adjacent_stays(%t: !graph.tensor<2x3x4xf32>) -> !graph.tensor<2x4x3xf32> {
  %0 = graph.iota [2] dim 0 : () -> !graph.tensor<2xi64>
  %1 = graph.iota [4] dim 0 : () -> !graph.tensor<4xi64>
  %2 = graph.reshape %0 [2, 1] : (!graph.tensor<2xi64>) -> !graph.tensor<2x1xi64>
  %3 = graph.index %t[%2, %1] dims [0, 2] : (!graph.tensor<2x3x4xf32>, !graph.tensor<2x1xi64>, !graph.tensor<4xi64>) -> !graph.tensor<2x4x3xf32>
  return %3 : !graph.tensor<2x4x3xf32>
}
