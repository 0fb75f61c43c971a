//===- Logarithms.cpp - Logarithms --------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

using namespace graphc::codegen;

// log(1 + f) = f - f^2/2 + f^3 * P(f) for f between -1/3 and 1/3.
static constexpr double log32[] = {0.3333321511745453,  -0.24999797344207764,
                                   0.2001044601202011,  -0.16680505871772766,
                                   0.14005306363105774, -0.1218397244811058,
                                   0.13986898958683014, -0.12893033027648926};
// log((1 + s) / (1 - s)) = 2 s + s^3 * P(s^2) for s between -0.2 and 0.2.
static constexpr double log64[] = {0.666666666666666,   0.40000000000056496,
                                   0.28571428555892303, 0.22222224287986056,
                                   0.18181666427529827, 0.15391093048572616,
                                   0.13173926361934654, 0.13840784527133299};

// The same less 2/3 s^3, divided by s^5.
static constexpr double log64Rest[] = {0.4,
                                       0.28571428571428487,
                                       0.22222222222278695,
                                       0.18181818167391273,
                                       0.15384617228261813,
                                       0.1333320125384769,
                                       0.11770245498984806,
                                       0.10391790132801734,
                                       0.11256990431013299};

// Parts of constants: the upper ones are short, so that their product with an
// exponent is exact.
namespace {
struct Parts {
  double upper, lower;
};
} // namespace
static Parts ln2(Lanes x) {
  return x.isDouble() ? Parts{0.6931471805601177, -1.723944452561483e-13}
                      : Parts{0.693145751953125, 1.428606765330187e-06};
}

namespace {
/// x = (1 + fraction) * 2^exponent with 1 + fraction from 2/3 to 4/3.
struct Split {
  Lanes fraction, exponent;
};
} // namespace

static constexpr int64_t twoThirds32 = 0x3f2aaaab;
static constexpr int64_t twoThirds64 = 0x3fe5555555555555;

static Lanes bitsOf(Lanes x, double number) {
  return x.constant(number).asBits();
}

static Lanes twoThirds(Lanes x) {
  return x.asBits().integer(x.isDouble() ? twoThirds64 : twoThirds32);
}

/// The exponent of positive x as biased integer, counted from 2/3.
static Lanes biasedExponent(Lanes x) {
  return (x.asBits() + (bitsOf(x, 1) - twoThirds(x))) >> x.mantissa();
}

static Lanes toNumber(Lanes biased, Lanes x) {
  double magic = std::ldexp(1.0, x.mantissa());
  return (biased | bitsOf(x, magic)).asFloat() - (magic + x.bias());
}

/// Positive x.
static Split split(Lanes x) {
  Lanes leastNormal = x.constant(std::ldexp(1.0, x.isDouble() ? -1022 : -126));
  int shift = x.mantissa();
  Lanes isTiny = x < leastNormal;
  Lanes normal = select(isTiny, x * std::ldexp(1.0, shift), x);
  Lanes shifted = normal.asBits() + (bitsOf(x, 1) - twoThirds(x));
  Lanes exponent = toNumber(shifted >> x.mantissa(), x);
  exponent = select(isTiny, exponent - double(shift), exponent);
  Lanes mantissaMask = shifted.integer((int64_t(1) << x.mantissa()) - 1);
  Lanes mantissa = ((shifted & mantissaMask) + twoThirds(x)).asFloat();
  return {mantissa - 1.0, exponent};
}

/// log(1 + f) for f between -1/3 and 1/3.
static Lanes logOfFraction(Lanes f) {
  if (!f.isDouble())
    return fma(f * f, fma(polynomial(f, log32), f, -0.5), f);
  // f - (f^2/2 - s * (f^2/2 + R)): the first term carries the result.
  Lanes s = f / (f + 2.0);
  Lanes square = s * s;
  Lanes rest = square * polynomial(square, log64);
  Lanes half = f * f * 0.5;
  return f - (half - s * (half + rest));
}

/// Replaces `result` for what is not positive and finite.
static Lanes withLimits(Lanes x, Lanes result) {
  Lanes atZero = select(x == 0, x.constant(-INFINITY), x.constant(NAN));
  return select(x > 0, select(x < INFINITY, result, x), atZero);
}

Lanes graphc::codegen::log(Lanes x) {
  Split parts = split(x);
  Lanes low = fma(parts.exponent, ln2(x).lower, logOfFraction(parts.fraction));
  return withLimits(x, fma(parts.exponent, ln2(x).upper, low));
}

/// Products with a constant in two parts need fused multiply-add in f32.
static bool shouldWiden(Lanes x) {
  return !x.isDouble() && !x.getBuilder().features.fma;
}

Lanes graphc::codegen::log2(Lanes x) {
  if (shouldWiden(x))
    return log2(x.toDouble()).toSingle();
  Split parts = split(x);
  Lanes y = logOfFraction(parts.fraction);
  Parts log2e = x.isDouble()
                    ? Parts{1.4426950408889634, 2.0355273740931033e-17}
                    : Parts{1.4426950216293335, 1.9259630335000111e-08};
  Lanes low = fma(y, log2e.upper, y * log2e.lower);
  return withLimits(x, parts.exponent + low);
}

Pair graphc::codegen::log2Pair(Lanes x) {
  Split parts = split(x);
  Lanes f = parts.fraction;
  Pair divisor = exactSum(f.constant(2), f);
  Lanes s = f / divisor.upper;
  Lanes missing = fma(-s, divisor.lower, fma(-s, divisor.upper, f));
  Pair quotient = {s, missing / divisor.upper};
  Pair square = product(quotient, quotient);
  Pair cube = product(square, quotient);
  Pair third =
      product(cube, constantPair(x, 0.6666666666666666, 3.700743415417188e-17));
  // Small enough for one float.
  Lanes rest = cube.upper * square.upper * polynomial(square.upper, log64Rest);
  Pair sum = exactSum(s + s, third.upper);
  Lanes lower = sum.lower + (quotient.lower * 2 + third.lower) + rest;
  Pair natural = exactSum(sum.upper, lower);
  Pair scaled = product(
      natural, constantPair(x, 1.4426950408889634, 2.0355273740931033e-17));
  Pair result = exactSum(parts.exponent, scaled.upper);
  return {result.upper, result.lower + scaled.lower};
}

Lanes graphc::codegen::log10(Lanes x) {
  if (shouldWiden(x))
    return log10(x.toDouble()).toSingle();
  Split parts = split(x);
  Lanes y = logOfFraction(parts.fraction);
  Parts log10e = x.isDouble()
                     ? Parts{0.4342944819032518, 1.098319650216765e-17}
                     : Parts{0.43429449200630188, -1.0103049952192578e-08};
  Parts log10of2 = x.isDouble()
                       ? Parts{0.30102999566406652, -8.5323443170571066e-14}
                       : Parts{0.301025390625, 4.6050390665186569e-06};
  Lanes low = fma(y, log10e.upper,
                  fma(parts.exponent, log10of2.lower, y * log10e.lower));
  return withLimits(x, fma(parts.exponent, log10of2.upper, low));
}

/// log(2^e * (1 + f)), with the exponent taken from the rounded 1 + x, and
/// f = x / 2^e + (1 / 2^e - 1) from x itself.
Lanes graphc::codegen::log1p(Lanes x) {
  Lanes biased = biasedExponent(x + 1.0);
  Lanes exponent = toNumber(biased, x);
  Lanes offset = (biased - biased.integer(x.bias())) << x.mantissa();
  Lanes scaled = (x.asBits() - offset).asFloat();
  // Four times the power, which is a normal number for every exponent.
  Lanes power = (bitsOf(x, 4) - offset).asFloat();
  Lanes f = scaled + fma(power, 0.25, -1);
  // Where the exponent is 0, x may be too small to have it subtracted.
  f = select(exponent == 0, x, f);
  Lanes low = fma(exponent, ln2(x).lower, logOfFraction(f));
  Lanes result = fma(exponent, ln2(x).upper, low);
  Lanes atLimit = select(x == -1, x.constant(-INFINITY), x.constant(NAN));
  result = select(x > -1, select(x < INFINITY, result, x), atLimit);
  return select(x == 0, x, result);
}
