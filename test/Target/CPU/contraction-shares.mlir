// RUN: graphc-opt %s --pass-pipeline='builtin.module(graphc-cpu-declare-runtime,func.func(graphc-cpu-emit-kernels{vector-bits=512 parallel=true}),canonicalize)' | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#packed = affine_map<(m, n, k) -> (n floordiv 32, k, n mod 32)>
#c = affine_map<(m, n, k) -> (m, n)>

// B is more than A and C: threads share panels, and rows only if those are few.
// CHECK-LABEL: func.func @wide(
// CHECK:         %[[FEW:.*]] = arith.select %{{.*}}, %c1, %{{.*}} : index
// CHECK-NEXT:    arith.maxui %[[FEW]], %c1
func.func @wide(%a: memref<64x256xf32>, %b: memref<32x256x32xf32>, %c: memref<64x1024xf32>) {
  kernel.region "matmul" contraction ins(%a, %b : memref<64x256xf32>, memref<32x256x32xf32>) outs(%c : memref<64x1024xf32>)
      attributes {schedule = {feed = "packed", rows = 8 : i64, columns = 32 : i64, tile = 1 : i64, group = 8 : i64, depth = 256 : i64}} {
  ^bb0(%x: tensor<64x256xf32>, %y: tensor<32x256x32xf32>, %o: tensor<64x1024xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<64x1024xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x1024xf32>) -> tensor<64x1024xf32>
    %0 = linalg.generic {indexing_maps = [#a, #packed, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<64x256xf32>, tensor<32x256x32xf32>) outs(%f : tensor<64x1024xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<64x1024xf32>
    kernel.yield %0 : tensor<64x1024xf32>
  }
  return
}

// A and C are more than B: each of several threads takes its rows.
// CHECK-LABEL: func.func @tall(
// CHECK:         %[[THREADS:.*]] = arith.maxui %{{.*}}, %c1
// CHECK:         %[[FEW:.*]] = arith.select %{{.*}}, %c1, %{{.*}} : index
// CHECK:         %[[SEVERAL:.*]] = arith.cmpi ugt, %[[THREADS]], %c1
// CHECK-NEXT:    %[[MOST:.*]] = arith.minui %[[THREADS]], %c128
// CHECK-NEXT:    arith.select %[[SEVERAL]], %[[MOST]], %[[FEW]]
func.func @tall(%a: memref<1024x128xf32>, %b: memref<8x128x32xf32>, %c: memref<1024x256xf32>) {
  kernel.region "matmul" contraction ins(%a, %b : memref<1024x128xf32>, memref<8x128x32xf32>) outs(%c : memref<1024x256xf32>)
      attributes {schedule = {feed = "packed", rows = 8 : i64, columns = 32 : i64, tile = 1 : i64, group = 8 : i64, depth = 128 : i64}} {
  ^bb0(%x: tensor<1024x128xf32>, %y: tensor<8x128x32xf32>, %o: tensor<1024x256xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1024x256xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1024x256xf32>) -> tensor<1024x256xf32>
    %0 = linalg.generic {indexing_maps = [#a, #packed, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<1024x128xf32>, tensor<8x128x32xf32>) outs(%f : tensor<1024x256xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1024x256xf32>
    kernel.yield %0 : tensor<1024x256xf32>
  }
  return
}
