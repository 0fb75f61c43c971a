// RUN: graphc-opt %s --split-input-file --convert-graph-to-linalg | FileCheck %s

// A table that may have no rows: known before any index is read.
// CHECK-LABEL: @open
// CHECK-SAME: %[[ROWS:.*]]: index {graphc.symbol = "s0"}, %[[COUNT:.*]]: index {graphc.symbol = "s1"}
// CHECK-DAG: %[[SOME:.*]] = arith.cmpi ne, %[[ROWS]], %c0{{.*}} : index
// CHECK-DAG: %[[NONE:.*]] = arith.cmpi eq, %[[COUNT]], %c0{{.*}} : index
// CHECK: %[[OK:.*]] = arith.ori %[[SOME]], %[[NONE]] : i1
// CHECK-NEXT: kernel.check %[[OK]], "index out of range"
// CHECK: linalg.generic
// CHECK: kernel.check %{{.*}}, "index out of range"
module attributes {graph.signature = {model = "m", symbols = [{name = "s0"}, {name = "s1"}], inputs = [], outputs = [], mutations = [], constraints = []}} {
  func.func @open(%t: !graph.tensor<(s0)x4xf32>, %i: !graph.tensor<(s1)xi64>) -> !graph.tensor<(s1)x4xf32> {
    %0 = graph.index %t[%i] dims [0] : (!graph.tensor<(s0)x4xf32>, !graph.tensor<(s1)xi64>) -> !graph.tensor<(s1)x4xf32>
    return %0 : !graph.tensor<(s1)x4xf32>
  }
}

// -----

// CHECK-LABEL: @known
// CHECK-COUNT-1: kernel.check
// CHECK-NOT: kernel.check
module attributes {graph.signature = {model = "m", symbols = [], inputs = [], outputs = [], mutations = [], constraints = []}} {
  func.func @known(%t: !graph.tensor<5x4xf32>, %i: !graph.tensor<3xi64>) -> !graph.tensor<3x4xf32> {
    %0 = graph.index %t[%i] dims [0] : (!graph.tensor<5x4xf32>, !graph.tensor<3xi64>) -> !graph.tensor<3x4xf32>
    return %0 : !graph.tensor<3x4xf32>
  }
}

// -----

// One comparison: a negative index is a large unsigned number.
// CHECK-LABEL: @nonnegative
// CHECK: linalg.generic
// CHECK-NOT: arith.addi
// CHECK: arith.cmpi ult, %{{.*}}, %c5{{.*}} : i64
// CHECK: kernel.check
// CHECK: linalg.generic
// CHECK-NOT: arith.select
// CHECK: arith.minui
// CHECK-NOT: arith.select
// CHECK: return
module attributes {graph.signature = {model = "m", symbols = [], inputs = [], outputs = [], mutations = [], constraints = []}} {
  func.func @nonnegative(%t: !graph.tensor<5x4xf32>, %i: !graph.tensor<3xi64>) -> !graph.tensor<3x4xf32> {
    %0 = graph.index %t[%i] dims [0] {graph.nonnegative} : (!graph.tensor<5x4xf32>, !graph.tensor<3xi64>) -> !graph.tensor<3x4xf32>
    return %0 : !graph.tensor<3x4xf32>
  }
}

// -----

// -5 is the first of what is below 10 once the size is added.
// CHECK-LABEL: @wrapped
// CHECK: linalg.generic
// CHECK: %[[SUM:.*]] = arith.addi %{{.*}}, %c5{{.*}} : i64
// CHECK: arith.cmpi ult, %[[SUM]], %{{.*}} : i64
// CHECK: kernel.check
// CHECK: linalg.generic
// CHECK: arith.cmpi slt
// CHECK: arith.select
// CHECK: arith.minui
module attributes {graph.signature = {model = "m", symbols = [], inputs = [], outputs = [], mutations = [], constraints = []}} {
  func.func @wrapped(%t: !graph.tensor<5x4xf32>, %i: !graph.tensor<3xi64>) -> !graph.tensor<3x4xf32> {
    %0 = graph.index %t[%i] dims [0] : (!graph.tensor<5x4xf32>, !graph.tensor<3xi64>) -> !graph.tensor<3x4xf32>
    return %0 : !graph.tensor<3x4xf32>
  }
}
