// RUN: graphc-opt %s --graphc-nvptx-expand-groups --canonicalize --split-input-file | FileCheck %s

#image = affine_map<(n, y, g, o, k, c) -> (n, y + k, g, c)>
#weight = affine_map<(n, y, g, o, k, c) -> (g, k, c, o)>
#sum = affine_map<(n, y, g, o, k, c) -> (n, y, g, o)>
#all = affine_map<(n, y, c) -> (n, y, c)>
#last = affine_map<(n, y, c) -> (c)>

// The bias and what follows have the loops of the product; the groups are
// joined behind all.
// CHECK-LABEL: func @follow
// CHECK: %[[PRODUCT:.*]] = linalg.generic {{.*}}"reduction"
// CHECK: %[[BIAS:.*]] = tensor.expand_shape %{{.*}} output_shape [2, 8] : tensor<16xf32> into tensor<2x8xf32>
// CHECK: %[[FIRST:.*]] = linalg.generic {{.*}} ins(%[[PRODUCT]], %[[BIAS]] : tensor<1x5x2x8xf32>, tensor<2x8xf32>)
// CHECK: %[[SECOND:.*]] = linalg.generic {{.*}} ins(%[[FIRST]] : tensor<1x5x2x8xf32>)
// CHECK: %[[JOINED:.*]] = tensor.collapse_shape %[[SECOND]] {{.*}} into tensor<1x5x16xf32>
// CHECK: return %[[JOINED]]
func.func @follow(%x: tensor<1x7x2x4xf32>, %w: tensor<2x3x4x8xf32>, %b: tensor<16xf32>) -> tensor<1x5x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x5x2x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x5x2x8xf32>) -> tensor<1x5x2x8xf32>
  %p = linalg.generic {indexing_maps = [#image, #weight, #sum], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%x, %w : tensor<1x7x2x4xf32>, tensor<2x3x4x8xf32>) outs(%f : tensor<1x5x2x8xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %m = arith.mulf %a, %c : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x5x2x8xf32>
  %j = tensor.collapse_shape %p [[0], [1], [2, 3]] : tensor<1x5x2x8xf32> into tensor<1x5x16xf32>
  %e2 = tensor.empty() : tensor<1x5x16xf32>
  %q = linalg.generic {indexing_maps = [#all, #last, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%j, %b : tensor<1x5x16xf32>, tensor<16xf32>) outs(%e2 : tensor<1x5x16xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %c : f32
    linalg.yield %s : f32
  } -> tensor<1x5x16xf32>
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%q : tensor<1x5x16xf32>) outs(%e2 : tensor<1x5x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %zero : f32
    linalg.yield %s : f32
  } -> tensor<1x5x16xf32>
  return %r : tensor<1x5x16xf32>
}

// -----

#all = affine_map<(n, c) -> (n, c)>

// What joins other dimensions stays as it is.
// CHECK-LABEL: func @others
// CHECK: tensor.collapse_shape
// CHECK-NEXT: tensor.empty
// CHECK-NEXT: linalg.generic
func.func @others(%x: tensor<3x2x8xf32>) -> tensor<3x16xf32> {
  %j = tensor.collapse_shape %x [[0], [1, 2]] : tensor<3x2x8xf32> into tensor<3x16xf32>
  %e = tensor.empty() : tensor<3x16xf32>
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%j : tensor<3x16xf32>) outs(%e : tensor<3x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<3x16xf32>
  return %r : tensor<3x16xf32>
}

// -----

#image = affine_map<(n, y, g, o, k, c) -> (n, y + k, g, c)>
#weight = affine_map<(n, y, g, o, k, c) -> (g, k, c, o)>
#sum = affine_map<(n, y, g, o, k, c) -> (n, y, g, o)>

// A copy into another order has no loop of groups.
// CHECK-LABEL: func @copied
// CHECK: %[[JOINED:.*]] = tensor.collapse_shape %{{.*}} into tensor<1x5x16xf32>
// CHECK: %[[COPY:.*]] = linalg.generic {{.*}} ins(%[[JOINED]] : tensor<1x5x16xf32>) outs(%{{.*}} : tensor<1x16x5xf32>)
// CHECK: return %[[COPY]]
func.func @copied(%x: tensor<1x7x2x4xf32>, %w: tensor<2x3x4x8xf32>) -> tensor<1x16x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x5x2x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x5x2x8xf32>) -> tensor<1x5x2x8xf32>
  %p = linalg.generic {indexing_maps = [#image, #weight, #sum], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%x, %w : tensor<1x7x2x4xf32>, tensor<2x3x4x8xf32>) outs(%f : tensor<1x5x2x8xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %m = arith.mulf %a, %c : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x5x2x8xf32>
  %j = tensor.collapse_shape %p [[0], [1], [2, 3]] : tensor<1x5x2x8xf32> into tensor<1x5x16xf32>
  %e2 = tensor.empty() : tensor<1x16x5xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(n, c, y) -> (n, y, c)>, affine_map<(n, c, y) -> (n, c, y)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%j : tensor<1x5x16xf32>) outs(%e2 : tensor<1x16x5xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<1x16x5xf32>
  return %q : tensor<1x16x5xf32>
}
