// Adds the entry point and lowers everything to LLVM.
// RUN: graphc-opt %s --cpu-to-llvm --dump-pass-pipeline -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// CHECK: builtin.module(
// CHECK-NEXT: graphc-cpu-stop-at-checks
// CHECK-NEXT: graphc-lower-observers
// CHECK-NEXT: graphc-make-entry
// CHECK-NEXT: func.func(
// CHECK-NEXT: arith-expand
// CHECK-NEXT: graphc-lower-views
// CHECK-NEXT: expand-strided-metadata
// CHECK-NEXT: )
// CHECK-NEXT: lower-affine
// CHECK-NEXT: convert-scf-to-cf
// CHECK-NEXT: canonicalize
// CHECK-NEXT: cse
// CHECK-NEXT: convert-vector-to-llvm
// CHECK-NEXT: convert-complex-to-llvm
// CHECK-NEXT: convert-math-to-llvm
// CHECK-NEXT: convert-math-to-libm
// CHECK-NEXT: convert-vector-to-llvm
// CHECK-NEXT: finalize-memref-to-llvm
// CHECK-NEXT: convert-func-to-llvm
// CHECK-NEXT: convert-openmp-to-llvm
// CHECK-NEXT: convert-arith-to-llvm
// CHECK-NEXT: convert-index-to-llvm
// CHECK-NEXT: convert-cf-to-llvm
// CHECK-NEXT: convert-ub-to-llvm
// CHECK-NEXT: reconcile-unrealized-casts
// CHECK-NEXT: graphc-cpu-add-debug-info
// CHECK-NEXT: )
module {}
