// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-form-kernels,canonicalize))' --split-input-file | FileCheck %s

#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
#column = affine_map<(m, n) -> (n)>

// A row's sum spread over rows of another length is another kernel's.
// CHECK-LABEL: func @other_length
// CHECK: kernel.region "row" row ins(%{{.*}} : tensor<4x16xf32>)
// CHECK: kernel.region "pointwise" pointwise ins(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<17xf32>)
func.func @other_length(%x: tensor<4x16xf32>, %y: tensor<17xf32>) -> tensor<4x17xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x16xf32>) outs(%f : tensor<4xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<4xf32>
  %o = tensor.empty() : tensor<4x17xf32>
  %r = linalg.generic {indexing_maps = [#row, #column, #id], iterator_types = ["parallel", "parallel"]} ins(%sum, %y : tensor<4xf32>, tensor<17xf32>) outs(%o : tensor<4x17xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %t = arith.mulf %u, %v : f32
    linalg.yield %t : f32
  } -> tensor<4x17xf32>
  return %r : tensor<4x17xf32>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>

// Rows of one tensor have one length, whatever that is.
// CHECK-LABEL: func @same_tensor
// CHECK: kernel.region "row" row ins(%{{.*}} : tensor<?x?xf32>)
// CHECK-NOT: kernel.region
func.func @same_tensor(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %e = tensor.empty(%m) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  %o = tensor.empty(%m, %n) : tensor<?x?xf32>
  %r = linalg.generic {indexing_maps = [#row, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%sum, %x : tensor<?xf32>, tensor<?x?xf32>) outs(%o : tensor<?x?xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %t = arith.mulf %u, %v : f32
    linalg.yield %t : f32
  } -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
#column = affine_map<(m, n) -> (n)>

// Nobody knows whether these do.
// CHECK-LABEL: func @unknown_length
// CHECK: kernel.region "row" row ins(%{{.*}} : tensor<4x?xf32>)
// CHECK: kernel.region "pointwise" pointwise
func.func @unknown_length(%x: tensor<4x?xf32>, %y: tensor<?xf32>) -> tensor<4x?xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %e = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x?xf32>) outs(%f : tensor<4xf32>) {
  ^bb0(%u: f32, %s: f32):
    %t = arith.addf %s, %u : f32
    linalg.yield %t : f32
  } -> tensor<4xf32>
  %n = tensor.dim %y, %c0 : tensor<?xf32>
  %o = tensor.empty(%n) : tensor<4x?xf32>
  %r = linalg.generic {indexing_maps = [#row, #column, #id], iterator_types = ["parallel", "parallel"]} ins(%sum, %y : tensor<4xf32>, tensor<?xf32>) outs(%o : tensor<4x?xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %t = arith.mulf %u, %v : f32
    linalg.yield %t : f32
  } -> tensor<4x?xf32>
  return %r : tensor<4x?xf32>
}
