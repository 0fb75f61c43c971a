// RUN: graphc-opt %s | FileCheck %s

// Strides that symbols leave open are compared as those of large sizes: what is
// innermost stays so.
// CHECK-LABEL: @transposed
// CHECK: graph.neg
func.func @transposed(%x: !graph.tensor<2x(floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2))x16xf32, strides = [48*floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2), 1, floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2)]>) -> !graph.tensor<2x(floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2))x16xf32, strides = [16*floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2), 1, floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2)]> {
  %0 = graph.neg %x : (!graph.tensor<2x(floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2))x16xf32, strides = [48*floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2), 1, floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2)]>) -> !graph.tensor<2x(floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2))x16xf32, strides = [16*floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2), 1, floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2)]>
  return %0 : !graph.tensor<2x(floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2))x16xf32, strides = [16*floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2), 1, floordiv(s0 + 1, 2)*floordiv(s1 + 1, 2)]>
}
