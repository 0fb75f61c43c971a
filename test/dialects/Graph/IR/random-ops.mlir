// RUN: graphc-opt %s | graphc-opt | FileCheck %s

// CHECK-LABEL: func.func @philox
// CHECK: graph.philox %{{.*}}, %{{.*}} [s0, 8] half 1 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<(s0)x8xi64>
func.func @philox(%seed: !graph.tensor<i64>, %call: !graph.tensor<i64>) -> !graph.tensor<(s0)x8xi64> {
  %bits = graph.philox %seed, %call [s0, 8] half 1 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<(s0)x8xi64>
  return %bits : !graph.tensor<(s0)x8xi64>
}
