// RUN: graphc-opt %s --graphc-pack-constants --split-input-file | FileCheck %s

// Columns become the lanes of panels; what is behind the end is zero.

// CHECK: #[[MAP:.*]] = affine_map<(d0, d1, d2) -> (d1 floordiv 2, d2, d1 mod 2)>
// CHECK-LABEL: func @panels(
// CHECK:         %[[W:.*]] = arith.constant dense_resource<constant.packed> : tensor<2x2x2xf32>
// CHECK-NOT:     arith.constant dense<
// CHECK:         kernel.region "matmul" contraction
// CHECK-SAME:      ins(%{{.*}}, %[[W]] : tensor<4x2xf32>, tensor<2x2x2xf32>)
// CHECK-NOT:       pack
// CHECK:           ^bb0(%{{.*}}: tensor<4x2xf32>, %[[B:.*]]: tensor<2x2x2xf32>,
// CHECK:           linalg.generic {indexing_maps = [#{{.*}}, #[[MAP]], #{{.*}}]
// 1, 3 | 2, 4 | 5, 0 | 6, 0 behind the alignment of the blob:
// CHECK:         constant.packed: "0x400000000000803F0000404000000040000080400000A040000000000000C04000000000"
func.func @panels(%a: tensor<4x2xf32>) -> tensor<4x3xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %e = tensor.empty() : tensor<4x3xf32>
  %r = kernel.region "matmul" contraction ins(%a, %w : tensor<4x2xf32>, tensor<3x2xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 1 : i64, columns = 2 : i64}} {
  ^bb0(%x: tensor<4x2xf32>, %y: tensor<3x2xf32>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xf32>, tensor<3x2xf32>) outs(%o : tensor<4x3xf32>) {
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

// Neighbours along k lie side by side, and a constant that others use stays.

// CHECK: #[[MAP:.*]] = affine_map<(d0, d1, d2) -> (d1 floordiv 4, d2 floordiv 2, d1 mod 4, d2 mod 2)>
// CHECK-LABEL: func @pairs(
// CHECK-DAG:     arith.constant dense_resource<constant.packed> : tensor<1x1x4x2xbf16>
// CHECK-DAG:     %[[OLD:.*]] = arith.constant dense<
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #[[MAP]], #{{.*}}]
// CHECK:         return %{{.*}}, %[[OLD]]
func.func @pairs(%a: tensor<4x2xbf16>) -> (tensor<4x3xf32>, tensor<2x3xbf16>) {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xbf16>
  %e = tensor.empty() : tensor<4x3xf32>
  %r = kernel.region "matmul" contraction ins(%a, %w : tensor<4x2xbf16>, tensor<2x3xbf16>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 1 : i64, columns = 4 : i64, pairs = 2 : i64}} {
  ^bb0(%x: tensor<4x2xbf16>, %y: tensor<2x3xbf16>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xbf16>, tensor<2x3xbf16>) outs(%o : tensor<4x3xf32>) {
    ^bb0(%p: bf16, %q: bf16, %s: f32):
      %1 = arith.extf %p : bf16 to f32
      %2 = arith.extf %q : bf16 to f32
      %3 = arith.mulf %1, %2 : f32
      %4 = arith.addf %s, %3 : f32
      linalg.yield %4 : f32
    } -> tensor<4x3xf32>
    kernel.yield %0 : tensor<4x3xf32>
  }
  return %r, %w : tensor<4x3xf32>, tensor<2x3xbf16>
}

// -----

// Values that come later are laid out by a kernel, which reads nothing behind
// the end.

// CHECK-LABEL: func @later(
// CHECK:         %[[W:.*]] = arith.constant dense_resource<"extern:w:"> : tensor<3x2xf32>
// CHECK:         %[[FLAT:.*]] = tensor.collapse_shape %[[W]]
// CHECK:         %[[P:.*]] = kernel.region "pack_matmul" pointwise ins(%[[FLAT]] : tensor<6xf32>) outs(%{{.*}} : tensor<2x2x2xf32>)
// CHECK-DAG:       %[[PANEL:.*]] = linalg.index 0
// CHECK-DAG:       %[[K:.*]] = linalg.index 1
// CHECK-DAG:       %[[COLUMN:.*]] = linalg.index 2
// CHECK:           %[[INSIDE:.*]] = arith.cmpi slt
// CHECK:           %[[PLACE:.*]] = arith.select %[[INSIDE]]
// CHECK:           %[[VALUE:.*]] = tensor.extract %{{.*}}[%[[PLACE]]]
// CHECK:           arith.select %[[INSIDE]], %[[VALUE]], %{{.*}} : f32
// CHECK:         kernel.region "matmul" contraction
// CHECK-SAME:      ins(%{{.*}}, %[[P]] : tensor<4x2xf32>, tensor<2x2x2xf32>)
func.func @later(%a: tensor<4x2xf32>) -> tensor<4x3xf32> {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<3x2xf32>
  %e = tensor.empty() : tensor<4x3xf32>
  %r = kernel.region "matmul" contraction ins(%a, %w : tensor<4x2xf32>, tensor<3x2xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 1 : i64, columns = 2 : i64}} {
  ^bb0(%x: tensor<4x2xf32>, %y: tensor<3x2xf32>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xf32>, tensor<3x2xf32>) outs(%o : tensor<4x3xf32>) {
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

// The matrix at an index that only the run knows: all of them are packed, each
// in one piece, and it is read at that index. The index may belong to any
// dimension.

// CHECK: #[[MAP:.*]] = affine_map<(d0, d1, d2) -> (d1 floordiv 2, d2, d1 mod 2)>
// CHECK-LABEL: func @expert(
// CHECK-SAME:      %{{.*}}: tensor<4x2xf32>, %[[I:.*]]: index)
// CHECK:         %[[W:.*]] = arith.constant dense_resource<constant.packed> : tensor<2x2x2x2xf32>
// CHECK:         %[[B:.*]] = tensor.extract_slice %[[W]][%[[I]], 0, 0, 0] [1, 2, 2, 2] [1, 1, 1, 1] : tensor<2x2x2x2xf32> to tensor<2x2x2xf32>
// CHECK-NOT:     arith.constant dense<
// CHECK:         kernel.region "matmul" contraction
// CHECK-SAME:      ins(%{{.*}}, %[[B]] : tensor<4x2xf32>, tensor<2x2x2xf32>)
// CHECK:           linalg.generic {indexing_maps = [#{{.*}}, #[[MAP]], #{{.*}}]
// 1, 5 | 2, 6 || 9, 0 | 10, 0, then of the other 3, 7 | 4, 8 || 11, 0 | 12, 0:
// CHECK:         constant.packed: "0x400000000000803F0000A040000000400000C04000001041000000000000204100000000000040400000E040000080400000004100003041000000000000404100000000"
func.func @expert(%a: tensor<4x2xf32>, %i: index) -> tensor<4x3xf32> {
  // [column, expert, depth]
  %w = arith.constant dense<[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]], [[9.0, 10.0], [11.0, 12.0]]]> : tensor<3x2x2xf32>
  %s = tensor.extract_slice %w[0, %i, 0] [3, 1, 2] [1, 1, 1] : tensor<3x2x2xf32> to tensor<3x2xf32>
  %e = tensor.empty() : tensor<4x3xf32>
  %r = kernel.region "matmul" contraction ins(%a, %s : tensor<4x2xf32>, tensor<3x2xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 1 : i64, columns = 2 : i64}} {
  ^bb0(%x: tensor<4x2xf32>, %y: tensor<3x2xf32>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xf32>, tensor<3x2xf32>) outs(%o : tensor<4x3xf32>) {
    ^bb0(%p: f32, %q: f32, %z: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %z, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<4x3xf32>
    kernel.yield %0 : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}

// -----

// The same of values that come later.

// CHECK-LABEL: func @expert_later(
// CHECK:         %[[P:.*]] = kernel.region "pack_matmul" pointwise ins(%{{.*}} : tensor<12xf32>) outs(%{{.*}} : tensor<2x2x2x2xf32>)
// CHECK:         %[[B:.*]] = tensor.extract_slice %[[P]][%{{.*}}, 0, 0, 0] [1, 2, 2, 2]
// CHECK:         kernel.region "matmul" contraction
// CHECK-SAME:      ins(%{{.*}}, %[[B]] :
func.func @expert_later(%a: tensor<4x2xf32>, %i: index) -> tensor<4x3xf32> {
  %w = arith.constant dense_resource<"extern:w:"> : tensor<2x3x2xf32>
  %s = tensor.extract_slice %w[%i, 0, 0] [1, 3, 2] [1, 1, 1] : tensor<2x3x2xf32> to tensor<3x2xf32>
  %e = tensor.empty() : tensor<4x3xf32>
  %r = kernel.region "matmul" contraction ins(%a, %s : tensor<4x2xf32>, tensor<3x2xf32>) outs(%e : tensor<4x3xf32>) -> tensor<4x3xf32> attributes {pack = {operand = 1 : i64, loop = 1 : i64, columns = 2 : i64}} {
  ^bb0(%x: tensor<4x2xf32>, %y: tensor<3x2xf32>, %o: tensor<4x3xf32>):
    %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<4x2xf32>, tensor<3x2xf32>) outs(%o : tensor<4x3xf32>) {
    ^bb0(%p: f32, %q: f32, %z: f32):
      %1 = arith.mulf %p, %q : f32
      %2 = arith.addf %z, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<4x3xf32>
    kernel.yield %0 : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}
