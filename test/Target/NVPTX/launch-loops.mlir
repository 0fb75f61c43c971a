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

// What only a branch on the device asks for is read there: the host would have
// to wait for it.
// CHECK-LABEL: func @check
// CHECK-NOT: memref.load
// CHECK: gpu.launch
// CHECK: memref.load %arg0
// CHECK: memref.store {{.*}}, %arg1
func.func @check(%flag: memref<i8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
  %v = memref.load %flag[] : memref<i8>
  %bit = arith.trunci %v : i8 to i1
  scf.if %bit {
    %c0 = arith.constant 0 : index
    %one = arith.constant 1 : i32
    memref.store %one, %status[%c0] : memref<1xi32>
  }
  return
}

// What the host asks for, too, it reads itself.
// CHECK-LABEL: func @used_by_host
// CHECK: memref.load %arg0
// CHECK: gpu.launch
// CHECK-NOT: memref.load
// CHECK: return
func.func @used_by_host(%flag: memref<i8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %v = memref.load %flag[] : memref<i8>
  %bit = arith.trunci %v : i8 to i1
  scf.if %bit {
    %one = arith.constant 1 : i32
    memref.store %one, %status[%c0] : memref<1xi32>
  }
  %wide = arith.extui %v : i8 to i64
  memref.store %wide, %symbols[%c0] : memref<?xi64>
  return
}
