// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-cpu-emit-kernels{vector-bits=256 parallel=false}))' | FileCheck %s

// Each lane is a column; the mask of the last columns serves the loop over rows
// and the store behind it.
// CHECK-LABEL: @sum_of_columns
// CHECK: %[[MASK:.*]] = vector.create_mask
// CHECK: scf.for
// CHECK: vector.maskedload %{{.*}}, %[[MASK]]
// CHECK: vector.maskedstore %{{.*}}, %[[MASK]]
func.func @sum_of_columns(%x: memref<5x6xf32>, %y: memref<6xf32>) {
  kernel.region "sum" row ins(%x : memref<5x6xf32>) outs(%y : memref<6xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<5x6xf32>, %o: tensor<6xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<6xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<6xf32>) -> tensor<6xf32>
    %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<5x6xf32>) outs(%f : tensor<6xf32>) {
    ^bb0(%v: f32, %s: f32):
      %t = arith.addf %s, %v : f32
      linalg.yield %t : f32
    } -> tensor<6xf32>
    kernel.yield %r : tensor<6xf32>
  }
  return
}
