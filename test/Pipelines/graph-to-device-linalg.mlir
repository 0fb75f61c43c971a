// Lowers graph ops to linalg on tensors, for a GPU.
// RUN: graphc-opt %s --graph-to-device-linalg --dump-pass-pipeline -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// CHECK: builtin.module(
// CHECK-NEXT: graph-bound-symbols
// CHECK-NEXT: convert-graph-to-linalg{device=true}
// CHECK-NEXT: canonicalize
// CHECK-NEXT: cse
// CHECK-NEXT: )
module {}
