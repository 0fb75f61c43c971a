// RUN: graphc-opt %s -split-input-file -verify-diagnostics -pass-pipeline="builtin.module(gpu.module(graphc-nvptx-lower-device))" | FileCheck %s

// CHECK-LABEL: gpu.module @device
// CHECK: llvm.func @kernel
// CHECK-SAME: nvvm.kernel
// CHECK: llvm.intr.sqrt
// CHECK: nvvm.shfl.sync bfly
// CHECK-NOT: __nv_
gpu.module @device {
  gpu.func @kernel(%p: !llvm.ptr, %x: f32) kernel {
    %r = math.sqrt %x : f32
    %c16 = arith.constant 16 : i32
    %c32 = arith.constant 32 : i32
    %s, %in = gpu.shuffle xor %r, %c16, %c32 : f32
    llvm.store %s, %p : f32, !llvm.ptr
    gpu.return
  }
}

// -----

// All that has no code, at once.
gpu.module @device {
  gpu.func @kernel(%p: !llvm.ptr, %x: f64) kernel {
    // expected-error @below {{'math.erf' on ('f64') has no code for the target}}
    %r = math.erf %x : f64
    // expected-error @below {{'math.tan' on ('f64') has no code for the target}}
    %s = math.tan %r : f64
    llvm.store %s, %p : f64, !llvm.ptr
    gpu.return
  }
}
