// RUN: graphc-opt %s -graphc-nvptx-lower-pads | FileCheck %s

// Elements are of the source or the constant; only dimensions that grow are
// compared.
// CHECK-LABEL: func @constant
// CHECK-NOT: tensor.pad
// CHECK: linalg.generic
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: %[[J:.*]] = linalg.index 1
// CHECK: %[[AT:.*]] = arith.addi %[[J]], %c-2
// CHECK: %[[IN:.*]] = arith.cmpi ult, %[[AT]], %c5
// CHECK-NOT: arith.cmpi
// CHECK: %[[E:.*]] = tensor.extract %arg0[%[[I]], %{{.*}}]
// CHECK: arith.select %[[IN]], %[[E]], %{{.*}} : f32
func.func @constant(%x: tensor<4x5xf32>) -> tensor<4x10xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[0, 2] high[0, 3] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<4x5xf32> to tensor<4x10xf32>
  return %0 : tensor<4x10xf32>
}

// Windows look through paddings; of nothing there is no element.
// CHECK-LABEL: func @window
// CHECK: tensor.pad
func.func @window(%x: tensor<8xf32>, %w: tensor<3xf32>, %init: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[1] high[1] {
  ^bb0(%i: index):
    tensor.yield %zero : f32
  } : tensor<8xf32> to tensor<10xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0 + d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%0, %w : tensor<10xf32>, tensor<3xf32>) outs(%init : tensor<8xf32>) {
  ^bb1(%a: f32, %b: f32, %c: f32):
    %m = arith.maximumf %a, %b : f32
    %s = arith.maximumf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  return %1 : tensor<8xf32>
}

// CHECK-LABEL: func @of_nothing
// CHECK: tensor.pad
func.func @of_nothing(%x: tensor<0xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[1] high[2] {
  ^bb0(%i: index):
    tensor.yield %zero : f32
  } : tensor<0xf32> to tensor<3xf32>
  return %0 : tensor<3xf32>
}
