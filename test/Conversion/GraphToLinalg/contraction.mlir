// RUN: graphc-opt %s --convert-graph-to-linalg | FileCheck %s

// Narrow factors of a wide product are read as they are, whatever else reads
// them wide.
// CHECK-LABEL: @widened(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xbf16>, %[[B:.*]]: tensor<8x2xbf16>
// CHECK: linalg.generic {{.*}} ins(%[[A]], %[[B]] : tensor<4x8xbf16>, tensor<8x2xbf16>) outs(%{{.*}} : tensor<4x2xf32>)
// CHECK:   arith.extf
// CHECK:   arith.extf
// CHECK:   arith.mulf
func.func @widened(%a: !graph.tensor<4x8xbf16>, %b: !graph.tensor<8x2xbf16>) -> (!graph.tensor<4x2xf32>, !graph.tensor<4x8xf32>) {
  %wa = graph.cast %a to f32 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xf32>
  %wb = graph.cast %b to f32 : (!graph.tensor<8x2xbf16>) -> !graph.tensor<8x2xf32>
  %c = graph.matmul %wa, %wb : (!graph.tensor<4x8xf32>, !graph.tensor<8x2xf32>) -> !graph.tensor<4x2xf32>
  return %c, %wa : !graph.tensor<4x2xf32>, !graph.tensor<4x8xf32>
}

// Control: what is rounded on the way is not.
// CHECK-LABEL: @narrowed(
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf32>
// CHECK: linalg.generic {{.*}} ins(%[[A]] : tensor<4x8xf32>)
// CHECK:   arith.truncf
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<4x8xbf16>) outs(%{{.*}} : tensor<4x8xf32>)
// CHECK:   arith.extf
// CHECK:   math.exp
func.func @narrowed(%a: !graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32> {
  %0 = graph.cast %a to bf16 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xbf16>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4x8xbf16>) -> !graph.tensor<4x8xf32>
  %2 = graph.exp %1 : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32>
  return %2 : !graph.tensor<4x8xf32>
}

// Groups are slices of what is there already, weights that are transposed
// included; behind the last one are zeros.
// CHECK-LABEL: @groups_of_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<18x64xf32>, %[[W:.*]]: tensor<4x32x64xf32>, %[[ENDS:.*]]: tensor<4xi32>
// CHECK:       scf.for %[[C:[a-z0-9]*]] =
// CHECK:         tensor.extract %[[ENDS]][%{{.*}}]
// CHECK:         tensor.extract %[[ENDS]][%[[C]]]
// CHECK:         kernel.check %{{.*}}, "a group ends before it begins or behind the last element"
// CHECK:       %[[EMPTY:.*]] = tensor.empty() : tensor<18x32xf32>
// CHECK:       %[[R:.*]] = scf.for %[[G:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[INTO:.*]] = %[[EMPTY]])
// CHECK:         %[[BEGIN:.*]] = arith.select
// CHECK:         tensor.extract %[[ENDS]][%[[G]]]
// CHECK:         tensor.extract_slice %[[X]][%[[BEGIN]], 0] [%[[N:.*]], 64] [1, 1] : tensor<18x64xf32> to tensor<?x64xf32>
// CHECK:         tensor.extract_slice %[[W]][%[[G]], 0, 0] [1, 32, 64] [1, 1, 1] : tensor<4x32x64xf32> to tensor<32x64xf32>
// CHECK:         %[[P:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<?x32xf32>)
// CHECK:         %[[NEXT:.*]] = tensor.insert_slice %[[P]] into %[[INTO]][%[[BEGIN]], 0] [%[[N]], 32] [1, 1]
// CHECK:         scf.yield %[[NEXT]] : tensor<18x32xf32>
// CHECK:       } {graphc.groups}
// CHECK:       %[[ZEROS:.*]] = linalg.fill
// CHECK:       tensor.insert_slice %[[ZEROS]] into %[[R]][%{{.*}}, 0]
func.func @groups_of_rows(%x: !graph.tensor<18x64xf32>, %w: !graph.tensor<4x32x64xf32>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<18x32xf32> {
  %t = graph.permute %w [0, 2, 1] : (!graph.tensor<4x32x64xf32>) -> !graph.tensor<4x64x32xf32, strides = [2048, 1, 64]>
  %y = graph.grouped_matmul %x, %t, %ends : (!graph.tensor<18x64xf32>, !graph.tensor<4x64x32xf32, strides = [2048, 1, 64]>, !graph.tensor<4xi32>) -> !graph.tensor<18x32xf32>
  return %y : !graph.tensor<18x32xf32>
}

// Every element of the result is of some group, and nothing is added.
// CHECK-LABEL: @groups_of_what_is_summed_up(
// CHECK-SAME:    %[[X:.*]]: tensor<6x18xf32>, %[[Y:.*]]: tensor<18x8xf32>
// CHECK:       %[[R:.*]] = scf.for %[[G:.*]] = %{{.*}} iter_args(%[[INTO:.*]] = %{{.*}})
// CHECK:         %[[BEGIN:.*]] = arith.select
// CHECK:         tensor.extract_slice %[[X]][0, %[[BEGIN]]] [6, %[[N:.*]]] [1, 1]
// CHECK:         tensor.extract_slice %[[Y]][%[[BEGIN]], 0] [%[[N]], 8] [1, 1]
// CHECK:         tensor.insert_slice %{{.*}} into %[[INTO]][%[[G]], 0, 0] [1, 6, 8] [1, 1, 1] : tensor<6x8xf32> into tensor<4x6x8xf32>
// CHECK-NOT:   linalg.fill
// CHECK:       return %[[R]]
func.func @groups_of_what_is_summed_up(%x: !graph.tensor<6x18xf32>, %y: !graph.tensor<18x8xf32>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<4x6x8xf32> {
  %z = graph.grouped_matmul %x, %y, %ends : (!graph.tensor<6x18xf32>, !graph.tensor<18x8xf32>, !graph.tensor<4xi32>) -> !graph.tensor<4x6x8xf32>
  return %z : !graph.tensor<4x6x8xf32>
}

// Sums of nothing.
// CHECK-LABEL: @groups_without_depth(
// CHECK-NOT:   scf.for
// CHECK:       linalg.fill
func.func @groups_without_depth(%x: !graph.tensor<18x0xf32>, %w: !graph.tensor<4x0x32xf32>, %ends: !graph.tensor<4xi32>) -> !graph.tensor<18x32xf32> {
  %y = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<18x0xf32>, !graph.tensor<4x0x32xf32>, !graph.tensor<4xi32>) -> !graph.tensor<18x32xf32>
  return %y : !graph.tensor<18x32xf32>
}

// CHECK-LABEL: @product_without_depth(
// CHECK-NOT:   linalg.generic
// CHECK:       linalg.fill
func.func @product_without_depth(%x: !graph.tensor<2x7x0xf32>, %y: !graph.tensor<2x0x5xf32>) -> !graph.tensor<2x7x5xf32> {
  %z = graph.matmul %x, %y : (!graph.tensor<2x7x0xf32>, !graph.tensor<2x0x5xf32>) -> !graph.tensor<2x7x5xf32>
  return %z : !graph.tensor<2x7x5xf32>
}

// CHECK-LABEL: @attention_without_depth(
// CHECK-NOT:   graphc.attention
func.func @attention_without_depth(%q: !graph.tensor<2x7x0xf32>, %k: !graph.tensor<2x5x0xf32>, %v: !graph.tensor<2x5x4xf32>) -> !graph.tensor<2x7x4xf32> {
  %r:2 = graph.attention %q, %k, %v {scale = 1.0 : f64} : (!graph.tensor<2x7x0xf32>, !graph.tensor<2x5x0xf32>, !graph.tensor<2x5x4xf32>) -> (!graph.tensor<2x7x4xf32>, !graph.tensor<2x7xf32>)
  return %r#0 : !graph.tensor<2x7x4xf32>
}
