// RUN: graphc-opt %s -graphc-pack-pixels | FileCheck %s

// Lines of 7 pixels that begin 2 pixels apart; a pixel has the 3 channels of 7
// pixels below each other, and of an eighth, so that it begins at 16 bytes.
// CHECK-DAG: #[[FOLDED:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2 * 48 + d4)>
// CHECK-DAG: #[[WEIGHTS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d3 floordiv 64, d4, d3 mod 64)>
// CHECK-DAG: #[[LINES:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 + d4, d2 * 72 + d5)>
#image = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d6, d1 * 2 + d4, d2 * 2 + d5)>
#weights = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3 floordiv 64, d4, d5, d6, d3 mod 64)>
#result = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func @stem
// CHECK-SAME: %[[X:.*]]: tensor<?x3x32x32xf16>, %[[W:.*]]: tensor<1x7x7x3x64xf16>
// CHECK: %[[COPY:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<?x16x37x24xf16>)
// CHECK: %[[PLACE:.*]] = linalg.index 3
// CHECK: %[[TAP:.*]] = arith.divui %[[PLACE]], %c3
// CHECK: %[[ISTAP:.*]] = arith.cmpi ult, %[[TAP]], %c7
// CHECK: tensor.extract %[[X]]
// CHECK: %[[REORDERED:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<1x7x8x3x64xf16>)
// CHECK: tensor.extract %[[W]]
// CHECK: %[[IMAGE:.*]] = tensor.collapse_shape %[[COPY]] {{\[}}[0], [1], [2, 3]]
// CHECK: %[[DEPTH:.*]] = tensor.collapse_shape %[[REORDERED]] {{\[}}[0], [1, 2, 3], [4]]
// CHECK: linalg.generic {indexing_maps = [#[[FOLDED]], #[[WEIGHTS]]
// CHECK-SAME: ins(%[[IMAGE]], %[[DEPTH]] : tensor<?x16x888xf16>, tensor<1x168x64xf16>)
func.func @stem(%x: tensor<?x3x32x32xf16>, %w: tensor<1x7x7x3x64xf16>, %init: tensor<?x16x16x64xf32>) -> tensor<?x16x16x64xf32> {
  %zero = arith.constant 0.0 : f16
  %padded = tensor.pad %x low[0, 0, 3, 3] high[0, 0, 3, 3] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f16
  } : tensor<?x3x32x32xf16> to tensor<?x3x38x38xf16>
  %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%padded, %w : tensor<?x3x38x38xf16>, tensor<1x7x7x3x64xf16>) outs(%init : tensor<?x16x16x64xf32>) {
  ^bb0(%a: f16, %b: f16, %c: f32):
    %e = arith.extf %a : f16 to f32
    %f = arith.extf %b : f16 to f32
    %m = arith.mulf %e, %f : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<?x16x16x64xf32>
  return %0 : tensor<?x16x16x64xf32>
}

// Patches of 4 by 4 pixels are rows of 48; known weights need no copy at all.
#patch = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d6, d1 * 4 + d4, d2 * 4 + d5)>
// CHECK-LABEL: func @patches
// CHECK-DAG: %[[X:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<2x8x8x48xbf16>)
// CHECK-DAG: %[[W:.*]] = tensor.collapse_shape %{{.*}} {{\[}}[0], [1, 2, 3], [4]]
// CHECK-NOT: tensor.pad
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[W]] : tensor<2x8x8x48xbf16>, tensor<1x48x64xbf16>)
func.func @patches(%x: tensor<2x3x32x32xbf16>, %init: tensor<2x8x8x64xf32>) -> tensor<2x8x8x64xf32> {
  %w = arith.constant dense<1.0> : tensor<1x4x4x3x64xbf16>
  %0 = linalg.generic {indexing_maps = [#patch, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<2x3x32x32xbf16>, tensor<1x4x4x3x64xbf16>) outs(%init : tensor<2x8x8x64xf32>) {
  ^bb0(%a: bf16, %b: bf16, %c: f32):
    %e = arith.extf %a : bf16 to f32
    %f = arith.extf %b : bf16 to f32
    %m = arith.mulf %e, %f : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x8x8x64xf32>
  return %0 : tensor<2x8x8x64xf32>
}

// With more channels it is not worth to copy each three times.
#three = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 + d4, d2 + d5, d6)>
// CHECK-LABEL: func @lines
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<2x32x32x72xbf16>)
// CHECK: %[[IMAGE:.*]] = tensor.collapse_shape %{{.*}} {{\[}}[0], [1], [2, 3]]
// CHECK: linalg.generic {indexing_maps = [#[[LINES]],
// CHECK-SAME: ins(%[[IMAGE]], %{{.*}} : tensor<2x32x2304xbf16>, tensor<1x3x216x64xbf16>)
func.func @lines(%x: tensor<2x32x32x68xbf16>, %w: tensor<1x3x3x68x64xbf16>, %init: tensor<2x30x30x64xf32>) -> tensor<2x30x30x64xf32> {
  %0 = linalg.generic {indexing_maps = [#three, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<2x32x32x68xbf16>, tensor<1x3x3x68x64xbf16>) outs(%init : tensor<2x30x30x64xf32>) {
  ^bb0(%a: bf16, %b: bf16, %c: f32):
    %e = arith.extf %a : bf16 to f32
    %f = arith.extf %b : bf16 to f32
    %m = arith.mulf %e, %f : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x30x30x64xf32>
  return %0 : tensor<2x30x30x64xf32>
}

// Eight channels are copied as they are, and f32 is no matter of tensor cores.
// CHECK-LABEL: func @others
// CHECK-NOT: tensor.collapse_shape
// CHECK: return
func.func @others(%x: tensor<2x8x32x32xbf16>, %w: tensor<1x4x4x8x64xbf16>, %y: tensor<2x3x32x32xf32>, %v: tensor<1x4x4x3x64xf32>, %init: tensor<2x8x8x64xf32>) -> (tensor<2x8x8x64xf32>, tensor<2x8x8x64xf32>) {
  %0 = linalg.generic {indexing_maps = [#patch, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<2x8x32x32xbf16>, tensor<1x4x4x8x64xbf16>) outs(%init : tensor<2x8x8x64xf32>) {
  ^bb0(%a: bf16, %b: bf16, %c: f32):
    %e = arith.extf %a : bf16 to f32
    %f = arith.extf %b : bf16 to f32
    %m = arith.mulf %e, %f : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x8x8x64xf32>
  %1 = linalg.generic {indexing_maps = [#patch, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%y, %v : tensor<2x3x32x32xf32>, tensor<1x4x4x3x64xf32>) outs(%init : tensor<2x8x8x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x8x8x64xf32>
  return %0, %1 : tensor<2x8x8x64xf32>, tensor<2x8x8x64xf32>
}
