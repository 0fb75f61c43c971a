// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-form-kernels,canonicalize))' | FileCheck %s

#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// Dimensions of size 1 in between are read at 0, more of them than loops.
// CHECK-LABEL: @unit_dimensions
// CHECK: kernel.region "contraction" contraction
func.func @unit_dimensions(%a: tensor<2x1x1x8xf32>, %b: tensor<5x8xf32>) -> tensor<2x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x5xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x5xf32>) -> tensor<2x5xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, 0, 0, k)>, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<2x1x1x8xf32>, tensor<5x8xf32>) outs(%f : tensor<2x5xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %m = arith.mulf %u, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<2x5xf32>
  return %r : tensor<2x5xf32>
}

// A loop of one step need not be in a map.
// CHECK-LABEL: @one_row
// CHECK: kernel.region "contraction" contraction
func.func @one_row(%a: tensor<1x8xf32>, %b: tensor<5x8xf32>) -> tensor<1x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x5xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x5xf32>) -> tensor<1x5xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (0, k)>, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<1x8xf32>, tensor<5x8xf32>) outs(%f : tensor<1x5xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %m = arith.mulf %u, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<1x5xf32>
  return %r : tensor<1x5xf32>
}

// A product of one number has no columns to fill lanes with.
// CHECK-LABEL: @one_number
// CHECK: kernel.region "row" row
func.func @one_number(%a: tensor<1x8xf32>, %b: tensor<1x8xf32>) -> tensor<1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1xf32>) -> tensor<1x1xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (0, k)>, affine_map<(m, n, k) -> (0, k)>, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<1x8xf32>, tensor<1x8xf32>) outs(%f : tensor<1x1xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %m = arith.mulf %u, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<1x1xf32>
  return %r : tensor<1x1xf32>
}
