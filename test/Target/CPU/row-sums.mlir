// RUN: graphc-opt %s -graphc-cpu-emit-kernels="parallel=false" -canonicalize | FileCheck %s

// A long sum is a sum of short ones, so that its error stays small.
// CHECK-LABEL: func @long_sum
// CHECK: %[[TOTAL:.*]]:4 = scf.for %{{.*}} = %c0 to %c65536 step %c8192
// CHECK: %[[PART:.*]]:4 = scf.for {{.*}} step %c64 iter_args
// CHECK: arith.addf {{.*}}, %[[PART]]#0
// CHECK: vector.reduction <add>
// CHECK-SAME: reassoc
func.func @long_sum(%x: memref<4x65536xf32>, %z: memref<4xf32>) {
  kernel.region "sum" row ins(%x : memref<4x65536xf32>) outs(%z : memref<4xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<4x65536xf32>, %c: tensor<4xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<4xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4x65536xf32>) outs(%init : tensor<4xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  return
}

// The order of maxima changes nothing.
// CHECK-LABEL: func @long_maximum
// CHECK: scf.for {{.*}} = %c0 to %c4
// CHECK: scf.for {{.*}} = %c0 to %c65536 step %c64
// CHECK-NOT: scf.for
// CHECK: return
func.func @long_maximum(%x: memref<4x65536xf32>, %z: memref<4xf32>) {
  kernel.region "max" row ins(%x : memref<4x65536xf32>) outs(%z : memref<4xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<4x65536xf32>, %c: tensor<4xf32>):
    %zero = arith.constant 0xFF800000 : f32
    %empty = tensor.empty() : tensor<4xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4x65536xf32>) outs(%init : tensor<4xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    kernel.yield %0 : tensor<4xf32>
  }
  return
}

// Beside a maximum, which goes on from part to part, a sum is one of short ones
// as well.
// CHECK-LABEL: func @beside_maximum
// CHECK: %[[TOTAL:.*]]:8 = scf.for %{{.*}} = %c0 to %c65536 step %c8192 iter_args(%[[SUM:[^ ]*]] = %{{[^,]*}}, %[[MOST:[^ ]*]] =
// CHECK: %[[PART:.*]]:8 = scf.for {{.*}} step %c64 iter_args(%{{[^ ]*}} = %cst{{[_0-9]*}}, %{{[^ ]*}} = %[[MOST]],
// CHECK: %[[NEXT:.*]] = arith.addf %[[SUM]], %[[PART]]#0
// CHECK: scf.yield %[[NEXT]], %[[PART]]#1,
func.func @beside_maximum(%x: memref<4x65536xf32>, %y: memref<4xf32>, %z: memref<4xf32>) {
  kernel.region "both" row ins(%x : memref<4x65536xf32>) outs(%y, %z : memref<4xf32>, memref<4xf32>) attributes {domain_rank = 2 : i64, row_dims = 1 : i64} {
  ^bb0(%a: tensor<4x65536xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %empty = tensor.empty() : tensor<4xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %first = linalg.fill ins(%lowest : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4x65536xf32>) outs(%init : tensor<4xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.addf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4x65536xf32>) outs(%first : tensor<4xf32>) {
    ^bb1(%e: f32, %g: f32):
      %s = arith.maximumf %g, %e : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    kernel.yield %0, %1 : tensor<4xf32>, tensor<4xf32>
  }
  return
}
