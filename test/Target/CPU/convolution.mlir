// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-cpu-emit-kernels{vector-bits=512 parallel=false}))' | FileCheck %s

#x = affine_map<(n, h, w, o, kh, kw, c) -> (n, h + kh, w + kw, c)>
#xs = affine_map<(n, h, w, o, kh, kw, c) -> (n, h * 2 + kh, w * 2 + kw, c)>
#w = affine_map<(n, h, w, o, kh, kw, c) -> (o floordiv 32, kh, kw, c, o mod 32)>
#y = affine_map<(n, h, w, o, kh, kw, c) -> (n, h, w, o)>
#xd = affine_map<(n, h, w, o, kh, kw) -> (n, h * 2 + kh, w * 2 + kw, o)>
#wd = affine_map<(n, h, w, o, kh, kw) -> (kh, kw, 0, o)>
#id = affine_map<(n, h, w, o) -> (n, h, w, o)>
#yd = affine_map<(n, h, w, o, kh, kw) -> (n, h, w, o)>

// A column of the kernel and its channels are one loop of 3 * 4; seven pixels,
// a row, by two registers of outputs. Meanwhile, a seventh of the weights of the
// next tile is fetched.
// CHECK-LABEL: func.func @padded
// CHECK: memref.alloca() {alignment = 64 : i64} : memref<{{.*}}xf32>
// CHECK: scf.for %{{.*}} = %{{.*}} to %c3{{.*}} iter_args
// CHECK: scf.for %{{.*}} = %{{.*}} to %c12{{.*}} iter_args
// CHECK: memref.prefetch %{{.*}}, read, locality<2>, data : memref<?xf32, strided<[1]>>
// CHECK-COUNT-14: vector.fma
// CHECK-NOT: vector.fma
// CHECK-LABEL: func.func @in_place
func.func @padded(%x: memref<1x7x7x4xf32>, %w: memref<2x3x3x4x32xf32>, %y: memref<1x7x7x64xf32>) {
  kernel.region "conv" convolution ins(%x, %w : memref<1x7x7x4xf32>, memref<2x3x3x4x32xf32>) outs(%y : memref<1x7x7x64xf32>) attributes {domain_rank = 7 : i64, row_dims = 4 : i64} {
  ^bb0(%a: tensor<1x7x7x4xf32>, %b: tensor<2x3x3x4x32xf32>, %o: tensor<1x7x7x64xf32>):
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %a low[0, 1, 1, 0] high[0, 1, 1, 0] {
    ^bb0(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x7x7x4xf32> to tensor<1x9x9x4xf32>
    %e = tensor.empty() : tensor<1x7x7x64xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x7x7x64xf32>) -> tensor<1x7x7x64xf32>
    %r = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
        ins(%p, %b : tensor<1x9x9x4xf32>, tensor<2x3x3x4x32xf32>) outs(%f : tensor<1x7x7x64xf32>) {
    ^bb0(%u: f32, %v: f32, %s: f32):
      %m = arith.mulf %u, %v : f32
      %t = arith.addf %s, %m : f32
      linalg.yield %t : f32
    } -> tensor<1x7x7x64xf32>
    kernel.yield %r : tensor<1x7x7x64xf32>
  }
  return
}

// No copy. What the next tile and its epilogue read and write is fetched.
// CHECK-NOT: memref.alloca()
// CHECK: memref.prefetch %{{.*}}, read, locality<3>, data : memref<1x7x7x32xf32>
// CHECK: memref.prefetch %{{.*}}, write, locality<3>, data : memref<1x7x7x32xf32>
// CHECK: scf.for
// CHECK: memref.prefetch %{{.*}}, read, locality<3>, data : memref<?xf32, strided<[1]>>
// CHECK: vector.fma
// CHECK: arith.addf
// CHECK-LABEL: func.func @strided
func.func @in_place(%x: memref<1x7x7x4xf32>, %w: memref<1x1x1x4x32xf32>, %z: memref<1x7x7x32xf32>, %y: memref<1x7x7x32xf32>) {
  kernel.region "conv" convolution ins(%x, %w, %z : memref<1x7x7x4xf32>, memref<1x1x1x4x32xf32>, memref<1x7x7x32xf32>) outs(%y : memref<1x7x7x32xf32>) attributes {domain_rank = 7 : i64, row_dims = 4 : i64} {
  ^bb0(%a: tensor<1x7x7x4xf32>, %b: tensor<1x1x1x4x32xf32>, %c: tensor<1x7x7x32xf32>, %o: tensor<1x7x7x32xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x7x7x32xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x7x7x32xf32>) -> tensor<1x7x7x32xf32>
    %r = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
        ins(%a, %b : tensor<1x7x7x4xf32>, tensor<1x1x1x4x32xf32>) outs(%f : tensor<1x7x7x32xf32>) {
    ^bb0(%u: f32, %v: f32, %s: f32):
      %m = arith.mulf %u, %v : f32
      %t = arith.addf %s, %m : f32
      linalg.yield %t : f32
    } -> tensor<1x7x7x32xf32>
    %q = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%r, %c : tensor<1x7x7x32xf32>, tensor<1x7x7x32xf32>) outs(%e : tensor<1x7x7x32xf32>) {
    ^bb0(%u: f32, %v: f32, %s: f32):
      %t = arith.addf %u, %v : f32
      linalg.yield %t : f32
    } -> tensor<1x7x7x32xf32>
    kernel.yield %q : tensor<1x7x7x32xf32>
  }
  return
}

// Positions between those that are read do not count: one block for each of two
// tiles of outputs, so that weights are read once.
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c2{{(_[0-9]+)?}} step
// CHECK: vector.fma
// CHECK-LABEL: func.func @depthwise
func.func @strided(%x: memref<1x14x14x1024xf32>, %w: memref<2x1x1x1024x32xf32>, %y: memref<1x7x7x64xf32>) {
  kernel.region "conv" convolution ins(%x, %w : memref<1x14x14x1024xf32>, memref<2x1x1x1024x32xf32>) outs(%y : memref<1x7x7x64xf32>) attributes {domain_rank = 7 : i64, row_dims = 4 : i64} {
  ^bb0(%a: tensor<1x14x14x1024xf32>, %b: tensor<2x1x1x1024x32xf32>, %o: tensor<1x7x7x64xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x7x7x64xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x7x7x64xf32>) -> tensor<1x7x7x64xf32>
    %r = linalg.generic {indexing_maps = [#xs, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
        ins(%a, %b : tensor<1x14x14x1024xf32>, tensor<2x1x1x1024x32xf32>) outs(%f : tensor<1x7x7x64xf32>) {
    ^bb0(%u: f32, %v: f32, %s: f32):
      %m = arith.mulf %u, %v : f32
      %t = arith.addf %s, %m : f32
      linalg.yield %t : f32
    } -> tensor<1x7x7x64xf32>
    kernel.yield %r : tensor<1x7x7x64xf32>
  }
  return
}

// No copy; the three columns of the kernel are unrolled, its rows a loop.
// CHECK-NOT: memref.alloca()
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.fma
func.func @depthwise(%x: memref<1x9x9x32xf32>, %w: memref<3x3x1x32xf32>, %y: memref<1x4x4x32xf32>) {
  kernel.region "conv" convolution ins(%x, %w : memref<1x9x9x32xf32>, memref<3x3x1x32xf32>) outs(%y : memref<1x4x4x32xf32>) attributes {domain_rank = 6 : i64, row_dims = 4 : i64} {
  ^bb0(%a: tensor<1x9x9x32xf32>, %b: tensor<3x3x1x32xf32>, %o: tensor<1x4x4x32xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x4x4x32xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x4x32xf32>) -> tensor<1x4x4x32xf32>
    %r = linalg.generic {indexing_maps = [#xd, #wd, #yd], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
        ins(%a, %b : tensor<1x9x9x32xf32>, tensor<3x3x1x32xf32>) outs(%f : tensor<1x4x4x32xf32>) {
    ^bb0(%u: f32, %v: f32, %s: f32):
      %m = arith.mulf %u, %v : f32
      %t = arith.addf %s, %m : f32
      linalg.yield %t : f32
    } -> tensor<1x4x4x32xf32>
    kernel.yield %r : tensor<1x4x4x32xf32>
  }
  return
}
