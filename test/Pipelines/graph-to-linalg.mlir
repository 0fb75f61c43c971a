// Lowers graph ops to linalg on tensors.
// RUN: graphc-opt %s --graph-to-linalg --dump-pass-pipeline -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// CHECK: builtin.module(
// CHECK-NEXT: graph-bound-symbols
// CHECK-NEXT: convert-graph-to-linalg
// CHECK-NEXT: canonicalize
// CHECK-NEXT: cse
// CHECK-NEXT: )
module {}
