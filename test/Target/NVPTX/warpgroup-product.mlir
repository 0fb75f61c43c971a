// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s
// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_80,sm_90a -canonicalize | FileCheck %s --check-prefix=BOTH
// RUN: graphc-opt %s -graphc-nvptx-emit-kernels=chips=sm_80 -canonicalize | FileCheck %s --check-prefix=OLD
// RUN: sed 's/4096x2048/1280x2048/g; s/4096x4096/1280x4096/g' %s | graphc-opt -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s --check-prefix=EVEN
// RUN: sed 's/4096x2048/640x2048/g; s/4096x4096/640x4096/g' %s | graphc-opt -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s --check-prefix=ALL

// Of how many rows tiles come one after the other: four of 32, five of ten, so that
// two are not left, and all five of five (up to eight).
// EVEN-LABEL: func @product
// EVEN: arith.minui %{{.*}}, %c5_i32
// ALL-LABEL: func @product
// ALL: arith.minui %{{.*}}, %c8_i32

// Operands come in boxes whose lines are 128 bytes: 64 of the depth for rows of the
// first, which lies along the depth, 64 columns for steps of the depth for the
// second. The result leaves in boxes of 64 by 64.
// CHECK-LABEL: func @product
// CHECK: %[[LEFT:.*]] = kernel.tensor_map %arg0[%c0] sizes(%c2048, %c4096) strides(%c2048) box [64, 128] swizzle 128
// CHECK: %[[RIGHT:.*]] = kernel.tensor_map %arg1[%c0] sizes(%c4096, %c2048) strides(%c4096) box [64, 64] swizzle 128
// CHECK: %[[OUT:.*]] = kernel.tensor_map %arg2[%c0] sizes(%c4096, %c4096) strides(%c4096) box [64, 64] swizzle 128
// A warpgroup that copies and two that multiply, a block for each multiprocessor.
// The two take turns: one multiplies 128 rows while the other stores what it has.
// CHECK: gpu.launch blocks({{.*}} = %c132{{[,_ ]}}{{.*}} threads({{.*}} = %c384
// CHECK-SAME: dynamic_shared_memory_size %c229488_i32
// CHECK-COUNT-14: nvvm.mbarrier.init
// CHECK: nvvm.setmaxregister decrease 40
// CHECK: arith.minui %{{.*}}, %c4_i32
// CHECK: nvvm.mbarrier.arrive.expect_tx
// CHECK: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[LEFT]],
// CHECK-COUNT-2: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[RIGHT]],
// CHECK: nvvm.setmaxregister increase 232
// The tile after next of the block is that of the same warpgroup, and begins as many
// stages further.
// CHECK: %[[STRIDE:.*]] = arith.muli %{{.*}}, %c2_i32
// CHECK: scf.for %{{.*}} = %{{.*}} to %c1024_i32 step %[[STRIDE]]
// Its turn, and the first stage.
// CHECK: nvvm.mbarrier.try_wait.parity
// CHECK: scf.for
// CHECK: nvvm.mbarrier.try_wait.parity
// CHECK-COUNT-8: wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16
// CHECK: nvvm.wgmma.wait.group.sync.aligned 1
// CHECK: scf.yield
// The other's turn, before the products are waited for.
// CHECK: arith.xori
// CHECK: nvvm.mbarrier.arrive
// CHECK-COUNT-2: wgmma.wait_group.sync.aligned 0
// CHECK: nvvm.stmatrix
// CHECK: nvvm.cp.async.bulk.tensor.global.shared.cta %[[OUT]],
// CHECK: nvvm.stmatrix
// CHECK: nvvm.cp.async.bulk.tensor.global.shared.cta %[[OUT]],
// CHECK: arith.remui %{{.*}}, %c6_i32
// CHECK: graphc.requires = ["warpgroups"]

// The host chooses by the chip of the code that was loaded.
// BOTH-LABEL: func @product
// BOTH: %[[HAS:.*]] = kernel.chip_has warpgroups
// BOTH: scf.if %[[HAS]]
// BOTH: gpu.launch
// BOTH: wgmma.mma_async
// BOTH: graphc.requires = ["warpgroups"]
// BOTH: } else {
// BOTH: gpu.launch
// BOTH-NOT: wgmma
// BOTH: return

// OLD-LABEL: func @product
// OLD-NOT: kernel.chip_has
// OLD-NOT: wgmma
// OLD: return
func.func @product(%x: memref<4096x2048xbf16>, %y: memref<2048x4096xbf16>, %z: memref<4096x4096xbf16>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<4096x2048xbf16>, memref<2048x4096xbf16>) outs(%z : memref<4096x4096xbf16>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<4096x2048xbf16>, %b: tensor<2048x4096xbf16>, %c: tensor<4096x4096xbf16>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<4096x4096xf32>
    %narrow = tensor.empty() : tensor<4096x4096xbf16>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4096x2048xbf16>, tensor<2048x4096xbf16>) outs(%init : tensor<4096x4096xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %wide0 = arith.extf %e : bf16 to f32
      %wide1 = arith.extf %f : bf16 to f32
      %m = arith.mulf %wide0, %wide1 : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<4096x4096xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<4096x4096xf32>) outs(%narrow : tensor<4096x4096xbf16>) {
    ^bb1(%e: f32, %o: bf16):
      %t = arith.truncf %e : f32 to bf16
      linalg.yield %t : bf16
    } -> tensor<4096x4096xbf16>
    kernel.yield %1 : tensor<4096x4096xbf16>
  }
  return
}

// A size that is known at run time only: whether lines start at multiples of 16
// bytes is asked there.
// CHECK-LABEL: func @dynamic
// CHECK: %[[REST:.*]] = arith.remui %{{.*}}, %c8
// CHECK: %[[ALIGNED:.*]] = arith.cmpi eq, %[[REST]], %c0
// CHECK: scf.if
// CHECK: wgmma.mma_async
// CHECK: } else {
// CHECK-NOT: wgmma
// CHECK: return
func.func @dynamic(%x: memref<?x?xbf16>, %y: memref<?x?xbf16>, %z: memref<?x?xbf16>) {
  kernel.region "matmul" contraction ins(%x, %y : memref<?x?xbf16>, memref<?x?xbf16>) outs(%z : memref<?x?xbf16>) attributes {domain_rank = 3 : i64, row_dims = 2 : i64} {
  ^bb0(%a: tensor<?x?xbf16>, %b: tensor<?x?xbf16>, %c: tensor<?x?xbf16>):
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %rows = tensor.dim %a, %c0 : tensor<?x?xbf16>
    %columns = tensor.dim %b, %c1 : tensor<?x?xbf16>
    %empty = tensor.empty(%rows, %columns) : tensor<?x?xf32>
    %narrow = tensor.empty(%rows, %columns) : tensor<?x?xbf16>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x?xf32>) -> tensor<?x?xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<?x?xbf16>, tensor<?x?xbf16>) outs(%init : tensor<?x?xf32>) {
    ^bb1(%e: bf16, %f: bf16, %g: f32):
      %wide0 = arith.extf %e : bf16 to f32
      %wide1 = arith.extf %f : bf16 to f32
      %m = arith.mulf %wide0, %wide1 : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<?x?xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<?x?xf32>) outs(%narrow : tensor<?x?xbf16>) {
    ^bb1(%e: f32, %o: bf16):
      %t = arith.truncf %e : f32 to bf16
      linalg.yield %t : bf16
    } -> tensor<?x?xbf16>
    kernel.yield %1 : tensor<?x?xbf16>
  }
  return
}
