// RUN: graphc-opt %s --split-input-file --graph-bound-symbols --convert-graph-to-linalg | FileCheck %s

// A size from data is checked before it is bounded: memory has room for the
// bound alone, and code behind a failed check still runs.
// CHECK-LABEL: @bounded_item
// CHECK: %[[RAW:.*]] = arith.index_cast %{{.*}} : i64 to index
// CHECK: %[[OK:.*]] = arith.cmpi sle, %[[RAW]], %[[MAX:.*]] : index
// CHECK: kernel.check %[[OK]], "u0 must be at most 6"
// CHECK: %[[SIZE:.*]] = arith.minsi %[[RAW]], %[[MAX]] : index
// CHECK: kernel.define_symbol %[[SIZE]], "u0"
module attributes {graph.signature = {model = "m", symbols = [{name = "u0", data_dependent}], inputs = [], outputs = [], mutations = [], constraints = []}} {
  func.func @bounded_item(%n: !graph.tensor<i64>) -> !graph.tensor<(u0)xf32> {
    graph.item %n symbol "u0" : !graph.tensor<i64>
    graph.assert le(u0, 6), "u0 must be at most 6"
    %0 = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
    %1 = graph.full %0 [u0] : (!graph.tensor<f32>) -> !graph.tensor<(u0)xf32>
    return %1 : !graph.tensor<(u0)xf32>
  }
}

// -----

// So is a count, and no more elements are written than that.
// CHECK-LABEL: @bounded_count
// CHECK: %[[RAW:.*]] = arith.index_cast %{{.*}} : i64 to index
// CHECK: %[[OK:.*]] = arith.cmpi sle, %[[RAW]], %[[MAX:.*]] : index
// CHECK: kernel.check %[[OK]], "u0 must be at most 2"
// CHECK: %[[SIZE:.*]] = arith.minsi %[[RAW]], %[[MAX]] : index
// CHECK: kernel.define_symbol %[[SIZE]], "u0"
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[ROW:.*]] = %{{.*}})
// CHECK: %[[ROOM:.*]] = arith.cmpi slt, %[[ROW]], %[[SIZE]] : index
// CHECK: %[[TAKEN:.*]] = arith.andi %{{.*}}, %[[ROOM]] : i1
// CHECK: scf.if %[[TAKEN]]
module attributes {graph.signature = {model = "m", symbols = [{name = "u0", data_dependent}], inputs = [], outputs = [], mutations = [], constraints = []}} {
  func.func @bounded_count(%x: !graph.tensor<6xf32>) -> !graph.tensor<(u0)x1xi64> {
    %0 = graph.nonzero %x symbol "u0" : (!graph.tensor<6xf32>) -> !graph.tensor<(u0)x1xi64>
    graph.assert le(u0, 2), "u0 must be at most 2"
    return %0 : !graph.tensor<(u0)x1xi64>
  }
}

// -----

// All elements fit where nothing else is asserted.
// CHECK-LABEL: @count
// CHECK-NOT: kernel.check
// CHECK: kernel.define_symbol %{{.*}}, "u0"
// CHECK-NOT: arith.cmpi slt
module attributes {graph.signature = {model = "m", symbols = [{name = "u0", data_dependent}], inputs = [], outputs = [], mutations = [], constraints = []}} {
  func.func @count(%x: !graph.tensor<6xf32>) -> !graph.tensor<(u0)x1xi64> {
    %0 = graph.nonzero %x symbol "u0" : (!graph.tensor<6xf32>) -> !graph.tensor<(u0)x1xi64>
    return %0 : !graph.tensor<(u0)x1xi64>
  }
}
