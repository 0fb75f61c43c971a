// RUN: graphc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @identity_permutation(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @identity_permutation(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.permute %x [0, 1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %0 : !graph.tensor<4x8xf32>
}

// CHECK-LABEL: func.func @permutations_compose(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @permutations_compose(%x: !graph.tensor<2x3x4xf32>) -> !graph.tensor<2x4x3xf32> {
  // CHECK: graph.permute %[[X]] [0, 2, 1]
  %0 = graph.permute %x [1, 2, 0] : (!graph.tensor<2x3x4xf32>) -> !graph.tensor<3x4x2xf32>
  %1 = graph.permute %0 [2, 1, 0] : (!graph.tensor<3x4x2xf32>) -> !graph.tensor<2x4x3xf32>
  return %1 : !graph.tensor<2x4x3xf32>
}

// CHECK-LABEL: func.func @permutations_cancel(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @permutations_cancel(%x: !graph.tensor<2x3xf32>) -> !graph.tensor<2x3xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.permute %x [1, 0] : (!graph.tensor<2x3xf32>) -> !graph.tensor<3x2xf32, strides = [1, 3]>
  %1 = graph.permute %0 [1, 0] : (!graph.tensor<3x2xf32, strides = [1, 3]>) -> !graph.tensor<2x3xf32>
  return %1 : !graph.tensor<2x3xf32>
}

// CHECK-LABEL: func.func @identity_reshape(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @identity_reshape(%x: !graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x8xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.reshape %x [s0, 8] : (!graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x8xf32>
  return %0 : !graph.tensor<(s0)x8xf32>
}

// CHECK-LABEL: func.func @reshapes_compose(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @reshapes_compose(%x: !graph.tensor<(s0)x8xf32>) -> !graph.tensor<8x(s0)xf32> {
  // CHECK: graph.reshape %[[X]] [8, s0]
  %0 = graph.reshape %x [8*s0] : (!graph.tensor<(s0)x8xf32>) -> !graph.tensor<(8*s0)xf32>
  %1 = graph.reshape %0 [8, s0] : (!graph.tensor<(8*s0)xf32>) -> !graph.tensor<8x(s0)xf32>
  return %1 : !graph.tensor<8x(s0)xf32>
}

// Dimensions of one element may be anywhere.
// CHECK-LABEL: func.func @permutes_of_ones_are_reshapes(
// CHECK-SAME: %[[X:[a-z0-9]+]]
func.func @permutes_of_ones_are_reshapes(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.reshape %x [4, 1, 8] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x1x8xf32>
  %1 = graph.permute %0 [0, 2, 1] : (!graph.tensor<4x1x8xf32>) -> !graph.tensor<4x8x1xf32, strides = [8, 1, 8]>
  %2 = graph.reshape %1 [4, 8] : (!graph.tensor<4x8x1xf32, strides = [8, 1, 8]>) -> !graph.tensor<4x8xf32>
  return %2 : !graph.tensor<4x8xf32>
}

// CHECK-LABEL: func.func @permutes_are_no_reshapes(
func.func @permutes_are_no_reshapes(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<32xf32> {
  // CHECK: graph.permute
  // CHECK: graph.reshape
  %0 = graph.permute %x [1, 0] : (!graph.tensor<4x8xf32>) -> !graph.tensor<8x4xf32, strides = [1, 8]>
  %1 = graph.reshape %0 [32] : (!graph.tensor<8x4xf32, strides = [1, 8]>) -> !graph.tensor<32xf32>
  return %1 : !graph.tensor<32xf32>
}

// CHECK-LABEL: func.func @reshapes_cancel(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @reshapes_cancel(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.reshape %x [32] : (!graph.tensor<4x8xf32>) -> !graph.tensor<32xf32>
  %1 = graph.reshape %0 [4, 8] : (!graph.tensor<32xf32>) -> !graph.tensor<4x8xf32>
  return %1 : !graph.tensor<4x8xf32>
}

// CHECK-LABEL: func.func @expand_to_the_same(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @expand_to_the_same(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.expand %x [4, 8] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %0 : !graph.tensor<4x8xf32>
}

// CHECK-LABEL: func.func @expands_compose(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @expands_compose(%x: !graph.tensor<8xf32>) -> !graph.tensor<2x4x8xf32> {
  // CHECK: graph.expand %[[X]] [2, 4, 8]
  %0 = graph.expand %x [4, 8] : (!graph.tensor<8xf32>) -> !graph.tensor<4x8xf32>
  %1 = graph.expand %0 [2, 4, 8] : (!graph.tensor<4x8xf32>) -> !graph.tensor<2x4x8xf32>
  return %1 : !graph.tensor<2x4x8xf32>
}

// CHECK-LABEL: func.func @full_slice(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @full_slice(%x: !graph.tensor<(s0)xf32>) -> !graph.tensor<(s0)xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.slice %x dim 0 from 0 to s0 step 1 : (!graph.tensor<(s0)xf32>) -> !graph.tensor<(s0)xf32>
  return %0 : !graph.tensor<(s0)xf32>
}

// CHECK-LABEL: func.func @partial_slice_is_kept(
func.func @partial_slice_is_kept(%x: !graph.tensor<8xf32>) -> !graph.tensor<4xf32, strides = [2]> {
  // CHECK: graph.slice
  %0 = graph.slice %x dim 0 from 0 to 8 step 2 : (!graph.tensor<8xf32>) -> !graph.tensor<4xf32, strides = [2]>
  return %0 : !graph.tensor<4xf32, strides = [2]>
}

// CHECK-LABEL: func.func @slices_compose(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @slices_compose(%x: !graph.tensor<(s0)x4xf32>) -> !graph.tensor<(floordiv(s0 - 1, 3))x4xf32, strides = [12, 1]> {
  // CHECK: graph.slice %[[X]] dim 0 from 3 to s0 step 3
  %0 = graph.slice %x dim 0 from 2 to s0 step 1 : (!graph.tensor<(s0)x4xf32>) -> !graph.tensor<(s0 - 2)x4xf32>
  %1 = graph.slice %0 dim 0 from 1 to s0 - 2 step 3 : (!graph.tensor<(s0 - 2)x4xf32>) -> !graph.tensor<(floordiv(s0 - 1, 3))x4xf32, strides = [12, 1]>
  return %1 : !graph.tensor<(floordiv(s0 - 1, 3))x4xf32, strides = [12, 1]>
}

// CHECK-LABEL: func.func @slices_of_strided_slices_are_kept(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @slices_of_strided_slices_are_kept(%x: !graph.tensor<8xf32>) -> !graph.tensor<2xf32, strides = [2]> {
  // CHECK: graph.slice %[[X]]
  // CHECK: graph.slice
  %0 = graph.slice %x dim 0 from 0 to 8 step 2 : (!graph.tensor<8xf32>) -> !graph.tensor<4xf32, strides = [2]>
  %1 = graph.slice %0 dim 0 from 1 to 3 step 1 : (!graph.tensor<4xf32, strides = [2]>) -> !graph.tensor<2xf32, strides = [2]>
  return %1 : !graph.tensor<2xf32, strides = [2]>
}

// CHECK-LABEL: func.func @full_slice_scatter(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @full_slice_scatter(%x: !graph.tensor<4xf32>, %y: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.slice_scatter %x into %y dim 0 from 0 to 4 step 1 : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @identity_as_strided(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @identity_as_strided(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.as_strided %x [4, 8] strides [8, 1] offset 0 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %0 : !graph.tensor<4x8xf32>
}

// CHECK-LABEL: func.func @as_strided_in_another_type_is_kept(
func.func @as_strided_in_another_type_is_kept(%x: !graph.tensor<4x4xf32>) -> !graph.tensor<4x4xf32> {
  // CHECK: graph.as_strided
  %0 = graph.as_strided %x [4, 4] strides [1, 4] offset 0 : (!graph.tensor<4x4xf32>) -> !graph.tensor<4x4xf32>
  return %0 : !graph.tensor<4x4xf32>
}

// CHECK-LABEL: func.func @cat_of_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @cat_of_one(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.cat %x dim 0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @pad_by_nothing(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @pad_by_nothing(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.pad %x low [0] high [0] value 0.0 : f32 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @pad_and_crop_is_kept(
func.func @pad_and_crop_is_kept(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.pad
  %0 = graph.pad %x low [1] high [-1] value 0.0 : f32 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @flip_of_nothing(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @flip_of_nothing(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.flip %x dims [] : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @flips_cancel(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @flips_cancel(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.flip %x dims [0] : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %1 = graph.flip %0 dims [0] : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @copy_of_the_same_layout(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @copy_of_the_same_layout(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.contiguous %x strides [8, 1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %0 : !graph.tensor<4x8xf32>
}

// CHECK-LABEL: func.func @copies_compose(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @copies_compose(%x: !graph.tensor<4x8xf32, strides = [1, 8]>) -> !graph.tensor<4x8xf32> {
  // CHECK: %[[C:.*]] = graph.contiguous %[[X]] strides [8, 1]
  // CHECK: return %[[C]]
  %0 = graph.contiguous %x strides [1, 4] : (!graph.tensor<4x8xf32, strides = [1, 8]>) -> !graph.tensor<4x8xf32, strides = [1, 4]>
  %1 = graph.contiguous %0 strides [8, 1] : (!graph.tensor<4x8xf32, strides = [1, 4]>) -> !graph.tensor<4x8xf32>
  return %1 : !graph.tensor<4x8xf32>
}

// CHECK-LABEL: func.func @bitcasts_cancel(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @bitcasts_cancel(%x: !graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xcomplex<f32>> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.bitcast %x to f32 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4x2xf32>
  %1 = graph.bitcast %0 to complex<f32> : (!graph.tensor<4x2xf32>) -> !graph.tensor<4xcomplex<f32>>
  return %1 : !graph.tensor<4xcomplex<f32>>
}
