// RUN: graphc-opt %s --graph-recognize --canonicalize | FileCheck %s

!q = !graph.tensor<1x2x4x8xf32>
!l = !graph.tensor<1x2x4xf32, strides = [8, 1, 2]>
!d = !graph.tensor<1x2x(s0)x8xf32>
!dl = !graph.tensor<1x2x(s0)xf32, strides = [2*s0, 1, 2]>
!s = !graph.tensor<f32>
!b = !graph.tensor<4x4xi1>
!f = !graph.tensor<4x4xf32>

// CHECK-LABEL: func @all_true
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 {scale
func.func @all_true(%q: !q) -> !q {
  %mask = graph.constant dense<true> : tensor<4x4xi1> : () -> !b
  %r, %l = graph.attention %q, %q, %q mask %mask {scale = 1.0} : (!q, !q, !q, !b) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @all_zero
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 {scale
func.func @all_zero(%q: !q) -> !q {
  %mask = graph.constant dense<0.0> : tensor<4x4xf32> : () -> !f
  %r, %l = graph.attention %q, %q, %q mask %mask {scale = 1.0} : (!q, !q, !q, !f) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @not_all_true
// CHECK: graph.attention %arg0, %arg0, %arg0 mask
func.func @not_all_true(%q: !q) -> !q {
  %mask = graph.constant dense<[[true, true, true, false]]> : tensor<1x4xi1> : () -> !graph.tensor<1x4xi1>
  %r, %l = graph.attention %q, %q, %q mask %mask {scale = 1.0} : (!q, !q, !q, !graph.tensor<1x4xi1>) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @causal_constant
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 {causal, scale
func.func @causal_constant(%q: !q) -> !q {
  %mask = graph.constant dense<[[[[true, false, false, false], [true, true, false, false], [true, true, true, false], [true, true, true, true]]]]> : tensor<1x1x4x4xi1> : () -> !graph.tensor<1x1x4x4xi1>
  %r, %l = graph.attention %q, %q, %q mask %mask {scale = 1.0} : (!q, !q, !q, !graph.tensor<1x1x4x4xi1>) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @causal_addends
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 {causal, scale
func.func @causal_addends(%q: !q) -> !q {
  %mask = graph.constant dense<[[0.0, 0xFF800000, -3.40282347E+38, -3.40282347E+38], [0.0, 0.0, 0xFF800000, 0xFF800000], [0.0, 0.0, 0.0, 0xFF800000], [0.0, 0.0, 0.0, 0.0]]> : tensor<4x4xf32> : () -> !f
  %r, %l = graph.attention %q, %q, %q mask %mask {scale = 1.0} : (!q, !q, !q, !f) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @shifted_diagonal_is_not_causal
// CHECK: graph.attention %arg0, %arg0, %arg0 mask %{{.+}} {scale
func.func @shifted_diagonal_is_not_causal(%q: !q) -> !q {
  %mask = graph.constant dense<[[true, true, false, false], [true, true, true, false], [true, true, true, true], [true, true, true, true]]> : tensor<4x4xi1> : () -> !b
  %r, %l = graph.attention %q, %q, %q mask %mask {scale = 1.0} : (!q, !q, !q, !b) -> (!q, !l)
  return %r : !q
}

// A row of the mask for all queries: of the same numbers, but broadcast.
// CHECK-LABEL: func @broadcast_row_is_not_causal
// CHECK: graph.attention %arg0, %arg0, %arg0 mask %{{.+}} {scale
func.func @broadcast_row_is_not_causal(%q: !q) -> !q {
  %mask = graph.constant dense<[[true, false, false, false]]> : tensor<1x4xi1> : () -> !graph.tensor<1x4xi1>
  %r, %l = graph.attention %q, %q, %q mask %mask {scale = 1.0} : (!q, !q, !q, !graph.tensor<1x4xi1>) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @causal_positions
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 {causal, scale
func.func @causal_positions(%q: !d) -> !d {
  %0 = graph.iota [s0] dim 0 : () -> !graph.tensor<(s0)xi64>
  %1 = graph.reshape %0 [1, 1, s0, 1] : (!graph.tensor<(s0)xi64>) -> !graph.tensor<1x1x(s0)x1xi64>
  %2 = graph.reshape %0 [1, 1, 1, s0] : (!graph.tensor<(s0)xi64>) -> !graph.tensor<1x1x1x(s0)xi64>
  %3 = graph.compare le %2, %1 : (!graph.tensor<1x1x1x(s0)xi64>, !graph.tensor<1x1x(s0)x1xi64>) -> !graph.tensor<1x1x(s0)x(s0)xi1>
  %r, %l = graph.attention %q, %q, %q mask %3 {scale = 1.0} : (!d, !d, !d, !graph.tensor<1x1x(s0)x(s0)xi1>) -> (!d, !dl)
  return %r : !d
}

// CHECK-LABEL: func @causal_distance
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 {causal, scale
func.func @causal_distance(%q: !d) -> !d {
  %zero = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %lowest = graph.constant dense<-3.40282347E+38> : tensor<f32> : () -> !s
  %one = graph.constant dense<1> : tensor<i64> : () -> !graph.tensor<i64>
  %0 = graph.iota [s0] dim 0 : () -> !graph.tensor<(s0)xi64>
  %1 = graph.reshape %0 [s0, 1] : (!graph.tensor<(s0)xi64>) -> !graph.tensor<(s0)x1xi64>
  %2 = graph.sub %0, %1 : (!graph.tensor<(s0)xi64>, !graph.tensor<(s0)x1xi64>) -> !graph.tensor<(s0)x(s0)xi64>
  %3 = graph.compare lt %2, %one : (!graph.tensor<(s0)x(s0)xi64>, !graph.tensor<i64>) -> !graph.tensor<(s0)x(s0)xi1>
  %4 = graph.select %3, %zero, %lowest : (!graph.tensor<(s0)x(s0)xi1>, !s, !s) -> !graph.tensor<(s0)x(s0)xf32>
  %r, %l = graph.attention %q, %q, %q mask %4 {scale = 1.0} : (!d, !d, !d, !graph.tensor<(s0)x(s0)xf32>) -> (!d, !dl)
  return %r : !d
}

// CHECK-LABEL: func @strictly_before_is_not_causal
// CHECK: graph.attention %arg0, %arg0, %arg0 mask %{{.+}} {scale
func.func @strictly_before_is_not_causal(%q: !d) -> !d {
  %0 = graph.iota [s0] dim 0 : () -> !graph.tensor<(s0)xi64>
  %1 = graph.reshape %0 [s0, 1] : (!graph.tensor<(s0)xi64>) -> !graph.tensor<(s0)x1xi64>
  %2 = graph.compare lt %0, %1 : (!graph.tensor<(s0)xi64>, !graph.tensor<(s0)x1xi64>) -> !graph.tensor<(s0)x(s0)xi1>
  %r, %l = graph.attention %q, %q, %q mask %2 {scale = 1.0} : (!d, !d, !d, !graph.tensor<(s0)x(s0)xi1>) -> (!d, !dl)
  return %r : !d
}

// The causal part of a mask leaves the rest.
// CHECK-LABEL: func @causal_and_padding
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 mask %arg1 {causal, scale
func.func @causal_and_padding(%q: !q, %padding: !graph.tensor<1x1x1x4xi1>) -> !q {
  %causal = graph.constant dense<[[true, false, false, false], [true, true, false, false], [true, true, true, false], [true, true, true, true]]> : tensor<4x4xi1> : () -> !b
  %0 = graph.bitwise_and %causal, %padding : (!b, !graph.tensor<1x1x1x4xi1>) -> !graph.tensor<1x1x4x4xi1>
  %r, %l = graph.attention %q, %q, %q mask %0 {scale = 1.0} : (!q, !q, !q, !graph.tensor<1x1x4x4xi1>) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @all_true_and_padding
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 mask %arg1 {scale
func.func @all_true_and_padding(%q: !q, %padding: !graph.tensor<1x1x1x4xi1>) -> !q {
  %true = graph.constant dense<true> : tensor<4x1xi1> : () -> !graph.tensor<4x1xi1>
  %0 = graph.bitwise_and %padding, %true : (!graph.tensor<1x1x1x4xi1>, !graph.tensor<4x1xi1>) -> !graph.tensor<1x1x4x4xi1>
  %r, %l = graph.attention %q, %q, %q mask %0 {scale = 1.0} : (!q, !q, !q, !graph.tensor<1x1x4x4xi1>) -> (!q, !l)
  return %r : !q
}

// CHECK-LABEL: func @choice_of_zero_and_minus_infinity
// CHECK-NEXT: graph.attention %arg0, %arg0, %arg0 mask %arg1 {scale
func.func @choice_of_zero_and_minus_infinity(%q: !q, %mask: !b) -> !q {
  %zero = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %lowest = graph.constant dense<0xFF800000> : tensor<f32> : () -> !s
  %0 = graph.select %mask, %zero, %lowest : (!b, !s, !s) -> !f
  %1 = graph.expand %0 [1, 2, 4, 4] : (!f) -> !graph.tensor<1x2x4x4xf32, strides = [0, 0, 4, 1]>
  %r, %l = graph.attention %q, %q, %q mask %1 {scale = 1.0} : (!q, !q, !q, !graph.tensor<1x2x4x4xf32, strides = [0, 0, 4, 1]>) -> (!q, !l)
  return %r : !q
}

// A fill that is finite hides, but not all of a row.
// CHECK-LABEL: func @finite_choice_stays
// CHECK: %[[MASK:.+]] = graph.select
// CHECK: graph.attention %arg0, %arg0, %arg0 mask %[[MASK]]
func.func @finite_choice_stays(%q: !q, %mask: !b) -> !q {
  %zero = graph.constant dense<0.0> : tensor<f32> : () -> !s
  %lowest = graph.constant dense<-3.40282347E+38> : tensor<f32> : () -> !s
  %0 = graph.select %mask, %zero, %lowest : (!b, !s, !s) -> !f
  %r, %l = graph.attention %q, %q, %q mask %0 {scale = 1.0} : (!q, !q, !q, !f) -> (!q, !l)
  return %r : !q
}
