// RUN: graphc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @double_negation(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @double_negation(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.neg %x : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %1 = graph.neg %0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @negation_of_another_layout(
func.func @negation_of_another_layout(%x: !graph.tensor<4x4xf32, strides = [1, 4]>) -> !graph.tensor<4x4xf32> {
  // CHECK: graph.neg
  // CHECK: graph.neg
  %0 = graph.neg %x : (!graph.tensor<4x4xf32, strides = [1, 4]>) -> !graph.tensor<4x4xf32>
  %1 = graph.neg %0 : (!graph.tensor<4x4xf32>) -> !graph.tensor<4x4xf32>
  return %1 : !graph.tensor<4x4xf32>
}

// CHECK-LABEL: func.func @double_complement(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @double_complement(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.bitwise_not %x : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  %1 = graph.bitwise_not %0 : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %1 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @abs_of_abs(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @abs_of_abs(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: %[[A:.*]] = graph.abs %[[X]]
  // CHECK: return %[[A]]
  %0 = graph.abs %x : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %1 = graph.abs %0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @relu_of_relu(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @relu_of_relu(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: %[[A:.*]] = graph.relu %[[X]]
  // CHECK: return %[[A]]
  %0 = graph.relu %x : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %1 = graph.relu %0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @floor_of_round(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @floor_of_round(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: %[[A:.*]] = graph.round %[[X]]
  // CHECK: return %[[A]]
  %0 = graph.round %x : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %1 = graph.floor %0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %1 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @ceil_of_integers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @ceil_of_integers(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.ceil %x : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @floor_of_integers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @floor_of_integers(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.floor %x : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @round_of_integers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @round_of_integers(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.round %x : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @trunc_of_integers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @trunc_of_integers(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.trunc %x : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @add_integer_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @add_integer_zero(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<0> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.add %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @add_negative_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @add_negative_zero(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<-0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.add %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @add_positive_zero_is_kept(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @add_positive_zero_is_kept(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.add %[[X]]
  %c = graph.constant dense<0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.add %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @subtract_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @subtract_zero(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.sub %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @subtract_negative_zero_is_kept(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @subtract_negative_zero_is_kept(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.sub %[[X]]
  %c = graph.constant dense<-0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.sub %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @subtract_integer_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @subtract_integer_zero(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<0> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.sub %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @multiply_by_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @multiply_by_one(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.mul %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @multiply_by_integer_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @multiply_by_integer_one(%x: !graph.tensor<4xi64>) -> !graph.tensor<4xi64> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<1> : tensor<i64> : () -> !graph.tensor<i64>
  %0 = graph.mul %x, %c : (!graph.tensor<4xi64>, !graph.tensor<i64>) -> !graph.tensor<4xi64>
  return %0 : !graph.tensor<4xi64>
}

// CHECK-LABEL: func.func @multiply_by_true(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @multiply_by_true(%x: !graph.tensor<4xi1>) -> !graph.tensor<4xi1> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  %0 = graph.mul %x, %c : (!graph.tensor<4xi1>, !graph.tensor<i1>) -> !graph.tensor<4xi1>
  return %0 : !graph.tensor<4xi1>
}

// CHECK-LABEL: func.func @multiply_by_zero_is_kept(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @multiply_by_zero_is_kept(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.mul %[[X]]
  %c = graph.constant dense<0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.mul %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @divide_by_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @divide_by_one(%x: !graph.tensor<4xf16>) -> !graph.tensor<4xf16> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<1.0> : tensor<f16> : () -> !graph.tensor<f16>
  %0 = graph.div %x, %c : (!graph.tensor<4xf16>, !graph.tensor<f16>) -> !graph.tensor<4xf16>
  return %0 : !graph.tensor<4xf16>
}

// CHECK-LABEL: func.func @floor_div_by_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @floor_div_by_one(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<1> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.floor_div %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @trunc_div_by_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @trunc_div_by_one(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<1> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.trunc_div %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @floor_div_of_floats_is_kept(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @floor_div_of_floats_is_kept(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.floor_div %[[X]]
  %c = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.floor_div %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @power_of_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @power_of_one(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.pow %x, %c : (!graph.tensor<4xf32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @and_with_all_ones(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @and_with_all_ones(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<-1> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.bitwise_and %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @or_with_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @or_with_zero(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<0> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.bitwise_or %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @xor_with_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @xor_with_zero(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<0> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.bitwise_xor %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @shift_left_by_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @shift_left_by_zero(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<0> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.shift_left %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @shift_right_by_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @shift_right_by_zero(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<0> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.shift_right %x, %c : (!graph.tensor<4xi32>, !graph.tensor<i32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @add_that_broadcasts_is_kept(
func.func @add_that_broadcasts_is_kept(%x: !graph.tensor<i32>) -> !graph.tensor<4xi32> {
  // CHECK: graph.add
  %c = graph.constant dense<0> : tensor<4xi32> : () -> !graph.tensor<4xi32>
  %0 = graph.add %x, %c : (!graph.tensor<i32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @maximum_with_itself(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @maximum_with_itself(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.maximum %x, %x : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @minimum_with_itself(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @minimum_with_itself(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.minimum %x, %x : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @bitwise_and_with_itself(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @bitwise_and_with_itself(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.bitwise_and %x, %x : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @bitwise_or_with_itself(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @bitwise_or_with_itself(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.bitwise_or %x, %x : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return %0 : !graph.tensor<4xi32>
}

// CHECK-LABEL: func.func @select_by_true(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @select_by_true(%x: !graph.tensor<4xf32>, %y: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  %0 = graph.select %c, %x, %y : (!graph.tensor<i1>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @select_by_false(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @select_by_false(%x: !graph.tensor<4xf32>, %y: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %c = graph.constant dense<false> : tensor<i1> : () -> !graph.tensor<i1>
  %0 = graph.select %c, %y, %x : (!graph.tensor<i1>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @select_between_equals(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @select_between_equals(%x: !graph.tensor<4xf32>, %c: !graph.tensor<4xi1>) -> !graph.tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.select %c, %x, %x : (!graph.tensor<4xi1>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %0 : !graph.tensor<4xf32>
}

// CHECK-LABEL: func.func @select_that_broadcasts_is_kept(
func.func @select_that_broadcasts_is_kept(%x: !graph.tensor<4xf32>, %c: !graph.tensor<2x4xi1>) -> !graph.tensor<2x4xf32> {
  // CHECK: graph.select
  %0 = graph.select %c, %x, %x : (!graph.tensor<2x4xi1>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<2x4xf32>
  return %0 : !graph.tensor<2x4xf32>
}

// CHECK-LABEL: func.func @integers_equal_themselves(
func.func @integers_equal_themselves(%x: !graph.tensor<4xi32>) -> !graph.tensor<4xi1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<true> : tensor<4xi1> :
  // CHECK-NEXT: return %[[C]]
  %0 = graph.compare ge %x, %x : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi1>
  return %0 : !graph.tensor<4xi1>
}

// CHECK-LABEL: func.func @floats_may_not_equal_themselves(
func.func @floats_may_not_equal_themselves(%x: !graph.tensor<4xf32>) -> !graph.tensor<4xi1> {
  // CHECK: graph.compare eq
  %0 = graph.compare eq %x, %x : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xi1>
  return %0 : !graph.tensor<4xi1>
}

// CHECK-LABEL: func.func @parts_of_a_complex(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !graph.tensor
func.func @parts_of_a_complex(%x: !graph.tensor<4xf32>, %y: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  // CHECK: graph.sub %[[X]], %{{.*}}
  %c = graph.complex %x, %y : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xcomplex<f32>>
  %0 = graph.real %c : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xf32>
  %1 = graph.imag %c : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xf32>
  %2 = graph.sub %0, %1 : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %2 : !graph.tensor<4xf32>
}
