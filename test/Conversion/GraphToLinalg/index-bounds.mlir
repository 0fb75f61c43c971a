// RUN: graphc-opt %s --convert-graph-to-linalg --split-input-file | FileCheck %s

// Indices that are clamped, positions or remainders are not checked.
// CHECK-LABEL: func @clamped
// CHECK-NOT: kernel.check
// CHECK: return
func.func @clamped(%x: !graph.tensor<9xf32>, %i: !graph.tensor<4xi32>) -> !graph.tensor<4xf32> {
  %zero = graph.constant dense<0> : tensor<i64> : () -> !graph.tensor<i64>
  %last = graph.constant dense<8> : tensor<i64> : () -> !graph.tensor<i64>
  %w = graph.cast %i to i64 : (!graph.tensor<4xi32>) -> !graph.tensor<4xi64>
  %a = graph.maximum %w, %zero : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %b = graph.minimum %a, %last : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %y = graph.index %x[%b] dims [0] : (!graph.tensor<9xf32>, !graph.tensor<4xi64>) -> !graph.tensor<4xf32>
  return %y : !graph.tensor<4xf32>
}

// -----

// CHECK-LABEL: func @positions
// CHECK-NOT: kernel.check
// CHECK: return
func.func @positions(%x: !graph.tensor<9x3xf32>) -> !graph.tensor<4x3xf32> {
  %i = graph.iota [2, 2] dim 0 : () -> !graph.tensor<2x2xi64>
  %r = graph.reshape %i [4] : (!graph.tensor<2x2xi64>) -> !graph.tensor<4xi64>
  %y = graph.index %x[%r] dims [0] : (!graph.tensor<9x3xf32>, !graph.tensor<4xi64>) -> !graph.tensor<4x3xf32>
  return %y : !graph.tensor<4x3xf32>
}

// -----

// CHECK-LABEL: func @remainders
// CHECK-NOT: kernel.check
// CHECK: return
func.func @remainders(%x: !graph.tensor<9xf32>, %i: !graph.tensor<4xi64>) -> !graph.tensor<4xf32> {
  %nine = graph.constant dense<9> : tensor<i64> : () -> !graph.tensor<i64>
  %r = graph.remainder %i, %nine : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %y = graph.index %x[%r] dims [0] : (!graph.tensor<9xf32>, !graph.tensor<4xi64>) -> !graph.tensor<4xf32>
  return %y : !graph.tensor<4xf32>
}

// -----

// Up to an open size less one; that there is one is checked before.
// CHECK-LABEL: func @open
// CHECK: arith.cmpi ne, %arg0
// CHECK: kernel.check
// CHECK-NOT: kernel.check
// CHECK: return
func.func @open(%x: !graph.tensor<(s0)xf32>, %i: !graph.tensor<4xi64>) -> !graph.tensor<4xf32> {
  %zero = graph.constant dense<0> : tensor<i64> : () -> !graph.tensor<i64>
  %last = graph.size_to_tensor s0 - 1 : () -> !graph.tensor<i64>
  %a = graph.minimum %i, %last : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %b = graph.maximum %a, %zero : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %y = graph.index %x[%b] dims [0] : (!graph.tensor<(s0)xf32>, !graph.tensor<4xi64>) -> !graph.tensor<4xf32>
  return %y : !graph.tensor<4xf32>
}

// -----

// One too many, and one that may be below 0.
// CHECK-LABEL: func @too_far
// CHECK: kernel.check
// CHECK: kernel.check
// CHECK: return
func.func @too_far(%x: !graph.tensor<9xf32>, %i: !graph.tensor<4xi64>) -> (!graph.tensor<4xf32>, !graph.tensor<4xf32>) {
  %zero = graph.constant dense<0> : tensor<i64> : () -> !graph.tensor<i64>
  %last = graph.constant dense<8> : tensor<i64> : () -> !graph.tensor<i64>
  %size = graph.constant dense<9> : tensor<i64> : () -> !graph.tensor<i64>
  %a = graph.maximum %i, %zero : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %b = graph.minimum %a, %size : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %c = graph.minimum %i, %last : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  %y = graph.index %x[%b] dims [0] : (!graph.tensor<9xf32>, !graph.tensor<4xi64>) -> !graph.tensor<4xf32>
  %z = graph.index %x[%c] dims [0] : (!graph.tensor<9xf32>, !graph.tensor<4xi64>) -> !graph.tensor<4xf32>
  return %y, %z : !graph.tensor<4xf32>, !graph.tensor<4xf32>
}
