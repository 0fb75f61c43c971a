// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-cpu-emit-kernels{vector-bits=512 parallel=false}))' | FileCheck %s

#x = affine_map<(n, h, w, o, kh, kw, c) -> (n, h + kh, w + kw, c)>
#w = affine_map<(n, h, w, o, kh, kw, c) -> (o floordiv 32, kh, kw, c, o mod 32)>
#y = affine_map<(n, h, w, o, kh, kw, c) -> (n, h, w, o)>
#id = affine_map<(n, h, w, o) -> (n, h, w, o)>

// While the next tile is fetched, neither its divisors nor its sums are there:
// what stands for them can be divided by.

// CHECK-LABEL: func.func @quotients
// CHECK:         %[[ONE:.*]] = arith.constant 1 : i32
// CHECK:         %[[OTHER:.*]] = arith.constant 1 : i32
// CHECK:         arith.divsi %[[ONE]], %[[OTHER]] : i32
// CHECK:         scf.for
// CHECK:         arith.divsi %{{.*}}, %{{.*}} : vector<16xi32>
func.func @quotients(%x: memref<1x7x7x4xi32>, %w: memref<1x1x1x4x32xi32>, %z: memref<1x7x7x32xi32>, %y: memref<1x7x7x32xi32>) {
  kernel.region "conv" convolution ins(%x, %w, %z : memref<1x7x7x4xi32>, memref<1x1x1x4x32xi32>, memref<1x7x7x32xi32>) outs(%y : memref<1x7x7x32xi32>) attributes {domain_rank = 7 : i64, row_dims = 4 : i64} {
  ^bb0(%a: tensor<1x7x7x4xi32>, %b: tensor<1x1x1x4x32xi32>, %c: tensor<1x7x7x32xi32>, %o: tensor<1x7x7x32xi32>):
    %zero = arith.constant 0 : i32
    %e = tensor.empty() : tensor<1x7x7x32xi32>
    %f = linalg.fill ins(%zero : i32) outs(%e : tensor<1x7x7x32xi32>) -> tensor<1x7x7x32xi32>
    %r = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
        ins(%a, %b : tensor<1x7x7x4xi32>, tensor<1x1x1x4x32xi32>) outs(%f : tensor<1x7x7x32xi32>) {
    ^bb0(%u: i32, %v: i32, %s: i32):
      %m = arith.muli %u, %v : i32
      %t = arith.addi %s, %m : i32
      linalg.yield %t : i32
    } -> tensor<1x7x7x32xi32>
    %q = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%r, %c : tensor<1x7x7x32xi32>, tensor<1x7x7x32xi32>) outs(%e : tensor<1x7x7x32xi32>) {
    ^bb0(%u: i32, %v: i32, %s: i32):
      %t = arith.divsi %u, %v : i32
      linalg.yield %t : i32
    } -> tensor<1x7x7x32xi32>
    kernel.yield %q : tensor<1x7x7x32xi32>
  }
  return
}
