// RUN: graphc-opt %s | graphc-opt | FileCheck %s

// The same on tensors and on buffers; the body is over tensors.
// CHECK-LABEL: func.func @tensors
// CHECK: %[[R:.*]] = kernel.region "k" pointwise ins(%{{.*}} : tensor<4xf32>) outs(%{{.*}} : tensor<4xf32>) -> tensor<4xf32> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
// CHECK: ^bb0(%[[X:.*]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>):
// CHECK: kernel.yield %[[X]] : tensor<4xf32>
// CHECK: return %[[R]]
func.func @tensors(%a: tensor<4xf32>, %e: tensor<4xf32>) -> tensor<4xf32> {
  %0 = kernel.region "k" pointwise ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):
    kernel.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @buffers
// CHECK: kernel.region "k" row ins(%{{.*}} : memref<4xf32>) outs(%{{.*}} : memref<4xf32>)
func.func @buffers(%a: memref<4xf32>, %e: memref<4xf32>) {
  kernel.region "k" row ins(%a : memref<4xf32>) outs(%e : memref<4xf32>) {
  ^bb0(%x: tensor<4xf32>, %y: tensor<4xf32>):
    kernel.yield %x : tensor<4xf32>
  }
  return
}
