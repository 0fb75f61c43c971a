// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-form-kernels))' | FileCheck %s

#map = affine_map<(d0) -> (d0)>

// All of a kernel is computed at once, so what a kernel before this one reads
// may be computed behind it: %sum cannot be with %exp, as
//
//   %sum reads %a, with which %m is computed, which reads %h,
//   with which %late is computed, which reads %exp.
// CHECK-LABEL: func.func @chain(
// CHECK: %[[EXP:.*]] = kernel.region {{.*}}ins(%arg0 : tensor<4xf32>) {{.*}} -> tensor<4xf32>
// CHECK: kernel.region {{.*}} -> tensor<5xf32>, tensor<5xf32>
// CHECK: kernel.region {{.*}} -> tensor<6xf32>, tensor<6xf32>
// CHECK: kernel.region {{.*}}ins({{.*}}%[[EXP]]{{.*}} -> tensor<4xf32>
func.func @chain(%x: tensor<4xf32>, %y: tensor<5xf32>, %z: tensor<6xf32>) -> (tensor<4xf32>, tensor<5xf32>, tensor<6xf32>) {
  %four = tensor.empty() : tensor<4xf32>
  %five = tensor.empty() : tensor<5xf32>
  %six = tensor.empty() : tensor<6xf32>
  %h = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%y : tensor<5xf32>) outs(%five : tensor<5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.negf %in : f32
    linalg.yield %0 : f32
  } -> tensor<5xf32>
  %a = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%z : tensor<6xf32>) outs(%six : tensor<6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.negf %in : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %wide = tensor.insert_slice %h into %z[0] [5] [1] : tensor<5xf32> into tensor<6xf32>
  %m = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]} ins(%a, %wide : tensor<6xf32>, tensor<6xf32>) outs(%six : tensor<6xf32>) {
  ^bb0(%in: f32, %other: f32, %out: f32):
    %0 = arith.addf %in, %other : f32
    linalg.yield %0 : f32
  } -> tensor<6xf32>
  %exp = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%four : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.exp %in : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %placed = tensor.insert_slice %exp into %y[0] [4] [1] : tensor<4xf32> into tensor<5xf32>
  %late = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]} ins(%h, %placed : tensor<5xf32>, tensor<5xf32>) outs(%five : tensor<5xf32>) {
  ^bb0(%in: f32, %other: f32, %out: f32):
    %0 = arith.addf %in, %other : f32
    linalg.yield %0 : f32
  } -> tensor<5xf32>
  %cut = tensor.extract_slice %a[0] [4] [1] : tensor<6xf32> to tensor<4xf32>
  %sum = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]} ins(%exp, %cut : tensor<4xf32>, tensor<4xf32>) outs(%four : tensor<4xf32>) {
  ^bb0(%in: f32, %other: f32, %out: f32):
    %0 = arith.addf %in, %other : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  return %sum, %late, %m : tensor<4xf32>, tensor<5xf32>, tensor<6xf32>
}
