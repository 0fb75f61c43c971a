// RUN: graphc-opt %s -graphc-nvptx-launch-loops -canonicalize | FileCheck %s

// Independent iterations are threads.
// CHECK-LABEL: func @parallel
// CHECK: gpu.launch blocks(%{{.*}} = %c8
// CHECK-NOT: scf.for
// CHECK: arith.remui
// CHECK: memref.store
// CHECK-NOT: graphc.parallel
func.func @parallel(%x: memref<64x32xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  %m = arith.constant 32 : index
  %v = arith.constant 1.0 : f32
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %m step %c1 {
      memref.store %v, %x[%i, %j] : memref<64x32xf32>
    }
  } {graphc.parallel = 2 : i64}
  return
}

// The order of others matters: one thread runs them all.
// CHECK-LABEL: func @serial
// CHECK: gpu.launch blocks(%{{.*}} = %c1{{[,_ ]}}
// CHECK: scf.if
// CHECK: scf.for
// CHECK: memref.load
func.func @serial(%x: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  scf.for %i = %c1 to %n step %c1 {
    %before = arith.subi %i, %c1 : index
    %v = memref.load %x[%before] : memref<64xf32>
    memref.store %v, %x[%i] : memref<64xf32>
  }
  return
}

// A loop around kernels is the host's.
// CHECK-LABEL: func @control
// CHECK: scf.for
// CHECK-NEXT: func.call @step
// CHECK-NOT: gpu.launch
// CHECK: return
func.func private @step(memref<64xf32>)
func.func @control(%x: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  scf.for %i = %c0 to %n step %c1 {
    func.call @step(%x) : (memref<64xf32>) -> ()
  }
  return
}
