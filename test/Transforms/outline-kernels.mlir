// RUN: graphc-opt %s --graphc-outline-kernels | FileCheck %s

// Kernels are one function if they do the same with their operands by position,
// whether or not some of these are one buffer.

// CHECK-LABEL: func.func @shared
// CHECK-SAME:    %[[A:.*]]: memref<4xf32>, %[[B:.*]]: memref<4xf32>
// CHECK:         call @kernel_twice(%[[B]], %[[B]])
// CHECK:         call @kernel_twice(%[[A]], %[[B]])
// CHECK:       func.func private @kernel_twice(%[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32>)
// CHECK:         kernel.region "twice" pointwise ins(%[[X]] : memref<4xf32>) outs(%[[Y]] : memref<4xf32>)
// CHECK-NOT:   func.func
func.func @shared(%a: memref<4xf32>, %b: memref<4xf32>) {
  kernel.region "twice" pointwise ins(%b : memref<4xf32>) outs(%b : memref<4xf32>) {
  ^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):
    %0 = arith.addf %x, %x : tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  kernel.region "twice" pointwise ins(%a : memref<4xf32>) outs(%b : memref<4xf32>) {
  ^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):
    %0 = arith.addf %x, %x : tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  return
}
