// RUN: graphc-opt %s --graphc-cpu-schedule-contractions=dot-bf16 --split-input-file | FileCheck %s

#a = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// A weight asks for panels; its sums are split so that they stay exact.

// CHECK-LABEL: func @weight(
// CHECK:         kernel.region
// CHECK-SAME:      pack = {columns = 32 : i64, loop = 1 : i64, operand = 1 : i64}
// CHECK-SAME:      schedule = {columns = 32 : i64, depth = 256 : i64, feed = "packed", group = 8 : i64, rows = 12 : i64, tile = 1 : i64}
func.func @weight(%a: tensor<128x768xf32>, %e: tensor<128x96xf32>) -> tensor<128x96xf32> {
  %w = arith.constant dense_resource<w> : tensor<96x768xf32>
  %r = kernel.region "matmul" contraction ins(%a, %w : tensor<128x768xf32>, tensor<96x768xf32>) outs(%e : tensor<128x96xf32>) -> tensor<128x96xf32> {
  ^bb0(%x: tensor<128x768xf32>, %y: tensor<96x768xf32>, %o: tensor<128x96xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #nk, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<128x768xf32>, tensor<96x768xf32>) outs(%o : tensor<128x96xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<128x96xf32>
    kernel.yield %0 : tensor<128x96xf32>
  }
  return %r : tensor<128x96xf32>
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// A large weight that is looked up as well is read as it stands.

// CHECK-LABEL: func @tied(
// CHECK:         kernel.region
// CHECK-NOT:       pack =
// CHECK-SAME:      feed = "dot"
func.func @tied(%a: tensor<1x768xf32>, %e: tensor<1x5000xf32>) -> (tensor<1x5000xf32>, tensor<5000x768xf32>) {
  %w = arith.constant dense_resource<w> : tensor<5000x768xf32>
  %r = kernel.region "matmul" contraction ins(%a, %w : tensor<1x768xf32>, tensor<5000x768xf32>) outs(%e : tensor<1x5000xf32>) -> tensor<1x5000xf32> {
  ^bb0(%x: tensor<1x768xf32>, %y: tensor<5000x768xf32>, %o: tensor<1x5000xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #nk, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<1x768xf32>, tensor<5000x768xf32>) outs(%o : tensor<1x5000xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x5000xf32>
    kernel.yield %0 : tensor<1x5000xf32>
  }
  return %r, %w : tensor<1x5000xf32>, tensor<5000x768xf32>
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// Rows that an input is multiplied with: few of them read it in place.

// CHECK-LABEL: func @few(
// CHECK:         kernel.region
// CHECK-SAME:      feed = "direct"
func.func @few(%a: tensor<16x64xf32>, %b: tensor<64x96xf32>, %e: tensor<16x96xf32>) -> tensor<16x96xf32> {
  %r = kernel.region "matmul" contraction ins(%a, %b : tensor<16x64xf32>, tensor<64x96xf32>) outs(%e : tensor<16x96xf32>) -> tensor<16x96xf32> {
  ^bb0(%x: tensor<16x64xf32>, %y: tensor<64x96xf32>, %o: tensor<16x96xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #kn, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<16x64xf32>, tensor<64x96xf32>) outs(%o : tensor<16x96xf32>) {
    ^bb0(%p: f32, %q: f32, %s: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<16x96xf32>
    kernel.yield %0 : tensor<16x96xf32>
  }
  return %r : tensor<16x96xf32>
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// Many rows are worth a copy, which pairs bf16 for the dot product instruction.

// CHECK-LABEL: func @many(
// CHECK:         kernel.region
// CHECK-SAME:      feed = "pack"
// CHECK-SAME:      pairs
func.func @many(%a: tensor<64x64xbf16>, %b: tensor<64x96xbf16>, %e: tensor<64x96xf32>) -> tensor<64x96xf32> {
  %r = kernel.region "matmul" contraction ins(%a, %b : tensor<64x64xbf16>, tensor<64x96xbf16>) outs(%e : tensor<64x96xf32>) -> tensor<64x96xf32> {
  ^bb0(%x: tensor<64x64xbf16>, %y: tensor<64x96xbf16>, %o: tensor<64x96xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #kn, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<64x64xbf16>, tensor<64x96xbf16>) outs(%o : tensor<64x96xf32>) {
    ^bb0(%p: bf16, %q: bf16, %s: f32):
      %p1 = arith.extf %p : bf16 to f32
      %q1 = arith.extf %q : bf16 to f32
      %1 = arith.mulf %p1, %q1 : f32
      %2 = arith.addf %s, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<64x96xf32>
    kernel.yield %0 : tensor<64x96xf32>
  }
  return %r : tensor<64x96xf32>
}

// -----

#a = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>

// The weights of experts, of which one is read, ask for panels, too. They do
// not where something else reads them as they are.

// CHECK-LABEL: func @experts(
// CHECK:         kernel.region
// CHECK-SAME:      pack = {columns = 32 : i64, loop = 1 : i64, operand = 1 : i64}
// CHECK-SAME:      feed = "packed"
// CHECK:         kernel.region
// CHECK-NOT:       pack =
// CHECK-SAME:      feed = "pack"
func.func @experts(%a: tensor<?x768xf32>, %e: tensor<?x96xf32>, %i: index) -> (tensor<?x96xf32>, tensor<?x96xf32>, tensor<8x96x768xf32>) {
  %w = arith.constant dense_resource<w> : tensor<8x96x768xf32>
  %v = arith.constant dense_resource<v> : tensor<8x96x768xf32>
  %s = tensor.extract_slice %w[%i, 0, 0] [1, 96, 768] [1, 1, 1] : tensor<8x96x768xf32> to tensor<96x768xf32>
  %t = tensor.extract_slice %v[%i, 0, 0] [1, 96, 768] [1, 1, 1] : tensor<8x96x768xf32> to tensor<96x768xf32>
  %r = kernel.region "one" contraction ins(%a, %s : tensor<?x768xf32>, tensor<96x768xf32>) outs(%e : tensor<?x96xf32>) -> tensor<?x96xf32> {
  ^bb0(%x: tensor<?x768xf32>, %y: tensor<96x768xf32>, %o: tensor<?x96xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #nk, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<?x768xf32>, tensor<96x768xf32>) outs(%o : tensor<?x96xf32>) {
    ^bb0(%p: f32, %q: f32, %z: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %z, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<?x96xf32>
    kernel.yield %0 : tensor<?x96xf32>
  }
  %u = kernel.region "other" contraction ins(%a, %t : tensor<?x768xf32>, tensor<96x768xf32>) outs(%e : tensor<?x96xf32>) -> tensor<?x96xf32> {
  ^bb0(%x: tensor<?x768xf32>, %y: tensor<96x768xf32>, %o: tensor<?x96xf32>):
    %0 = linalg.generic {indexing_maps = [#a, #nk, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<?x768xf32>, tensor<96x768xf32>) outs(%o : tensor<?x96xf32>) {
    ^bb0(%p: f32, %q: f32, %z: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %z, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<?x96xf32>
    kernel.yield %0 : tensor<?x96xf32>
  }
  return %r, %u, %v : tensor<?x96xf32>, tensor<?x96xf32>, tensor<8x96x768xf32>
}
