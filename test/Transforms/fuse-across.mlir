// RUN: graphc-opt %s -graphc-form-kernels | FileCheck %s

#map = affine_map<(d0, d1) -> (d0, d1)>
#across = affine_map<(d0, d1) -> (d1, d0)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

// Columns of absolute values: nobody else wants them.
// CHECK-LABEL: func @columns_of_magnitudes
// CHECK: kernel.region "max" row ins(%arg0 :
// CHECK: linalg.generic
// CHECK-SAME: ["parallel", "reduction"]
// CHECK: %[[A:.*]] = math.absf
// CHECK: arith.maximumf %{{.*}}, %[[A]]
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @columns_of_magnitudes(%x: tensor<64x48xf32>) -> tensor<48xf32> {
  %e = tensor.empty() : tensor<64x48xf32>
  %a = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<64x48xf32>) outs(%e : tensor<64x48xf32>) {
  ^bb0(%v: f32, %o: f32):
    %w = math.absf %v : f32
    linalg.yield %w : f32
  } -> tensor<64x48xf32>
  %zero = arith.constant 0.0 : f32
  %f = tensor.empty() : tensor<48xf32>
  %i = linalg.fill ins(%zero : f32) outs(%f : tensor<48xf32>) -> tensor<48xf32>
  %r = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x48xf32>) outs(%i : tensor<48xf32>) {
  ^bb0(%v: f32, %o: f32):
    %w = arith.maximumf %o, %v : f32
    linalg.yield %w : f32
  } -> tensor<48xf32> loc("max")
  return %r : tensor<48xf32>
}

// A sum of products with a vector is a product of matrices when it is one op,
// which rows alone are not. Two ops of one kernel do without storing products.
// CHECK-LABEL: func @weighted
// CHECK: kernel.region {{.*}} row
// CHECK: arith.mulf
// CHECK: linalg.generic
// CHECK: arith.addf
// CHECK-NOT: kernel.region
// CHECK: return
func.func @weighted(%x: tensor<64x48xf32>, %w: tensor<64xf32>) -> tensor<48xf32> {
  %e = tensor.empty() : tensor<64x48xf32>
  %a = linalg.generic {indexing_maps = [#map, #row, #map], iterator_types = ["parallel", "parallel"]} ins(%x, %w : tensor<64x48xf32>, tensor<64xf32>) outs(%e : tensor<64x48xf32>) {
  ^bb0(%v: f32, %s: f32, %o: f32):
    %p = arith.mulf %v, %s : f32
    linalg.yield %p : f32
  } -> tensor<64x48xf32>
  %zero = arith.constant 0.0 : f32
  %f = tensor.empty() : tensor<48xf32>
  %i = linalg.fill ins(%zero : f32) outs(%f : tensor<48xf32>) -> tensor<48xf32>
  %r = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x48xf32>) outs(%i : tensor<48xf32>) {
  ^bb0(%v: f32, %o: f32):
    %p = arith.addf %o, %v : f32
    linalg.yield %p : f32
  } -> tensor<48xf32>
  return %r : tensor<48xf32>
}

// What is a result besides is computed once.
// CHECK-LABEL: func @both
// CHECK: kernel.region {{.*}} row
// CHECK-COUNT-1: math.absf
// CHECK: linalg.generic
// CHECK-NOT: math.absf
// CHECK-NOT: kernel.region
// CHECK: return
func.func @both(%x: tensor<64x48xf32>) -> (tensor<64x48xf32>, tensor<48xf32>) {
  %e = tensor.empty() : tensor<64x48xf32>
  %a = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<64x48xf32>) outs(%e : tensor<64x48xf32>) {
  ^bb0(%v: f32, %o: f32):
    %w = math.absf %v : f32
    linalg.yield %w : f32
  } -> tensor<64x48xf32>
  %zero = arith.constant 0.0 : f32
  %f = tensor.empty() : tensor<48xf32>
  %i = linalg.fill ins(%zero : f32) outs(%f : tensor<48xf32>) -> tensor<48xf32>
  %r = linalg.generic {indexing_maps = [#across, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x48xf32>) outs(%i : tensor<48xf32>) {
  ^bb0(%v: f32, %o: f32):
    %w = arith.addf %o, %v : f32
    linalg.yield %w : f32
  } -> tensor<48xf32>
  return %a, %r : tensor<64x48xf32>, tensor<48xf32>
}
