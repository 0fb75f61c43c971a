// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s

// A block of 16 by 16 threads computes a tile of 64 by 64, as there are few; panels
// of 16 steps go through shared memory, and sums stay in registers.
// CHECK-LABEL: func @product
// CHECK: gpu.launch blocks(%{{.*}} = %c1{{[,_ ]}}
// CHECK-SAME: threads(%{{.*}} = %c16, %{{.*}} = %c16
// CHECK-SAME: workgroup(%{{.*}} : memref<16x64xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<16x64xf32
// CHECK: scf.for %{{.*}} = %c0 to %c1024 step %c16 iter_args
// CHECK-COUNT-8: memref.store {{.*}} #gpu.address_space<workgroup>>
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK-COUNT-2: vector.load {{.*}}vector<4xf32>
// CHECK-COUNT-4: math.fma {{.*}} : vector<4xf32>
// CHECK: gpu.barrier
// What is behind the edge is not stored.
// CHECK: scf.if
// CHECK: vector.store {{.*}} : memref<16x16xf32>, vector<4xf32>
func.func @product(%x: memref<16x1024xf32>, %y: memref<1024x16xf32>, %z: memref<16x16xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<16x1024xf32>, memref<1024x16xf32>) outs(%z : memref<16x16xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<16x1024xf32>, %b: tensor<1024x16xf32>, %c: tensor<16x16xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<16x16xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x16xf32>) -> tensor<16x16xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x1024xf32>, tensor<1024x16xf32>) outs(%init : tensor<16x16xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<16x16xf32>
    kernel.yield %0 : tensor<16x16xf32>
  }
  return
}
