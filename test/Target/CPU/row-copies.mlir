// RUN: graphc-opt %s -split-input-file -graphc-cpu-emit-kernels="parallel=false" -canonicalize | FileCheck %s

// A sum of rows takes many columns at once: one accumulator per vector.
// CHECK-LABEL: func @sum_of_rows
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-16: vector.store
func.func @sum_of_rows(%x: memref<128x4096xf32>, %z: memref<4096xf32>) {
  kernel.region "sum" row ins(%x : memref<128x4096xf32>) outs(%z : memref<4096xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<128x4096xf32>, %c: tensor<4096xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<4096xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4096xf32>) -> tensor<4096xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<128x4096xf32>) outs(%init : tensor<4096xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<4096xf32>
    kernel.yield %0 : tensor<4096xf32>
  }
  return
}

// -----

// Few columns are left to as many threads as there can be.
// CHECK-LABEL: func @few_columns
// CHECK: scf.for {{.*}} iter_args(%{{[a-z0-9]*}} = %{{[a-z0-9_]*}}) -> (vector<16xf32>)
func.func @few_columns(%x: memref<4096x64xf32>, %z: memref<64xf32>) {
  kernel.region "sum" row ins(%x : memref<4096x64xf32>) outs(%z : memref<64xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<4096x64xf32>, %c: tensor<64xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64xf32>) -> tensor<64xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4096x64xf32>) outs(%init : tensor<64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    kernel.yield %0 : tensor<64xf32>
  }
  return
}
