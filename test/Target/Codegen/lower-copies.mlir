// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-lower-copies))' | FileCheck %s

// CHECK-LABEL: func.func @copies
// CHECK-SAME:    %[[A:.*]]: memref<4x8xf32>, %[[B:.*]]: memref<4x8xf32>
// CHECK:         kernel.region "copy" pointwise ins(%[[A]] : memref<4x8xf32>) outs(%[[B]] : memref<4x8xf32>)
// CHECK-SAME:      domain_rank = 2
// What is in its place already stays.
// CHECK-NOT:     "copy"
// CHECK-NOT:     memref.copy
// CHECK:         return
func.func @copies(%a: memref<4x8xf32>, %b: memref<4x8xf32>) {
  memref.copy %a, %b : memref<4x8xf32> to memref<4x8xf32>
  memref.copy %b, %b : memref<4x8xf32> to memref<4x8xf32>
  return
}
