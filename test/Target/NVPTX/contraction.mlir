// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s

// There are few results: a tile of 32 by 32, of which the eight warps of a block
// have a slice of the depth each. Panels of 64 steps go through a ring in shared
// memory: the left operand, transposed, through registers, the right one in copies
// that are spread among the products.
// CHECK-LABEL: func @product
// CHECK: gpu.launch blocks({{[^=]*}} = %c4,
// CHECK-SAME: threads({{[^=]*}} = %c256,
// CHECK-SAME: dynamic_shared_memory_size
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c1 iter_args({{.*}}) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, i32, i32)
// CHECK: nvvm.cp.async.wait.group
// CHECK: gpu.barrier
// Behind the last step that one is read again.
// CHECK: arith.minui %{{.*}}, %c15
// What the next step needs is loaded before this one is multiplied.
// CHECK-COUNT-6: llvm.load {{.*}} -> vector<4xf32>
// CHECK-COUNT-2: vector.load {{.*}} vector<4xf32>
// CHECK-COUNT-8: math.fma {{.*}} : vector<4xf32>
// CHECK: llvm.load
// CHECK: nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// CHECK: math.fma
// CHECK: nvvm.cp.async.commit.group
// CHECK-COUNT-8: llvm.store {{.*}} : f32
// Slices are added in order; what is behind the edge is not stored.
// CHECK: gpu.barrier
// CHECK-COUNT-8: llvm.store {{.*}} : vector<4xf32>
// CHECK: gpu.barrier
// CHECK: llvm.load
// CHECK-COUNT-7: arith.addf {{.*}} : vector<4xf32>
// CHECK: scf.if
// CHECK: vector.store {{.*}} : memref<48x48xf32>, vector<4xf32>
func.func @product(%x: memref<48x1024xf32>, %y: memref<1024x48xf32>, %z: memref<48x48xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<48x1024xf32>, memref<1024x48xf32>) outs(%z : memref<48x48xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<48x1024xf32>, %b: tensor<1024x48xf32>, %c: tensor<48x48xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<48x48xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<48x48xf32>) -> tensor<48x48xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<48x1024xf32>, tensor<1024x48xf32>) outs(%init : tensor<48x48xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<48x48xf32>
    kernel.yield %0 : tensor<48x48xf32>
  }
  return
}

// Many results: each thread of a block has 8 by 8 of a tile of 128 by 128, which it
// stores from its registers. Whole tiles need no comparisons, nor does a depth of
// whole stages.
// CHECK-LABEL: func @large
// CHECK: gpu.launch blocks({{[^=]*}} = %c216,
// CHECK-SAME: threads({{[^=]*}} = %c256,
// CHECK: scf.for %{{.*}} = %c0 to %c512 step %c1
// CHECK-NOT: arith.cmpi ult
// CHECK-NOT: scf.if
// CHECK-COUNT-2: vector.load
// CHECK-COUNT-128: math.fma
// CHECK-NOT: math.fma
// CHECK-NOT: scf.if
// CHECK-COUNT-16: vector.store
// CHECK-NOT: vector.store
func.func @large(%x: memref<3456x4096xf32>, %y: memref<1024x4096xf32>, %z: memref<3456x1024xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<3456x4096xf32>, memref<1024x4096xf32>) outs(%z : memref<3456x1024xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<3456x4096xf32>, %b: tensor<1024x4096xf32>, %c: tensor<3456x1024xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<3456x1024xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<3456x1024xf32>) -> tensor<3456x1024xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3456x4096xf32>, tensor<1024x4096xf32>) outs(%init : tensor<3456x1024xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<3456x1024xf32>
    kernel.yield %0 : tensor<3456x1024xf32>
  }
  return
}
