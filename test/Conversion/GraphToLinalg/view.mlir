// RUN: graphc-opt %s --convert-graph-to-linalg --split-input-file | FileCheck %s

// Slices of no elements at the end of a dimension are no views of it.
// CHECK-LABEL: @cat_with_nothing
// CHECK: tensor.insert_slice %arg0
// CHECK-NOT: tensor.insert_slice
// CHECK: return
func.func @cat_with_nothing(%x: !graph.tensor<2x3xf32>, %y: !graph.tensor<0x3xf32>) -> !graph.tensor<2x3xf32> {
  %0 = graph.cat %x, %y dim 0 : (!graph.tensor<2x3xf32>, !graph.tensor<0x3xf32>) -> !graph.tensor<2x3xf32>
  return %0 : !graph.tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @slice_of_nothing
// CHECK-NOT: tensor.extract_slice
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<0x3xf32>
// CHECK: return %[[EMPTY]]
func.func @slice_of_nothing(%x: !graph.tensor<2x3xf32>) -> !graph.tensor<0x3xf32> {
  %0 = graph.slice %x dim 0 from 2 to 2 step 1 : (!graph.tensor<2x3xf32>) -> !graph.tensor<0x3xf32>
  return %0 : !graph.tensor<0x3xf32>
}

// -----

// Control: others are.
// CHECK-LABEL: @slice_of_one
// CHECK: tensor.extract_slice %arg0[1, 0] [1, 3] [1, 1]
func.func @slice_of_one(%x: !graph.tensor<2x3xf32>) -> !graph.tensor<1x3xf32> {
  %0 = graph.slice %x dim 0 from 1 to 2 step 1 : (!graph.tensor<2x3xf32>) -> !graph.tensor<1x3xf32>
  return %0 : !graph.tensor<1x3xf32>
}

// -----

// The inner of what is padded would lie out of bounds.
// CHECK-LABEL: @pad_of_nothing
// CHECK-NOT: tensor.pad
// CHECK: linalg.fill {{.*}} -> tensor<0x3x6xf32>
func.func @pad_of_nothing(%x: !graph.tensor<0x3x3xf32>) -> !graph.tensor<0x3x6xf32> {
  %0 = graph.pad %x low [0, 0, 1] high [0, 0, 2] value 2.0 : f32 : (!graph.tensor<0x3x3xf32>) -> !graph.tensor<0x3x6xf32>
  return %0 : !graph.tensor<0x3x6xf32>
}

// -----

// Control: others are padded.
// CHECK-LABEL: @pad_of_three
// CHECK: tensor.pad %arg0 low[0, 1] high[0, 2]
func.func @pad_of_three(%x: !graph.tensor<1x3xf32>) -> !graph.tensor<1x6xf32> {
  %0 = graph.pad %x low [0, 1] high [0, 2] value 2.0 : f32 : (!graph.tensor<1x3xf32>) -> !graph.tensor<1x6xf32>
  return %0 : !graph.tensor<1x6xf32>
}
