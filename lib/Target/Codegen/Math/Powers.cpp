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

/// 2^(y * log2(|x|)) in f64, which leaves enough digits for all of f32. The
/// rest are C's special cases.
Lanes graphc::codegen::pow(Lanes base, Lanes exponent) {
  Lanes x = base.toDouble(), y = exponent.toDouble();
  Lanes magnitude = abs(x);
  Lanes one = x.constant(1);
  Lanes result = exp2(y * log2(magnitude));
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
  return select((x == one) | (y == 0.0), one, result).toSingle();
}
