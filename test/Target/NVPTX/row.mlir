// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize | FileCheck %s

// A block for each row; every element is read once, although two passes need
// it; warps exchange, then one value per warp goes through shared memory.
// CHECK-LABEL: func @softmax
// CHECK: gpu.launch blocks(%{{.*}} = %c64, {{.*}}threads(%{{.*}} = %c512
// CHECK-SAME: workgroup(%{{.*}} : memref<16xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<16xf32
// CHECK-COUNT-2: vector.load {{.*}} vector<4xf32>
// CHECK-NOT: vector.load
// CHECK: vector.reduction <maximumf>
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: memref.store
// CHECK: gpu.barrier
// CHECK-COUNT-4: gpu.shuffle xor
// CHECK: vector.reduction <add>
// CHECK: gpu.barrier
// CHECK-COUNT-2: vector.store
func.func @softmax(%x: memref<64x4096xf32>, %z: memref<64x4096xf32>) {
  kernel.region "softmax" row ins(%x : memref<64x4096xf32>) outs(%z : memref<64x4096xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<64x4096xf32>, %c: tensor<64x4096xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %row = tensor.empty() : tensor<64xf32>
    %full = tensor.empty() : tensor<64x4096xf32>
    %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<64xf32>) -> tensor<64xf32>
    %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<64xf32>) -> tensor<64xf32>
    %max = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x4096xf32>) outs(%init : tensor<64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    %exp = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a, %max : tensor<64x4096xf32>, tensor<64xf32>) outs(%full : tensor<64x4096xf32>) {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %d = arith.subf %e, %m : f32
      %s = math.exp %d : f32
      linalg.yield %s : f32
    } -> tensor<64x4096xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%exp : tensor<64x4096xf32>) outs(%nothing : tensor<64xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%exp, %sum : tensor<64x4096xf32>, tensor<64xf32>) outs(%full : tensor<64x4096xf32>) {
    ^bb1(%e: f32, %m: f32, %g: f32):
      %s = arith.divf %e, %m : f32
      linalg.yield %s : f32
    } -> tensor<64x4096xf32>
    kernel.yield %0 : tensor<64x4096xf32>
  }
  return
}

// Four threads for each short row, 32 rows a block; a row that they do not fill
// is padded with what changes nothing.
// CHECK-LABEL: func @short_rows
// CHECK: gpu.launch blocks(%{{.*}} = %c4, {{.*}}threads(%{{.*}} = %c4, %{{.*}} = %c32
// CHECK-NOT: workgroup
// CHECK: %[[IN:.*]] = arith.cmpi ult, %{{.*}}, %c10{{ }}
// CHECK: arith.select %[[IN]]
// CHECK: gpu.shuffle xor
// CHECK-NOT: gpu.barrier
// CHECK: return
func.func @short_rows(%x: memref<100x20xi64>, %z: memref<100xi64>) {
  kernel.region "sum" row ins(%x : memref<100x20xi64>) outs(%z : memref<100xi64>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<100x20xi64>, %c: tensor<100xi64>):
    %zero = arith.constant 0 : i64
    %row = tensor.empty() : tensor<100xi64>
    %init = linalg.fill ins(%zero : i64) outs(%row : tensor<100xi64>) -> tensor<100xi64>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<100x20xi64>) outs(%init : tensor<100xi64>) {
    ^bb1(%e: i64, %g: i64):
      %s = arith.addi %g, %e : i64
      linalg.yield %s : i64
    } -> tensor<100xi64>
    kernel.yield %0 : tensor<100xi64>
  }
  return
}

// Neighbouring rows lie together: a vector of them is shared by the threads
// along y, which meet in shared memory.
// CHECK-LABEL: func @columns
// CHECK: gpu.launch blocks(%{{.*}} = %c8, {{.*}}threads(%{{.*}} = %c32, %{{.*}} = %c32
// CHECK-SAME: workgroup(%{{.*}} : memref<32x32x4xf32
// CHECK: scf.for {{.*}} step %c32
// CHECK: vector.load {{.*}} vector<4xf32>
// CHECK: gpu.barrier
// CHECK-NOT: gpu.shuffle
// CHECK: return
func.func @columns(%x: memref<4096x1024xf32>, %z: memref<1024xf32>) {
  kernel.region "sum" row ins(%x : memref<4096x1024xf32>) outs(%z : memref<1024xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<4096x1024xf32>, %c: tensor<1024xf32>):
    %zero = arith.constant 0.0 : f32
    %row = tensor.empty() : tensor<1024xf32>
    %init = linalg.fill ins(%zero : f32) outs(%row : tensor<1024xf32>) -> tensor<1024xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4096x1024xf32>) outs(%init : tensor<1024xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<1024xf32>
    kernel.yield %0 : tensor<1024xf32>
  }
  return
}
