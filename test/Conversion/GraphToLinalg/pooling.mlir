// RUN: graphc-opt %s --convert-graph-to-linalg --canonicalize | FileCheck %s

// A window that is longer than all that it could see has no more steps than
// that.
// CHECK-LABEL: func @long_window
// CHECK: linalg.generic {{.*}}"reduction"{{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x3x9xf32>, tensor<9xi8>)
func.func @long_window(%x: !graph.tensor<1x3x7xf32>) -> !graph.tensor<1x3x1xf32> {
  %y = graph.avg_pool %x {ceil_mode, kernel = array<i64: 2560>, padding = array<i64: 1>, stride = array<i64: 2560>} : (!graph.tensor<1x3x7xf32>) -> !graph.tensor<1x3x1xf32>
  return %y : !graph.tensor<1x3x1xf32>
}
