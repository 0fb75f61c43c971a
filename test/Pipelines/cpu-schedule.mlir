// Emits the code of kernels.
// RUN: graphc-opt %s --cpu-schedule --dump-pass-pipeline -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// CHECK: builtin.module(
// CHECK-NEXT: graphc-gather-groups
// CHECK-NEXT: graphc-cpu-declare-runtime
// CHECK-NEXT: func.func(
// CHECK-NEXT: graphc-cpu-emit-kernels
// CHECK-NEXT: graphc-cpu-share-loops
// CHECK-NEXT: convert-linalg-to-loops
// CHECK-NEXT: canonicalize
// CHECK-NEXT: cse
// CHECK-NEXT: loop-invariant-code-motion
// CHECK-NEXT: convert-complex-to-standard
// CHECK-NEXT: graphc-expand-math
// CHECK-NEXT: graphc-cpu-lower-parallel
// CHECK-NEXT: )
// CHECK-NEXT: )
module {}
