//===- InverseTrigonometric.cpp - Arcsine, arccosine, arctangent ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

using namespace graphc::codegen;

// atan(x) = x + x^3 * P(x^2) up to 1 in f32 and up to tan(pi/8) in f64.
static constexpr double atan32[] = {
    -0.33333152532577515,  0.19993768632411957,  -0.14211022853851318,
    0.10665880143642426,   -0.07551951706409454, 0.043208759278059006,
    -0.016366003081202507, 0.0029202033765614033};
static constexpr double atan64[] = {
    -0.333333333333332,   0.1999999999995369,   -0.14285714280202147,
    0.11111110783640755,  -0.09090897762034506, 0.07692060292843655,
    -0.06663105046707299, 0.05847897710337764,  -0.0503934849678743,
    0.038065833609229535, -0.01790878342619539};
// asin(x) = x + x^3 * P(x^2) up to 1/2.
static constexpr double asin32[] = {0.16666752099990845, 0.0749531015753746,
                                    0.045469019562006, 0.024185502901673317,
                                    0.04215701296925545};
static constexpr double asin64[] = {
    0.1666666666666676,   0.07499999999970867,  0.04464285717455937,
    0.03038194270993964,  0.022372214933961018, 0.017351612884649172,
    0.013980810970570011, 0.011398984899684095, 0.01077987180695415,
    0.003707763803502037, 0.021704324805356688, -0.020994857763657213,
    0.0326261109961928};

/// The rest of pi/2 below its nearest number.
static double restOfHalfPi(Lanes x) {
  return x.isDouble() ? 6.123233995736766e-17 : -4.3711388286737929e-08;
}

static Lanes oddPolynomial(Lanes x, const Coefficients &coefficients) {
  Lanes z = x * x;
  return fma(x * z, polynomial(z, coefficients), x);
}

/// atan(numerator / denominator), both positive, the quotient at most 1.
static Lanes atanOfQuotient(Lanes numerator, Lanes denominator) {
  if (!numerator.isDouble())
    return oddPolynomial(numerator / denominator, {atan32, atan64});
  // Above tan(pi/8): atan(q) = pi/4 + atan((q - 1) / (q + 1)).
  Lanes isUpper = denominator * 0.4142135623730950488 < numerator;
  Lanes upper = numerator - denominator, lower = numerator + denominator;
  Lanes quotient =
      select(isUpper, upper, numerator) / select(isUpper, lower, denominator);
  Lanes result = oddPolynomial(quotient, {atan32, atan64});
  Lanes shifted = (result + restOfHalfPi(numerator) * 0.5) + M_PI_4;
  return select(isUpper, shifted, result);
}

Lanes graphc::codegen::atan(Lanes x) {
  Lanes magnitude = abs(x);
  // Above 1: atan(x) = pi/2 - atan(1 / x).
  Lanes isUpper = magnitude > 1;
  Lanes one = x.constant(1);
  Lanes result = atanOfQuotient(select(isUpper, one, magnitude),
                                select(isUpper, magnitude, one));
  Lanes shifted = x.constant(M_PI_2) - (result - restOfHalfPi(x));
  return copySign(select(isUpper, shifted, result), x);
}

/// In f64: a quotient that is rounded to f32 first loses too much.
static Lanes atan2InDouble(Lanes y, Lanes x) {
  Lanes absY = abs(y), absX = abs(x);
  Lanes isUpper = absX < absY;
  Lanes greater = select(isUpper, absY, absX);
  Lanes lesser = select(isUpper, absX, absY);
  // 0 / 0 counts as 0, infinity / infinity as 1.
  Lanes one = x.constant(1);
  lesser = select(lesser == INFINITY, one, lesser);
  greater = select((greater == INFINITY) & (lesser == one) &
                       (absX == INFINITY) & (absY == INFINITY),
                   one, greater);
  Lanes result = atanOfQuotient(lesser, select(greater == 0, one, greater));
  double rest = restOfHalfPi(x);
  result = select(isUpper, x.constant(M_PI_2) - (result - rest), result);
  // The sign of x counts even for zero.
  Lanes isLeft = copySign(one, x) < 0.0;
  result = select(isLeft, x.constant(M_PI) - (result - 2 * rest), result);
  result = copySign(result, y);
  return select(isNaN(x) | isNaN(y), x + y, result);
}

Lanes graphc::codegen::atan2(Lanes y, Lanes x) {
  if (x.isDouble())
    return atan2InDouble(y, x);
  return atan2InDouble(y.toDouble(), x.toDouble()).toSingle();
}

namespace {
/// asin(|x|), or for |x| > 1/2 half of acos(|x|) = asin(sqrt((1 - |x|) / 2)),
/// in two parts.
struct HalfAngle {
  Lanes isUpper, main, tail;
};
} // namespace

static HalfAngle halfAngle(Lanes x) {
  Lanes magnitude = abs(x);
  Lanes isUpper = magnitude > 0.5;
  Lanes z = select(isUpper, (1.0 - magnitude) * 0.5, magnitude * magnitude);
  Lanes main = select(isUpper, sqrt(z), magnitude);
  Lanes tail = main * z * polynomial(z, Coefficients{asin32, asin64});
  return {isUpper, main, tail};
}

/// `multiple` * pi/2 - 2 * half, the rounding of which begins with the tail.
static Lanes complement(const HalfAngle &half, int multiple) {
  double rest = multiple * restOfHalfPi(half.main);
  Lanes main = multiple * M_PI_2 - (half.main + half.main);
  return main - (half.tail + half.tail - rest);
}

Lanes graphc::codegen::asin(Lanes x) {
  HalfAngle half = halfAngle(x);
  Lanes result =
      select(half.isUpper, complement(half, 1), half.main + half.tail);
  return copySign(result, x);
}

Lanes graphc::codegen::acos(Lanes x) {
  HalfAngle half = halfAngle(x);
  Lanes sum = half.main + half.tail;
  Lanes upper = select(x < 0.0, complement(half, 2), sum + sum);
  Lanes inner = M_PI_2 - (copySign(sum, x) - restOfHalfPi(x));
  return select(half.isUpper, upper, inner);
}
