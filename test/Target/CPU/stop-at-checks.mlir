// RUN: graphc-opt %s --split-input-file --graphc-cpu-stop-at-checks | FileCheck %s

// The status is the last argument but one; a vector of the program's own is not.
// CHECK-LABEL: @main
// CHECK: cf.cond_br %arg0, ^[[FAILS:.*]], ^[[REST:.*]]
// CHECK: ^[[FAILS]]:
// CHECK-NEXT: memref.store %{{.*}}, %arg3
// CHECK-NEXT: %[[YES:.*]] = arith.constant true
// CHECK-NEXT: cf.cond_br %[[YES]], ^[[EXIT:.*]], ^
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

// -----

// A check in a branch in a loop leaves both; a loop without any stays one.
// CHECK-LABEL: @main
// CHECK: scf.for
// CHECK-NOT: scf.
// CHECK: memref.store %{{.*}}, %arg1
// CHECK-NEXT: arith.constant true
// CHECK-NEXT: cf.cond_br %{{.*}}, ^[[EXIT:.*]], ^
// CHECK: call @next
// CHECK: ^[[EXIT]]:
// CHECK-NEXT: return
module {
  func.func private @next()
  func.func private @more() -> i1
  func.func @main(%fails: i1, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c9 = arith.constant 9 : index
    %c7 = arith.constant 7 : i32
    scf.for %i = %c0 to %c9 step %c1 {
      func.call @next() : () -> ()
    }
    scf.while : () -> () {
      %go = func.call @more() : () -> i1
      scf.condition(%go)
    } do {
      scf.if %fails {
        memref.store %c7, %status[%c0] : memref<1xi32>
      }
      func.call @next() : () -> ()
      scf.yield
    }
    return
  }
}

// -----

// A kernel, and threads, have run to their end when it is looked what they told.
// CHECK-LABEL: @main
// CHECK: call @kernel(%arg1)
// CHECK: %[[CODE:.*]] = memref.load %arg1
// CHECK: %[[FAILS:.*]] = arith.cmpi ne, %[[CODE]], %c0_i32
// CHECK-NEXT: cf.cond_br %[[FAILS]], ^[[EXIT:.*]], ^
// CHECK: scf.forall
// CHECK-NEXT: scf.if
// CHECK: memref.load %arg1
// CHECK: cf.cond_br %{{.*}}, ^[[EXIT]], ^
module {
  func.func private @kernel(memref<1xi32>)
  func.func @main(%fails: i1, %status: memref<1xi32>, %symbols: memref<?xi64>) {
    %c0 = arith.constant 0 : index
    %c7 = arith.constant 7 : i32
    func.call @kernel(%status) : (memref<1xi32>) -> ()
    scf.forall (%i) in (4) {
      scf.if %fails {
        memref.store %c7, %status[%c0] : memref<1xi32>
      }
    }
    return
  }
}
