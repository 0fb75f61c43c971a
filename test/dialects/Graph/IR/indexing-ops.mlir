// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @gather(
func.func @gather(%a: !graph.tensor<4x8xf32>, %i: !graph.tensor<4x2xi64>) {
  // CHECK: graph.gather %{{.*}}[%{{.*}}] dim 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xi64>) -> !graph.tensor<4x2xf32>
  %c = graph.gather %a[%i] dim 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xi64>) -> !graph.tensor<4x2xf32>
  return
}

// CHECK-LABEL: func.func @index(
func.func @index(%a: !graph.tensor<4x8xf32>, %i: !graph.tensor<3xi64>) {
  // CHECK: graph.index %{{.*}}[%{{.*}}] dims [0] : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>) -> !graph.tensor<3x8xf32>
  %c = graph.index %a[%i] dims [0] : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>) -> !graph.tensor<3x8xf32>
  return
}

// CHECK-LABEL: func.func @index_put(
func.func @index_put(%a: !graph.tensor<4x8xf32>, %i: !graph.tensor<3xi64>, %v: !graph.tensor<3x8xf32>) {
  // CHECK: graph.index_put %{{.*}} into %{{.*}}[%{{.*}}] dims [0] accumulate : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>, !graph.tensor<3x8xf32>) -> !graph.tensor<4x8xf32>
  %c = graph.index_put %v into %a[%i] dims [0] accumulate : (!graph.tensor<4x8xf32>, !graph.tensor<3xi64>, !graph.tensor<3x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @scatter(
func.func @scatter(%a: !graph.tensor<4x8xf32>, %i: !graph.tensor<4x2xi64>, %s: !graph.tensor<4x2xf32>) {
  // CHECK: graph.scatter add %{{.*}} into %{{.*}}[%{{.*}}] dim 1 include_self : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xi64>, !graph.tensor<4x2xf32>) -> !graph.tensor<4x8xf32>
  %c = graph.scatter add %s into %a[%i] dim 1 include_self : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xi64>, !graph.tensor<4x2xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @nonzero(
func.func @nonzero(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.nonzero %{{.*}} symbol "u0" : (!graph.tensor<4x8xf32>) -> !graph.tensor<(u0)x2xi64>
  %b = graph.nonzero %a symbol "u0" : (!graph.tensor<4x8xf32>) -> !graph.tensor<(u0)x2xi64>
  return
}

// CHECK-LABEL: func.func @masked_select(
func.func @masked_select(%a: !graph.tensor<4xf32>, %m: !graph.tensor<4xi1>) {
  // CHECK: graph.masked_select %{{.*}}, %{{.*}} symbol "u0" : (!graph.tensor<4xf32>, !graph.tensor<4xi1>) -> !graph.tensor<(u0)xf32>
  %b = graph.masked_select %a, %m symbol "u0" : (!graph.tensor<4xf32>, !graph.tensor<4xi1>) -> !graph.tensor<(u0)xf32>
  return
}

// CHECK-LABEL: func.func @index_apart(
func.func @index_apart(%a: !graph.tensor<4x8x2xf32>, %i: !graph.tensor<3x1xi64>, %j: !graph.tensor<5xi64>) {
  // CHECK: graph.index %{{.*}}[%{{.*}}, %{{.*}}] dims [0, 2] : (!graph.tensor<4x8x2xf32>, !graph.tensor<3x1xi64>, !graph.tensor<5xi64>) -> !graph.tensor<3x5x8xf32>
  %c = graph.index %a[%i, %j] dims [0, 2] : (!graph.tensor<4x8x2xf32>, !graph.tensor<3x1xi64>, !graph.tensor<5xi64>) -> !graph.tensor<3x5x8xf32>
  return
}
