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

// The number of a call that is some calls behind another is no op of its own.
// CHECK-LABEL: func.func @later_call
// CHECK-SAME:    %[[SEED:[a-z0-9]+]]: tensor<i64>, %[[CALL:[a-z0-9]+]]: tensor<i64>
// CHECK-DAG: %[[THREE:.*]] = arith.constant 3 : i64
// CHECK: linalg.generic {{.*}} ins(%[[SEED]], %[[CALL]] : tensor<i64>, tensor<i64>)
// CHECK-NEXT: ^bb0(%{{.*}}: i64, %[[BASE:.*]]: i64, %{{.*}}: i64):
// CHECK: arith.addi %[[BASE]], %[[THREE]]
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @later_call(%seed: !graph.tensor<i64>, %call: !graph.tensor<i64>) -> !graph.tensor<8xi64> {
  %three = graph.constant dense<3> : tensor<i64> : () -> !graph.tensor<i64>
  %later = graph.add %call, %three : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i64>
  %bits = graph.philox %seed, %later [8] half 0 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<8xi64>
  return %bits : !graph.tensor<8xi64>
}
