//===- Pairs.h - Sums of two floats that are not added ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A number with about twice the digits of a float. Products are exact with
// fused multiply-add only.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_MATH_PAIRS_H
#define GRAPHC_LIB_TARGET_CODEGEN_MATH_PAIRS_H

#include "Lanes.h"

namespace graphc::codegen {

/// upper + lower, with the lower part at most half of the upper's last place.
struct Pair {
  Lanes upper, lower;
};

/// a + b, exactly, where `a` is not the smaller in magnitude, or is 0.
inline Pair exactSum(Lanes a, Lanes b) {
  Lanes sum = a + b;
  return {sum, b - (sum - a)};
}

/// a * b, exactly but for what is too small to be a number.
inline Pair exactProduct(Lanes a, Lanes b) {
  Lanes product = a * b;
  return {product, fma(a, b, -product)};
}

/// a * b to a few units of the lower part's last place.
inline Pair product(Pair a, Pair b) {
  Pair result = exactProduct(a.upper, b.upper);
  result.lower = fma(a.upper, b.lower, fma(a.lower, b.upper, result.lower));
  return result;
}
inline Pair product(Lanes a, Pair b) {
  Pair result = exactProduct(a, b.upper);
  result.lower = fma(a, b.lower, result.lower);
  return result;
}

/// A constant, given in two parts.
inline Pair constantPair(Lanes like, double upper, double lower) {
  return {like.constant(upper), like.constant(lower)};
}

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_MATH_PAIRS_H
