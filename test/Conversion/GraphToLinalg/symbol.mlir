// RUN: graphc-opt %s --graph-bound-symbols --convert-graph-to-linalg | FileCheck %s

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
