// Bufferizes between kernels, plans memory, makes each kernel a function.
// RUN: graphc-opt %s --kernel-to-buffers --dump-pass-pipeline -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// CHECK: builtin.module(
// CHECK-NEXT: graphc-hoist-weights
// CHECK-NEXT: graphc-bind-boundary
// CHECK-NEXT: graphc-eliminate-empty-tensors
// CHECK-NEXT: graphc-bufferize
// CHECK-NEXT: canonicalize
// CHECK-NEXT: cse
// CHECK-NEXT: func.func(
// CHECK-NEXT: graphc-lower-copies
// CHECK-NEXT: )
// CHECK-NEXT: graphc-plan-memory
// CHECK-NEXT: graphc-outline-kernels
// CHECK-NEXT: )
module {}
