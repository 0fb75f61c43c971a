// RUN: graphc-opt %s --split-input-file --graphc-lower-observers | FileCheck %s

// The context comes as the last argument; where nobody watches, nothing is
// stored.

// CHECK:       func.func private @graphc_rt_observe(!llvm.ptr, i64, i32, i64, i64, !llvm.ptr)
// CHECK-LABEL: func.func @main
// CHECK-SAME:    %[[X:.*]]: memref<?xf16, strided<[?], offset: ?>>, %[[CONTEXT:.*]]: !llvm.ptr
// CHECK:         %[[SIZE:.*]] = llvm.mlir.constant(3 : i64)
// CHECK:         %[[VALUES:.*]] = llvm.alloca %[[SIZE]] x i64
// CHECK:         %[[WATCHED:.*]] = llvm.icmp "ne" %[[CONTEXT]]
// CHECK:         scf.if %[[WATCHED]] {
// CHECK:           %[[BASE:.*]], %[[OFFSET:.*]], %[[N:.*]], %[[STEP:.*]] = memref.extract_strided_metadata %[[X]]
// CHECK:           %[[ADDRESS:.*]] = memref.extract_aligned_pointer_as_index %[[X]]
// CHECK:           %[[TWO:.*]] = arith.constant 2
// CHECK:           %[[BYTES:.*]] = arith.muli %[[OFFSET]], %[[TWO]]
// CHECK:           %[[FIRST:.*]] = arith.addi %[[ADDRESS]], %[[BYTES]]
// CHECK:           llvm.store
// CHECK:           llvm.store
// CHECK:           llvm.store
// CHECK:           %[[KERNEL:.*]] = arith.constant 5 : i64
// CHECK:           %[[DONE:.*]] = arith.constant 1 : i32
// CHECK:           func.call @graphc_rt_observe(%[[CONTEXT]], %[[KERNEL]], %[[DONE]], %{{.*}}, %{{.*}}, %[[VALUES]])
// CHECK-NEXT:    }
func.func @main(%x: memref<?xf16, strided<[?], offset: ?>>) {
  %c = arith.constant 8 : index
  kernel.observe 5 done bytes %c flops %c on %x : memref<?xf16, strided<[?], offset: ?>>
  return
}

// -----

// A module that cannot be watched stays as it is.

// CHECK-NOT:   graphc_rt_observe
// CHECK-LABEL: func.func @main(%{{.*}}: memref<4xf32>) {
func.func @main(%x: memref<4xf32>) {
  return
}
