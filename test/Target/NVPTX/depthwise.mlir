// RUN: graphc-opt %s -graphc-nvptx-emit-kernels -canonicalize -cse | FileCheck %s

// A thread computes seven pixels side by side, of four channels: for each line of
// taps it reads nine vectors of four, for what the pixels share is read once.
// CHECK-LABEL: func @depthwise
// CHECK: gpu.launch {{.*}} threads({{.*}} = %c256
// CHECK: %{{.*}}:7 = scf.for %{{.*}} = %c0 to %c3
// CHECK-COUNT-12: vector.load {{.*}} vector<4xf32>
// CHECK-NOT: vector.load
// CHECK: scf.yield
// CHECK-COUNT-7: vector.store {{.*}} : memref<2x14x14x64xf32>, vector<4xf32>
// CHECK-NOT: vector.store
// CHECK: return
func.func @depthwise(%x: memref<2x16x16x64xf32>, %w: memref<3x3x64xf32>, %out: memref<2x14x14x64xf32>) {
  kernel.region "conv" convolution ins(%x, %w : memref<2x16x16x64xf32>, memref<3x3x64xf32>) outs(%out : memref<2x14x14x64xf32>) attributes {domain_rank = 6 : i64, row_dims = 4 : i64} {
  ^bb0(%a: tensor<2x16x16x64xf32>, %b: tensor<3x3x64xf32>, %c: tensor<2x14x14x64xf32>):
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<2x14x14x64xf32>
    %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x14x14x64xf32>) -> tensor<2x14x14x64xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(n, h, w, c, kh, kw) -> (n, h + kh, w + kw, c)>, affine_map<(n, h, w, c, kh, kw) -> (kh, kw, c)>, affine_map<(n, h, w, c, kh, kw) -> (n, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%a, %b : tensor<2x16x16x64xf32>, tensor<3x3x64xf32>) outs(%init : tensor<2x14x14x64xf32>) {
    ^bb1(%e: f32, %f: f32, %g: f32):
      %m = arith.mulf %e, %f : f32
      %s = arith.addf %g, %m : f32
      linalg.yield %s : f32
    } -> tensor<2x14x14x64xf32>
    kernel.yield %0 : tensor<2x14x14x64xf32>
  }
  return
}
