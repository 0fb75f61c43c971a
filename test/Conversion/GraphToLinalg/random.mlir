// RUN: graphc-opt %s --convert-graph-to-linalg --canonicalize | FileCheck %s

// Ten rounds of two products, of whose 64 bits the upper half is taken; for this
// half the last two rounds need that of one only. An element's place is counted
// in row-major order.
// CHECK-DAG: #[[ONE:.*]] = affine_map<(d0, d1) -> ()>
// CHECK-LABEL: func.func @philox
// CHECK: linalg.generic {indexing_maps = [#[[ONE]], #[[ONE]], #{{.*}}]
// CHECK-DAG: %[[ROW:.*]] = linalg.index 0
// CHECK-DAG: %[[ROW_64:.*]] = arith.index_cast %[[ROW]]
// CHECK-DAG: %[[COLUMN:.*]] = linalg.index 1
// CHECK-DAG: %[[COLUMN_64:.*]] = arith.index_cast %[[COLUMN]]
// CHECK: %[[START:.*]] = arith.muli %[[ROW_64]], %{{.*}} : i64
// CHECK: arith.addi %[[START]], %[[COLUMN_64]] : i64
// CHECK-COUNT-18: arith.muli %{{.*}}, %{{.*}} : i64
// CHECK-NOT: arith.muli %{{.*}} : i64
// CHECK: linalg.yield %{{.*}} : i64
func.func @philox(%seed: !graph.tensor<i64>, %call: !graph.tensor<i64>) -> !graph.tensor<4x8xi64> {
  %bits = graph.philox %seed, %call [4, 8] half 0 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<4x8xi64>
  return %bits : !graph.tensor<4x8xi64>
}
