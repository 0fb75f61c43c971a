// RUN: graphc-opt %s --verify-numerics --canonicalize -o /dev/null 2>&1 | FileCheck %s

// The logarithm of a negative number is the first; what follows has it already.
// CHECK: warning: {{.*}}makes {{-?}}nan from finite numbers
// CHECK-NOT: from finite numbers
// CHECK: 1 runs of passes keep what the program computes
func.func @main(%x: !graph.tensor<64xf32>) -> !graph.tensor<64xf32> {
  %0 = graph.log %x : (!graph.tensor<64xf32>) -> !graph.tensor<64xf32> loc("logarithm"("model.py":7:3))
  %1 = graph.exp %0 : (!graph.tensor<64xf32>) -> !graph.tensor<64xf32> loc("power"("model.py":8:3))
  return %1 : !graph.tensor<64xf32>
}
