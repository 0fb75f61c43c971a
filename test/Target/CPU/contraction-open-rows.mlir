// RUN: graphc-opt %s --pass-pipeline='builtin.module(graphc-cpu-declare-runtime,func.func(graphc-cpu-emit-kernels{vector-bits=256 parallel=false}),canonicalize)' --split-input-file | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n floordiv 16, k, n mod 16)>
#c = affine_map<(m, n, k) -> (m, n)>

// Six rows by two vectors; of what is left, four rows, two rows by two panels
// and one by four. Rows of bf16 are widened once for all panels: whole vectors
// first, then what is left of the depth.

// CHECK-LABEL: func @open(
// CHECK-DAG:     %[[LEFT:.*]] = memref.alloca() {{.*}} : memref<6x36xf32>
// CHECK:         arith.extf %{{.*}} : vector<8xbf16> to vector<8xf32>
// CHECK:         vector.store %{{.*}}, %[[LEFT]]
// CHECK:         arith.extf %{{.*}} : bf16 to f32
// CHECK:         memref.store %{{.*}}, %[[LEFT]]
// CHECK:         %{{.*}}:12 = scf.for
// CHECK:           memref.load %[[LEFT]]
// CHECK-NOT:       arith.extf {{.*}} : bf16 to f32
// CHECK:           scf.yield
// CHECK:         %{{.*}}:8 = scf.for
// CHECK:         %{{.*}}:8 = scf.for
// CHECK:         %{{.*}}:8 = scf.for
// CHECK:         %{{.*}}:2 = scf.for
func.func @open(%x: memref<?x36xbf16>, %w: memref<6x36x16xbf16>, %y: memref<?x96xf32>, %rows: index) {
  kernel.region "matmul" contraction ins(%x, %w, %rows : memref<?x36xbf16>, memref<6x36x16xbf16>, index) outs(%y : memref<?x96xf32>) attributes {schedule = {columns = 16 : i64, depth = 36 : i64, feed = "packed", group = 6 : i64, rows = 6 : i64, tile = 1 : i64}} {
  ^bb0(%p: tensor<?x36xbf16>, %q: tensor<6x36x16xbf16>, %size: index, %o: tensor<?x96xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty(%size) : tensor<?x96xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x96xf32>) -> tensor<?x96xf32>
    %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%p, %q : tensor<?x36xbf16>, tensor<6x36x16xbf16>) outs(%fill : tensor<?x96xf32>) {
    ^bb0(%s: bf16, %t: bf16, %z: f32):
      %1 = arith.extf %s : bf16 to f32
      %2 = arith.extf %t : bf16 to f32
      %3 = arith.mulf %1, %2 : f32
      %4 = arith.addf %z, %3 : f32
      linalg.yield %4 : f32
    } -> tensor<?x96xf32>
    kernel.yield %0 : tensor<?x96xf32>
  }
  return
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n floordiv 16, k, n mod 16)>
#c = affine_map<(m, n, k) -> (m, n)>

// Control: f32 is read where it is.

// CHECK-LABEL: func @wide(
// CHECK-NOT:     memref.alloca() {{.*}} : memref<4x36xf32>
// CHECK:         %{{.*}}:8 = scf.for
// CHECK:           memref.load %arg0
func.func @wide(%x: memref<8x36xf32>, %w: memref<6x36x16xf32>, %y: memref<8x96xf32>) {
  kernel.region "matmul" contraction ins(%x, %w : memref<8x36xf32>, memref<6x36x16xf32>) outs(%y : memref<8x96xf32>) attributes {schedule = {columns = 16 : i64, depth = 36 : i64, feed = "packed", group = 6 : i64, rows = 4 : i64, tile = 1 : i64}} {
  ^bb0(%p: tensor<8x36xf32>, %q: tensor<6x36x16xf32>, %o: tensor<8x96xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<8x96xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x96xf32>) -> tensor<8x96xf32>
    %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%p, %q : tensor<8x36xf32>, tensor<6x36x16xf32>) outs(%fill : tensor<8x96xf32>) {
    ^bb0(%s: f32, %t: f32, %z: f32):
      %1 = arith.mulf %s, %t : f32
      %2 = arith.addf %z, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<8x96xf32>
    kernel.yield %0 : tensor<8x96xf32>
  }
  return
}
