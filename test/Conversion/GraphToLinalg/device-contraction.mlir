// RUN: graphc-opt %s --convert-graph-to-linalg=device | FileCheck %s

// Where the last group ends is found by whoever stores zeros: no slice has a
// size that the host would have to read.
// CHECK-LABEL: @groups_of_rows(
// CHECK:       scf.for
// CHECK:         kernel.check
// CHECK:       } {graphc.parallel = 1 : i64}
// CHECK:       %[[R:.*]] = scf.for
// CHECK:       } {graphc.groups}
// CHECK:       scf.for %[[ROW:[a-z0-9]*]] = {{.*}} iter_args(%{{.*}} = %[[R]])
// CHECK:         scf.for %[[LANE:[a-z0-9]*]] =
// CHECK:           %[[LAST:.*]] = scf.for
// CHECK:             tensor.extract
// CHECK:           arith.cmpi slt, %[[ROW]], %[[LAST]]
// CHECK:           scf.for %[[COLUMN:[a-z0-9]*]] =
// CHECK:             tensor.insert %{{.*}} into %{{.*}}[%[[ROW]], %[[COLUMN]]]
// CHECK:       } {graphc.parallel = 2 : i64}
func.func @groups_of_rows(%x: !graph.tensor<18x64xf32>, %w: !graph.tensor<4x64x32xf32>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<18x32xf32> {
  %y = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<18x64xf32>, !graph.tensor<4x64x32xf32>, !graph.tensor<4xi32>) -> !graph.tensor<18x32xf32>
  return %y : !graph.tensor<18x32xf32>
}
