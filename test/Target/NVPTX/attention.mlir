// RUN: graphc-opt %s -split-input-file -graph-to-linalg -linalg-to-kernel -kernel-to-device-buffers -graphc-nvptx-emit-kernels=chips=sm_90a -canonicalize | FileCheck %s
// RUN: graphc-opt %s -split-input-file -graph-to-linalg -linalg-to-kernel -kernel-to-device-buffers -graphc-nvptx-emit-kernels=chips=sm_80,sm_90a -canonicalize | FileCheck %s --check-prefix=BOTH
// RUN: graphc-opt %s -split-input-file -graph-to-linalg -linalg-to-kernel -kernel-to-device-buffers -graphc-nvptx-emit-kernels=chips=sm_80 -canonicalize | FileCheck %s --check-prefix=OLD

// Queries come in boxes of 128, keys and values in tiles of 176.
// CHECK-LABEL: func {{.*}}@kernel_
// CHECK: %[[Q:.*]] = kernel.tensor_map %arg0[%c0] sizes({{.*}}) strides({{.*}}) box [64, 128, 1] swizzle 128
// CHECK: %[[K:.*]] = kernel.tensor_map %arg1[%c0] {{.*}} box [64, 176, 1] swizzle 128
// CHECK: %[[V:.*]] = kernel.tensor_map %arg2[%c0] {{.*}} box [64, 176, 1] swizzle 128
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
// BOTH: nvvm.mma.sync
// BOTH-NOT: wgmma
// BOTH: return

// Without warpgroups: queries and the first keys come, then values while scores
// are computed and the next keys while values are multiplied.
// OLD-LABEL: func {{.*}}@kernel_
// OLD-NOT: kernel.tensor_map
// OLD: gpu.launch blocks({{.*}} = %c4096{{[,_ ]}}{{.*}} threads({{.*}} = %c256
// OLD: nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// OLD: nvvm.cp.async.commit.group
// OLD: scf.for
// OLD: nvvm.cp.async.wait.group 0
// OLD: gpu.barrier
// OLD: nvvm.cp.async.shared.global
// OLD: nvvm.cp.async.commit.group
// OLD: nvvm.ldmatrix {{.*}} layout = #nvvm.mma_layout<row>
// OLD: nvvm.mma.sync {{.*}} shape = #nvvm.shape<m = 16, n = 8, k = 16>
// OLD: gpu.barrier
// OLD: scf.if
// OLD: nvvm.cp.async.shared.global
// OLD: llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f32"
// OLD: nvvm.ldmatrix {{.*}} layout = #nvvm.mma_layout<col>
// OLD: nvvm.mma.sync
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
// CHECK: gpu.launch blocks({{.*}} = %c8{{[,_ ]}}{{.*}} = %c32{{[,_ ]}}{{.*}} threads({{.*}} = %c128
// Four warps bring tiles of 16 keys and values, a line of 128 bytes at once, one
// tile ahead; scores of the second half of the keys, weights as they are, values
// in pairs.
// CHECK-COUNT-16: llvm.inline_asm has_side_effects {{.*}} "cp.async.cg.shared.global.L2::128B [$0], [$1], 16, $2;", "l,l,r,~{memory}"
// CHECK: nvvm.cp.async.commit.group
// CHECK: scf.for
// CHECK: nvvm.cp.async.wait.group 0
// CHECK: nvvm.bar.warp.sync
// CHECK-COUNT-16: llvm.inline_asm {{.*}} "cp.async.cg.shared.global.L2::128B
// CHECK: nvvm.cp.async.commit.group
// CHECK-COUNT-16: nvvm.mma.sync {{.*}} shape = #nvvm.shape<m = 16, n = 8, k = 16>
// CHECK: llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f32"
// CHECK: gpu.shuffle idx
// CHECK: arith.truncf {{.*}} : vector<2xf32> to vector<2xbf16>
// CHECK: vector.shuffle {{.*}} : vector<8xbf16>, vector<8xbf16>
// CHECK-COUNT-8: nvvm.mma.sync
// CHECK-NOT: nvvm.mma.sync
// CHECK: memref.store %{{.*}}, %[[VIEW]]
// CHECK: gpu.launch blocks({{.*}} = %c8{{[,_ ]}}{{.*}} = %c4{{[,_ ]}}{{.*}} threads({{.*}} = %c128
// CHECK: memref.load %[[VIEW]]
// CHECK: return
func.func @main(%q: !graph.tensor<1x32x1x128xbf16>, %k: !graph.tensor<1x8x4096x128xbf16>, %v: !graph.tensor<1x8x4096x128xbf16>) -> !graph.tensor<1x32x1x128xbf16> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<1x32x1x128xbf16>, !graph.tensor<1x8x4096x128xbf16>, !graph.tensor<1x8x4096x128xbf16>) -> (!graph.tensor<1x32x1x128xbf16>, !graph.tensor<1x32x1xf32>)
  return %out : !graph.tensor<1x32x1x128xbf16>
}

// -----

// Lines are padded in shared memory: two warps, whose stages every chip has.
// CHECK-LABEL: func {{.*}}@kernel_{{.*}}memref<1x2x4x1x72xbf16>
// CHECK: gpu.launch blocks({{.*}} threads({{.*}} = %c64{{[,_ ]}}
// OLD-LABEL: func {{.*}}@kernel_{{.*}}memref<1x2x4x1x72xbf16>
// OLD: gpu.launch blocks({{.*}} threads({{.*}} = %c64{{[,_ ]}}
// OLD-SAME: dynamic_shared_memory_size %c40960_i32
// OLD: nvvm.mma.sync
func.func @main(%q: !graph.tensor<1x8x1x72xbf16>, %k: !graph.tensor<1x2x256x72xbf16>, %v: !graph.tensor<1x2x256x184xbf16>) -> !graph.tensor<1x8x1x184xbf16> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<1x8x1x72xbf16>, !graph.tensor<1x2x256x72xbf16>, !graph.tensor<1x2x256x184xbf16>) -> (!graph.tensor<1x8x1x184xbf16>, !graph.tensor<1x8x1xf32>)
  return %out : !graph.tensor<1x8x1x184xbf16>
}

// -----

// A depth that is no multiple of 8, and so lines that the copy engine does not
// take: by mma.sync on this chip, too, elements read one by one.
// CHECK-LABEL: func {{.*}}@kernel_
// CHECK-NOT: kernel.tensor_map
// CHECK: gpu.launch
// CHECK-NOT: nvvm.cp.async.shared.global
// CHECK: nvvm.ldmatrix
// CHECK: nvvm.mma.sync
func.func @main(%q: !graph.tensor<1x2x70x61xf16>, %k: !graph.tensor<1x2x130x61xf16>, %v: !graph.tensor<1x2x130x61xf16>) -> !graph.tensor<1x2x70x61xf16> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<1x2x70x61xf16>, !graph.tensor<1x2x130x61xf16>, !graph.tensor<1x2x130x61xf16>) -> (!graph.tensor<1x2x70x61xf16>, !graph.tensor<1x2x70xf32>)
  return %out : !graph.tensor<1x2x70x61xf16>
}

// -----

// Nobody knows how many queries there are. One is a step of decoding, whose
// keys are split; else warpgroups take them, if there are keys.
// CHECK-LABEL: func {{.*}}@kernel_
// CHECK: %[[ONE:.*]] = arith.cmpi eq, %{{.*}}, %c1
// CHECK: scf.if %[[ONE]]
// CHECK: gpu.launch blocks({{.*}} = %c8{{[,_ ]}}{{.*}} = %c32{{[,_ ]}}{{.*}} threads({{.*}} = %c128
// CHECK: gpu.launch blocks({{.*}} = %c8{{[,_ ]}}{{.*}} = %c4{{[,_ ]}}{{.*}} threads({{.*}} = %c128
// CHECK: } else {
// CHECK: kernel.tensor_map
// CHECK: wgmma.mma_async
// CHECK: } else {
// CHECK: nvvm.mma.sync
func.func @main(%q: !graph.tensor<1x32x(s0)x128xbf16>, %k: !graph.tensor<1x8x(s1)x128xbf16>, %v: !graph.tensor<1x8x(s1)x128xbf16>) -> !graph.tensor<1x32x(s0)x128xbf16> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<1x32x(s0)x128xbf16>, !graph.tensor<1x8x(s1)x128xbf16>, !graph.tensor<1x8x(s1)x128xbf16>) -> (!graph.tensor<1x32x(s0)x128xbf16>, !graph.tensor<1x32x(s0)xf32, strides = [32*s0, 1, 32]>)
  return %out : !graph.tensor<1x32x(s0)x128xbf16>
}

// -----

// f32: what memory has is cut into three bf16 for each number on its way to
// shared memory, and six products of these make one. Those of values are added
// up for a tile of keys before they meet the sums.
// OLD-LABEL: func {{.*}}@kernel_{{.*}}memref<2x4x512x64xf32>
// OLD-NOT: nvvm.cp.async.shared.global
// OLD: gpu.launch blocks({{.*}} = %c64{{[,_ ]}}{{.*}} threads({{.*}} = %c128
// OLD: scf.for
// OLD-COUNT-8: llvm.load {{.*}} -> vector<4xf32>
// OLD-COUNT-3: nvvm.ldmatrix {{.*}} layout = #nvvm.mma_layout<row>
// OLD-COUNT-192: nvvm.mma.sync {{.*}} multiplicandAPtxType = #nvvm.mma_type<bf16>
// OLD-NOT: nvvm.mma.sync
// OLD: arith.truncf {{.*}} : vector<2xf32> to vector<2xbf16>
// OLD: llvm.store {{.*}} : vector<4xi32>
// OLD: llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f32"
// OLD-COUNT-3: nvvm.ldmatrix {{.*}} layout = #nvvm.mma_layout<col>
// OLD-COUNT-48: nvvm.mma.sync
// OLD: math.fma
// OLD: scf.yield
func.func @main(%q: !graph.tensor<2x4x512x64xf32>, %k: !graph.tensor<2x4x512x64xf32>, %v: !graph.tensor<2x4x512x64xf32>) -> !graph.tensor<2x4x512x64xf32> {
  %out, %lse = graph.attention %q, %k, %v {scale = 0.5 : f64} : (!graph.tensor<2x4x512x64xf32>, !graph.tensor<2x4x512x64xf32>, !graph.tensor<2x4x512x64xf32>) -> (!graph.tensor<2x4x512x64xf32>, !graph.tensor<2x4x512xf32>)
  return %out : !graph.tensor<2x4x512x64xf32>
}
