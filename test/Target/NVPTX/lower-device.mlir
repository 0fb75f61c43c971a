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

// Maxima are instructions, those that keep NaN and others, not calls of a library.
// CHECK-LABEL: llvm.func @maxima
// CHECK: llvm.intr.maxnum(%{{.*}}, %{{.*}}) : (vector<2xf32>, vector<2xf32>)
// CHECK: llvm.intr.minnum
// CHECK: llvm.intr.maximum
// CHECK-NOT: llvm.call
gpu.module @device {
  gpu.func @maxima(%p: !llvm.ptr, %x: vector<2xf32>, %y: vector<2xf32>) kernel {
    %a = arith.maxnumf %x, %y : vector<2xf32>
    %b = arith.minnumf %a, %y : vector<2xf32>
    %c = arith.maximumf %b, %x : vector<2xf32>
    llvm.store %c, %p : vector<2xf32>, !llvm.ptr
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

// -----

// Numbers that the sum hides need no care; others do.
// CHECK-LABEL: llvm.func @quotients
// CHECK-COUNT-2: "llvm.nvvm.ex2.approx.ftz.f32"
// CHECK-COUNT-2: "llvm.nvvm.rcp.approx.ftz.f"
// CHECK-NOT: llvm.nvvm
// CHECK: llvm.intr.exp2
// CHECK: llvm.fdiv
// CHECK: llvm.return
gpu.module @device {
  gpu.func @quotients(%p: !llvm.ptr, %x: vector<2xf32>, %y: f32) kernel {
    %half = arith.constant dense<0.5> : vector<2xf32>
    %one = arith.constant dense<1.0> : vector<2xf32>
    %small = arith.constant 1.0e-38 : f32
    %number = arith.constant 1.0 : f32
    %0 = math.exp2 %x fastmath<afn> : vector<2xf32>
    %1 = arith.addf %0, %half : vector<2xf32>
    %2 = arith.divf %one, %1 fastmath<arcp,afn> : vector<2xf32>
    llvm.store %2, %p : vector<2xf32>, !llvm.ptr
    %3 = math.exp2 %y fastmath<afn> : f32
    %4 = arith.addf %3, %small : f32
    %5 = arith.divf %number, %4 fastmath<arcp,afn> : f32
    llvm.store %5, %p : f32, !llvm.ptr
    gpu.return
  }
}

// -----

// Two numbers are rounded at a time, though they are widened one by one.
// CHECK-LABEL: llvm.func @rounds
// CHECK: %[[ROUNDED:.*]] = llvm.fptrunc %{{.*}} : vector<4xf32> to vector<4xbf16>
// CHECK: %[[BITS:.*]] = llvm.bitcast %[[ROUNDED]] : vector<4xbf16> to vector<2xi32>
// CHECK-COUNT-2: llvm.shl %{{.*}} : i32
// CHECK-NOT: llvm.fpext
// CHECK: llvm.fpext %{{.*}} : f16 to f32
gpu.module @device {
  gpu.func @rounds(%p: !llvm.ptr, %x: vector<4xf32>, %y: f16) kernel {
    %0 = arith.truncf %x : vector<4xf32> to vector<4xbf16>
    %1 = arith.extf %0 : vector<4xbf16> to vector<4xf32>
    llvm.store %1, %p : vector<4xf32>, !llvm.ptr
    %2 = arith.extf %y : f16 to f32
    llvm.store %2, %p : f32, !llvm.ptr
    gpu.return
  }
}
