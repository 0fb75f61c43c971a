// RUN: graphc-opt %s --convert-graph-to-linalg=device=true --canonicalize --split-input-file | FileCheck %s
// RUN: graphc-opt %s --convert-graph-to-linalg --canonicalize --split-input-file | FileCheck %s --check-prefix=HOST

// Groups are a loop of their own: n, y, x, group, o, kernel, c.
// CHECK-DAG: #[[IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1 + d5, d2 + d6, d3, d7)>
// CHECK-DAG: #[[WEIGHT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d3, d5, d6, d7, d4)>
// CHECK-DAG: #[[SUM:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1, d2, d3, d4)>
// CHECK-LABEL: func @groups
// CHECK: %[[SPLIT:.*]] = tensor.expand_shape %{{.*}} output_shape [2, 9, 7, 2, 64]
// CHECK: %[[PADDED:.*]] = tensor.pad %[[SPLIT]] low[0, 1, 1, 0, 0] high[0, 1, 1, 0, 0]
// CHECK: %[[PRODUCT:.*]] = linalg.generic {indexing_maps = [#[[IMAGE]], #[[WEIGHT]], #[[SUM]]]{{.*}} ins(%[[PADDED]], %{{.*}} : tensor<2x11x9x2x64xbf16>, tensor<2x3x3x64x64xbf16>)
// CHECK: tensor.collapse_shape %[[PRODUCT]] {{.*}} into tensor<2x9x7x128xf32>
// HOST-DAG: affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 + d4, d2 + d5, (d3 floordiv 64) * 64 + d6)>
// HOST-LABEL: func @groups
func.func @groups(%x: !graph.tensor<2x9x7x128xbf16>, %w: !graph.tensor<2x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x128xbf16> {
  %y = graph.convolution %x, %w {channels_last = true, dilation = array<i64: 1, 1>, groups = 2 : i64, out_channels = 128 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<2x9x7x128xbf16>, !graph.tensor<2x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x128xbf16>
  return %y : !graph.tensor<2x9x7x128xbf16>
}

// -----

// What is computed with channels first is copied before; a host reads it as it
// is.
// CHECK-LABEL: func @channels_first
// CHECK: %[[COPY:.*]] = linalg.generic {{.*}} ins(%{{.*}} : tensor<2x64x9x7xbf16>) outs(%{{.*}} : tensor<2x9x7x64xbf16>)
// CHECK: tensor.pad %[[COPY]]
// HOST-LABEL: func @channels_first
// HOST-NOT: outs(%{{.*}} : tensor<2x9x7x64xbf16>)
// HOST: tensor.pad %{{.*}} low[0, 0, 1, 1]
func.func @channels_first(%x: !graph.tensor<2x64x9x7xbf16>, %w: !graph.tensor<1x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x64xbf16> {
  %p = graph.permute %x [0, 2, 3, 1] : (!graph.tensor<2x64x9x7xbf16>) -> !graph.tensor<2x9x7x64xbf16, strides = [4032, 7, 1, 63]>
  %y = graph.convolution %p, %w {channels_last = true, dilation = array<i64: 1, 1>, groups = 1 : i64, out_channels = 64 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<2x9x7x64xbf16, strides = [4032, 7, 1, 63]>, !graph.tensor<1x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x64xbf16>
  return %y : !graph.tensor<2x9x7x64xbf16>
}

// -----

// An argument that lies in memory with channels last is read as it is.
// CHECK-LABEL: func @argument
// CHECK-SAME: (%[[X:.*]]: tensor<2x64x9x7xbf16>
// CHECK-NOT: outs(%{{.*}} : tensor<2x9x7x64xbf16>)
// CHECK: tensor.pad %[[X]] low[0, 0, 1, 1]
func.func @argument(%x: !graph.tensor<2x64x9x7xbf16, strides = [4032, 1, 448, 64]>, %w: !graph.tensor<1x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x64xbf16> {
  %p = graph.permute %x [0, 2, 3, 1] : (!graph.tensor<2x64x9x7xbf16, strides = [4032, 1, 448, 64]>) -> !graph.tensor<2x9x7x64xbf16>
  %y = graph.convolution %p, %w {channels_last = true, dilation = array<i64: 1, 1>, groups = 1 : i64, out_channels = 64 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<2x9x7x64xbf16>, !graph.tensor<1x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x64xbf16>
  return %y : !graph.tensor<2x9x7x64xbf16>
}

// -----

// Its groups are split where they are.
// CHECK-LABEL: func @argument_of_groups
// CHECK-SAME: (%[[X:.*]]: tensor<2x128x9x7xbf16>
// CHECK: %[[SPLIT:.*]] = tensor.expand_shape %[[X]] {{\[\[}}0], [1, 2], [3], [4]] output_shape [2, 2, 64, 9, 7]
// CHECK: tensor.pad %[[SPLIT]] low[0, 0, 0, 1, 1]
func.func @argument_of_groups(%x: !graph.tensor<2x128x9x7xbf16, strides = [8064, 1, 896, 128]>, %w: !graph.tensor<2x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x128xbf16> {
  %p = graph.permute %x [0, 2, 3, 1] : (!graph.tensor<2x128x9x7xbf16, strides = [8064, 1, 896, 128]>) -> !graph.tensor<2x9x7x128xbf16>
  %y = graph.convolution %p, %w {channels_last = true, dilation = array<i64: 1, 1>, groups = 2 : i64, out_channels = 128 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<2x9x7x128xbf16>, !graph.tensor<2x3x3x64x64xbf16>) -> !graph.tensor<2x9x7x128xbf16>
  return %y : !graph.tensor<2x9x7x128xbf16>
}
