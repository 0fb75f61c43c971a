// RUN: graphc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @to_itself(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @to_itself(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.cast %x to f32 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @there_and_back(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @there_and_back(%x: !graph.tensor<4xf16>) -> !graph.tensor<4xf16> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.cast %x to f32 : (!graph.tensor<4xf16>) -> !graph.tensor<4xf32>
  %1 = graph.cast %0 to f16 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf16>
  return %1 : !graph.tensor<4xf16>
}

// CHECK-LABEL: func.func @through_wider_floats(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @through_wider_floats(%x: !graph.tensor<4xbf16>) -> !graph.tensor<4xf64> {
  // CHECK: %[[C:.*]] = graph.cast %[[X]] to f64 :
  // CHECK: return %[[C]]
  %0 = graph.cast %x to f32 : (!graph.tensor<4xbf16>) -> !graph.tensor<4xf32>
  %1 = graph.cast %0 to f64 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf64>
  return %1 : !graph.tensor<4xf64>
}

// CHECK-LABEL: func.func @lossy_there_and_back_is_kept(
func.func @lossy_there_and_back_is_kept(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: to f16
  // CHECK: to f32
  %0 = graph.cast %x to f16 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf16>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4xf16>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @through_wider_integers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @through_wider_integers(%x: !graph.tensor<4xi8>) -> !graph.tensor<4xi16> {
  // CHECK: %[[C:.*]] = graph.cast %[[X]] to i16 :
  // CHECK: return %[[C]]
  %0 = graph.cast %x to i64 : (!graph.tensor<4xi8>) -> !graph.tensor<4xi64>
  %1 = graph.cast %0 to i16 : (!graph.tensor<4xi64>) -> !graph.tensor<4xi16>
  return %1 : !graph.tensor<4xi16>
}

// CHECK-LABEL: func.func @unsigned_through_signed(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @unsigned_through_signed(%x: !graph.tensor<4xui8>) -> !graph.tensor<4xf32> {
  // CHECK: %[[C:.*]] = graph.cast %[[X]] to f32 :
  // CHECK: return %[[C]]
  %0 = graph.cast %x to i16 : (!graph.tensor<4xui8>) -> !graph.tensor<4xi16>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4xi16>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @signed_through_unsigned_is_kept(
func.func @signed_through_unsigned_is_kept(%x: !graph.tensor<4xi8>) -> !graph.tensor<4xf32> {
  // CHECK: to ui16
  // CHECK: to f32
  %0 = graph.cast %x to ui16 : (!graph.tensor<4xi8>) -> !graph.tensor<4xui16>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4xui16>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @bool_through_integers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @bool_through_integers(%x: !graph.tensor<4xi1>) -> !graph.tensor<4xf32> {
  // CHECK: %[[C:.*]] = graph.cast %[[X]] to f32 :
  // CHECK: return %[[C]]
  %0 = graph.cast %x to i64 : (!graph.tensor<4xi1>) -> !graph.tensor<4xi64>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4xi64>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @through_bool_is_kept(
func.func @through_bool_is_kept(%x: !graph.tensor<4xi8>) -> !graph.tensor<4xi64> {
  // CHECK: to i1
  // CHECK: to i64
  %0 = graph.cast %x to i1 : (!graph.tensor<4xi8>) -> !graph.tensor<4xi1>
  %1 = graph.cast %0 to i64 : (!graph.tensor<4xi1>) -> !graph.tensor<4xi64>
  return %1 : !graph.tensor<4xi64>
}

// CHECK-LABEL: func.func @integers_through_floats_are_kept(
func.func @integers_through_floats_are_kept(%x: !graph.tensor<4xi8>) -> !graph.tensor<4xi8> {
  // CHECK: to f32
  // CHECK: to i8
  %0 = graph.cast %x to f32 : (!graph.tensor<4xi8>) -> !graph.tensor<4xf32>
  %1 = graph.cast %0 to i8 : (!graph.tensor<4xf32>) -> !graph.tensor<4xi8>
  return %1 : !graph.tensor<4xi8>
}

// CHECK-LABEL: func.func @bfloat_through_half_is_kept(
func.func @bfloat_through_half_is_kept(%x: !graph.tensor<4xbf16>) -> !graph.tensor<4xf32> {
  // CHECK: to f16
  // CHECK: to f32
  %0 = graph.cast %x to f16 : (!graph.tensor<4xbf16>) -> !graph.tensor<4xf16>
  %1 = graph.cast %0 to f32 : (!graph.tensor<4xf16>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}
