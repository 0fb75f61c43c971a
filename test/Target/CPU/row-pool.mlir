// RUN: graphc-opt %s --graph-to-linalg --linalg-to-kernel --kernel-to-buffers \
// RUN:   --cpu-schedule=parallel=false | FileCheck %s

// Channels lie side by side, and padding of the windows does not hide that:
// lanes are channels, and the window is a loop.

// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args
// CHECK: vector.load %{{.*}} : memref<1x16x16x32xf32{{.*}}>, vector<16xf32>
// CHECK: arith.maximumf {{.*}} : vector<16xf32>
func.func @main(%x: !graph.tensor<1x16x16x32xf32>) -> !graph.tensor<1x8x8x32xf32> {
  %v, %i = graph.max_pool %x {channels_last = true, dilation = array<i64: 1, 1>, kernel = array<i64: 3, 3>, padding = array<i64: 1, 1>, stride = array<i64: 2, 2>} : (!graph.tensor<1x16x16x32xf32>) -> (!graph.tensor<1x8x8x32xf32>, !graph.tensor<1x8x8x32xi64>)
  return %v : !graph.tensor<1x8x8x32xf32>
}
