// RUN: graphc-opt %s --verify-numerics --canonicalize -o /dev/null 2>&1 | FileCheck %s

// The logarithm of a negative number is the first; what follows has it already.
// CHECK: warning: {{.*}}'graph.log' makes nan from finite numbers, at [{{[0-9]+}}] of -0.{{[0-9]+}}
// CHECK-NOT: makes nan
// CHECK: warning: {{.*}}'graph.reciprocal' makes inf from finite numbers, at [{{[0-9]+}}] of 0
// CHECK-NOT: from finite numbers
// CHECK: 1 runs of passes keep what the program computes
func.func @main(%x: !graph.tensor<64xf32>) -> !graph.tensor<64xf32> {
  %0 = graph.log %x : (!graph.tensor<64xf32>) -> !graph.tensor<64xf32> loc("logarithm"("model.py":7:3))
  %1 = graph.exp %0 : (!graph.tensor<64xf32>) -> !graph.tensor<64xf32> loc("power"("model.py":8:3))
  %2 = graph.sub %x, %x : (!graph.tensor<64xf32>, !graph.tensor<64xf32>) -> !graph.tensor<64xf32> loc("zero"("model.py":9:3))
  %3 = graph.reciprocal %2 : (!graph.tensor<64xf32>) -> !graph.tensor<64xf32> loc("inverse"("model.py":10:3))
  %4 = graph.add %1, %3 : (!graph.tensor<64xf32>, !graph.tensor<64xf32>) -> !graph.tensor<64xf32> loc("sum"("model.py":11:3))
  return %4 : !graph.tensor<64xf32>
}
