// RUN: graphc-opt %s --graphc-nvptx-add-workspaces --graphc-nvptx-emit-kernels=chips=sm_90a --canonicalize --cse --split-input-file | FileCheck %s

// Two rows of 2048 places are a tile; words are the bits of an element and its
// index.
// CHECK-LABEL: func @rows
// CHECK-NOT: memref.alloc
// CHECK: gpu.launch blocks(%{{.*}} = %c512{{.*}}threads(%{{.*}} = %c256
// CHECK-SAME: workgroup(%{{.*}} : memref<4352xi64
// CHECK: arith.shli %{{.*}}, %{{.*}} : i64
// CHECK: scf.for
// CHECK: gpu.shuffle xor
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK-NOT: gpu.launch
// CHECK: memref.store %{{.*}}, %arg1{{\[}}
// CHECK: memref.store %{{.*}}, %arg2{{\[}}
func.func @rows(%x: memref<1024x2000xf32>, %v: memref<1024x2000xf32>, %i: memref<1024x2000xi64>) {
  kernel.sort %x outs(%v, %i) : memref<1024x2000xf32>, memref<1024x2000xf32>, memref<1024x2000xi64>
  return
}

// -----

// Longer rows are sorted in tiles that are merged, back and forth in a
// workspace: 3 tiles in 2 passes. The word of 16 bits and an index has 32.
// CHECK-LABEL: func @merged
// CHECK: %[[WORDS:.*]] = memref.alloc() : memref<2x4x12288xi32>
// CHECK: gpu.launch
// CHECK-NOT: memref.store %{{.*}}, %arg1{{\[}}
// CHECK: memref.store %{{.*}}, %[[WORDS]][%c0
// CHECK: gpu.launch
// CHECK: scf.while
// CHECK: memref.load %[[WORDS]][%c0
// CHECK: memref.store %{{.*}}, %[[WORDS]][%c1
// CHECK: gpu.launch
// CHECK: memref.load %[[WORDS]][%c1
// CHECK: memref.store %{{.*}}, %arg1{{\[}}
// CHECK-NOT: gpu.launch
// CHECK: return
func.func @merged(%x: memref<4x9000xbf16>, %v: memref<4x9000xbf16>, %i: memref<4x9000xi64>) {
  kernel.sort %x outs(%v, %i) : memref<4x9000xbf16>, memref<4x9000xbf16>, memref<4x9000xi64>
  return
}

// -----

// The first of many are picked: what does not stand before the last of them is
// not kept.
// CHECK-LABEL: func @first
// CHECK-NOT: memref.alloc
// CHECK: gpu.launch blocks(%{{.*}} = %c4096{{.*}}threads(%{{.*}} = %c128
// CHECK: scf.for {{.*}} iter_args(%[[CARRIED:.*]] = %{{.*}}) -> (i64)
// CHECK: arith.cmpi ult, %{{.*}}, %[[CARRIED]] : i64
// CHECK: llvm.atomicrmw add {{.*}} syncscope("block") monotonic
// CHECK: memref.store %{{.*}}, %arg1{{\[}}
func.func @first(%x: memref<4096x4096xf32>, %v: memref<4096x8xf32>, %i: memref<4096x8xi64>) {
  kernel.sort descending %x outs(%v, %i) : memref<4096x4096xf32>, memref<4096x8xf32>, memref<4096x8xi64>
  return
}

// -----

// Few long rows are those of many blocks, each of which leaves its first 8.
// CHECK-LABEL: func @parts
// CHECK: %[[WORDS:.*]] = memref.alloc() : memref<2x512xi64>
// CHECK: gpu.launch blocks(%{{.*}} = %c128
// CHECK: memref.load %arg0
// CHECK: memref.store %{{.*}}, %[[WORDS]]
// CHECK: gpu.launch blocks(%{{.*}} = %c2
// CHECK: memref.load %[[WORDS]]
// CHECK: memref.store %{{.*}}, %arg1{{\[}}
func.func @parts(%x: memref<2x262144xf32>, %v: memref<2x8xf32>, %i: memref<2x8xi64>) {
  kernel.sort descending %x outs(%v, %i) : memref<2x262144xf32>, memref<2x8xf32>, memref<2x8xi64>
  return
}

// -----

// Where sizes show at run time, so does whether rows have to be merged.
// CHECK-LABEL: func @dynamic
// CHECK: memref.alloc(%{{.*}}, %{{.*}}) : memref<2x?x?xi64>
// CHECK: %[[LONG:.*]] = arith.cmpi ugt, %{{.*}}, %c4096
// CHECK: scf.if %[[LONG]]
// CHECK: gpu.launch
// CHECK: scf.for
// CHECK: gpu.launch
// CHECK: gpu.launch
// CHECK: } else {
// CHECK: gpu.launch
func.func @dynamic(%x: memref<?x?xf32>, %v: memref<?x?xf32>, %i: memref<?x?xi64>) {
  kernel.sort %x outs(%v, %i) : memref<?x?xf32>, memref<?x?xf32>, memref<?x?xi64>
  return
}

// -----

// What 512 blocks leave of one row, 16 pick among, then one.
// CHECK-LABEL: func @levels
// CHECK: memref.alloc() : memref<1x528000xi64>
// CHECK: gpu.launch blocks(%{{.*}} = %c512
// CHECK: gpu.launch blocks(%{{.*}} = %c16
// CHECK: gpu.launch blocks(%{{.*}} = %c1{{[,_ ]}}
func.func @levels(%x: memref<1x16777216xf32>, %v: memref<1x1000xf32>, %i: memref<1x1000xi64>) {
  kernel.sort descending %x outs(%v, %i) : memref<1x16777216xf32>, memref<1x1000xf32>, memref<1x1000xi64>
  return
}

// -----

// Long rows are sorted digit by digit, the least first: 10 chunks count their
// digits, what is before each chunk is added up, and words move, in the end to
// the results. Counts lie behind the words of a row.
// CHECK-LABEL: func @digits
// CHECK: %[[WORDS:.*]] = memref.alloc() : memref<2x1x43776xi32>
// CHECK: gpu.launch blocks(%{{.*}} = %c10{{[,_ ]}}{{.*}}workgroup(%[[COUNTS:.*]] : memref<256xi32
// CHECK: memref.load %arg0
// CHECK: nvvm.vote.sync  ballot
// CHECK: llvm.atomicrmw add {{.*}} syncscope("block") monotonic
// CHECK: memref.store %{{.*}}, %[[WORDS]][%c0
// CHECK: gpu.launch blocks(%{{.*}} = %c256{{[,_ ]}}
// CHECK: gpu.shuffle up
// CHECK: gpu.launch blocks(%{{.*}} = %c10{{[,_ ]}}
// CHECK: memref.load %arg0
// CHECK: nvvm.bar.warp.sync
// CHECK: memref.store %{{.*}}, %[[WORDS]][%c1
// CHECK: gpu.launch blocks(%{{.*}} = %c10{{[,_ ]}}
// CHECK: memref.load %[[WORDS]][%c1
// CHECK: gpu.launch blocks(%{{.*}} = %c256{{[,_ ]}}
// CHECK: gpu.launch blocks(%{{.*}} = %c10{{[,_ ]}}
// CHECK: memref.load %[[WORDS]][%c1
// CHECK: memref.store %{{.*}}, %arg1{{\[}}
// CHECK-NOT: gpu.launch
// CHECK: return
func.func @digits(%x: memref<1x40000xbf16>, %v: memref<1x40000xbf16>, %i: memref<1x40000xi64>) {
  kernel.sort %x outs(%v, %i) : memref<1x40000xbf16>, memref<1x40000xbf16>, memref<1x40000xi64>
  return
}

// -----

// Of rows whose sizes show at run time those of 2^17 and more.
// CHECK-LABEL: func @dynamic_digits
// CHECK: scf.if
// CHECK: %[[ABOVE:.*]] = arith.subi %{{.*}}, %c131072
// CHECK: %[[LONG:.*]] = arith.cmpi ult, %[[ABOVE]]
// CHECK: scf.if %[[LONG]]
// CHECK-COUNT-12: gpu.launch
// CHECK: } else {
// CHECK: scf.for
func.func @dynamic_digits(%x: memref<1x?xf32>, %v: memref<1x?xf32>, %i: memref<1x?xi64>) {
  kernel.sort %x outs(%v, %i) : memref<1x?xf32>, memref<1x?xf32>, memref<1x?xi64>
  return
}
