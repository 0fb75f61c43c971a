// RUN: graphc-opt %s --graphc-pack-constants --split-input-file --verify-diagnostics

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @input(%a: tensor<4x2xf32>, %w: tensor<2x3xf32>) -> tensor<4x3xf32> {
  %e = tensor.empty() : tensor<4x3xf32>
  // expected-error @below {{cannot be packed as requested: the operand is no constant}}
  %r = kernel.region "matmul" contraction ins(%a, %w : tensor<4x2xf32>, tensor<2x3xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 1 : i64, columns = 2 : i64}} {
  ^bb0(%x: tensor<4x2xf32>, %y: tensor<2x3xf32>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xf32>, tensor<2x3xf32>) outs(%o : tensor<4x3xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<4x3xf32>
    kernel.yield %0 : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @loop(%a: tensor<4x2xf32>) -> tensor<4x3xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %e = tensor.empty() : tensor<4x3xf32>
  // expected-error @below {{cannot be packed as requested: the operand does not vary with such a loop}}
  %r = kernel.region "matmul" contraction ins(%a, %w : tensor<4x2xf32>, tensor<2x3xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 0 : i64, columns = 2 : i64}} {
  ^bb0(%x: tensor<4x2xf32>, %y: tensor<2x3xf32>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xf32>, tensor<2x3xf32>) outs(%o : tensor<4x3xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<4x3xf32>
    kernel.yield %0 : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}

// -----

// A part that lies behind others along a dimension that is read.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @part(%a: tensor<4x2xf32>, %i: index) -> tensor<4x3xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]> : tensor<3x3xf32>
  %s = tensor.extract_slice %w[%i, 0] [2, 3] [1, 1] : tensor<3x3xf32> to tensor<2x3xf32>
  %e = tensor.empty() : tensor<4x3xf32>
  // expected-error @below {{cannot be packed as requested: the operand is no constant}}
  %r = kernel.region "matmul" contraction ins(%a, %s : tensor<4x2xf32>, tensor<2x3xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 1 : i64, columns = 2 : i64}} {
  ^bb0(%x: tensor<4x2xf32>, %y: tensor<2x3xf32>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xf32>, tensor<2x3xf32>) outs(%o : tensor<4x3xf32>) {
    ^bb0(%p: f32, %q: f32, %z: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %z, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<4x3xf32>
    kernel.yield %0 : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}
