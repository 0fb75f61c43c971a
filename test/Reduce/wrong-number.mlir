// Without a script: the pass that changes what is computed is the one that stays.

// RUN: rm -rf %t && mkdir %t
// RUN: graphc-reduce %s -o %t/out.mlir --wrong-number -- graphc-opt --canonicalize --seed-fault=graph-lost-bias | FileCheck %s --check-prefix=SAID
// RUN: FileCheck %s --input-file=%t/out.mlir

// SAID: from the file (5 ops): pass '{{.*}}' changes what is computed (value)
// SAID: out.mlir: 2 ops
// SAID: again: {{.*}}--verify-numerics
// CHECK: graph.matmul
// CHECK-NEXT: graph.add
// CHECK-NEXT: return

func.func @main(%x: !graph.tensor<4x8xf32>, %y: !graph.tensor<8x4xf32>, %z: !graph.tensor<4x4xf32>) -> !graph.tensor<4x4xf32> {
  %0 = graph.sin %x : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %1 = graph.matmul %0, %y : (!graph.tensor<4x8xf32>, !graph.tensor<8x4xf32>) -> !graph.tensor<4x4xf32>
  %2 = graph.add %1, %z : (!graph.tensor<4x4xf32>, !graph.tensor<4x4xf32>) -> !graph.tensor<4x4xf32>
  %3 = graph.relu %2 : (!graph.tensor<4x4xf32>) -> !graph.tensor<4x4xf32>
  %4 = graph.exp %3 : (!graph.tensor<4x4xf32>) -> !graph.tensor<4x4xf32>
  return %4 : !graph.tensor<4x4xf32>
}
