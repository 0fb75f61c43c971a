// RUN: graphc-opt %s --convert-graph-to-linalg | FileCheck %s

// Narrow factors of a wide product are read as they are, whatever else reads
// them wide.
// CHECK-LABEL: @widened(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xbf16>, %[[B:.*]]: tensor<8x2xbf16>
// CHECK: linalg.generic {{.*}} ins(%[[A]], %[[B]] : tensor<4x8xbf16>, tensor<8x2xbf16>) outs(%{{.*}} : tensor<4x2xf32>)
// CHECK:   arith.extf
// CHECK:   arith.extf
// CHECK:   arith.mulf
func.func @widened(%a: !graph.tensor<4x8xbf16>, %b: !graph.tensor<8x2xbf16>) -> (!graph.tensor<4x2xf32>, !graph.tensor<4x8xf32>) {
  %wa = graph.cast %a to f32 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xf32>
  %wb = graph.cast %b to f32 : (!graph.tensor<8x2xbf16>) -> !graph.tensor<8x2xf32>
  %c = graph.matmul %wa, %wb : (!graph.tensor<4x8xf32>, !graph.tensor<8x2xf32>) -> !graph.tensor<4x2xf32>
  return %c, %wa : !graph.tensor<4x2xf32>, !graph.tensor<4x8xf32>
}

// Control: what is rounded on the way is not.
// CHECK-LABEL: @narrowed(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf32>
// CHECK: linalg.generic {{.*}} ins(%[[A]] : tensor<4x8xf32>)
// CHECK:   arith.truncf
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<4x8xbf16>) outs(%{{.*}} : tensor<4x8xf32>)
// CHECK:   arith.extf
// CHECK:   math.exp
func.func @narrowed(%a: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  %0 = graph.cast %a to bf16 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xbf16>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xf32>
  %2 = graph.exp %1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %2 : !graph.tensor<4x8xf32>
}
