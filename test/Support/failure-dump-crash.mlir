// A crash ends with status 1 and leaves the stack and a replay.
// RUN: rm -rf %t && mkdir -p %t
// RUN: not graphc-opt %s --pass-pipeline='builtin.module(func.func(canonicalize,cse))' \
// RUN:   --crash-at-pass=cse --dump-dir=%t -o /dev/null 2>&1 | FileCheck %s
// RUN: ls %t | count 1
// RUN: cat %t/*/stack.txt | FileCheck %s --check-prefix=STACK
// RUN: cat %t/*/before.mlir | FileCheck %s --check-prefix=BEFORE
// RUN: not sh -c "sh %t/*/replay.sh" 2>&1 | FileCheck %s

// CHECK: graphc: error[crash]: pass 'cse' on func.func @{{f|g}} crashed (SIGSEGV)

// STACK: pass: cse on func.func
// STACK: graphc::crashOnPurpose

// BEFORE: "func.func"
func.func @f() {
  return
}
func.func @g() {
  return
}
