// RUN: graphc-opt %s -split-input-file -graphc-cpu-emit-kernels="parallel=false" -canonicalize | FileCheck %s

// The operand that is contiguous along the other dimension is read in square
// tiles and transposed in registers.
// CHECK-LABEL: func @transposed
// CHECK-SAME: %[[X:.*]]: memref<32x64xf32>, %[[Y:.*]]: memref<64x32xf32>, %[[Z:.*]]: memref<32x64xf32>
// CHECK-COUNT-16: vector.load %[[Y]]
// CHECK-COUNT-64: vector.shuffle
// CHECK: vector.load %[[X]]
// CHECK: vector.store {{.*}}, %[[Z]]
// CHECK-NOT: memref.load
func.func @transposed(%x: memref<32x64xf32>, %y: memref<64x32xf32>, %z: memref<32x64xf32>) {
  kernel.region "add" pointwise ins(%x, %y : memref<32x64xf32>, memref<64x32xf32>) outs(%z : memref<32x64xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<32x64xf32>, %b: tensor<64x32xf32>, %c: tensor<32x64xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a, %b : tensor<32x64xf32>, tensor<64x32xf32>) outs(%c : tensor<32x64xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %s = arith.addf %e, %f : f32
      linalg.yield %s : f32
    } -> tensor<32x64xf32>
    kernel.yield %0 : tensor<32x64xf32>
  }
  return
}

// -----

// An operand that is read twice, once as it is, cannot be given by tiles.
// CHECK-LABEL: func @read_both_ways
// CHECK-NOT: vector.shuffle
// CHECK: return
func.func @read_both_ways(%x: memref<32x32xf32>, %z: memref<32x32xf32>) {
  kernel.region "add" pointwise ins(%x : memref<32x32xf32>) outs(%z : memref<32x32xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<32x32xf32>, %c: tensor<32x32xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a, %a : tensor<32x32xf32>, tensor<32x32xf32>) outs(%c : tensor<32x32xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %s = arith.addf %e, %f : f32
      linalg.yield %s : f32
    } -> tensor<32x32xf32>
    kernel.yield %0 : tensor<32x32xf32>
  }
  return
}
