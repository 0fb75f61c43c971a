//===- Exponentials.cpp - e^x, 2^x and e^x - 1 --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

using namespace graphc::codegen;

// Minimax on half of ln 2 to each side.
static constexpr double exp32[] = {0.49999991059303284, 0.1666652113199234,
                                   0.04166896268725395, 0.00836866907775402,
                                   0.0013782457681372762};
static constexpr double exp64[] = {
    0.5000000000000011,     0.16666666666666424,    0.04166666666652707,
    0.008333333333487052,   0.0013888888944304325,  0.00019841269522449036,
    2.4801492495636072e-05, 2.7557572329195426e-06, 2.763043895704491e-07,
    2.5004469476879477e-08};
static constexpr double exp2_32[] = {
    0.6931471824645996,   0.24022644758224487,   0.05550358444452286,
    0.009618828073143959, 0.0013391468673944473, 0.00015243765665218234};
static constexpr double exp2_64[] = {
    0.6931471805599453,     0.24022650695910136,    0.05550410866482233,
    0.009618129107592585,   0.0013333558146358638,  0.00015403530458758206,
    1.5252733828888093e-05, 1.3215434560785662e-06, 1.0178076599973476e-07,
    7.073894666562397e-09,  4.4515179224093027e-10};

static constexpr double log2e = 1.44269504088896340736;

namespace {
/// An integer n in the lanes, as a number and in the low bits of `bits`, which
/// hold n + 2 * bias and something above.
struct Integer {
  Lanes number, bits;
};
} // namespace

/// x * factor, rounded. Adding a number whose last bit is worth 1 rounds, and
/// leaves the integer in the low bits: no conversion that NaN would upset.
static Integer roundProduct(Lanes x, double factor) {
  double magic = std::ldexp(1.5, x.mantissa()) + 2 * x.bias();
  Lanes shifted = fma(x, factor, magic);
  return {shifted - magic, shifted.asBits()};
}

/// value * 2^(n + exponent), in two steps so that neither power overflows and
/// results below the normal numbers are rounded once.
static Lanes scale(Lanes value, Lanes bits, int exponent = 0) {
  if (exponent)
    bits = bits + bits.integer(exponent);
  Lanes half = (bits >> 1) << value.mantissa();
  Lanes rest = (bits << value.mantissa()) - half;
  return value * half.asFloat() * rest.asFloat();
}

/// x - n * ln 2, and what rounding took off it. The upper part of ln 2 is short
/// enough that its product is exact.
static Lanes reduce(Lanes x, Lanes n, Lanes *error = nullptr) {
  bool isDouble = x.isDouble();
  double upper = isDouble ? 0.6931471805601177 : 0.693145751953125;
  double lower = isDouble ? -1.723944452561483e-13 : 1.428606765330187e-06;
  Lanes partly = fma(n, -upper, x);
  Lanes rest = fma(n, -lower, partly);
  if (error)
    *error = fma(n, -lower, partly - rest);
  return rest;
}

/// By the processor's power of two, times 1 and what rounding took off its
/// exponent.
static Lanes approximateExp(Lanes x) {
  constexpr double log2eRest = log2e - 1.44269502162933349609; // what f32 loses
  // Beyond, the result is 0 or infinite; NaN stays.
  Lanes inside = clamp(x, -105, 90);
  Lanes power = inside * log2e;
  Lanes error = fma(inside, log2eRest, fma(inside, log2e, -power));
  return approximateExp2(power) * fma(error, M_LN2, 1);
}

Lanes graphc::codegen::exp(Lanes x, int exponent) {
  if (x.getBuilder().features.approximations && !x.isDouble() && !exponent)
    return approximateExp(x);
  // Beyond, the result is 0 or infinite.
  Lanes inside =
      max(min(x, x.isDouble() ? 711 : 90), x.isDouble() ? -747 : -105);
  Integer n = roundProduct(inside, log2e);
  Lanes r = reduce(inside, n.number);
  Lanes tail = polynomial(r, Coefficients{exp32, exp64});
  return scale(fma(tail, r * r, r) + 1.0, n.bits, exponent);
}

/// With less care for the argument's last bits and for the ends of the range.
Lanes graphc::codegen::expNearZero(Lanes x) {
  if (x.getBuilder().features.approximations && !x.isDouble())
    return approximateExp2(x * log2e);
  double magic = std::ldexp(1.5, x.mantissa());
  Lanes shifted = fma(x, log2e, magic);
  Lanes r = fma(shifted - magic, -M_LN2, x);
  Lanes tail = polynomial(r, Coefficients{exp32, exp64});
  Lanes power = fma(tail, r * r, r) + 1.0;
  return (power.asBits() + (shifted.asBits() << x.mantissa())).asFloat();
}

Lanes graphc::codegen::exp2(Lanes x) {
  if (x.getBuilder().features.approximations && !x.isDouble())
    return approximateExp2(x);
  Lanes inside =
      max(min(x, x.isDouble() ? 1025 : 129), x.isDouble() ? -1077 : -151);
  Integer n = roundProduct(inside, 1);
  Lanes r = inside - n.number;
  return scale(fma(polynomial(r, Coefficients{exp2_32, exp2_64}), r, 1),
               n.bits);
}

Lanes graphc::codegen::exp2(Pair x) {
  Lanes inside = max(min(x.upper, 1025), -1077);
  Integer n = roundProduct(inside, 1);
  Lanes r = (inside - n.number) + x.lower;
  return scale(fma(polynomial(r, exp2_64), r, 1), n.bits);
}

/// 2^n * (e^r - 1) + (2^n - 1): near 0, where the difference matters, n is 0.
Lanes graphc::codegen::expm1(Lanes x) {
  // Below, the result is -1 to the last bit.
  Lanes inside = max(min(x, x.isDouble() ? 710 : 89), x.isDouble() ? -40 : -20);
  Integer n = roundProduct(inside, log2e);
  Lanes error = inside;
  Lanes r = reduce(inside, n.number, &error);
  Lanes tail = fma(polynomial(r, Coefficients{exp32, exp64}), r * r, error);
  // Half of 2^n, which at the upper end is too large itself.
  Lanes half =
      ((n.bits - n.bits.integer(x.bias() + 1)) << x.mantissa()).asFloat();
  Lanes result = fma(tail, half, fma(r, half, half - 0.5)) * 2;
  // Also for zeros, whose sign is lost above.
  return copySign(result, x);
}
