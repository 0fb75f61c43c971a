// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s
// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_80 -canonicalize | FileCheck %s --check-prefix=OLD
// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_90a -graphc-nvptx-outline | FileCheck %s --check-prefix=KERNEL

// Older chips have no clusters.
// OLD-NOT: cluster

// Two tiles of 64 by 64 and a depth of 128 steps: eight blocks share each, and
// each finishes eight columns, of which a thread has four sums.
// CHECK-LABEL: func @deep
// CHECK-NOT: memref.alloc
// CHECK: gpu.launch blocks({{.*}} = %c16{{[,_ ]}}{{.*}} threads({{.*}} = %c256
// CHECK: wgmma.mma_async
// All have read their operands before sums lie there.
// CHECK: nvvm.barrier id = %c2_i32 number_of_threads = %c128_i32
// CHECK-COUNT-8: llvm.store {{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<3>
// CHECK-NOT: llvm.store
// CHECK: nvvm.cluster.arrive {aligned}
// CHECK-NEXT: nvvm.cluster.wait {aligned}
// The sums of all parts are added in order.
// CHECK: nvvm.mapa %{{.*}}, %c0_i32
// CHECK-NEXT: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<7> -> vector<4xf32>
// CHECK: nvvm.mapa %{{.*}}, %c1_i32
// CHECK-NEXT: llvm.load
// CHECK-COUNT-4: arith.addf
// CHECK: nvvm.mapa %{{.*}}, %c7_i32
// CHECK-NEXT: llvm.load
// CHECK-COUNT-4: arith.addf
// CHECK-NEXT: nvvm.cluster.arrive {aligned}
// CHECK-COUNT-2: vector.store %{{.*}}, %arg2
// CHECK-NOT: vector.store
// Nobody leaves before all have read.
// CHECK: nvvm.cluster.wait {aligned}
// CHECK: nvvm.cluster_dim = array<i32: 8, 1, 1>
// KERNEL: gpu.func @deep({{.*}} nvvm.cluster_dim = array<i32: 8, 1, 1>
func.func @deep(%x: memref<64x8192xbf16>, %y: memref<8192x128xbf16>, %z: memref<64x128xbf16>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<64x8192xbf16>, memref<8192x128xbf16>) outs(%z : memref<64x128xbf16>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<64x8192xbf16>, %b: tensor<8192x128xbf16>, %c: tensor<64x128xbf16>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64x128xf32>
    %narrow = tensor.empty() : tensor<64x128xbf16>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x128xf32>) -> tensor<64x128xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<64x8192xbf16>, tensor<8192x128xbf16>) outs(%init : tensor<64x128xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %wide0 = arith.extf %e : bf16 to f32
      %wide1 = arith.extf %f : bf16 to f32
      %m = arith.mulf %wide0, %wide1 : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<64x128xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<64x128xf32>) outs(%narrow : tensor<64x128xbf16>) {
    ^bb1(%e: f32, %o: bf16):
      %t = arith.truncf %e : f32 to bf16
      linalg.yield %t : bf16
    } -> tensor<64x128xbf16>
    kernel.yield %1 : tensor<64x128xbf16>
  }
  return
}

// Many tiles, or a short depth, are not worth the exchange.
// CHECK-LABEL: func @short
// CHECK-COUNT-1: gpu.launch
// CHECK-NOT: cluster.arrive
// CHECK-NOT: cluster_dim
func.func @short(%x: memref<64x512xbf16>, %y: memref<512x128xbf16>, %z: memref<64x128xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<64x512xbf16>, memref<512x128xbf16>) outs(%z : memref<64x128xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<64x512xbf16>, %b: tensor<512x128xbf16>, %c: tensor<64x128xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64x128xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x128xf32>) -> tensor<64x128xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<64x512xbf16>, tensor<512x128xbf16>) outs(%init : tensor<64x128xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %wide0 = arith.extf %e : bf16 to f32
      %wide1 = arith.extf %f : bf16 to f32
      %m = arith.mulf %wide0, %wide1 : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<64x128xf32>
    kernel.yield %0 : tensor<64x128xf32>
  }
  return
}

// Copies have no more rows than there are, in eights: 24 lines of 128 bytes and
// 64 columns.
// CHECK-LABEL: func @few_rows
// CHECK: kernel.tensor_map %arg0{{.*}} box [64, 24]
// CHECK: nvvm.mbarrier.arrive.expect_tx %{{.*}}, %c11264_i32
func.func @few_rows(%x: memref<20x512xbf16>, %y: memref<128x512xbf16>, %z: memref<20x128xf32>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<20x512xbf16>, memref<128x512xbf16>) outs(%z : memref<20x128xf32>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<20x512xbf16>, %b: tensor<128x512xbf16>, %c: tensor<20x128xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<20x128xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<20x128xf32>) -> tensor<20x128xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<20x512xbf16>, tensor<128x512xbf16>) outs(%init : tensor<20x128xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %wide0 = arith.extf %e : bf16 to f32
      %wide1 = arith.extf %f : bf16 to f32
      %m = arith.mulf %wide0, %wide1 : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<20x128xf32>
    kernel.yield %0 : tensor<20x128xf32>
  }
  return
}
