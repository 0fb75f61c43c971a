// RUN: not graphc-opt %s --canonicalize --cse --seed-fault=graph-chained-add -o %t 2>&1 | FileCheck %s
// RUN: graphc-opt %s --cse --seed-fault=graph-chained-add | FileCheck %s --check-prefix=SOUND
// RUN: not graphc %s --emit=linalg --seed-fault=import-square --dump-dir= 2>&1 | FileCheck %s --check-prefix=FIRST
// RUN: not graphc %s --emit=linalg --seed-fault=graph-diamond --dump-dir=%t.d 2>&1 | FileCheck %s --check-prefix=CRASH
// RUN: graphc-opt %s --canonicalize --graph-recognize --seed-fault=graph-swapped-sub | FileCheck %s --check-prefix=WRONG
// RUN: not graphc %graphc_src/test/Integration/Inputs/pt2_mlp/model.pt2 -o %t.o --dump-dir= --seed-fault=emit-product 2>&1 | FileCheck %s --check-prefix=EMIT
// RUN: not graphc %graphc_src/test/Integration/Inputs/pt2_mlp/model.pt2 -o %t.o --dump-dir= --seed-fault=ir-compare 2>&1 | FileCheck %s --check-prefix=TRANSLATE
// RUN: not graphc %s --emit=linalg --seed-fault=graph-diamonds 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not graphc-opt %s --seed-fault=graph-diamonds 2>&1 | FileCheck %s --check-prefix=NAME

// CHECK: 'graph.add' op meets a seeded fault with operands of '!graph.tensor<4x8xf32>'
// SOUND: graph.sub %{{.*}}, %arg0
// FIRST: 'graph.mul' op meets a seeded fault
// CRASH: pass 'graph-recognize' on builtin.module crashed (SIGSEGV)
// WRONG: graph.sub %arg0, %
// EMIT: error[internal]: seeded fault: cannot select 'fmul'
// TRANSLATE: error[crash]: stage 'translate' crashed (SIGSEGV)
// NAME: error{{(\[usage\])?}}: --seed-fault: no fault is named 'graph-diamonds', did you mean 'graph-diamond'?
func.func @main(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  %0 = graph.mul %x, %x : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %1 = graph.relu %x : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %2 = graph.add %0, %1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %3 = graph.add %2, %x : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %4 = graph.sub %3, %x : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %4 : !graph.tensor<4x8xf32>
}
