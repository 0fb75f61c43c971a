// RUN: graphc-opt %s -graphc-cpu-share-loops | FileCheck %s
// RUN: graphc-opt %s -graphc-cpu-share-loops="parallel=false" | FileCheck %s --check-prefix=SERIAL

// CHECK-LABEL: func @rows
// CHECK: scf.forall
// CHECK: memref.alloca_scope
// CHECK: scf.for
// CHECK: scf.for
// SERIAL-LABEL: func @rows
// SERIAL-NOT: scf.forall
// SERIAL-NOT: graphc.parallel
func.func @rows(%x: memref<2048x2048xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 2048 : index
  %v = arith.constant 1.0 : f32
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      memref.store %v, %x[%i, %j] : memref<2048x2048xf32>
    }
  } {graphc.parallel = 1 : i64}
  return
}

// A loop of one iteration hands on to the loop inside.
// CHECK-LABEL: func @inner
// CHECK: scf.for
// CHECK: scf.forall
func.func @inner(%x: memref<1x2048x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 2048 : index
  %m = arith.constant 64 : index
  %v = arith.constant 1.0 : f32
  scf.for %h = %c0 to %c1 step %c1 {
    scf.for %i = %c0 to %n step %c1 {
      scf.for %j = %c0 to %m step %c1 {
        memref.store %v, %x[%h, %i, %j] : memref<1x2048x64xf32>
      }
    }
  } {graphc.parallel = 2 : i64}
  return
}

// Threads would share the buffer.
// CHECK-LABEL: func @buffer_inside
// CHECK-NOT: scf.forall
// CHECK: return
func.func @buffer_inside(%x: memref<2048xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 2048 : index
  scf.for %i = %c0 to %n step %c1 {
    %b = memref.alloc() : memref<8xf32>
    %v = memref.load %b[%c0] : memref<8xf32>
    memref.store %v, %x[%i] : memref<2048xf32>
  } {graphc.parallel = 1 : i64}
  return
}
