// RUN: graphc-opt %s --graph-to-linalg --linalg-to-kernel --kernel-to-buffers \
// RUN:   --cpu-schedule=parallel=false | FileCheck %s

// Rows lie side by side, so each lane is a row. The last vector of rows is not
// full: its mask is made once, before the loops over the row that share it.

// CHECK-LABEL: func.func private @kernel
// CHECK: scf.for
// CHECK: %[[MASK:.+]] = vector.create_mask
// CHECK-NOT: vector.create_mask
// CHECK: scf.for
// CHECK: vector.maskedload {{.*}}, %[[MASK]]
// CHECK: scf.for
// CHECK: vector.maskedload {{.*}}, %[[MASK]]
func.func @main(%x: !graph.tensor<2x24x20xf32>) -> !graph.tensor<2x20x24xf32> {
  %t = graph.permute %x [0, 2, 1] : (!graph.tensor<2x24x20xf32>) -> !graph.tensor<2x20x24xf32, strides = [480, 1, 20]>
  %y, %mean, %rstd = graph.layer_norm %t {eps = 1.000000e-05 : f64, normalized_rank = 1 : i64} : (!graph.tensor<2x20x24xf32, strides = [480, 1, 20]>) -> (!graph.tensor<2x20x24xf32>, !graph.tensor<2x20x1xf32>, !graph.tensor<2x20x1xf32>)
  return %y : !graph.tensor<2x20x24xf32>
}
