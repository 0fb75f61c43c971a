// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @matmul(
func.func @matmul(%a: !graph.tensor<4x8xf32>, %b: !graph.tensor<8x2xf32>) {
  // CHECK: graph.matmul %{{.*}}, %{{.*}} : (!graph.tensor<4x8xf32>, !graph.tensor<8x2xf32>) -> !graph.tensor<4x2xf32>
  %c = graph.matmul %a, %b : (!graph.tensor<4x8xf32>, !graph.tensor<8x2xf32>) -> !graph.tensor<4x2xf32>
  return
}

// CHECK-LABEL: func.func @matmul_batched(
func.func @matmul_batched(%a: !graph.tensor<(s0)x1x4x8xf32>, %b: !graph.tensor<1x3x8x2xf32>) {
  // CHECK: graph.matmul %{{.*}}, %{{.*}} : (!graph.tensor<(s0)x1x4x8xf32>, !graph.tensor<1x3x8x2xf32>) -> !graph.tensor<(s0)x3x4x2xf32>
  %c = graph.matmul %a, %b : (!graph.tensor<(s0)x1x4x8xf32>, !graph.tensor<1x3x8x2xf32>) -> !graph.tensor<(s0)x3x4x2xf32>
  return
}

// CHECK-LABEL: func.func @groups_of_rows(
func.func @groups_of_rows(%x: !graph.tensor<(s0)x8xbf16>, %w: !graph.tensor<4x8x6xbf16>, %ends: !graph.tensor<4xi32>) {
  // CHECK: graph.grouped_matmul %{{.*}}, %{{.*}}, %{{.*}} : (!graph.tensor<(s0)x8xbf16>, !graph.tensor<4x8x6xbf16>, !graph.tensor<4xi32>) -> !graph.tensor<(s0)x6xbf16>
  %y = graph.grouped_matmul %x, %w, %ends : (!graph.tensor<(s0)x8xbf16>, !graph.tensor<4x8x6xbf16>, !graph.tensor<4xi32>) -> !graph.tensor<(s0)x6xbf16>
  return
}

// CHECK-LABEL: func.func @groups_of_columns(
func.func @groups_of_columns(%w: !graph.tensor<4x6x8xf32>, %x: !graph.tensor<8x18xf32>, %ends: !graph.tensor<4xi64>) {
  // CHECK: graph.grouped_matmul {{.*}} -> !graph.tensor<6x18xf32>
  %y = graph.grouped_matmul %w, %x, %ends : (!graph.tensor<4x6x8xf32>, !graph.tensor<8x18xf32>, !graph.tensor<4xi64>) -> !graph.tensor<6x18xf32>
  return
}

// CHECK-LABEL: func.func @groups_of_what_is_summed_up(
func.func @groups_of_what_is_summed_up(%x: !graph.tensor<6x18xf32>, %y: !graph.tensor<18x8xf32>, %ends: !graph.tensor<4xi32>) {
  // CHECK: graph.grouped_matmul {{.*}} -> !graph.tensor<4x6x8xf32>
  %z = graph.grouped_matmul %x, %y, %ends : (!graph.tensor<6x18xf32>, !graph.tensor<18x8xf32>, !graph.tensor<4xi32>) -> !graph.tensor<4x6x8xf32>
  return
}
