// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-form-kernels,canonicalize))' | FileCheck %s

#x = affine_map<(n, h, o, k, c) -> (n, h + k, c)>
#w = affine_map<(n, h, o, k, c) -> (k, c, o)>
#y = affine_map<(n, h, o, k, c) -> (n, h, o)>
#id = affine_map<(n, h, o) -> (n, h, o)>

// Padding and what follows are part of the kernel.
// CHECK-LABEL: @pad_and_activation
// CHECK-NOT: tensor.pad
// CHECK: kernel.region {{.*}} convolution
// CHECK: tensor.pad
// CHECK: linalg.generic
// CHECK: arith.maximumf
// CHECK: kernel.yield
func.func @pad_and_activation(%a: tensor<1x8x4xf32>, %b: tensor<3x4x16xf32>) -> tensor<1x8x16xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %a low[0, 1, 0] high[0, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %zero : f32
  } : tensor<1x8x4xf32> to tensor<1x10x4xf32>
  %e = tensor.empty() : tensor<1x8x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x16xf32>) -> tensor<1x8x16xf32>
  %r = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%p, %b : tensor<1x10x4xf32>, tensor<3x4x16xf32>) outs(%f : tensor<1x8x16xf32>) {
  ^bb0(%u: f32, %v: f32, %s: f32):
    %m = arith.mulf %u, %v : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<1x8x16xf32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%r : tensor<1x8x16xf32>) outs(%e : tensor<1x8x16xf32>) {
  ^bb0(%u: f32, %s: f32):
    %m = arith.maximumf %u, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x8x16xf32>
  return %q : tensor<1x8x16xf32>
}
