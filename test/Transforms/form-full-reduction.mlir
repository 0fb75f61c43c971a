// RUN: graphc-opt %s -graphc-form-kernels | FileCheck %s

// A reduction of everything is a row kernel of one row, with what follows it.
// CHECK-LABEL: func @mean_of_all
// CHECK: kernel.region {{.*}} row ins(%arg0 : tensor<64x128xf32>) outs(%{{.*}} : tensor<f32>) {{.*}}domain_rank = 2 : i64, row_dims = 0 : i64
// CHECK-NOT: kernel.region
func.func @mean_of_all(%x: tensor<64x128xf32>) -> tensor<f32> {
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.5 : f32
  %empty = tensor.empty() : tensor<f32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<f32>) -> tensor<f32>
  %sum = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<64x128xf32>) outs(%init : tensor<f32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  %mean = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%sum : tensor<f32>) outs(%empty : tensor<f32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.mulf %a, %scale : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  return %mean : tensor<f32>
}
