// RUN: graphc-opt %s -split-input-file -graph-to-linalg -linalg-to-kernel -kernel-to-device-buffers -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s
// RUN: graphc-opt %s -split-input-file -graph-to-linalg -linalg-to-kernel -kernel-to-device-buffers -graphc-nvptx-emit-kernels=chips=sm_80,sm_90a -canonicalize | FileCheck %s --check-prefix=BOTH
// RUN: graphc-opt %s -split-input-file -graph-to-linalg -linalg-to-kernel -kernel-to-device-buffers -graphc-nvptx-emit-kernels=chips=sm_80 -canonicalize | FileCheck %s --check-prefix=OLD

// Queries come in boxes of 128, keys and values in tiles of 176.
// CHECK-LABEL: func {{.*}}@kernel_
// CHECK: %[[Q:.*]] = kernel.tensor_map %arg0[%c0] sizes({{.*}}) strides({{.*}}) box [64, 128, 1, 1] swizzle 128
// CHECK: %[[K:.*]] = kernel.tensor_map %arg1[%c0] {{.*}} box [64, 176, 1, 1] swizzle 128
// CHECK: %[[V:.*]] = kernel.tensor_map %arg2[%c0] {{.*}} box [64, 176, 1, 1] swizzle 128
// CHECK: gpu.launch blocks({{.*}} = %c132{{[,_ ]}}{{.*}} threads({{.*}} = %c384
// One thread copies: the first keys and the queries, then keys a tile ahead of
// values.
// CHECK: nvvm.setmaxregister decrease 40
// CHECK-COUNT-2: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[K]],
// CHECK-COUNT-2: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[Q]],
// CHECK: scf.for
// CHECK-COUNT-2: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[K]],
// CHECK-COUNT-2: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[V]],
// CHECK: nvvm.setmaxregister increase 232
// The first scores, then scores together with the values of the tile before,
// whose weights come from registers.
// CHECK-COUNT-8: wgmma.mma_async.sync.aligned.m64n176k16.f32.bf16.bf16 {{.*}}, ${{[0-9]+}}, ${{[0-9]+}}, p
// CHECK: ex2.approx.ftz
// CHECK: scf.for
// CHECK-COUNT-8: wgmma.mma_async.sync.aligned.m64n176k16
// CHECK-COUNT-11: wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {{.*}}, {{[{].*[}]}}, ${{[0-9]+}}, p
// CHECK: barrier.cta.arrive.aligned.count
// CHECK: wgmma.wait_group.sync.aligned 1;
// CHECK: ex2.approx.ftz
// CHECK: wgmma.wait_group.sync.aligned 0;
// CHECK: graphc.requires = ["warpgroups"]

// BOTH-LABEL: func {{.*}}@kernel_
// BOTH: %[[HAS:.*]] = kernel.chip_has warpgroups
// BOTH: scf.if %[[HAS]]
// BOTH: wgmma.mma_async
// BOTH: } else {
// BOTH: gpu.launch
// BOTH-NOT: wgmma

// Without warpgroups a block takes eight queries, and a stream of 16 lanes two
// keys at a time.
// OLD-LABEL: func {{.*}}@kernel_
// OLD-NOT: kernel.tensor_map
// OLD: gpu.launch blocks({{.*}} = %c65536{{[,_ ]}}{{.*}} threads({{.*}} = %c256
// OLD: scf.for %{{.*}} = %c0_i32 to %c4096_i32 step %c32_i32
// OLD-COUNT-4: vector.load {{.*}} vector<8xbf16>
// OLD: gpu.shuffle xor
// OLD: gpu.barrier
func.func @main(%q: !graph.tensor<4x32x4096x128xbf16>, %k: !graph.tensor<4x32x4096x128xbf16>, %v: !graph.tensor<4x32x4096x128xbf16>) -> !graph.tensor<4x32x4096x128xbf16> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<4x32x4096x128xbf16>, !graph.tensor<4x32x4096x128xbf16>, !graph.tensor<4x32x4096x128xbf16>) -> (!graph.tensor<4x32x4096x128xbf16>, !graph.tensor<4x32x4096xf32>)
  return %out : !graph.tensor<4x32x4096x128xbf16>
}

// -----

// One query of four heads that share keys: every part of the keys is a block,
// which reads them once; a second launch combines the parts.
// CHECK-LABEL: func {{.*}}@kernel_
// CHECK-SAME: %[[WORK:[a-z0-9]*]]: memref<532480xi8>
// CHECK: %[[VIEW:.*]] = memref.view %[[WORK]][%c0][] : memref<532480xi8> to memref<256x4x130xf32>
// CHECK: gpu.launch blocks({{.*}} = %c8{{[,_ ]}}{{.*}} = %c32{{[,_ ]}}{{.*}} threads({{.*}} = %c256
// CHECK-NOT: wgmma
// CHECK: memref.store %{{.*}}, %[[VIEW]]
// CHECK: gpu.launch blocks({{.*}} = %c8{{[,_ ]}}{{.*}} = %c4{{[,_ ]}}{{.*}} threads({{.*}} = %c128
// CHECK: memref.load %[[VIEW]]
// CHECK: return
func.func @main(%q: !graph.tensor<1x32x1x128xbf16>, %k: !graph.tensor<1x8x4096x128xbf16>, %v: !graph.tensor<1x8x4096x128xbf16>) -> !graph.tensor<1x32x1x128xbf16> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<1x32x1x128xbf16>, !graph.tensor<1x8x4096x128xbf16>, !graph.tensor<1x8x4096x128xbf16>) -> (!graph.tensor<1x32x1x128xbf16>, !graph.tensor<1x32x1xf32>)
  return %out : !graph.tensor<1x32x1x128xbf16>
}
