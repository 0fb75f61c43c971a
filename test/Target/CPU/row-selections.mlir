// RUN: graphc-opt %s -graphc-cpu-emit-kernels="parallel=false" -canonicalize | FileCheck %s

// Every lane chooses; then lanes choose among each other.
// CHECK-LABEL: func @argmax
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xi64>, vector<8xf32>, vector<8xi64>, vector<8xf32>, vector<8xi64>, vector<8xf32>, vector<8xi64>)
// CHECK: vector.shuffle {{.*}} [4, 5, 6, 7, 0, 1, 2, 3]
// CHECK: vector.shuffle {{.*}} [2, 3, 4, 5, 6, 7, 0, 1]
// CHECK: vector.shuffle {{.*}} [1, 2, 3, 4, 5, 6, 7, 0]
// CHECK: vector.extract
func.func @argmax(%x: memref<4x64xf32>, %z: memref<4xi64>) {
  kernel.region "argmax" row ins(%x : memref<4x64xf32>) outs(%z : memref<4xi64>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<4x64xf32>, %c: tensor<4xi64>):
    %lowest = arith.constant 0xFF800000 : f32
    %last = arith.constant 9223372036854775807 : i64
    %empty = tensor.empty() : tensor<4xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %places = linalg.fill ins(%last : i64) outs(%c : tensor<4xi64>) -> tensor<4xi64>
    %0:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4x64xf32>) outs(%init, %places : tensor<4xf32>, tensor<4xi64>) {
    ^bb1(%e: f32, %best: f32, %place: i64):
      %i = linalg.index 1 : index
      %j = arith.index_cast %i : index to i64
      %more = arith.cmpf ogt, %e, %best : f32
      %s = arith.select %more, %e, %best : f32
      %t = arith.select %more, %j, %place : i64
      linalg.yield %s, %t : f32, i64
    } -> (tensor<4xf32>, tensor<4xi64>)
    kernel.yield %0#1 : tensor<4xi64>
  }
  return
}
