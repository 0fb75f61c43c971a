// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-cpu-emit-kernels{parallel=false},canonicalize,cse))' --split-input-file | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#packed = affine_map<(m, n, k) -> (n floordiv 32, k, n mod 32)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// Four rows by two vectors: the sums stay in registers while k runs; the
// epilogue follows on what the tile leaves on the stack. Both tiles of rows
// fetch one half of the panels that come next, and each step what is read eight
// steps later.

// CHECK-LABEL: func @packed(
// CHECK-SAME:    %[[A:.*]]: memref<8x64xf32>, %[[B:.*]]: memref<3x64x32xf32>, %[[C:.*]]: memref<8x96xf32>
// CHECK:         %[[SUMS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x64xf32>
// CHECK:         scf.for %[[K:.*]] = %{{.*}} iter_args(
// CHECK:           memref.prefetch %[[B]][%{{.*}}, %{{.*}}, %c0{{.*}}], read, locality<3>
// CHECK:           vector.load %[[B]][%{{.*}}, %[[K]], %{{.*}}] : memref<3x64x32xf32>, vector<16xf32>
// CHECK:           memref.prefetch %[[B]][%{{.*}}, %{{.*}}, %c16{{.*}}], read, locality<3>
// CHECK:           vector.load %[[B]][%{{.*}}, %[[K]], %{{.*}}] : memref<3x64x32xf32>, vector<16xf32>
// CHECK:           memref.prefetch %[[B]][%{{.*}}, %c0, %{{.*}}], read, locality<2>, data : memref<3x64x32xf32>
// CHECK-COUNT-8:   vector.fma
// CHECK-NOT:       vector.fma
// CHECK:           scf.yield
// CHECK-COUNT-8: vector.store %{{.*}}, %[[SUMS]]{{\[}}
// CHECK:         vector.load %[[SUMS]]{{\[}}
// CHECK:         arith.negf
// CHECK:         vector.store %{{.*}}, %[[C]]
func.func @packed(%a: memref<8x64xf32>, %b: memref<3x64x32xf32>, %c: memref<8x96xf32>) {
  kernel.region "matmul" contraction ins(%a, %b : memref<8x64xf32>, memref<3x64x32xf32>) outs(%c : memref<8x96xf32>)
      attributes {schedule = {feed = "packed", rows = 4 : i64, columns = 32 : i64, tile = 1 : i64, group = 2 : i64, depth = 64 : i64}} {
  ^bb0(%x: tensor<8x64xf32>, %y: tensor<3x64x32xf32>, %o: tensor<8x96xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<8x96xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x96xf32>) -> tensor<8x96xf32>
    %0 = linalg.generic {indexing_maps = [#a, #packed, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<8x64xf32>, tensor<3x64x32xf32>) outs(%f : tensor<8x96xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<8x96xf32>
    %3 = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<8x96xf32>) outs(%e : tensor<8x96xf32>) {
    ^bb0(%p: f32, %s: f32):
      %1 = arith.negf %p : f32
      linalg.yield %1 : f32
    } -> tensor<8x96xf32>
    kernel.yield %3 : tensor<8x96xf32>
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// Blocks of k: B is transposed into panels in squares, sums are added up.

// CHECK-LABEL: func @blocks(
// CHECK-SAME:    %{{.*}}, %[[B:.*]]: memref<32x64xf32>,
// CHECK-DAG:     %[[SUMS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x32xf32>
// CHECK-DAG:     %[[PANELS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<1x32x32xf32>
// CHECK:         vector.load %[[B]]{{.*}} : memref<32x64xf32>, vector<16xf32>
// CHECK:         vector.shuffle
// CHECK:         vector.store %{{.*}}, %[[PANELS]]{{\[}}
// CHECK:         vector.load %[[PANELS]]{{\[}}
// CHECK:         %[[BEFORE:.*]] = vector.load %[[SUMS]]{{\[}}
// CHECK:         %[[SUM:.*]] = arith.addf %[[BEFORE]], %{{.*}}
// CHECK:         vector.store %[[SUM]], %[[SUMS]]{{\[}}
func.func @blocks(%a: memref<4x64xf32>, %b: memref<32x64xf32>, %c: memref<4x32xf32>) {
  kernel.region "matmul" contraction ins(%a, %b : memref<4x64xf32>, memref<32x64xf32>) outs(%c : memref<4x32xf32>)
      attributes {schedule = {feed = "pack", rows = 4 : i64, columns = 32 : i64, tile = 1 : i64, group = 1 : i64, depth = 32 : i64}} {
  ^bb0(%x: tensor<4x64xf32>, %y: tensor<32x64xf32>, %o: tensor<4x32xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<4x32xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x32xf32>) -> tensor<4x32xf32>
    %0 = linalg.generic {indexing_maps = [#a, #nk, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x64xf32>, tensor<32x64xf32>) outs(%f : tensor<4x32xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<4x32xf32>
    kernel.yield %0 : tensor<4x32xf32>
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// Rows of B are read along k; lanes are summed at the end, and what is behind
// the last row is not stored.

// CHECK-LABEL: func @dot(
// CHECK-SAME:    %[[A:.*]]: memref<1x64xf32>, %[[B:.*]]: memref<20x64xf32>, %[[C:.*]]: memref<1x20xf32>
// CHECK:         scf.for %[[K:.*]] = %{{.*}} iter_args(
// CHECK:           vector.load %[[A]]
// CHECK:           vector.load %[[B]]
// CHECK-COUNT-16:  vector.fma
// CHECK:         vector.reduction <add>
// CHECK:         vector.maskedstore %[[C]]
func.func @dot(%a: memref<1x64xf32>, %b: memref<20x64xf32>, %c: memref<1x20xf32>) {
  kernel.region "matmul" contraction ins(%a, %b : memref<1x64xf32>, memref<20x64xf32>) outs(%c : memref<1x20xf32>)
      attributes {schedule = {feed = "dot", rows = 1 : i64, columns = 32 : i64, tile = 1 : i64, group = 1 : i64, depth = 64 : i64}} {
  ^bb0(%x: tensor<1x64xf32>, %y: tensor<20x64xf32>, %o: tensor<1x20xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x20xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20xf32>) -> tensor<1x20xf32>
    %0 = linalg.generic {indexing_maps = [#a, #nk, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<1x64xf32>, tensor<20x64xf32>) outs(%f : tensor<1x20xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x20xf32>
    kernel.yield %0 : tensor<1x20xf32>
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// What a strided load leaves in the lanes behind the end of k does not count.

// CHECK-LABEL: func @dot_of_columns(
// CHECK:         %[[TAIL:.*]] = vector.constant_mask [4]
// CHECK-COUNT-4: arith.select %[[TAIL]], %{{.*}}, %{{.*}} : vector<16xi1>, vector<16xf32>
// CHECK:         vector.reduction <add>
func.func @dot_of_columns(%a: memref<3x20xf32, strided<[1, 3]>>, %b: memref<4x20xf32, strided<[1, 4]>>, %c: memref<3x4xf32>) {
  kernel.region "matmul" contraction ins(%a, %b : memref<3x20xf32, strided<[1, 3]>>, memref<4x20xf32, strided<[1, 4]>>) outs(%c : memref<3x4xf32>)
      attributes {schedule = {feed = "dot", rows = 3 : i64, columns = 4 : i64, tile = 1 : i64, group = 1 : i64, depth = 20 : i64}} {
  ^bb0(%x: tensor<3x20xf32>, %y: tensor<4x20xf32>, %o: tensor<3x4xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<3x4xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3x4xf32>) -> tensor<3x4xf32>
    %0 = linalg.generic {indexing_maps = [#a, #nk, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<3x20xf32>, tensor<4x20xf32>) outs(%f : tensor<3x4xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<3x4xf32>
    kernel.yield %0 : tensor<3x4xf32>
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#pairs = affine_map<(m, n, k) -> (n floordiv 32, k floordiv 2, n mod 32, k mod 2)>
#c = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func @pairs(
// CHECK-SAME:    %[[A:.*]]: memref<2x64xbf16>, %[[B:.*]]: memref<1x32x32x2xbf16>
// CHECK:         vector.load %[[B]]{{.*}} : memref<1x32x32x2xbf16>, vector<32xbf16>
// CHECK:         vector.load %[[A]]{{.*}} : memref<2x64xbf16>, vector<2xbf16>
// CHECK:         x86vector.avx512.dot
func.func @pairs(%a: memref<2x64xbf16>, %b: memref<1x32x32x2xbf16>, %c: memref<2x32xf32>) {
  kernel.region "matmul" contraction ins(%a, %b : memref<2x64xbf16>, memref<1x32x32x2xbf16>) outs(%c : memref<2x32xf32>)
      attributes {schedule = {feed = "packed", rows = 2 : i64, columns = 32 : i64, tile = 1 : i64, group = 1 : i64, depth = 64 : i64, pairs}} {
  ^bb0(%x: tensor<2x64xbf16>, %y: tensor<1x32x32x2xbf16>, %o: tensor<2x32xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<2x32xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x32xf32>) -> tensor<2x32xf32>
    %0 = linalg.generic {indexing_maps = [#a, #pairs, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<2x64xbf16>, tensor<1x32x32x2xbf16>) outs(%f : tensor<2x32xf32>) {
    ^bb0(%p: bf16, %q: bf16, %s: f32):
      %p1 = arith.extf %p : bf16 to f32
      %q1 = arith.extf %q : bf16 to f32
      %1 = arith.mulf %p1, %q1 : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<2x32xf32>
    kernel.yield %0 : tensor<2x32xf32>
  }
  return
}
