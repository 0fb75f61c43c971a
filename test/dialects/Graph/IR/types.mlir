// RUN: graphc-opt %s | graphc-opt | FileCheck %s

// CHECK-LABEL: func.func private @scalars(
// CHECK-SAME: !graph.tensor<f32>, !graph.tensor<i1>, !graph.tensor<ui8>
func.func private @scalars(!graph.tensor<f32>, !graph.tensor<i1>, !graph.tensor<ui8>)

// CHECK-LABEL: func.func private @contiguous_strides_are_left_out(
// CHECK-SAME: !graph.tensor<4x8xbf16>)
func.func private @contiguous_strides_are_left_out(!graph.tensor<4x8xbf16, strides = [8, 1]>)

// CHECK-LABEL: func.func private @other_strides_are_kept(
// CHECK-SAME: !graph.tensor<4x8xf16, strides = [1, 4]>)
func.func private @other_strides_are_kept(!graph.tensor<4x8xf16, strides = [1, 4]>)

// CHECK-LABEL: func.func private @strides_of_empty_tensors(
// CHECK-SAME: !graph.tensor<4x0x8xf16>)
func.func private @strides_of_empty_tensors(!graph.tensor<4x0x8xf16, strides = [8, 8, 1]>)

// CHECK-LABEL: func.func private @symbolic(
// CHECK-SAME: !graph.tensor<(s0)x4x(2*s0 + 1)xcomplex<f64>>, !graph.tensor<4x(s0)xi64, strides = [2*s0, 2]>)
func.func private @symbolic(!graph.tensor<(s0)x(4)x(1 + s0*2)xcomplex<f64>, strides = [8*s0 + 4, 2*s0 + 1, 1]>, !graph.tensor<4x(s0)xi64, strides = [s0*2, 2]>)

// CHECK-LABEL: func.func private @eight_bit_floats(
// CHECK-SAME: !graph.tensor<4xf8E4M3FN>, !graph.tensor<4xf8E5M2>)
func.func private @eight_bit_floats(!graph.tensor<4xf8E4M3FN>, !graph.tensor<4xf8E5M2>)
