// A script may say what is wanted: here a module that graphc-opt takes and that
// has an exponential.

// RUN: rm -f %t.mlir
// RUN: graphc-reduce %s -o %t.mlir --test=%S/Inputs/has-exponential.sh | FileCheck %s --check-prefix=SAID
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: rm -f %t.none.mlir
// RUN: not graphc-reduce %S/reduce.mlir -o %t.none.mlir --test=%S/Inputs/nothing.sh 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not ls %t.none.mlir

// SAID: from the file (3 ops): wanted by the script
// SAID: .mlir: 1 op
// CHECK: func.func @main(%arg0: !graph.tensor<f32>)
// CHECK-NEXT: graph.exp %arg0
// CHECK-NEXT: return
// NONE: error[reduce]: {{.*}}reduce.mlir: the script does not want it, so there is nothing to keep

func.func @main(%x: !graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xbf16> {
  %0 = graph.mul %x, %x : (!graph.tensor<4x8xbf16>, !graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xbf16>
  %1 = graph.exp %0 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xbf16>
  %2 = graph.sin %1 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xbf16>
  return %2 : !graph.tensor<4x8xbf16>
}
