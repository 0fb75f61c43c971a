// RUN: graphc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @adds_floats(
func.func @adds_floats() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<3.500000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<1.5> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<2.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.add %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @adds_infinities(
func.func @adds_infinities() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<0x7FC00000> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<0x7F800000> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<0xFF800000> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.add %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @adds_integers_that_wrap(
func.func @adds_integers_that_wrap() -> !graph.tensor<i8> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-128> : tensor<i8> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<127> : tensor<i8> : () -> !graph.tensor<i8>
  %c1 = graph.constant dense<1> : tensor<i8> : () -> !graph.tensor<i8>
  %0 = graph.add %c0, %c1 : (!graph.tensor<i8>, !graph.tensor<i8>) -> !graph.tensor<i8>
  return %0 : !graph.tensor<i8>
}

// CHECK-LABEL: func.func @adds_bools(
func.func @adds_bools() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<true> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  %c1 = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  %0 = graph.add %c0, %c1 : (!graph.tensor<i1>, !graph.tensor<i1>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @subtracts(
func.func @subtracts() -> !graph.tensor<i64> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-2> : tensor<i64> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<1> : tensor<i64> : () -> !graph.tensor<i64>
  %c1 = graph.constant dense<3> : tensor<i64> : () -> !graph.tensor<i64>
  %0 = graph.sub %c0, %c1 : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<i64>
  return %0 : !graph.tensor<i64>
}

// CHECK-LABEL: func.func @multiplies(
func.func @multiplies() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-0.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<3.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.mul %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @divides(
func.func @divides() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<0x7F800000> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.div %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @rounds_to_half(
func.func @rounds_to_half() -> !graph.tensor<f16> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<2.048000e+03> : tensor<f16> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<2048.0> : tensor<f16> : () -> !graph.tensor<f16>
  %c1 = graph.constant dense<1.0> : tensor<f16> : () -> !graph.tensor<f16>
  %0 = graph.add %c0, %c1 : (!graph.tensor<f16>, !graph.tensor<f16>) -> !graph.tensor<f16>
  return %0 : !graph.tensor<f16>
}

// CHECK-LABEL: func.func @floor_divides(
func.func @floor_divides() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-4> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-7> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<2> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.floor_div %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @trunc_divides(
func.func @trunc_divides() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-3> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-7> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<2> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.trunc_div %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @floor_divides_unsigned(
func.func @floor_divides_unsigned() -> !graph.tensor<ui8> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<66> : tensor<ui8> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<200> : tensor<ui8> : () -> !graph.tensor<ui8>
  %c1 = graph.constant dense<3> : tensor<ui8> : () -> !graph.tensor<ui8>
  %0 = graph.floor_div %c0, %c1 : (!graph.tensor<ui8>, !graph.tensor<ui8>) -> !graph.tensor<ui8>
  return %0 : !graph.tensor<ui8>
}

// CHECK-LABEL: func.func @takes_remainders(
func.func @takes_remainders() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<1> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-7> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<4> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.remainder %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @takes_c_remainders(
func.func @takes_c_remainders() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-3> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-7> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<4> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.fmod %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @takes_float_remainders(
func.func @takes_float_remainders() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-3.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-7.0> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<4.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.fmod %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @division_by_zero_is_kept(
func.func @division_by_zero_is_kept() -> !graph.tensor<i32> {
  // CHECK: graph.floor_div
  %c0 = graph.constant dense<1> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<0> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.floor_div %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @division_overflow_is_kept(
func.func @division_overflow_is_kept() -> !graph.tensor<i8> {
  // CHECK: graph.trunc_div
  %c0 = graph.constant dense<-128> : tensor<i8> : () -> !graph.tensor<i8>
  %c1 = graph.constant dense<-1> : tensor<i8> : () -> !graph.tensor<i8>
  %0 = graph.trunc_div %c0, %c1 : (!graph.tensor<i8>, !graph.tensor<i8>) -> !graph.tensor<i8>
  return %0 : !graph.tensor<i8>
}

// CHECK-LABEL: func.func @maximum_propagates_nan(
func.func @maximum_propagates_nan() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<0x7FC00000> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<0x7FC00000> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.maximum %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @minimum_of_integers(
func.func @minimum_of_integers() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-3> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-3> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<2> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.minimum %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @maximum_of_unsigned(
func.func @maximum_of_unsigned() -> !graph.tensor<ui8> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<200> : tensor<ui8> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<200> : tensor<ui8> : () -> !graph.tensor<ui8>
  %c1 = graph.constant dense<3> : tensor<ui8> : () -> !graph.tensor<ui8>
  %0 = graph.maximum %c0, %c1 : (!graph.tensor<ui8>, !graph.tensor<ui8>) -> !graph.tensor<ui8>
  return %0 : !graph.tensor<ui8>
}

// CHECK-LABEL: func.func @maximum_of_zeros_is_kept(
func.func @maximum_of_zeros_is_kept() -> !graph.tensor<f32> {
  // CHECK: graph.maximum
  %c0 = graph.constant dense<0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<-0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.maximum %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @negates(
func.func @negates() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-0.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.neg %c0 : (!graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @negates_integers(
func.func @negates_integers() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-3> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<3> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.neg %c0 : (!graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @takes_absolutes(
func.func @takes_absolutes() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<0.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.abs %c0 : (!graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @takes_integer_absolutes(
func.func @takes_integer_absolutes() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<3> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-3> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.abs %c0 : (!graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @rounds_to_even(
func.func @rounds_to_even() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<2.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<2.5> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.round %c0 : (!graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @rounds_upwards(
func.func @rounds_upwards() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-0.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-0.5> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.ceil %c0 : (!graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @rounds_downwards(
func.func @rounds_downwards() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-1.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-0.5> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.floor %c0 : (!graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @truncates(
func.func @truncates() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-1.000000e+00> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-1.5> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.trunc %c0 : (!graph.tensor<f32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @complements(
func.func @complements() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<false> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  %0 = graph.bitwise_not %c0 : (!graph.tensor<i1>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @ands(
func.func @ands() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<8> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<12> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<10> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.bitwise_and %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @ors(
func.func @ors() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<14> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<12> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<10> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.bitwise_or %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @xors(
func.func @xors() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<6> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<12> : tensor<i32> : () -> !graph.tensor<i32>
  %c1 = graph.constant dense<10> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.bitwise_xor %c0, %c1 : (!graph.tensor<i32>, !graph.tensor<i32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @compares(
func.func @compares() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<true> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<2.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.compare lt %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @compares_nan(
func.func @compares_nan() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<true> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<0x7FC00000> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<0x7FC00000> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.compare ne %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @nan_is_not_less(
func.func @nan_is_not_less() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<false> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<0x7FC00000> : tensor<f32> : () -> !graph.tensor<f32>
  %c1 = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.compare le %c0, %c1 : (!graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @compares_unsigned(
func.func @compares_unsigned() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<true> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<200> : tensor<ui8> : () -> !graph.tensor<ui8>
  %c1 = graph.constant dense<3> : tensor<ui8> : () -> !graph.tensor<ui8>
  %0 = graph.compare gt %c0, %c1 : (!graph.tensor<ui8>, !graph.tensor<ui8>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @compares_signed(
func.func @compares_signed() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<false> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-56> : tensor<i8> : () -> !graph.tensor<i8>
  %c1 = graph.constant dense<3> : tensor<i8> : () -> !graph.tensor<i8>
  %0 = graph.compare gt %c0, %c1 : (!graph.tensor<i8>, !graph.tensor<i8>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @casts_floats(
func.func @casts_floats() -> !graph.tensor<f16> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<0x7C00> : tensor<f16> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<1.0e+10> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.cast %c0 to f16 : (!graph.tensor<f32>) -> !graph.tensor<f16>
  return %0 : !graph.tensor<f16>
}

// CHECK-LABEL: func.func @casts_to_integers(
func.func @casts_to_integers() -> !graph.tensor<i32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<-1> : tensor<i32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-1.9> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.cast %c0 to i32 : (!graph.tensor<f32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @casts_to_bool(
func.func @casts_to_bool() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<true> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<0x7FC00000> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.cast %c0 to i1 : (!graph.tensor<f32>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @casts_negative_zero_to_bool(
func.func @casts_negative_zero_to_bool() -> !graph.tensor<i1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<false> : tensor<i1> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-0.0> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.cast %c0 to i1 : (!graph.tensor<f32>) -> !graph.tensor<i1>
  return %0 : !graph.tensor<i1>
}

// CHECK-LABEL: func.func @casts_integers(
func.func @casts_integers() -> !graph.tensor<i8> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<44> : tensor<i8> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<300> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.cast %c0 to i8 : (!graph.tensor<i32>) -> !graph.tensor<i8>
  return %0 : !graph.tensor<i8>
}

// CHECK-LABEL: func.func @casts_signs(
func.func @casts_signs() -> !graph.tensor<ui16> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<65535> : tensor<ui16> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<-1> : tensor<i8> : () -> !graph.tensor<i8>
  %0 = graph.cast %c0 to ui16 : (!graph.tensor<i8>) -> !graph.tensor<ui16>
  return %0 : !graph.tensor<ui16>
}

// CHECK-LABEL: func.func @casts_unsigned(
func.func @casts_unsigned() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<2.550000e+02> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<255> : tensor<ui8> : () -> !graph.tensor<ui8>
  %0 = graph.cast %c0 to f32 : (!graph.tensor<ui8>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @casts_true(
func.func @casts_true() -> !graph.tensor<i64> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<1> : tensor<i64> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<true> : tensor<i1> : () -> !graph.tensor<i1>
  %0 = graph.cast %c0 to i64 : (!graph.tensor<i1>) -> !graph.tensor<i64>
  return %0 : !graph.tensor<i64>
}

// CHECK-LABEL: func.func @casts_large_integers(
func.func @casts_large_integers() -> !graph.tensor<f32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<0x4B800000> : tensor<f32> :
  // CHECK-NEXT: return %[[C]]
  %c0 = graph.constant dense<16777217> : tensor<i32> : () -> !graph.tensor<i32>
  %0 = graph.cast %c0 to f32 : (!graph.tensor<i32>) -> !graph.tensor<f32>
  return %0 : !graph.tensor<f32>
}

// CHECK-LABEL: func.func @unspecified_casts_are_kept(
func.func @unspecified_casts_are_kept() -> !graph.tensor<i32> {
  // CHECK: graph.cast
  %c0 = graph.constant dense<1.0e+10> : tensor<f32> : () -> !graph.tensor<f32>
  %0 = graph.cast %c0 to i32 : (!graph.tensor<f32>) -> !graph.tensor<i32>
  return %0 : !graph.tensor<i32>
}

// CHECK-LABEL: func.func @fills_the_broadcast_shape(
func.func @fills_the_broadcast_shape() -> !graph.tensor<2xf32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<3.000000e+00> : tensor<2xf32> :
  // CHECK-NEXT: return %[[C]]
  %c = graph.constant dense<1.0> : tensor<f32> : () -> !graph.tensor<f32>
  %d = graph.constant dense<2.0> : tensor<2xf32> : () -> !graph.tensor<2xf32>
  %0 = graph.add %c, %d : (!graph.tensor<f32>, !graph.tensor<2xf32>) -> !graph.tensor<2xf32>
  return %0 : !graph.tensor<2xf32>
}

// CHECK-LABEL: func.func @other_constants_are_kept(
func.func @other_constants_are_kept() -> !graph.tensor<2xf32> {
  // CHECK: graph.add
  %c = graph.constant dense<[1.0, 2.0]> : tensor<2xf32> : () -> !graph.tensor<2xf32>
  %0 = graph.add %c, %c : (!graph.tensor<2xf32>, !graph.tensor<2xf32>) -> !graph.tensor<2xf32>
  return %0 : !graph.tensor<2xf32>
}

// CHECK-LABEL: func.func @sizes(
func.func @sizes() -> !graph.tensor<i64> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<7> : tensor<i64> :
  // CHECK-NEXT: return %[[C]]
  %0 = graph.size_to_tensor 7 : () -> !graph.tensor<i64>
  return %0 : !graph.tensor<i64>
}

// CHECK-LABEL: func.func @symbolic_sizes_are_kept(
func.func @symbolic_sizes_are_kept() -> !graph.tensor<i64> {
  // CHECK: graph.size_to_tensor s0
  %0 = graph.size_to_tensor s0 : () -> !graph.tensor<i64>
  return %0 : !graph.tensor<i64>
}

// CHECK-LABEL: func.func @views_of_splats(
func.func @views_of_splats() -> !graph.tensor<4xf32> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<1.000000e+00> : tensor<4xf32> :
  // CHECK-NEXT: return %[[C]]
  %c = graph.constant dense<1.0> : tensor<2x3xf32> : () -> !graph.tensor<2x3xf32>
  %0 = graph.permute %c [1, 0] : (!graph.tensor<2x3xf32>) -> !graph.tensor<3x2xf32>
  %1 = graph.reshape %0 [6] : (!graph.tensor<3x2xf32>) -> !graph.tensor<6xf32>
  %2 = graph.slice %1 dim 0 from 0 to 4 step 1 : (!graph.tensor<6xf32>) -> !graph.tensor<4xf32>
  return %2 : !graph.tensor<4xf32>
}
