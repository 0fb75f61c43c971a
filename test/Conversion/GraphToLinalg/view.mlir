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
