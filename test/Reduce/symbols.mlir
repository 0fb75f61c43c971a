// What is known of symbols goes, and so do dynamic sizes.

// RUN: rm -f %t.*
// RUN: sed '/ -----$/,$d' %s > %t.range.mlir
// RUN: graphc-reduce %t.range.mlir -o %t.symbol.mlir --test=%S/Inputs/has-symbol.sh
// RUN: FileCheck %s --input-file=%t.symbol.mlir
// RUN: sed '1,/ -----$/d' %s > %t.dynamic.mlir
// RUN: graphc-reduce %t.dynamic.mlir -o %t.static.mlir --test=%S/Inputs/has-empty.sh
// RUN: FileCheck %s --input-file=%t.static.mlir --check-prefix=STATIC

// CHECK: constraints = []
// CHECK-SAME: symbols = [{name = "s0"}]
// CHECK-NOT: s1
// STATIC: tensor.empty() : tensor<{{(1x|2x)?}}f32>

module attributes {graph.signature = {constraints = [{expr = #graph.expr<2*s0>, max = 200 : i64, min = 4 : i64, text = "2*s0"}], inputs = [], outputs = [], mutations = [], model = "m", symbols = [{max = 100 : i64, min = 2 : i64, name = "s0"}, {min = 1 : i64, name = "s1"}]}} {
  func.func @main(%x: !graph.tensor<(2*s0)xf32>) -> !graph.tensor<(2*s0)xf32> {
    %0 = graph.exp %x : (!graph.tensor<(2*s0)xf32>) -> !graph.tensor<(2*s0)xf32>
    return %0 : !graph.tensor<(2*s0)xf32>
  }
}

// -----

func.func @main(%n: index) -> tensor<?xf32> {
  %0 = tensor.empty(%n) : tensor<?xf32>
  return %0 : tensor<?xf32>
}
