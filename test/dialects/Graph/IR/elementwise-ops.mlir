// RUN: graphc-opt %s | graphc-opt --mlir-print-op-generic \
// RUN:   | graphc-opt | FileCheck %s

// What is parsed prints the same.

// CHECK-LABEL: func.func @neg(
func.func @neg(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.neg %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.neg %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @abs(
func.func @abs(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.abs %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.abs %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @sign(
func.func @sign(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.sign %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.sign %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @ceil(
func.func @ceil(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.ceil %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.ceil %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @floor(
func.func @floor(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.floor %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.floor %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @round(
func.func @round(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.round %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.round %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @trunc(
func.func @trunc(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.trunc %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.trunc %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @exp(
func.func @exp(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.exp %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.exp %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @exp2(
func.func @exp2(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.exp2 %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.exp2 %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @expm1(
func.func @expm1(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.expm1 %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.expm1 %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @log(
func.func @log(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.log %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.log %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @log2(
func.func @log2(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.log2 %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.log2 %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @log10(
func.func @log10(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.log10 %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.log10 %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @log1p(
func.func @log1p(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.log1p %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.log1p %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @sqrt(
func.func @sqrt(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.sqrt %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.sqrt %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @rsqrt(
func.func @rsqrt(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.rsqrt %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.rsqrt %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @reciprocal(
func.func @reciprocal(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.reciprocal %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.reciprocal %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @sin(
func.func @sin(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.sin %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.sin %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @cos(
func.func @cos(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.cos %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.cos %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @tan(
func.func @tan(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.tan %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.tan %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @asin(
func.func @asin(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.asin %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.asin %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @acos(
func.func @acos(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.acos %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.acos %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @atan(
func.func @atan(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.atan %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.atan %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @sinh(
func.func @sinh(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.sinh %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.sinh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @cosh(
func.func @cosh(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.cosh %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.cosh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @tanh(
func.func @tanh(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.tanh %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.tanh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @asinh(
func.func @asinh(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.asinh %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.asinh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @acosh(
func.func @acosh(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.acosh %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.acosh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @atanh(
func.func @atanh(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.atanh %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.atanh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @sigmoid(
func.func @sigmoid(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.sigmoid %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.sigmoid %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @erf(
func.func @erf(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.erf %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.erf %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @erfc(
func.func @erfc(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.erfc %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.erfc %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @erfinv(
func.func @erfinv(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.erfinv %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.erfinv %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @lgamma(
func.func @lgamma(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.lgamma %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.lgamma %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @digamma(
func.func @digamma(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.digamma %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.digamma %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @silu(
func.func @silu(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.silu %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.silu %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @relu(
func.func @relu(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.relu %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.relu %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @gelu(
func.func @gelu(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.gelu tanh %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %b = graph.gelu tanh %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @bitwise_not(
func.func @bitwise_not(%a: !graph.tensor<4xi32>) {
  // CHECK: graph.bitwise_not %{{.*}} : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  %b = graph.bitwise_not %a : (!graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return
}

// CHECK-LABEL: func.func @isnan(
func.func @isnan(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.isnan %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xi1>
  %b = graph.isnan %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xi1>
  return
}

// CHECK-LABEL: func.func @isinf(
func.func @isinf(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.isinf %{{.*}} : (!graph.tensor<4xf32>) -> !graph.tensor<4xi1>
  %b = graph.isinf %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xi1>
  return
}

// CHECK-LABEL: func.func @cast(
func.func @cast(%a: !graph.tensor<4xf32>) {
  // CHECK: graph.cast %{{.*}} to f64 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf64>
  %b = graph.cast %a to f64 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf64>
  return
}

// CHECK-LABEL: func.func @add(
func.func @add(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.add %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.add %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @sub(
func.func @sub(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.sub %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.sub %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @mul(
func.func @mul(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.mul %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.mul %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @div(
func.func @div(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.div %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.div %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @floor_div(
func.func @floor_div(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.floor_div %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.floor_div %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @trunc_div(
func.func @trunc_div(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.trunc_div %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.trunc_div %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @remainder(
func.func @remainder(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.remainder %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.remainder %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @fmod(
func.func @fmod(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.fmod %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.fmod %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @pow(
func.func @pow(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.pow %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.pow %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @atan2(
func.func @atan2(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.atan2 %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.atan2 %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @maximum(
func.func @maximum(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.maximum %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.maximum %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @minimum(
func.func @minimum(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.minimum %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.minimum %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @fmax(
func.func @fmax(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.fmax %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.fmax %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @fmin(
func.func @fmin(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.fmin %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.fmin %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @bitwise_and(
func.func @bitwise_and(%a: !graph.tensor<4xi32>, %b: !graph.tensor<4xi32>) {
  // CHECK: graph.bitwise_and %{{.*}}, %{{.*}} : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  %c = graph.bitwise_and %a, %b : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return
}

// CHECK-LABEL: func.func @bitwise_or(
func.func @bitwise_or(%a: !graph.tensor<4xi32>, %b: !graph.tensor<4xi32>) {
  // CHECK: graph.bitwise_or %{{.*}}, %{{.*}} : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  %c = graph.bitwise_or %a, %b : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return
}

// CHECK-LABEL: func.func @bitwise_xor(
func.func @bitwise_xor(%a: !graph.tensor<4xi32>, %b: !graph.tensor<4xi32>) {
  // CHECK: graph.bitwise_xor %{{.*}}, %{{.*}} : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  %c = graph.bitwise_xor %a, %b : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return
}

// CHECK-LABEL: func.func @shift_left(
func.func @shift_left(%a: !graph.tensor<4xi32>, %b: !graph.tensor<4xi32>) {
  // CHECK: graph.shift_left %{{.*}}, %{{.*}} : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  %c = graph.shift_left %a, %b : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return
}

// CHECK-LABEL: func.func @shift_right(
func.func @shift_right(%a: !graph.tensor<4xi32>, %b: !graph.tensor<4xi32>) {
  // CHECK: graph.shift_right %{{.*}}, %{{.*}} : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  %c = graph.shift_right %a, %b : (!graph.tensor<4xi32>, !graph.tensor<4xi32>) -> !graph.tensor<4xi32>
  return
}

// CHECK-LABEL: func.func @copysign(
func.func @copysign(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.copysign %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.copysign %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @hypot(
func.func @hypot(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.hypot %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.hypot %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @nextafter(
func.func @nextafter(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.nextafter %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %c = graph.nextafter %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @compare(
func.func @compare(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.compare lt %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xi1>
  %c = graph.compare lt %a, %b : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xi1>
  return
}

// CHECK-LABEL: func.func @select(
func.func @select(%c: !graph.tensor<4xi1>, %a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>) {
  // CHECK: graph.select %{{.*}}, %{{.*}}, %{{.*}} : (!graph.tensor<4xi1>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %d = graph.select %c, %a, %b : (!graph.tensor<4xi1>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @clamp(
func.func @clamp(%x: !graph.tensor<4xf32>, %low: !graph.tensor<f32>, %high: !graph.tensor<f32>) {
  // CHECK: graph.clamp %{{.*}}, %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  %d = graph.clamp %x, %low, %high : (!graph.tensor<4xf32>, !graph.tensor<f32>, !graph.tensor<f32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @fma(
func.func @fma(%a: !graph.tensor<4xf32>, %b: !graph.tensor<4xf32>, %c: !graph.tensor<4xf32>) {
  // CHECK: graph.fma %{{.*}}, %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  %d = graph.fma %a, %b, %c : (!graph.tensor<4xf32>, !graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @complex(
func.func @complex(%re: !graph.tensor<4xf32>, %im: !graph.tensor<4xf32>) {
  // CHECK: graph.complex %{{.*}}, %{{.*}} : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xcomplex<f32>>
  %c = graph.complex %re, %im : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xcomplex<f32>>
  return
}

// CHECK-LABEL: func.func @real(
func.func @real(%a: !graph.tensor<4xcomplex<f32>>) {
  // CHECK: graph.real %{{.*}} : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xf32>
  %b = graph.real %a : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @imag(
func.func @imag(%a: !graph.tensor<4xcomplex<f32>>) {
  // CHECK: graph.imag %{{.*}} : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xf32>
  %b = graph.imag %a : (!graph.tensor<4xcomplex<f32>>) -> !graph.tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @broadcast_symbolic(
func.func @broadcast_symbolic(%a: !graph.tensor<(s0)x1xf32>, %b: !graph.tensor<(2*s1)xf32>) {
  // CHECK: graph.add %{{.*}}, %{{.*}} : (!graph.tensor<(s0)x1xf32>, !graph.tensor<(2*s1)xf32>) -> !graph.tensor<(s0)x(2*s1)xf32>
  %c = graph.add %a, %b : (!graph.tensor<(s0)x1xf32>, !graph.tensor<(2*s1)xf32>) -> !graph.tensor<(s0)x(2*s1)xf32>
  return
}

// CHECK-LABEL: func.func @keeps_a_common_layout(
func.func @keeps_a_common_layout(%a: !graph.tensor<4x8xf32, strides = [1, 4]>, %b: !graph.tensor<4x8xf32, strides = [1, 4]>) {
  // CHECK: graph.add %{{.*}}, %{{.*}} : (!graph.tensor<4x8xf32, strides = [1, 4]>, !graph.tensor<4x8xf32, strides = [1, 4]>) -> !graph.tensor<4x8xf32, strides = [1, 4]>
  %c = graph.add %a, %b : (!graph.tensor<4x8xf32, strides = [1, 4]>, !graph.tensor<4x8xf32, strides = [1, 4]>) -> !graph.tensor<4x8xf32, strides = [1, 4]>
  return
}

// CHECK-LABEL: func.func @another_layout_than_inferred(
func.func @another_layout_than_inferred(%a: !graph.tensor<4x8xf32>) {
  // CHECK: graph.neg %{{.*}} : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32, strides = [1, 4]>
  %b = graph.neg %a : (!graph.tensor<4x8xf32>) -> !graph.tensor<4x8xf32, strides = [1, 4]>
  return
}
