// Simplifies graph ops.
// RUN: graphc-opt %s --graph-optimization --dump-pass-pipeline -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// CHECK: builtin.module(
// CHECK-NEXT: canonicalize
// CHECK-NEXT: cse
// CHECK-NEXT: func.func(
// CHECK-NEXT: graphc-fold-constants
// CHECK-NEXT: )
// CHECK-NEXT: graph-simplify-indexing
// CHECK-NEXT: cse
// CHECK-NEXT: graph-recognize
// CHECK-NEXT: canonicalize
// CHECK-NEXT: cse
// CHECK-NEXT: graph-choose-layouts
// CHECK-NEXT: canonicalize
// CHECK-NEXT: )
module {}
