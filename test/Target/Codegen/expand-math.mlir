// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-expand-math))' | FileCheck %s
// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-expand-math{fma=false rounding=false half=false}))' | FileCheck %s --check-prefix=LEAST
// RUN: graphc-opt %s --pass-pipeline='builtin.module(func.func(graphc-expand-math{libm=false}))' | FileCheck %s --check-prefix=ALONE

// CHECK-LABEL: func @vector
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK-NOT: math.exp
// LEAST-LABEL: func @vector
// LEAST-NOT: math.{{fma|exp}}
// LEAST: return
func.func @vector(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.exp %x : vector<16xf32>
  return %y : vector<16xf32>
}

// CHECK-LABEL: func @scalar
// CHECK-NOT: math.tanh
// CHECK: math.fma {{.*}} : f32
func.func @scalar(%x: f32) -> f32 {
  %y = math.tanh %x : f32
  return %y : f32
}

// CHECK-LABEL: func @more_dimensions
// CHECK-NOT: math.log
// CHECK: math.fma {{.*}} : vector<4x16xf32>
func.func @more_dimensions(%x: vector<4x16xf32>) -> vector<4x16xf32> {
  %y = math.log %x : vector<4x16xf32>
  return %y : vector<4x16xf32>
}

// Angles that need more digits of pi than usual cost a test.
// CHECK-LABEL: func @large_angles
// CHECK: %[[ANY:.*]] = vector.reduction <or>, {{.*}} : vector<16xi1> into i1
// CHECK: scf.if %[[ANY]]
// CHECK-NOT: math.sin
// CHECK: return
func.func @large_angles(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.sin %x : vector<16xf32>
  return %y : vector<16xf32>
}

// CHECK-LABEL: func @large_angles_in_double
// CHECK: scf.if
// CHECK: math.sin {{.*}} : vector<8xf64>
// CHECK: else
// CHECK-NOT: math.sin
// CHECK: return
// ALONE-LABEL: func @large_angles_in_double
// ALONE: scf.if
// ALONE: arith.mului_extended
// ALONE-NOT: math.sin
// ALONE: return
func.func @large_angles_in_double(%x: vector<8xf64>) -> vector<8xf64> {
  %y = math.sin %x : vector<8xf64>
  return %y : vector<8xf64>
}

// CHECK-LABEL: func @left_to_libm
// CHECK: math.erf {{.*}} : vector<8xf64>
// CHECK: math.powf {{.*}} : vector<8xf64>
// CHECK: arith.remf {{.*}} : vector<8xf64>
// ALONE-LABEL: func @left_to_libm
// ALONE-NOT: {{math.(erf|powf)|remf}}
// ALONE: arith.remui
// ALONE-NOT: {{math.(erf|powf)|remf}}
// ALONE: return
func.func @left_to_libm(%x: vector<8xf64>) -> vector<8xf64> {
  %a = math.erf %x : vector<8xf64>
  %b = math.powf %a, %x : vector<8xf64>
  %c = arith.remf %b, %x : vector<8xf64>
  return %c : vector<8xf64>
}

// CHECK-LABEL: func @rounding
// CHECK: math.floor
// LEAST-LABEL: func @rounding
// LEAST-NOT: math.floor
// LEAST: return
func.func @rounding(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.floor %x : vector<16xf32>
  return %y : vector<16xf32>
}

// CHECK-LABEL: func @remainder
// CHECK: scf.while
// CHECK-NOT: arith.remf
// CHECK: return
func.func @remainder(%x: vector<16xf32>, %y: vector<16xf32>) -> vector<16xf32> {
  %z = arith.remf %x, %y : vector<16xf32>
  return %z : vector<16xf32>
}

// CHECK-LABEL: func @bfloat_casts
// CHECK-NOT: arith.{{ext|trunc}}f
// CHECK: return
func.func @bfloat_casts(%x: vector<16xbf16>) -> vector<16xbf16> {
  %y = arith.extf %x : vector<16xbf16> to vector<16xf32>
  %z = arith.truncf %y : vector<16xf32> to vector<16xbf16>
  return %z : vector<16xbf16>
}

// CHECK-LABEL: func @half_casts
// CHECK: arith.extf {{.*}} : vector<16xf16> to vector<16xf32>
// CHECK: arith.truncf {{.*}} : vector<16xf32> to vector<16xf16>
// LEAST-LABEL: func @half_casts
// LEAST-NOT: f16 to
// LEAST-NOT: to vector<16xf16>{{$}}
// LEAST: arith.bitcast {{.*}} : vector<16xi16> to vector<16xf16>
func.func @half_casts(%x: vector<16xf16>) -> vector<16xf16> {
  %y = arith.extf %x : vector<16xf16> to vector<16xf32>
  %z = arith.truncf %y : vector<16xf32> to vector<16xf16>
  return %z : vector<16xf16>
}

// By way of f32, as torch converts.
// CHECK-LABEL: func @double_to_half
// CHECK: arith.truncf {{.*}} : f64 to f32
// CHECK: arith.truncf {{.*}} : f32 to f16
func.func @double_to_half(%x: f64) -> f16 {
  %y = arith.truncf %x : f64 to f16
  return %y : f16
}

// CHECK-LABEL: func @narrow_arithmetic
// CHECK-NOT: bf16, vector<16xbf16>
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK: arith.cmpf olt, {{.*}} : vector<16xf32>
func.func @narrow_arithmetic(%x: vector<16xbf16>) -> vector<16xi1> {
  %a = arith.addf %x, %x : vector<16xbf16>
  %b = math.exp %a : vector<16xbf16>
  %c = arith.cmpf olt, %b, %x : vector<16xbf16>
  return %c : vector<16xi1>
}

// No target is asked to convert floats of eight bits.
// CHECK-LABEL: func @eight_bit_casts
// CHECK-NOT: arith.{{ext|trunc}}f
// CHECK: arith.bitcast {{.*}} : vector<16xf8E4M3FN> to vector<16xi8>
// CHECK: %[[MOVED:.*]] = arith.shli
// CHECK: %[[SMALL:.*]] = arith.bitcast %[[MOVED]] : vector<16xi32> to vector<16xf32>
// The exponent's bias goes from 7 to 127.
// CHECK: arith.mulf %[[SMALL]], %{{.*}} : vector<16xf32>
// CHECK-NOT: arith.{{ext|trunc}}f
// CHECK: arith.bitcast {{.*}} : vector<16xi8> to vector<16xf8E5M2>
// CHECK: return
func.func @eight_bit_casts(%x: vector<16xf8E4M3FN>) -> vector<16xf8E5M2> {
  %y = arith.extf %x : vector<16xf8E4M3FN> to vector<16xf32>
  %z = arith.truncf %y : vector<16xf32> to vector<16xf8E5M2>
  return %z : vector<16xf8E5M2>
}

// All of them by way of f32.
// CHECK-LABEL: func @eight_bits_and_others
// CHECK: arith.truncf {{.*}} : f64 to f32
// CHECK-NOT: arith.truncf
// CHECK: arith.bitcast {{.*}} : i8 to f8E4M3FN
// CHECK: arith.truncf {{.*}} : f32 to f16
// CHECK: arith.extf {{.*}} : f16 to f32
// CHECK-NOT: arith.truncf
// CHECK: arith.bitcast {{.*}} : i8 to f8E5M2
// CHECK: arith.bitcast {{.*}} : i16 to bf16
// CHECK: arith.extf {{.*}} : f32 to f64
// LEAST-LABEL: func @eight_bits_and_others
// LEAST-NOT: f16 to
// LEAST-NOT: to {{b?}}f16{{$}}
// LEAST: arith.bitcast {{.*}} : i16 to f16
// LEAST: return
func.func @eight_bits_and_others(%x: f64) -> (bf16, f64) {
  %a = arith.truncf %x : f64 to f8E4M3FN
  %b = arith.extf %a : f8E4M3FN to f16
  %c = arith.truncf %b : f16 to f8E5M2
  %d = arith.extf %c : f8E5M2 to bf16
  %e = arith.extf %c : f8E5M2 to f64
  return %d, %e : bf16, f64
}

// CHECK-LABEL: func @eight_bit_arithmetic
// CHECK: arith.mulf {{.*}} : f32
// CHECK-NOT: arith.mulf {{.*}} : f8
// CHECK: return
func.func @eight_bit_arithmetic(%x: f8E4M3FN, %y: f8E4M3FN) -> f8E4M3FN {
  %z = arith.mulf %x, %y : f8E4M3FN
  return %z : f8E4M3FN
}

// A sign of f64 whose number becomes f16 is chosen by its bits: LLVM would make
// f16 of the other number as well. The control stays as it is.
// CHECK-LABEL: func @sign_of_half
// CHECK-NOT: math.copysign
// CHECK: %[[BITS:.*]] = arith.bitcast %{{.*}} : f64 to i64
// CHECK: arith.cmpi slt, %[[BITS]]
func.func @sign_of_half(%x: f64, %y: f64) -> f16 {
  %signed = math.copysign %x, %y : f64
  %float = arith.truncf %signed : f64 to f32
  %half = arith.truncf %float : f32 to f16
  return %half : f16
}

// CHECK-LABEL: func @sign_of_float
// CHECK: math.copysign
func.func @sign_of_float(%x: f64, %y: f64) -> f32 {
  %signed = math.copysign %x, %y : f64
  %float = arith.truncf %signed : f64 to f32
  return %float : f32
}
