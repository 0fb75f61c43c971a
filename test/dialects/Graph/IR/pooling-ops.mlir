// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @max_pool(
func.func @max_pool(%x: !graph.tensor<1x3x8xf32>) {
  // CHECK: graph.max_pool %{{.*}} {dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  %v, %i = graph.max_pool %x {dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// CHECK-LABEL: func.func @avg_pool(
func.func @avg_pool(%x: !graph.tensor<1x3x8xf32>) {
  // CHECK: graph.avg_pool %{{.*}} {kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x4xf32>
  %y = graph.avg_pool %x {kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x4xf32>
  return
}

// CHECK-LABEL: func.func @adaptive_avg_pool(
func.func @adaptive_avg_pool(%x: !graph.tensor<1x3x9xf32>) {
  // CHECK: graph.adaptive_avg_pool %{{.*}} {output = #graph.exprs<[4]>} : (!graph.tensor<1x3x9xf32>) -> !graph.tensor<1x3x4xf32>
  %y = graph.adaptive_avg_pool %x {output = #graph.exprs<[4]>} : (!graph.tensor<1x3x9xf32>) -> !graph.tensor<1x3x4xf32>
  return
}

// CHECK-LABEL: func.func @adaptive_max_pool(
func.func @adaptive_max_pool(%x: !graph.tensor<1x3x9xf32>) {
  // CHECK: graph.adaptive_max_pool %{{.*}} {output = #graph.exprs<[4]>} : (!graph.tensor<1x3x9xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  %v, %i = graph.adaptive_max_pool %x {output = #graph.exprs<[4]>} : (!graph.tensor<1x3x9xf32>) -> (!graph.tensor<1x3x4xf32>, !graph.tensor<1x3x4xi64>)
  return
}

// CHECK-LABEL: func.func @resize(
func.func @resize(%x: !graph.tensor<1x3x8xf32>) {
  // CHECK: graph.resize nearest %{{.*}} {output = #graph.exprs<[16]>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x16xf32>
  %y = graph.resize nearest %x {output = #graph.exprs<[16]>} : (!graph.tensor<1x3x8xf32>) -> !graph.tensor<1x3x16xf32>
  return
}

// CHECK-LABEL: func.func @max_pool_ceil_symbolic(
func.func @max_pool_ceil_symbolic(%x: !graph.tensor<3x(2*s0)xf32>) {
  // CHECK: graph.max_pool %{{.*}} {ceil_mode, dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<3x(2*s0)xf32>) -> (!graph.tensor<3x(s0)xf32>, !graph.tensor<3x(s0)xi64>)
  %v, %i = graph.max_pool %x {ceil_mode, dilation = array<i64: 1>, kernel = array<i64: 2>, padding = array<i64: 0>, stride = array<i64: 2>} : (!graph.tensor<3x(2*s0)xf32>) -> (!graph.tensor<3x(s0)xf32>, !graph.tensor<3x(s0)xi64>)
  return
}

// CHECK-LABEL: func.func @resize_cubic(
func.func @resize_cubic(%x: !graph.tensor<1x3x(s0)x(s1)xf32>) {
  // CHECK: graph.resize cubic %{{.*}} {align_corners, output = #graph.exprs<[2*s0, 2*s1]>, scales = array<f64: 2.000000e+00, 2.000000e+00>} : (!graph.tensor<1x3x(s0)x(s1)xf32>) -> !graph.tensor<1x3x(2*s0)x(2*s1)xf32>
  %y = graph.resize cubic %x {align_corners, output = #graph.exprs<[2*s0, 2*s1]>, scales = array<f64: 2.000000e+00, 2.000000e+00>} : (!graph.tensor<1x3x(s0)x(s1)xf32>) -> !graph.tensor<1x3x(2*s0)x(2*s1)xf32>
  return
}

// CHECK-LABEL: func.func @channels_last(
func.func @channels_last(%x: !graph.tensor<1x8x6x3xf32>) {
  // CHECK: graph.max_pool %{{.*}} {channels_last = true, {{.*}}} : (!graph.tensor<1x8x6x3xf32>) -> (!graph.tensor<1x4x3x3xf32>, !graph.tensor<1x4x3x3xi64>)
  %v, %i = graph.max_pool %x {channels_last = true, dilation = array<i64: 1, 1>, kernel = array<i64: 2, 2>, padding = array<i64: 0, 0>, stride = array<i64: 2, 2>} : (!graph.tensor<1x8x6x3xf32>) -> (!graph.tensor<1x4x3x3xf32>, !graph.tensor<1x4x3x3xi64>)
  // CHECK: graph.resize nearest %{{.*}} {channels_last = true, {{.*}}} : (!graph.tensor<1x8x6x3xf32>) -> !graph.tensor<1x16x12x3xf32>
  %r = graph.resize nearest %x {channels_last = true, output = #graph.exprs<[16, 12]>} : (!graph.tensor<1x8x6x3xf32>) -> !graph.tensor<1x16x12x3xf32>
  return
}
