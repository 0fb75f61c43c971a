//===- Powers.cpp - Powers and roots -------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

using namespace graphc::codegen;

Lanes graphc::codegen::rsqrt(Lanes x) { return 1.0 / sqrt(x); }

/// magnitude^y to all digits of f64.
static Lanes powerInFull(Lanes magnitude, Lanes y) {
  Pair exponent = product(y, log2Pair(magnitude));
  Lanes infinity = magnitude.constant(INFINITY);
  Lanes atEnd = y * select(magnitude == 0, -infinity, infinity);
  Lanes isInside = (magnitude > 0.0) & (magnitude < INFINITY);
  Lanes upper = select(isInside, exponent.upper, atEnd);
  // Beyond, the result is 0 or infinite, and the lower part may be NaN.
  Lanes lower = select(abs(upper) < 1100, exponent.lower, 0);
  return exp2(Pair{upper, lower});
}

/// The result, and C's special cases, for operands in f64. `inFull`: to all its
/// digits, where 2^(y * log2(|x|)) has enough for all of f32.
static Lanes powInDouble(Lanes x, Lanes y, bool inFull) {
  Lanes magnitude = abs(x);
  Lanes one = x.constant(1);
  Lanes result = inFull ? powerInFull(magnitude, y) : exp2(y * log2(magnitude));
  // Also of an infinite exponent.
  result = select(magnitude == one, one, result);
  Lanes half = y * 0.5;
  Lanes isInteger = trunc(y) == y;
  Lanes isOdd = isInteger & !(trunc(half) == half);
  Lanes sign = select(isOdd, x, one);
  result = copySign(result, sign);
  Lanes isOutside = (x < 0.0) & (magnitude < INFINITY) & !isInteger;
  result = select(isOutside, x.constant(NAN), result);
  result = select(isNaN(x) | isNaN(y), x + y, result);
  return select((x == one) | (y == 0.0), one, result);
}

Lanes graphc::codegen::pow(Lanes x, Lanes y) {
  if (x.isDouble())
    return powInDouble(x, y, /*inFull=*/true);
  return powInDouble(x.toDouble(), y.toDouble(), /*inFull=*/false).toSingle();
}
