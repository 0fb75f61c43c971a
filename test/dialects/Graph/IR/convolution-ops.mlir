// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @convolution(
func.func @convolution(%x: !graph.tensor<1x3x8xf32>, %w: !graph.tensor<4x3x3xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} bias %{{.*}} {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 1>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>, !graph.tensor<4xf32>) -> !graph.tensor<1x4x8xf32>
  %y = graph.convolution %x, %w bias %b {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 1>, stride = array<i64: 1>} : (!graph.tensor<1x3x8xf32>, !graph.tensor<4x3x3xf32>, !graph.tensor<4xf32>) -> !graph.tensor<1x4x8xf32>
  return
}

// CHECK-LABEL: func.func @convolution_transposed(
func.func @convolution_transposed(%x: !graph.tensor<(s0)x4x8x(s1)xf32>, %w: !graph.tensor<4x3x3x3xf32>) {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} {dilation = array<i64: 1, 1>, groups = 2 : i64, output_padding = array<i64: 1, 0>, padding = array<i64: 0, 1>, stride = array<i64: 2, 1>, transposed} : (!graph.tensor<(s0)x4x8x(s1)xf32>, !graph.tensor<4x3x3x3xf32>) -> !graph.tensor<(s0)x6x18x(s1)xf32>
  %y = graph.convolution %x, %w {dilation = array<i64: 1, 1>, groups = 2 : i64, output_padding = array<i64: 1, 0>, padding = array<i64: 0, 1>, stride = array<i64: 2, 1>, transposed} : (!graph.tensor<(s0)x4x8x(s1)xf32>, !graph.tensor<4x3x3x3xf32>) -> !graph.tensor<(s0)x6x18x(s1)xf32>
  return
}

// CHECK-LABEL: func.func @convolution_channels_last(
func.func @convolution_channels_last(%x: !graph.tensor<1x3x8x8xf32, strides = [192, 1, 24, 3]>, %w: !graph.tensor<4x3x3x3xf32>) {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<1x3x8x8xf32, strides = [192, 1, 24, 3]>, !graph.tensor<4x3x3x3xf32>) -> !graph.tensor<1x4x8x8xf32, strides = [256, 1, 32, 4]>
  %y = graph.convolution %x, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<1x3x8x8xf32, strides = [192, 1, 24, 3]>, !graph.tensor<4x3x3x3xf32>) -> !graph.tensor<1x4x8x8xf32, strides = [256, 1, 32, 4]>
  return
}

// The order of dimensions, not of strides; the weight in two tiles.
// CHECK-LABEL: func.func @channels_last_in_tiles(
func.func @channels_last_in_tiles(%x: !graph.tensor<1x8x8x3xf32>, %w: !graph.tensor<2x3x3x3x16xf32>) {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} {channels_last = true, dilation = array<i64: 1, 1>, groups = 1 : i64, out_channels = 20 : i64, {{.*}}} : (!graph.tensor<1x8x8x3xf32>, !graph.tensor<2x3x3x3x16xf32>) -> !graph.tensor<1x8x8x20xf32>
  %y = graph.convolution %x, %w {channels_last = true, dilation = array<i64: 1, 1>, groups = 1 : i64, out_channels = 20 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<1x8x8x3xf32>, !graph.tensor<2x3x3x3x16xf32>) -> !graph.tensor<1x8x8x20xf32>
  return
}

// In one dimension the strides of the input do not count, those of the weight do.
// CHECK-LABEL: func.func @convolution_of_permuted(
func.func @convolution_of_permuted(%x: !graph.tensor<2x64x40xf32, strides = [2560, 1, 64]>, %v: !graph.tensor<8x64x3xf32>, %w: !graph.tensor<8x64x3xf32, strides = [192, 1, 64]>) {
  // CHECK: graph.convolution {{.*}} -> !graph.tensor<2x8x38xf32>{{$}}
  %y = graph.convolution %x, %v {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<2x64x40xf32, strides = [2560, 1, 64]>, !graph.tensor<8x64x3xf32>) -> !graph.tensor<2x8x38xf32>
  // CHECK: graph.convolution {{.*}} -> !graph.tensor<2x8x38xf32, strides = [304, 1, 8]>
  %z = graph.convolution %x, %w {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<2x64x40xf32, strides = [2560, 1, 64]>, !graph.tensor<8x64x3xf32, strides = [192, 1, 64]>) -> !graph.tensor<2x8x38xf32, strides = [304, 1, 8]>
  return
}
