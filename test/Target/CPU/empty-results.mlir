// RUN: graphc-opt %s -split-input-file -graphc-cpu-emit-kernels="parallel=false" | FileCheck %s

// A kernel whose results have no elements does nothing.
// CHECK-LABEL: func @pointwise
// CHECK-NEXT: return
func.func @pointwise(%x: memref<3x0xf32>) {
  kernel.region "sub" pointwise outs(%x : memref<3x0xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<3x0xf32>):
    %0 = tensor.empty() : tensor<3x0xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0, %0 : tensor<3x0xf32>, tensor<3x0xf32>) outs(%0 : tensor<3x0xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %s = arith.subf %e, %f : f32
      linalg.yield %s : f32
    } -> tensor<3x0xf32>
    kernel.yield %1 : tensor<3x0xf32>
  }
  return
}
