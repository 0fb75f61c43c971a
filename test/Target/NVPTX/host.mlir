// RUN: graphc-opt %s -graphc-nvptx-outline | FileCheck %s
// RUN: graphc-opt %s -graphc-nvptx-outline -graphc-nvptx-lower-host -canonicalize | FileCheck %s --check-prefix=HOST

// A kernel takes pointers and what the types leave open; it computes views and
// constants itself.
// CHECK-LABEL: func private @kernel_scale
// CHECK: %[[P:.*]] = memref.extract_aligned_pointer_as_index %arg0
// CHECK: gpu.launch_func @device::@kernel_scale blocks in
// CHECK-SAME: args(%{{.*}} : !llvm.ptr, %{{.*}} : index)
// CHECK: gpu.module @device
// CHECK: gpu.func @kernel_scale(%{{.*}}: !llvm.ptr {llvm.noalias}, %[[N:.*]]: index) kernel
// CHECK: builtin.unrealized_conversion_cast {{.*}} to memref<?xf32>

// Vectors in shared memory are aligned, whatever lies before them.
// CHECK: gpu.func @kernel_counts
// CHECK-SAME: workgroup(%{{.*}} : memref<1xi32, #gpu.address_space<workgroup>> {llvm.align = 16 : i64}, %{{.*}} : memref<8xf32, #gpu.address_space<workgroup>> {llvm.align = 16 : i64})

// HOST-LABEL: func private @main(%arg0: !llvm.ptr, %arg1: memref<?xf32>
// HOST: call @graphc_rt_gpu_read(%arg0
// HOST: call @kernel_scale(%arg0, %arg1)
// The caller's symbols are memory of the host.
// HOST: memref.store {{.*}} : memref<?xi64>
// HOST-LABEL: func private @kernel_scale(%arg0: !llvm.ptr, %arg1: memref<?xf32>)
// HOST: call @graphc_rt_gpu_launch(%arg0, %c0_i32

// Counters are where the context has them.
// HOST-LABEL: func private @kernel_counts(%arg0: !llvm.ptr)
// HOST: call @graphc_rt_gpu_counters(%arg0, %[[SLOT:[0-9]+]])
// HOST: llvm.load %[[SLOT]]
module {
  func.func private @main(%x: memref<?xf32>, %symbols: memref<?xi64>) {
    %c0 = arith.constant 0 : index
    %v = memref.load %x[%c0] : memref<?xf32>
    %i = arith.fptosi %v : f32 to i64
    func.call @kernel_scale(%x) : (memref<?xf32>) -> ()
    memref.store %i, %symbols[%c0] : memref<?xi64>
    return
  }
  func.func private @kernel_scale(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c256 = arith.constant 256 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %blocks = arith.ceildivui %n, %c256 : index
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %blocks, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c256, %sy = %c1, %sz = %c1) {
      %two = arith.constant 2.0 : f32
      %first = arith.muli %bx, %c256 : index
      %i = arith.addi %first, %tx : index
      %in = arith.cmpi ult, %i, %n : index
      scf.if %in {
        %v = memref.load %x[%i] : memref<?xf32>
        %w = arith.mulf %v, %two : f32
        memref.store %w, %x[%i] : memref<?xf32>
      }
      gpu.terminator
    }
    return
  }
  func.func private @kernel_counts() {
    %c1 = arith.constant 1 : index
    %counters = kernel.counters : memref<4096xi32>
    gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c1, %sy = %c1, %sz = %c1) workgroup(%flag : memref<1xi32, #gpu.address_space<workgroup>>, %shared : memref<8xf32, #gpu.address_space<workgroup>>) {
      %zero = arith.constant 0 : i32
      memref.store %zero, %counters[%bx] : memref<4096xi32>
      gpu.terminator
    }
    return
  }
}
