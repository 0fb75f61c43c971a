// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-align-domains,graphc-form-kernels))' | FileCheck %s

#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#outer = affine_map<(d0, d1, d2) -> (d0, d2)>
#kept = affine_map<(d0, d1, d2) -> (d0, 0, d2)>
#last = affine_map<(d0, d1, d2) -> (d0, d1)>
#swapped = affine_map<(d0, d1, d2) -> (d0, d2, d1)>

// The domain is that of the reductions; what computes elements tells in which
// order it has its dimensions.
// CHECK-LABEL: func @softmax
// CHECK: kernel.region "row" row
// CHECK-SAME: domain_rank = 3 : i64, row_dims = 2 : i64
// CHECK: iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK: iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME: kernel.order = array<i64: 0, 2, 1>
// CHECK: iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK: iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME: kernel.order = array<i64: 0, 2, 1>
// CHECK-NOT: kernel.region
// CHECK: return
func.func @softmax(%x: tensor<4x16x32xf32>) -> tensor<4x16x32xf32> {
  %zero = arith.constant 0.0 : f32
  %lowest = arith.constant 0xFF800000 : f32
  %row = tensor.empty() : tensor<4x32xf32>
  %full = tensor.empty() : tensor<4x16x32xf32>
  %init = linalg.fill ins(%lowest : f32) outs(%row : tensor<4x32xf32>) -> tensor<4x32xf32>
  %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<4x32xf32>) -> tensor<4x32xf32>
  %max = linalg.generic {indexing_maps = [#id, #outer], iterator_types = ["parallel", "reduction", "parallel"]} ins(%x : tensor<4x16x32xf32>) outs(%init : tensor<4x32xf32>) {
  ^bb0(%e: f32, %g: f32):
    %s = arith.maximumf %e, %g : f32
    linalg.yield %s : f32
  } -> tensor<4x32xf32>
  %exp = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %max : tensor<4x16x32xf32>, tensor<4x32xf32>) outs(%full : tensor<4x16x32xf32>) {
  ^bb0(%e: f32, %m: f32, %g: f32):
    %d = arith.subf %e, %m : f32
    %s = math.exp %d : f32
    linalg.yield %s : f32
  } -> tensor<4x16x32xf32>
  %sum = linalg.generic {indexing_maps = [#id, #outer], iterator_types = ["parallel", "reduction", "parallel"]} ins(%exp : tensor<4x16x32xf32>) outs(%nothing : tensor<4x32xf32>) {
  ^bb0(%e: f32, %g: f32):
    %s = arith.addf %g, %e : f32
    linalg.yield %s : f32
  } -> tensor<4x32xf32>
  %y = linalg.generic {indexing_maps = [#id, #outer, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%exp, %sum : tensor<4x16x32xf32>, tensor<4x32xf32>) outs(%full : tensor<4x16x32xf32>) {
  ^bb0(%e: f32, %m: f32, %g: f32):
    %s = arith.divf %e, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x16x32xf32>
  return %y : tensor<4x16x32xf32>
}

// A reduction that keeps its dimension: what follows runs over the others
// alone, and has its view for who wants that.
// CHECK-LABEL: func @kept
// CHECK: %[[R:.*]]:2 = kernel.region "row" row ins(%arg0 : tensor<4x16x32xf32>)
// CHECK-SAME: -> tensor<4x32xf32>, tensor<4x16x32xf32>
// CHECK: math.sqrt
// CHECK: arith.divf
// CHECK: %[[V:.*]] = tensor.expand_shape %[[R]]#0
// CHECK: return %[[V]], %[[R]]#1
func.func @kept(%x: tensor<4x16x32xf32>) -> (tensor<4x1x32xf32>, tensor<4x16x32xf32>) {
  %zero = arith.constant 0.0 : f32
  %row = tensor.empty() : tensor<4x32xf32>
  %one = tensor.empty() : tensor<4x1x32xf32>
  %full = tensor.empty() : tensor<4x16x32xf32>
  %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<4x32xf32>) -> tensor<4x32xf32>
  %sum = linalg.generic {indexing_maps = [#id, #outer], iterator_types = ["parallel", "reduction", "parallel"]} ins(%x : tensor<4x16x32xf32>) outs(%nothing : tensor<4x32xf32>) {
  ^bb0(%e: f32, %g: f32):
    %q = arith.mulf %e, %e : f32
    %s = arith.addf %g, %q : f32
    linalg.yield %s : f32
  } -> tensor<4x32xf32>
  %view = tensor.expand_shape %sum [[0, 1], [2]] output_shape [4, 1, 32] : tensor<4x32xf32> into tensor<4x1x32xf32>
  %root = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%view : tensor<4x1x32xf32>) outs(%one : tensor<4x1x32xf32>) {
  ^bb0(%e: f32, %g: f32):
    %s = math.sqrt %e : f32
    linalg.yield %s : f32
  } -> tensor<4x1x32xf32>
  %y = linalg.generic {indexing_maps = [#id, #kept, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %root : tensor<4x16x32xf32>, tensor<4x1x32xf32>) outs(%full : tensor<4x16x32xf32>) {
  ^bb0(%e: f32, %m: f32, %g: f32):
    %s = arith.divf %e, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x16x32xf32>
  return %root, %y : tensor<4x1x32xf32>, tensor<4x16x32xf32>
}

// Rows that lie along memory: their order is not changed on the way.
// CHECK-LABEL: func @transposed
// CHECK: kernel.region {{.*}} row
// CHECK: kernel.region {{.*}} pointwise
// CHECK: return
func.func @transposed(%x: tensor<4x16x32xf32>) -> tensor<4x32x16xf32> {
  %zero = arith.constant 0.0 : f32
  %row = tensor.empty() : tensor<4x16xf32>
  %full = tensor.empty() : tensor<4x16x32xf32>
  %other = tensor.empty() : tensor<4x32x16xf32>
  %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<4x16xf32>) -> tensor<4x16xf32>
  %sum = linalg.generic {indexing_maps = [#id, #last], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x : tensor<4x16x32xf32>) outs(%nothing : tensor<4x16xf32>) {
  ^bb0(%e: f32, %g: f32):
    %s = arith.addf %g, %e : f32
    linalg.yield %s : f32
  } -> tensor<4x16xf32>
  %d = linalg.generic {indexing_maps = [#id, #last, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %sum : tensor<4x16x32xf32>, tensor<4x16xf32>) outs(%full : tensor<4x16x32xf32>) {
  ^bb0(%e: f32, %m: f32, %g: f32):
    %s = arith.divf %e, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x16x32xf32>
  %y = linalg.generic {indexing_maps = [#swapped, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%d : tensor<4x16x32xf32>) outs(%other : tensor<4x32x16xf32>) {
  ^bb0(%e: f32, %g: f32):
    %s = arith.negf %e : f32
    linalg.yield %s : f32
  } -> tensor<4x32x16xf32>
  return %y : tensor<4x32x16xf32>
}

// What is stored besides is summed up on the way, unless that makes it be read
// twice.
// CHECK-LABEL: func @short_columns
// CHECK: kernel.region {{.*}} row
// CHECK-NOT: kernel.region
// CHECK: return
func.func @short_columns(%x: tensor<4x16x32xf32>, %w: tensor<4x16x32xf32>) -> (tensor<4x16x32xf32>, tensor<4x32xf32>) {
  %zero = arith.constant 0.0 : f32
  %row = tensor.empty() : tensor<4x32xf32>
  %full = tensor.empty() : tensor<4x16x32xf32>
  %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<4x32xf32>) -> tensor<4x32xf32>
  %p = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %w : tensor<4x16x32xf32>, tensor<4x16x32xf32>) outs(%full : tensor<4x16x32xf32>) {
  ^bb0(%e: f32, %m: f32, %g: f32):
    %s = arith.addf %e, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x16x32xf32>
  %sum = linalg.generic {indexing_maps = [#id, #outer], iterator_types = ["parallel", "reduction", "parallel"]} ins(%p : tensor<4x16x32xf32>) outs(%nothing : tensor<4x32xf32>) {
  ^bb0(%e: f32, %g: f32):
    %s = arith.addf %g, %e : f32
    linalg.yield %s : f32
  } -> tensor<4x32xf32>
  return %p, %sum : tensor<4x16x32xf32>, tensor<4x32xf32>
}

// CHECK-LABEL: func @long_columns
// CHECK: kernel.region {{.*}} pointwise
// CHECK: kernel.region {{.*}} row
// CHECK: return
func.func @long_columns(%x: tensor<4x4096x32xf32>, %w: tensor<4x4096x32xf32>) -> (tensor<4x4096x32xf32>, tensor<4x32xf32>) {
  %zero = arith.constant 0.0 : f32
  %row = tensor.empty() : tensor<4x32xf32>
  %full = tensor.empty() : tensor<4x4096x32xf32>
  %nothing = linalg.fill ins(%zero : f32) outs(%row : tensor<4x32xf32>) -> tensor<4x32xf32>
  %p = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %w : tensor<4x4096x32xf32>, tensor<4x4096x32xf32>) outs(%full : tensor<4x4096x32xf32>) {
  ^bb0(%e: f32, %m: f32, %g: f32):
    %s = arith.addf %e, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x4096x32xf32>
  %sum = linalg.generic {indexing_maps = [#id, #outer], iterator_types = ["parallel", "reduction", "parallel"]} ins(%p : tensor<4x4096x32xf32>) outs(%nothing : tensor<4x32xf32>) {
  ^bb0(%e: f32, %g: f32):
    %s = arith.addf %g, %e : f32
    linalg.yield %s : f32
  } -> tensor<4x32xf32>
  return %p, %sum : tensor<4x4096x32xf32>, tensor<4x32xf32>
}
