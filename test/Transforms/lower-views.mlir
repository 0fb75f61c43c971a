// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-lower-views))' --split-input-file | FileCheck %s

// CHECK-LABEL: @two_dynamic_sizes
// CHECK-SAME: %[[A:[^:]*]]: memref<?x4xf32>, %[[M:[^:]*]]: index, %[[N:[^:]*]]: index
// CHECK: %[[STRIDE:.*]] = arith.muli %[[N]], %{{.*}}
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [%[[M]], %[[N]], 4], strides: [%[[STRIDE]], 4, 1]
func.func @two_dynamic_sizes(%a: memref<?x4xf32>, %m: index, %n: index) -> memref<?x?x4xf32> {
  %0 = memref.expand_shape %a [[0, 1], [2]] output_shape [%m, %n, 4] : memref<?x4xf32> into memref<?x?x4xf32>
  return %0 : memref<?x?x4xf32>
}

// -----

// CHECK-LABEL: @strided_source
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [%{{.*}}], sizes: [2, 3], strides: [15, 5]
func.func @strided_source(%a: memref<6xf32, strided<[5], offset: ?>>) -> memref<2x3xf32, strided<[15, 5], offset: ?>> {
  %0 = memref.expand_shape %a [[0, 1]] output_shape [2, 3] : memref<6xf32, strided<[5], offset: ?>> into memref<2x3xf32, strided<[15, 5], offset: ?>>
  return %0 : memref<2x3xf32, strided<[15, 5], offset: ?>>
}

// -----

// CHECK-LABEL: @scalar
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [1, 1], strides: [1, 1]
func.func @scalar(%a: memref<f32>) -> memref<1x1xf32> {
  %0 = memref.expand_shape %a [] output_shape [1, 1] : memref<f32> into memref<1x1xf32>
  return %0 : memref<1x1xf32>
}
