// RUN: graphc-opt %s --graph-to-linalg --linalg-to-kernel \
// RUN:   --graphc-bind-boundary --graphc-bufferize --graphc-bufferize \
// RUN:   | FileCheck %s

// A kernel on buffers is done, though its body still describes it on tensors.

// CHECK-LABEL: func.func @main(
// CHECK: kernel.region
// CHECK-NOT: bufferization.
func.func @main(%x: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  %y = graph.exp %x : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %y : !graph.tensor<4x8xf32>
}
