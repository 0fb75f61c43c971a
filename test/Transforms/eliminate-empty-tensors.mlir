// RUN: graphc-opt %s --graphc-eliminate-empty-tensors | FileCheck %s

// What a kernel computes is computed in the tensor that it is inserted into.
// CHECK-LABEL: @between
// CHECK: %[[WHOLE:.*]] = tensor.empty() : tensor<8xf32>
// CHECK: %[[PLACE:.*]] = tensor.extract_slice %[[WHOLE]][4] [4] [1]
// CHECK: kernel.region {{.*}}outs(%[[PLACE]]
func.func @between(%x: tensor<4xf32>) -> tensor<8xf32> {
  %whole = tensor.empty() : tensor<8xf32>
  %e = tensor.empty() : tensor<4xf32>
  %r = kernel.region "k" pointwise ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %0 = linalg.map { math.exp } ins(%a : tensor<4xf32>) outs(%b : tensor<4xf32>)
    kernel.yield %0 : tensor<4xf32>
  }
  %all = tensor.insert_slice %r into %whole[4] [4] [1] : tensor<4xf32> into tensor<8xf32>
  return %all : tensor<8xf32>
}

// What a body inserts somewhere is no storage.
// CHECK-LABEL: @inside
// CHECK: ^bb0
// CHECK-NOT: tensor.extract_slice
// CHECK: %[[PART:.*]] = tensor.empty() : tensor<2xf32>
// CHECK: linalg.fill {{.*}}outs(%[[PART]]
// CHECK: kernel.yield
func.func @inside(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = kernel.region "k" pointwise ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32> attributes {domain_rank = 1 : i64, row_dims = 0 : i64} {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %zero = arith.constant 0.0 : f32
    %part = tensor.empty() : tensor<2xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%part : tensor<2xf32>) -> tensor<2xf32>
    %0 = tensor.insert_slice %zeros into %b[0] [2] [1] : tensor<2xf32> into tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
