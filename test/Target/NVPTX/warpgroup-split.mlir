// RUN: graphc-opt %s -graphc-nvptx-add-workspaces=chips=sm_90a | FileCheck %s --check-prefix=SPACE
// RUN: graphc-opt %s -graphc-nvptx-add-workspaces=chips=sm_80 | FileCheck %s --check-prefix=OLD
// RUN: graphc-opt %s -graphc-nvptx-add-workspaces=chips=sm_80,sm_90a -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s

// Two tiles of 64 by 64 and a depth of 128 steps: eight blocks share each. 16
// flags of one warpgroup, then 16 tiles of f32.
// SPACE-LABEL: func @deep
// SPACE: %[[SPACE:.*]] = memref.alloc() : memref<266240xi8>
// SPACE: kernel.region "matmul" contraction ins(%arg0, %arg1, %[[SPACE]] :
// SPACE-SAME: parts = 8 : i64
// SPACE-SAME: workspace = 2 : i64

// Older chips split nothing.
// OLD-NOT: memref.alloc
// OLD-NOT: workspace

// CHECK-LABEL: func @deep
// CHECK-DAG: %[[FLAGS:.*]] = memref.view %{{.*}}[%c0][] : memref<266240xi8> to memref<16xi32>
// CHECK-DAG: %[[PARTS:.*]] = memref.view %{{.*}}[%c4096][] : memref<266240xi8> to memref<16x4096xf32>
// All flags are lowered first.
// CHECK: gpu.launch
// CHECK: memref.store %c0_i32, %[[FLAGS]]
// CHECK: gpu.launch blocks({{.*}} = %c16{{[,_ ]}}{{.*}} threads({{.*}} = %c256
// CHECK: wgmma.mma_async
// The last part waits for the others, and adds them in order.
// CHECK: scf.if
// CHECK-COUNT-7: llvm.load %{{.*}} atomic syncscope("device") acquire
// CHECK: nvvm.barrier
// CHECK-COUNT-56: vector.load %[[PARTS]]
// CHECK: nvvm.cp.async.bulk.tensor.global.shared.cta
// CHECK: } else {
// CHECK-COUNT-8: vector.store %{{.*}}, %[[PARTS]]
// CHECK: nvvm.barrier
// CHECK: llvm.store %{{.*}} atomic syncscope("device") release
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
// SPACE-LABEL: func @short
// SPACE-NOT: memref.alloc
// SPACE-NOT: workspace
// SPACE: return
// CHECK-LABEL: func @short
// CHECK-COUNT-1: gpu.launch
// CHECK-NOT: gpu.launch
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
