// RUN: graphc-opt %s -graphc-nvptx-outline -split-input-file | FileCheck %s

// What nothing writes, and nothing else is written near, is read through the
// cache that is not coherent.
// CHECK: gpu.func @kernel_copy(%{{.*}}: !llvm.ptr {llvm.noalias, llvm.readonly}, %{{.*}}: !llvm.ptr {llvm.noalias})
func.func private @kernel_copy(%x: memref<256xf32>, %z: memref<256xf32>) {
  %c1 = arith.constant 1 : index
  %c256 = arith.constant 256 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c256, %sy = %c1, %sz = %c1) {
    %v = memref.load %x[%tx] : memref<256xf32>
    memref.store %v, %z[%tx] : memref<256xf32>
    gpu.terminator
  }
  return
}

// -----

// Written through another view: neither is alone.
// CHECK: gpu.func @kernel_shift(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr)
func.func private @kernel_shift(%x: memref<512xf32>) {
  %c1 = arith.constant 1 : index
  %c256 = arith.constant 256 : index
  %rows = memref.expand_shape %x [[0, 1]] output_shape [2, 256] : memref<512xf32> into memref<2x256xf32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c256, %sy = %c1, %sz = %c1) {
    %one = arith.constant 1 : index
    %v = memref.load %x[%tx] : memref<512xf32>
    memref.store %v, %rows[%one, %tx] : memref<2x256xf32>
    gpu.terminator
  }
  return
}

// -----

// Parts of a workspace are apart.
// CHECK: gpu.func @kernel_parts(%{{.*}}: !llvm.ptr {llvm.noalias, llvm.readonly}, %{{.*}}: !llvm.ptr {llvm.noalias})
func.func private @kernel_parts(%space: memref<2048xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c256 = arith.constant 256 : index
  %c1024 = arith.constant 1024 : index
  %from = memref.view %space[%c0][] : memref<2048xi8> to memref<256xf32>
  %to = memref.view %space[%c1024][] : memref<2048xi8> to memref<256xf32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c256, %sy = %c1, %sz = %c1) {
    %v = memref.load %from[%tx] : memref<256xf32>
    memref.store %v, %to[%tx] : memref<256xf32>
    gpu.terminator
  }
  return
}
