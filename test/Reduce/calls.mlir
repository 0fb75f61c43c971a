// Functions lose arguments and results with their callers, or take their place.

// RUN: rm -f %t.*
// RUN: graphc-reduce %s -o %t.inlined.mlir --test=%S/Inputs/has-exponential.sh | FileCheck %s --check-prefix=SAID
// RUN: FileCheck %s --input-file=%t.inlined.mlir
// RUN: graphc-reduce %s -o %t.call.mlir --test=%S/Inputs/has-call.sh
// RUN: FileCheck %s --input-file=%t.call.mlir --check-prefix=CALL

// SAID: inlined.mlir: 1 op
// CHECK: graph.exp
// CHECK-NOT: func.func private

// CALL: func.func @main
// CALL-NEXT: call @part() : () -> ()
// CALL: func.func private @part() {

func.func @main(%x: !graph.tensor<4xf32>, %y: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  %0, %1 = call @part(%x, %y) : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> (!graph.tensor<4xf32>, !graph.tensor<4xf32>)
  %2 = graph.add %0, %1 : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %2 : !graph.tensor<4xf32>
}

func.func private @part(%x: !graph.tensor<4xf32>, %y: !graph.tensor<4xf32>) -> (!graph.tensor<4xf32>, !graph.tensor<4xf32>) {
  %0 = graph.sin %x : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %1 = graph.exp %0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %1, %y : !graph.tensor<4xf32>, !graph.tensor<4xf32>
}
