// RUN: graphc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @reduction_over_nothing(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @reduction_over_nothing(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.reduce sum %x dims [] : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @reduction_of_size_one_is_kept(
func.func @reduction_of_size_one_is_kept(%x: !graph.tensor<1xf32>) -> !graph.tensor<1xf32> {
  // CHECK: graph.reduce
  %0 = graph.reduce sum %x dims [0] keepdim : (!graph.tensor<1xf32>) -> !graph.tensor<1xf32>
  return %0 : !graph.tensor<1xf32>
}
