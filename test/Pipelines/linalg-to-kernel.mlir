// Groups linalg ops into kernel regions.
// RUN: graphc-opt %s --linalg-to-kernel --dump-pass-pipeline -o /dev/null 2>&1 \
// RUN:   | FileCheck %s

// CHECK: builtin.module(
// CHECK-NEXT: graphc-hoist-weights
// CHECK-NEXT: func.func(
// CHECK-NEXT: graphc-align-domains
// CHECK-NEXT: )
// CHECK-NEXT: func.func(
// CHECK-NEXT: graphc-form-kernels
// CHECK-NEXT: )
// CHECK-NEXT: canonicalize
// CHECK-NEXT: )
module {}
