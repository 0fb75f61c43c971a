// RUN: graphc-opt %s --split-input-file --graph-choose-layouts --canonicalize | FileCheck %s

// Weights are laid out in one tile of 16 outputs, of which 4 are used.
// CHECK-LABEL: @tiles
// CHECK-DAG: graph.constant dense_resource<{{.*}}> : tensor<1x3x3x2x16xf32>
// CHECK-DAG: %[[X:.*]] = graph.permute %{{.*}} [0, 2, 3, 1]
// CHECK: %[[Y:.*]] = graph.convolution %[[X]], %{{.*}} {channels_last = true, {{.*}}out_channels = 4 : i64{{.*}} -> !graph.tensor<1x8x8x4xf32>
// CHECK: graph.permute %[[Y]] [0, 3, 1, 2]
func.func @tiles(%x: !graph.tensor<1x2x8x8xf32>) -> !graph.tensor<1x4x8x8xf32> {
  %w = graph.constant dense<1.0> : tensor<4x2x3x3xf32> : () -> !graph.tensor<4x2x3x3xf32>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>} : (!graph.tensor<1x2x8x8xf32>, !graph.tensor<4x2x3x3xf32>) -> !graph.tensor<1x4x8x8xf32>
  return %0 : !graph.tensor<1x4x8x8xf32>
}

// -----

// One permutation at either end, none between.
// Weights that the program is given are laid out whenever it runs. Each of two
// groups has one tile, which is filled up.
// CHECK-LABEL: @given_weights
// CHECK: %[[SPLIT:.*]] = graph.reshape %{{.*}} [2, 3, 2, 5]
// CHECK: %[[FULL:.*]] = graph.pad %[[SPLIT]] low [0, 0, 0, 0] high [0, 13, 0, 0] value 0.0
// CHECK: %[[W:.*]] = graph.permute %[[FULL]] [0, 3, 2, 1]
// CHECK: graph.convolution %{{.*}}, %[[W]] {channels_last = true, {{.*}}out_channels = 6 : i64
func.func @given_weights(%x: !graph.tensor<1x4x8xf32>, %w: !graph.tensor<6x2x5xf32>) -> !graph.tensor<1x6x4xf32> {
  %0 = graph.convolution %x, %w {dilation = array<i64: 1>, groups = 2 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x4x8xf32>, !graph.tensor<6x2x5xf32>) -> !graph.tensor<1x6x4xf32>
  return %0 : !graph.tensor<1x6x4xf32>
}

// -----

// CHECK-LABEL: @chain
// CHECK: graph.permute %{{.*}} [0, 2, 3, 1]
// CHECK-NOT: graph.permute
// CHECK: graph.convolution
// CHECK-NOT: graph.permute
// CHECK: graph.relu
// CHECK-NOT: graph.permute
// CHECK: graph.max_pool %{{.*}} {channels_last = true
// CHECK-NOT: graph.permute
// CHECK: graph.convolution
// CHECK-NOT: graph.permute
// CHECK: graph.reduce mean %{{.*}} dims [1, 2]
// CHECK-NOT: graph.permute
// CHECK: return
func.func @chain(%x: !graph.tensor<1x2x8x8xf32>) -> !graph.tensor<1x4xf32> {
  %w = graph.constant dense<1.0> : tensor<4x2x1x1xf32> : () -> !graph.tensor<4x2x1x1xf32>
  %v = graph.constant dense<1.0> : tensor<4x4x1x1xf32> : () -> !graph.tensor<4x4x1x1xf32>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (!graph.tensor<1x2x8x8xf32>, !graph.tensor<4x2x1x1xf32>) -> !graph.tensor<1x4x8x8xf32>
  %1 = graph.relu %0 : (!graph.tensor<1x4x8x8xf32>) -> !graph.tensor<1x4x8x8xf32>
  %2, %i = graph.max_pool %1 {dilation = array<i64: 1, 1>, kernel = array<i64: 2, 2>, padding = array<i64: 0, 0>, stride = array<i64: 2, 2>} : (!graph.tensor<1x4x8x8xf32>) -> (!graph.tensor<1x4x4x4xf32>, !graph.tensor<1x4x4x4xi64>)
  %3 = graph.convolution %2, %v {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (!graph.tensor<1x4x4x4xf32>, !graph.tensor<4x4x1x1xf32>) -> !graph.tensor<1x4x4x4xf32>
  %4 = graph.add %3, %2 : (!graph.tensor<1x4x4x4xf32>, !graph.tensor<1x4x4x4xf32>) -> !graph.tensor<1x4x4x4xf32>
  %5 = graph.reduce mean %4 dims [2, 3] : (!graph.tensor<1x4x4x4xf32>) -> !graph.tensor<1x4xf32>
  return %5 : !graph.tensor<1x4xf32>
}

// -----

// scale = 2 / sqrt(4) = 1, shift = 3 - 5 * 1.
// CHECK-LABEL: @folds_normalisation
// CHECK: graph.constant dense_resource<{{.*}}> : tensor<1xf32>
// CHECK-NOT: graph.batch_norm
// CHECK: graph.convolution %{{.*}}, %{{.*}} bias %{{.*}} {channels_last = true
// CHECK-NOT: graph.batch_norm
func.func @folds_normalisation(%x: !graph.tensor<1x2x8x8xf32>) -> !graph.tensor<1x1x8x8xf32> {
  %w = graph.constant dense<1.0> : tensor<1x2x1x1xf32> : () -> !graph.tensor<1x2x1x1xf32>
  %mean = graph.constant dense<5.0> : tensor<1xf32> : () -> !graph.tensor<1xf32>
  %var = graph.constant dense<4.0> : tensor<1xf32> : () -> !graph.tensor<1xf32>
  %scale = graph.constant dense<2.0> : tensor<1xf32> : () -> !graph.tensor<1xf32>
  %shift = graph.constant dense<3.0> : tensor<1xf32> : () -> !graph.tensor<1xf32>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (!graph.tensor<1x2x8x8xf32>, !graph.tensor<1x2x1x1xf32>) -> !graph.tensor<1x1x8x8xf32>
  %1 = graph.batch_norm %0 mean %mean var %var weight %scale bias %shift {eps = 0.0} : (!graph.tensor<1x1x8x8xf32>, !graph.tensor<1xf32>, !graph.tensor<1xf32>, !graph.tensor<1xf32>, !graph.tensor<1xf32>) -> !graph.tensor<1x1x8x8xf32>
  return %1 : !graph.tensor<1x1x8x8xf32>
}

// -----

// A narrow weight would be rounded once more: the normalisation stays behind it,
// in f32.
// CHECK-LABEL: @keeps_narrow_weights
// CHECK-DAG: %[[SCALE:.*]] = graph.constant dense_resource<{{.*}}scale{{.*}}> : tensor<1xf32>
// CHECK-DAG: %[[SHIFT:.*]] = graph.constant dense_resource<{{.*}}shift{{.*}}> : tensor<1xf32>
// CHECK: %[[SUM:.*]] = graph.convolution %{{.*}}, %{{.*}} {channels_last = true
// CHECK: %[[WIDE:.*]] = graph.cast %[[SUM]] to f32
// CHECK: %[[SCALED:.*]] = graph.mul %[[WIDE]], %[[SCALE]]
// CHECK: %[[MOVED:.*]] = graph.add %[[SCALED]], %[[SHIFT]]
// CHECK: graph.cast %[[MOVED]] to bf16
func.func @keeps_narrow_weights(%x: !graph.tensor<1x2x8x8xbf16>) -> !graph.tensor<1x1x8x8xbf16> {
  %w = graph.constant dense<1.0> : tensor<1x2x1x1xbf16> : () -> !graph.tensor<1x2x1x1xbf16>
  %mean = graph.constant dense<5.0> : tensor<1xbf16> : () -> !graph.tensor<1xbf16>
  %var = graph.constant dense<3.0> : tensor<1xbf16> : () -> !graph.tensor<1xbf16>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (!graph.tensor<1x2x8x8xbf16>, !graph.tensor<1x2x1x1xbf16>) -> !graph.tensor<1x1x8x8xbf16>
  %1 = graph.batch_norm %0 mean %mean var %var {eps = 0.0} : (!graph.tensor<1x1x8x8xbf16>, !graph.tensor<1xbf16>, !graph.tensor<1xbf16>) -> !graph.tensor<1x1x8x8xbf16>
  return %1 : !graph.tensor<1x1x8x8xbf16>
}

// -----

// The program's own permutation is what the convolution computes anyway.
// CHECK-LABEL: @cancels
// CHECK: graph.permute %{{.*}} [0, 2, 1]
// CHECK: %[[Y:.*]] = graph.convolution
// CHECK-NOT: graph.permute
// CHECK: return %[[Y]]
func.func @cancels(%x: !graph.tensor<1x2x8xf32>) -> !graph.tensor<1x8x4xf32> {
  %w = graph.constant dense<1.0> : tensor<4x2x1xf32> : () -> !graph.tensor<4x2x1xf32>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x2x8xf32>, !graph.tensor<4x2x1xf32>) -> !graph.tensor<1x4x8xf32, strides = [32, 1, 4]>
  %1 = graph.permute %0 [0, 2, 1] : (!graph.tensor<1x4x8xf32, strides = [32, 1, 4]>) -> !graph.tensor<1x8x4xf32>
  return %1 : !graph.tensor<1x8x4xf32>
}

// -----

// What leaves the function keeps its type.
// CHECK-LABEL: @keeps_strides
// CHECK: %[[Y:.*]] = graph.permute %{{.*}} [0, 1, 2] : {{.*}} -> !graph.tensor<1x8x4xf32, strides = [32, 1, 8]>
// CHECK: return
func.func @keeps_strides(%x: !graph.tensor<1x2x8xf32>) -> !graph.tensor<1x8x4xf32, strides = [32, 1, 8]> {
  %w = graph.constant dense<1.0> : tensor<4x2x1xf32> : () -> !graph.tensor<4x2x1xf32>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x2x8xf32>, !graph.tensor<4x2x1xf32>) -> !graph.tensor<1x4x8xf32>
  %1 = graph.permute %0 [0, 2, 1] : (!graph.tensor<1x4x8xf32>) -> !graph.tensor<1x8x4xf32, strides = [32, 1, 8]>
  return %1 : !graph.tensor<1x8x4xf32, strides = [32, 1, 8]>
}

// -----

// CHECK-LABEL: @transposed_stays
// CHECK-NOT: graph.permute
// CHECK: graph.convolution
// CHECK-NOT: channels_last
func.func @transposed_stays(%x: !graph.tensor<1x2x8xf32>) -> !graph.tensor<1x4x8xf32> {
  %w = graph.constant dense<1.0> : tensor<2x4x1xf32> : () -> !graph.tensor<2x4x1xf32>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>, transposed} : (!graph.tensor<1x2x8xf32>, !graph.tensor<2x4x1xf32>) -> !graph.tensor<1x4x8xf32>
  return %0 : !graph.tensor<1x4x8xf32>
}

// -----

// Where the values come later, ops compute what folding would: in double
// precision, rounded once.
// CHECK-LABEL: @folds_normalisation_later
// CHECK-DAG: %[[VAR:.*]] = graph.cast %{{.*}} to f64 : {{.*}} -> !graph.tensor<4xf64>
// CHECK-DAG: %[[SCALE:.*]] = graph.div %{{.*}}, %{{.*}} : {{.*}} -> !graph.tensor<4xf64>
// CHECK-DAG: graph.sqrt %{{.*}} : (!graph.tensor<4xf64>)
// CHECK: %[[COLUMN:.*]] = graph.reshape %[[SCALE]] [4, 1, 1, 1]
// CHECK: %[[WIDE:.*]] = graph.mul %{{.*}}, %[[COLUMN]] : {{.*}} -> !graph.tensor<4x2x1x1xf64>
// CHECK: %[[W:.*]] = graph.cast %[[WIDE]] to f32
// CHECK: graph.convolution %{{.*}}channels_last
// CHECK-NOT: graph.batch_norm
// CHECK: return
func.func @folds_normalisation_later(%x: !graph.tensor<1x2x8x8xf32>) -> !graph.tensor<1x4x8x8xf32> {
  %w = graph.constant dense_resource<"extern:w:"> : tensor<4x2x1x1xf32> : () -> !graph.tensor<4x2x1x1xf32>
  %mean = graph.constant dense_resource<"extern:mean:"> : tensor<4xf32> : () -> !graph.tensor<4xf32>
  %var = graph.constant dense_resource<"extern:var:"> : tensor<4xf32> : () -> !graph.tensor<4xf32>
  %0 = graph.convolution %x, %w {dilation = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, padding = array<i64: 0, 0>, stride = array<i64: 1, 1>} : (!graph.tensor<1x2x8x8xf32>, !graph.tensor<4x2x1x1xf32>) -> !graph.tensor<1x4x8x8xf32>
  %1 = graph.batch_norm %0 mean %mean var %var {eps = 1.000000e-05 : f64} : (!graph.tensor<1x4x8x8xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<1x4x8x8xf32>
  return %1 : !graph.tensor<1x4x8x8xf32>
}

// -----

// What lies in memory with channels last stays so on the way to a convolution.
// CHECK-LABEL: @argument
// CHECK-SAME: (%[[X:.*]]: !graph.tensor<1x2x8xf32, strides = [16, 1, 2]>)
// CHECK: %[[TWIN:.*]] = graph.permute %[[X]] [0, 2, 1]
// CHECK: %[[RELU:.*]] = graph.relu %[[TWIN]]
// CHECK: graph.convolution %[[RELU]]
func.func @argument(%x: !graph.tensor<1x2x8xf32, strides = [16, 1, 2]>) -> !graph.tensor<1x4x8xf32> {
  %w = graph.constant dense<1.0> : tensor<4x2x1xf32> : () -> !graph.tensor<4x2x1xf32>
  %r = graph.relu %x : (!graph.tensor<1x2x8xf32, strides = [16, 1, 2]>) -> !graph.tensor<1x2x8xf32, strides = [16, 1, 2]>
  %0 = graph.convolution %r, %w {dilation = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, padding = array<i64: 0>, stride = array<i64: 1>} : (!graph.tensor<1x2x8xf32, strides = [16, 1, 2]>, !graph.tensor<4x2x1xf32>) -> !graph.tensor<1x4x8xf32>
  return %0 : !graph.tensor<1x4x8xf32>
}

// -----

// Without a convolution nobody asks for it.
// CHECK-LABEL: @argument_alone
// CHECK-NOT: graph.permute
func.func @argument_alone(%x: !graph.tensor<1x2x8xf32, strides = [16, 1, 2]>) -> !graph.tensor<1x2x8xf32, strides = [16, 1, 2]> {
  %r = graph.relu %x : (!graph.tensor<1x2x8xf32, strides = [16, 1, 2]>) -> !graph.tensor<1x2x8xf32, strides = [16, 1, 2]>
  return %r : !graph.tensor<1x2x8xf32, strides = [16, 1, 2]>
}
