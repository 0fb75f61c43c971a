// RUN: graphc-opt %s --graphc-plan-memory --verify-diagnostics

func.func @main(%x: memref<3xf32>, %y: memref<3xf32>) {
  kernel.region "scale" pointwise ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: tensor<3xf32>, %o: tensor<3xf32>):
    // expected-error @+1 {{has values only at load, so it cannot be in a kernel}}
    %w = arith.constant dense_resource<"extern:w:"> : tensor<3xf32>
    %0 = linalg.mul ins(%a, %w : tensor<3xf32>, tensor<3xf32>) outs(%o : tensor<3xf32>) -> tensor<3xf32>
    kernel.yield %0 : tensor<3xf32>
  }
  return
}
