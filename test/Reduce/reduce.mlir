// A module is reduced under the options that it fails with; what is left fails
// again with the command in its first lines.

// RUN: rm -f %t.mlir
// RUN: graphc-reduce %s -o %t.mlir --jobs=2 -- graphc-opt --canonicalize --seed-fault=graph-chained-add | FileCheck %s --check-prefix=SAID
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: not graphc-opt %t.mlir --canonicalize --seed-fault=graph-chained-add 2>&1 | FileCheck %s --check-prefix=AGAIN

// SAID: from the file (8 ops): pass 'canonicalize' failed: 'graph.add' op meets a seeded fault with operands of '!graph.tensor<f32>'
// SAID: .mlir: 2 ops, {{[0-9]+}} compilations

// CHECK: // graphc-reduce: pass 'canonicalize' failed: 'graph.add' op meets
// CHECK: // Again: {{.*}}graphc-opt reduce.mlir.tmp.mlir {{.*}}--seed-fault=graph-chained-add
// CHECK: func.func @main(%arg0: !graph.tensor<f32>)
// CHECK-NEXT: %[[SUM:.*]] = graph.add %arg0, %arg0
// CHECK-NEXT: graph.add {{.*}}%[[SUM]]
// CHECK-NEXT: return

// AGAIN: 'graph.add' op meets a seeded fault with operands of '!graph.tensor<f32>', '!graph.tensor<f32>'

func.func @main(%x: !graph.tensor<4x8xf32>, %y: !graph.tensor<16x8xf32>) -> (!graph.tensor<4x16xf32>, !graph.tensor<4x8xf32>) {
  %0 = graph.mul %x, %x : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %1 = graph.relu %0 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %2 = graph.add %0, %1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %3 = graph.add %2, %x : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %4 = graph.exp %3 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %5 = graph.permute %y [1, 0] : (!graph.tensor<16x8xf32>) -> !graph.tensor<8x16xf32, strides = [1, 8]>
  %6 = graph.matmul %4, %5 : (!graph.tensor<4x8xf32>, !graph.tensor<8x16xf32, strides = [1, 8]>) -> !graph.tensor<4x16xf32>
  %7 = graph.sin %1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %6, %7 : !graph.tensor<4x16xf32>, !graph.tensor<4x8xf32>
}
