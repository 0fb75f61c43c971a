// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-align-domains))' --split-input-file | FileCheck %s

// A dimension of size 1 in front of the product's.

// CHECK-LABEL: func @unit(
// CHECK-SAME:    %{{.*}}, %{{.*}}, %[[BIAS:.*]]: tensor<6xf32>, %[[REST:.*]]: tensor<1x4x6xf32>
// CHECK:         %[[PRODUCT:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel", "reduction"]
// CHECK:         %[[SUM:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel"]
// CHECK-SAME:      ins(%[[PRODUCT]], %[[BIAS]], %[[REST]] :
// CHECK-SAME:      outs(%{{.*}} : tensor<4x6xf32>)
// CHECK:         tensor.expand_shape %{{.*}} {{\[\[}}0, 1], [2]] output_shape [1, 4, 6]
func.func @unit(%a: tensor<4x8xf32>, %b: tensor<6x8xf32>, %bias: tensor<6xf32>, %rest: tensor<1x4x6xf32>) -> tensor<1x4x6xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x8xf32>, tensor<6x8xf32>) outs(%f : tensor<4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %q = arith.addf %s, %p : f32
    linalg.yield %q : f32
  } -> tensor<4x6xf32>
  %e1 = tensor.empty() : tensor<1x4x6xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%0, %bias, %rest : tensor<4x6xf32>, tensor<6xf32>, tensor<1x4x6xf32>) outs(%e1 : tensor<1x4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32, %s: f32):
    %p = arith.addf %x, %y : f32
    %q = arith.addf %p, %z : f32
    linalg.yield %q : f32
  } -> tensor<1x4x6xf32>
  return %1 : tensor<1x4x6xf32>
}

// -----

// Rows of several sequences: what has them side by side is collapsed, what has
// one of the two dimensions takes the row apart. The next consumer follows.

// CHECK: #[[POSITION:.*]] = affine_map<(d0, d1) -> (d0 mod 4, d1)>
// CHECK-LABEL: func @rows(
// CHECK-SAME:    %[[PRODUCT:.*]]: tensor<8x5xf32>, %{{.*}}, %{{.*}}, %[[POS:.*]]: tensor<4x6xf32>, %[[REST:.*]]: tensor<2x4x6xf32>
// CHECK:         linalg.generic
// CHECK:         %[[FLAT:.*]] = tensor.collapse_shape %[[REST]] {{\[\[}}0, 1], [2]]
// CHECK:         %[[SUM:.*]] = linalg.generic
// CHECK-SAME:      #[[POSITION]]
// CHECK-SAME:      ins(%{{.*}}, %[[POS]], %[[FLAT]] :
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%[[SUM]] : tensor<8x6xf32>)
// CHECK:         tensor.expand_shape {{.*}} output_shape [2, 4, 6]
func.func @rows(%a: tensor<8x5xf32>, %b: tensor<5x6xf32>, %bias: tensor<6xf32>, %pos: tensor<4x6xf32>, %rest: tensor<2x4x6xf32>) -> tensor<2x4x6xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x6xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x6xf32>) -> tensor<8x6xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<8x5xf32>, tensor<5x6xf32>) outs(%f : tensor<8x6xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %q = arith.addf %s, %p : f32
    linalg.yield %q : f32
  } -> tensor<8x6xf32>
  %x0 = tensor.expand_shape %0 [[0, 1], [2]] output_shape [2, 4, 6] : tensor<8x6xf32> into tensor<2x4x6xf32>
  %e1 = tensor.empty() : tensor<2x4x6xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x0, %pos, %rest : tensor<2x4x6xf32>, tensor<4x6xf32>, tensor<2x4x6xf32>) outs(%e1 : tensor<2x4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32, %s: f32):
    %p = arith.addf %x, %y : f32
    %q = arith.addf %p, %z : f32
    linalg.yield %q : f32
  } -> tensor<2x4x6xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1 : tensor<2x4x6xf32>) outs(%e1 : tensor<2x4x6xf32>) {
  ^bb0(%x: f32, %s: f32):
    %p = arith.negf %x : f32
    linalg.yield %p : f32
  } -> tensor<2x4x6xf32>
  return %2 : tensor<2x4x6xf32>
}

// -----

// What runs over other loops stays.

// CHECK-LABEL: func @transposed(
// CHECK:         linalg.generic
// CHECK-NOT:     tensor.expand_shape
// CHECK:         -> tensor<6x4xf32>
func.func @transposed(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>) -> tensor<6x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x6xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x5xf32>, tensor<5x6xf32>) outs(%f : tensor<4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %q = arith.addf %s, %p : f32
    linalg.yield %q : f32
  } -> tensor<4x6xf32>
  %e1 = tensor.empty() : tensor<6x4xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<4x6xf32>) outs(%e1 : tensor<6x4xf32>) {
  ^bb0(%x: f32, %s: f32):
    %p = arith.negf %x : f32
    linalg.yield %p : f32
  } -> tensor<6x4xf32>
  return %1 : tensor<6x4xf32>
}

// -----

// What reads the sum of a row stays with it, in the model's shape: it cannot be
// part of the product's kernel.

// CHECK-LABEL: func @normalized(
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK:         %[[WIDE:.*]] = tensor.expand_shape
// CHECK:         %[[SUM:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[WIDE]] :
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]} ins(%[[WIDE]], %[[SUM]] :
func.func @normalized(%a: tensor<8x5xf32>, %b: tensor<5x6xf32>) -> tensor<2x4x6xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x6xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x6xf32>) -> tensor<8x6xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<8x5xf32>, tensor<5x6xf32>) outs(%f : tensor<8x6xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.mulf %x, %y : f32
    %q = arith.addf %s, %p : f32
    linalg.yield %q : f32
  } -> tensor<8x6xf32>
  %x0 = tensor.expand_shape %0 [[0, 1], [2]] output_shape [2, 4, 6] : tensor<8x6xf32> into tensor<2x4x6xf32>
  %e1 = tensor.empty() : tensor<2x4xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x0 : tensor<2x4x6xf32>) outs(%f1 : tensor<2x4xf32>) {
  ^bb0(%x: f32, %s: f32):
    %p = arith.addf %x, %s : f32
    linalg.yield %p : f32
  } -> tensor<2x4xf32>
  %e2 = tensor.empty() : tensor<2x4x6xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x0, %1 : tensor<2x4x6xf32>, tensor<2x4xf32>) outs(%e2 : tensor<2x4x6xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %p = arith.divf %x, %y : f32
    linalg.yield %p : f32
  } -> tensor<2x4x6xf32>
  return %2 : tensor<2x4x6xf32>
}

// -----

// A row's number is computed without the dimension of size 1 that stands for
// its elements, and read so.

// CHECK: #[[ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func @kept(
// CHECK-SAME:    %[[X:.*]]: tensor<?x16xf32>
// CHECK:         %[[MOST:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "reduction"]
// CHECK:         %[[SIZE:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel"]
// CHECK-SAME:      ins(%[[MOST]] : tensor<?xf32>)
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #[[ROW]], #{{.*}}], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[SIZE]] : tensor<?x16xf32>, tensor<?xf32>)
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
#kept = affine_map<(m, n) -> (m, 0)>
func.func @kept(%x: tensor<?x16xf32>, %m: index) -> tensor<?x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x16xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %p = arith.maximumf %s, %u : f32
    linalg.yield %p : f32
  } -> tensor<?xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [%m, 1] : tensor<?xf32> into tensor<?x1xf32>
  %e1 = tensor.empty(%m) : tensor<?x1xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%1 : tensor<?x1xf32>) outs(%e1 : tensor<?x1xf32>) {
  ^bb0(%u: f32, %s: f32):
    %p = math.absf %u : f32
    linalg.yield %p : f32
  } -> tensor<?x1xf32>
  %e2 = tensor.empty(%m) : tensor<?x16xf32>
  %3 = linalg.generic {indexing_maps = [#id, #kept, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %2 : tensor<?x16xf32>, tensor<?x1xf32>) outs(%e2 : tensor<?x16xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %p = arith.subf %u, %v : f32
    linalg.yield %p : f32
  } -> tensor<?x16xf32>
  return %3 : tensor<?x16xf32>
}

// -----

// A reduction along a dimension of size 1 needs it to know how many steps it
// makes.

// CHECK-LABEL: func @reduced_again(
// CHECK:         %[[KEPT:.*]] = tensor.expand_shape
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%[[KEPT]] : tensor<4x1xf32>)
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
func.func @reduced_again(%x: tensor<4x16xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x16xf32>) outs(%f : tensor<4xf32>) {
  ^bb0(%u: f32, %s: f32):
    %p = arith.addf %s, %u : f32
    linalg.yield %p : f32
  } -> tensor<4xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%1 : tensor<4x1xf32>) outs(%f : tensor<4xf32>) {
  ^bb0(%u: f32, %s: f32):
    %p = arith.addf %s, %u : f32
    linalg.yield %p : f32
  } -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
