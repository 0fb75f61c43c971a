// RUN: graphc-opt %s --graphc-cpu-stop-at-checks | FileCheck %s

// The status is the last argument but one; a vector of the program's own is not.
// CHECK-LABEL: @main
// CHECK: scf.if %[[FAILS:.*]] {
// CHECK: }
// CHECK-NEXT: cf.cond_br %[[FAILS]], ^[[EXIT:.*]], ^[[REST:.*]]
// CHECK: ^[[REST]]:
// CHECK: scf.if
// CHECK-NEXT: memref.store %{{.*}}, %arg1
// CHECK-NEXT: }
// CHECK-NEXT: call @next
// CHECK: memref.store %{{.*}}, %arg3
// CHECK: %[[YES:.*]] = arith.constant true
// CHECK-NEXT: cf.cond_br %[[YES]], ^[[EXIT]], ^[[LAST:.*]]
// CHECK: ^[[LAST]]:
// CHECK-NEXT: call @next
// CHECK: ^[[EXIT]]:
// CHECK-NEXT: return
module {
  func.func private @next()
  func.func @main(%fails: i1, %own: memref<1xi32>, %arena: memref<?xi8>, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    %c0 = arith.constant 0 : index
    %c7 = arith.constant 7 : i32
    scf.if %fails {
      memref.store %c7, %status[%c0] : memref<1xi32>
    }
    scf.if %fails {
      memref.store %c7, %own[%c0] : memref<1xi32>
    }
    call @next() : () -> ()
    memref.store %c7, %status[%c0] : memref<1xi32>
    call @next() : () -> ()
    return
  }
}
