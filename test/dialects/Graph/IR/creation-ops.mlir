// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @constant(
func.func @constant() {
  // CHECK: graph.constant dense<1.000000e+00> : tensor<4xf32> : () -> !graph.tensor<4xf32>
  %w = graph.constant dense<1.000000e+00> : tensor<4xf32> : () -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @full(
func.func @full(%a: !graph.tensor<f32>) {
  // CHECK: graph.full %{{.*}} [s0, 8] : (!graph.tensor<f32>) -> !graph.tensor<(s0)x8xf32>
  %b = graph.full %a [s0, 8] : (!graph.tensor<f32>) -> !graph.tensor<(s0)x8xf32>
  return
}

// CHECK-LABEL: func.func @iota(
func.func @iota() {
  // CHECK: graph.iota [s0, 8] dim 1 : () -> !graph.tensor<(s0)x8xi64>
  %b = graph.iota [s0, 8] dim 1 : () -> !graph.tensor<(s0)x8xi64>
  return
}

// CHECK-LABEL: func.func @constant_bool(
func.func @constant_bool() {
  // CHECK: graph.constant dense<[true, false]> : tensor<2xi1> : () -> !graph.tensor<2xi1>
  %c = graph.constant dense<[true, false]> : tensor<2xi1> : () -> !graph.tensor<2xi1>
  return
}

// CHECK-LABEL: func.func @constant_unsigned(
func.func @constant_unsigned() {
  // CHECK: graph.constant dense<255> : tensor<2xui8> : () -> !graph.tensor<2xui8>
  %c = graph.constant dense<255> : tensor<2xui8> : () -> !graph.tensor<2xui8>
  return
}

// CHECK-LABEL: func.func @constant_resource(
func.func @constant_resource() {
  // CHECK: graph.constant dense_resource<weight> : tensor<2xf32> : () -> !graph.tensor<2xf32>
  %c = graph.constant dense_resource<weight> : tensor<2xf32> : () -> !graph.tensor<2xf32>
  return
}

{-#
  dialect_resources: {
    builtin: {
      weight: "0x040000000000803F00000040"
    }
  }
#-}
