// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @permute(
func.func @permute(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.permute %{{.*}} [1, 0] : (!graph.tensor<4x8xf32>) -> !graph.tensor<8x4xf32, strides = [1, 8]>
  %b = graph.permute %a [1, 0] : (!graph.tensor<4x8xf32>) -> !graph.tensor<8x4xf32, strides = [1, 8]>
  return
}

// CHECK-LABEL: func.func @reshape(
func.func @reshape(%a: !graph.tensor<(s0)x8xf32>) {
  // CHECK: graph.reshape %{{.*}} [s0, 4, 2] : (!graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x4x2xf32>
  %b = graph.reshape %a [s0, 4, 2] : (!graph.tensor<(s0)x8xf32>) -> !graph.tensor<(s0)x4x2xf32>
  return
}

// CHECK-LABEL: func.func @expand(
func.func @expand(%a: !graph.tensor<8xf32>) {
  // CHECK: graph.expand %{{.*}} [4, 8] : (!graph.tensor<8xf32>) -> !graph.tensor<4x8xf32, strides = [0, 1]>
  %b = graph.expand %a [4, 8] : (!graph.tensor<8xf32>) -> !graph.tensor<4x8xf32, strides = [0, 1]>
  return
}

// CHECK-LABEL: func.func @slice(
func.func @slice(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.slice %{{.*}} dim 1 from 2 to 8 step 2 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x3xf32, strides = [8, 2]>
  %b = graph.slice %a dim 1 from 2 to 8 step 2 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x3xf32, strides = [8, 2]>
  return
}

// CHECK-LABEL: func.func @slice_scatter(
func.func @slice_scatter(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<4x2xf32>) {
  // CHECK: graph.slice_scatter %{{.*}} into %{{.*}} dim 1 from 0 to 2 step 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xf32>) -> !graph.tensor<4x8xf32>
  %c = graph.slice_scatter %b into %a dim 1 from 0 to 2 step 1 : (!graph.tensor<4x8xf32>, !graph.tensor<4x2xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @as_strided(
func.func @as_strided(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.as_strided %{{.*}} [3, 2] strides [1, 1] offset 0 : (!graph.tensor<4xf32>) -> !graph.tensor<3x2xf32, strides = [1, 1]>
  %b = graph.as_strided %a [3, 2] strides [1, 1] offset 0 : (!graph.tensor<4xf32>) -> !graph.tensor<3x2xf32, strides = [1, 1]>
  return
}

// CHECK-LABEL: func.func @diagonal(
func.func @diagonal(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.diagonal %{{.*}} offset 0 dims 0, 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32, strides = [9]>
  %b = graph.diagonal %a offset 0 dims 0, 1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4xf32, strides = [9]>
  return
}

// CHECK-LABEL: func.func @cat(
func.func @cat(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<2x8xf32>) {
  // CHECK: graph.cat %{{.*}}, %{{.*}} dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<2x8xf32>) -> !graph.tensor<6x8xf32>
  %c = graph.cat %a, %b dim 0 : (!graph.tensor<4x8xf32>, !graph.tensor<2x8xf32>) -> !graph.tensor<6x8xf32>
  return
}

// CHECK-LABEL: func.func @pad(
func.func @pad(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.pad %{{.*}} low [0, 1] high [0, -1] value 0.000000e+00 : f32 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %b = graph.pad %a low [0, 1] high [0, -1] value 0.000000e+00 : f32 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @flip(
func.func @flip(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.flip %{{.*}} dims [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  %b = graph.flip %a dims [1] : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @contiguous(
func.func @contiguous(%a: !graph.tensor<4x8xf32, strides = [1, 4]>) {
  // CHECK: graph.contiguous %{{.*}} strides [8, 1] : (!graph.tensor<4x8xf32, strides = [1, 4]>) -> !graph.tensor<4x8xf32>
  %b = graph.contiguous %a strides [8, 1] : (!graph.tensor<4x8xf32, strides = [1, 4]>) -> !graph.tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @bitcast(
func.func @bitcast(%a: !graph.tensor<4xcomplex<f32>>) {
  // CHECK: graph.bitcast %{{.*}} to f32 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4x2xf32>
  %b = graph.bitcast %a to f32 : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4x2xf32>
  return
}

// CHECK-LABEL: func.func @reshape_of_derived_sizes(
func.func @reshape_of_derived_sizes(%a: !graph.tensor<(8*s0 + 4)xf32>) {
  // CHECK: graph.reshape %{{.*}} [4, 2*s0 + 1] : (!graph.tensor<(8*s0 + 4)xf32>) -> !graph.tensor<4x(2*s0 + 1)xf32>
  %b = graph.reshape %a [4, 2*s0 + 1] : (!graph.tensor<(8*s0 + 4)xf32>) -> !graph.tensor<4x(2*s0 + 1)xf32>
  return
}

// CHECK-LABEL: func.func @slice_by_expressions(
func.func @slice_by_expressions(%a: !graph.tensor<(s0)xf32>) {
  // CHECK: graph.slice %{{.*}} dim 0 from 1 to s0 step 2 : (!graph.tensor<(s0)xf32>) -> !graph.tensor<(floordiv(s0, 2))xf32, strides = [2]>
  %b = graph.slice %a dim 0 from 1 to s0 step 2 : (!graph.tensor<(s0)xf32>) -> !graph.tensor<(floordiv(s0, 2))xf32, strides = [2]>
  return
}

// CHECK-LABEL: func.func @bitcast_to_complex(
func.func @bitcast_to_complex(%a: !graph.tensor<4x2xf32>) {
  // CHECK: graph.bitcast %{{.*}} to complex<f32> : (!graph.tensor<4x2xf32>) -> !graph.tensor<4xcomplex<f32>>
  %b = graph.bitcast %a to complex<f32> : (!graph.tensor<4x2xf32>) -> !graph.tensor<4xcomplex<f32>>
  return
}
