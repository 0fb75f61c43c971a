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

// f8E4M3FN has no infinity: what is greater than its numbers becomes the
// greatest, NaN stays.
// CHECK-LABEL: func.func @saturate
// CHECK-DAG: %[[HIGH:.*]] = arith.constant 4.480000e+02 : f32
// CHECK-DAG: %[[LOW:.*]] = arith.constant -4.480000e+02 : f32
// CHECK: ^bb0(%[[X:.*]]: f32, %{{.*}}: f8E4M3FN):
// CHECK-NEXT: %[[ABOVE:.*]] = arith.cmpf ogt, %[[X]], %[[HIGH]] : f32
// CHECK-NEXT: %[[LOWERED:.*]] = arith.select %[[ABOVE]], %[[HIGH]], %[[X]] : f32
// CHECK-NEXT: %[[BELOW:.*]] = arith.cmpf olt, %[[LOWERED]], %[[LOW]] : f32
// CHECK-NEXT: %[[RAISED:.*]] = arith.select %[[BELOW]], %[[LOW]], %[[LOWERED]] : f32
// CHECK-NEXT: arith.truncf %[[RAISED]] : f32 to f8E4M3FN
func.func @saturate(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf8E4M3FN> {
  %0 = graph.cast %x to f8E4M3FN : (!graph.tensor<4xf32>) -> !graph.tensor<4xf8E4M3FN>
  return %0 : !graph.tensor<4xf8E4M3FN>
}

// f8E5M2 has one, and what only moves keeps its bits.
// CHECK-LABEL: func.func @infinite
// CHECK: ^bb0(%[[X:.*]]: f32, %{{.*}}: f8E5M2):
// CHECK-NEXT: arith.truncf %[[X]] : f32 to f8E5M2
// CHECK-NOT: arith.{{ext|trunc}}f
// CHECK: return
func.func @infinite(%x: !graph.tensor<4xf32>, %y: !graph.tensor<2xf8E4M3FN>) -> (!graph.tensor<4xf8E5M2>, !graph.tensor<3x2xf8E4M3FN>) {
  %0 = graph.cast %x to f8E5M2 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf8E5M2>
  %1 = graph.expand %y [3, 2] : (!graph.tensor<2xf8E4M3FN>) -> !graph.tensor<3x2xf8E4M3FN, strides = [0, 1]>
  %2 = graph.contiguous %1 strides [2, 1] : (!graph.tensor<3x2xf8E4M3FN, strides = [0, 1]>) -> !graph.tensor<3x2xf8E4M3FN>
  return %0, %2 : !graph.tensor<4xf8E5M2>, !graph.tensor<3x2xf8E4M3FN>
}
