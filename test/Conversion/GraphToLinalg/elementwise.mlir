// RUN: graphc-opt %s --convert-graph-to-linalg --canonicalize | FileCheck %s

// A zero keeps its sign at a bound of zero, which a maximum would not give.
// CHECK-LABEL: func.func @clamp
// CHECK: ^bb0(%[[X:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[BELOW:.*]] = arith.cmpf olt, %[[X]], %[[LOW:.*]] : f32
// CHECK-NEXT: %[[RAISED:.*]] = arith.select %[[BELOW]], %[[LOW]], %[[X]] : f32
// CHECK-NEXT: %[[ABOVE:.*]] = arith.cmpf ogt, %[[RAISED]], %[[HIGH:.*]] : f32
// CHECK-NEXT: arith.select %[[ABOVE]], %[[HIGH]], %[[RAISED]] : f32
func.func @clamp(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  %low = graph.constant dense<0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %high = graph.constant dense<6.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.clamp %x, %low, %high : (!graph.tensor<4xf32>, !graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}
