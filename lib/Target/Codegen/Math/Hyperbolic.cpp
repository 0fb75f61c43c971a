//===- Hyperbolic.cpp - Hyperbolic functions and their inverses ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

using namespace graphc::codegen;

// tanh(x) = x + x^3 * P(x^2) up to 0.6.
static constexpr double tanh32[] = {-0.33333298563957214, 0.13331936299800873,
                                    -0.05378471687436104, 0.02079862542450428,
                                    -0.005897966679185629};
static constexpr double tanh64[] = {
    -0.3333333333333332,    0.1333333333333102,      -0.05396825396679321,
    0.02186948848951328,    -0.008863234652348556,   0.0035921174718605738,
    -0.0014557490953423533, 0.000589554080795317,    -0.00023730877547295382,
    9.210333508927428e-05,  -3.0759625797479187e-05, 6.304813459857712e-06};
// sinh(x) = x + x^3 * P(x^2) up to 1.
static constexpr double sinh64[] = {
    0.16666666666666669,    0.00833333333333297,    0.00019841269841531324,
    2.7557319130299737e-06, 2.5052126874568693e-08, 1.6056998690735313e-10,
    7.76596331616311e-13};

Lanes graphc::codegen::sinh(Lanes x) {
  return inDouble(x, [](Lanes x) {
    Lanes magnitude = abs(x), z = x * x;
    Lanes small = fma(magnitude * z, polynomial(z, sinh64), magnitude);
    Lanes half = exp(magnitude, -1);
    Lanes large = half - 0.25 / half;
    return copySign(select(magnitude < 1, small, large), x);
  });
}

Lanes graphc::codegen::cosh(Lanes x) {
  return inDouble(x, [](Lanes x) {
    Lanes half = exp(abs(x), -1);
    return half + 0.25 / half;
  });
}

Lanes graphc::codegen::tanh(Lanes x) {
  Lanes magnitude = abs(x), z = x * x;
  Lanes small = fma(magnitude * z, polynomial(z, Coefficients{tanh32, tanh64}),
                    magnitude);
  // Above the limit, the result is 1 to the last bit.
  Lanes clamped = min(magnitude, x.isDouble() ? 20 : 10);
  Lanes large =
      1.0 - quotient(x.constant(2), expNearZero(clamped + clamped) + 1.0);
  return copySign(select(magnitude > 0.6, large, small), x);
}

/// For an argument from which on 1 is lost in x^2 + 1.
static Lanes logOfTwice(Lanes x) { return log(x) + M_LN2; }
static constexpr double largeForRoot = 0x1p28;

Lanes graphc::codegen::asinh(Lanes x) {
  return inDouble(x, [](Lanes x) {
    Lanes magnitude = abs(x);
    Lanes z = min(magnitude, largeForRoot);
    Lanes square = z * z;
    Lanes small = log1p(z + square / (sqrt(square + 1.0) + 1.0));
    Lanes isSmall = magnitude < largeForRoot;
    Lanes result = select(isSmall, small, logOfTwice(magnitude));
    return copySign(result, x);
  });
}

Lanes graphc::codegen::acosh(Lanes x) {
  return inDouble(x, [](Lanes x) {
    Lanes t = min(x, largeForRoot) - 1.0;
    Lanes small = log1p(t + sqrt(t * (t + 2.0)));
    Lanes result = select(x > largeForRoot, logOfTwice(x), small);
    return select(x < 1, x.constant(NAN), result);
  });
}

Lanes graphc::codegen::atanh(Lanes x) {
  return inDouble(x, [](Lanes x) {
    Lanes z = abs(x);
    return copySign(log1p((z + z) / (1.0 - z)) * 0.5, x);
  });
}
