// RUN: graphc-opt %s --verify-numerics --graph-optimization --graph-to-linalg --linalg-to-kernel --cpu-pack --kernel-to-buffers --cpu-schedule --convert-scf-to-cf --canonicalize -o /dev/null 2>&1 | FileCheck %s --check-prefix=SOUND
// RUN: not graphc-opt %s --verify-numerics --cpu --seed-fault=graph-swapped-sub 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not graphc-opt %s --verify-numerics --cpu --seed-fault=scheduled-other-reduction 2>&1 | FileCheck %s --check-prefix=NESTED

// SOUND: graphc-opt: numerics: {{[0-9]+}} runs of passes keep what the program computes{{$}}

// WRONG: error[internal]: {{.*}}pass 'graph-recognize' changes what the program computes, in the module
// WRONG: note: {{.*}}output 0[{{[0-9], [0-9]+}}] was {{.*}} and is {{.*}}, rounding explains {{.*}}; {{[0-9]+}} of 32 elements differ
// WRONG: the first value that differs is that of 'graph.sub' for node 'difference'

// NESTED: error[internal]: {{.*}}pass 'graphc-cpu-emit-kernels' changes what the program computes, in function '@kernel_{{.*}}'
// NESTED: note: {{.*}}output 1
func.func @main(%x: !graph.tensor<4x8xf32>, %y: !graph.tensor<4x8xf32>) -> (!graph.tensor<4x8xf32>, !graph.tensor<4xf32>) {
  %0 = graph.mul %x, %y : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> loc("product"("model.py":7:3))
  %1 = graph.sub %0, %x : (!graph.tensor<4x8xf32>, !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> loc("difference"("model.py":8:3))
  %2 = graph.reduce sum %1 dims [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32> loc("total"("model.py":9:3))
  return %1, %2 : !graph.tensor<4x8xf32>, !graph.tensor<4xf32>
}
