//===- ErrorFunctions.cpp - The error function ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

using namespace graphc::codegen;

// erf(x) = x + x * P(x^2) up to 0.93.
static constexpr double erf32[] = {
    0.12837914749979973,   -0.3761247992515564,  0.11281672865152359,
    -0.026761434972286224, 0.004985590931028128, -0.0005952216451987624};
// log(1 - erf(x)) = x * P(x) from 0.92 to 4.1.
static constexpr double erfTail32[] = {
    -1.1285107548746411,  -0.6357309539170098,   -0.10524462992748997,
    0.022878588925103714, -0.003211310504440293, 0.0002135319843749686};
// erfc(x) * e^(x^2) * (1 + 2x) in (x - 4) / (x + 4), from 0 to 10.2.
static constexpr double erfcFactor[] = {
    1.2329951186252817,    -0.13962111686951353,   0.015379652165877587,
    0.06809705671201259,   -0.10103906699915148,   0.09373277481715546,
    -0.06633040067407445,  0.037168124956395064,   -0.01619692602641573,
    0.005029405104047917,  -0.0007633109287463953, -0.0001970057169131817,
    0.0001638422949375347, -1.613103274461495e-05, -1.5800488337485336e-05};

Lanes graphc::codegen::erf(Lanes x) {
  Lanes magnitude = abs(x);
  Lanes small = fma(polynomial(x * x, erf32), magnitude, magnitude);
  // Above 4, the result is 1 to the last bit.
  Lanes clamped = min(magnitude, 4);
  Lanes large = 1.0 - expNearZero(clamped * polynomial(clamped, erfTail32));
  return copySign(select(magnitude > 0.925, large, small), x);
}

/// In f64, where e^(x^2) keeps its precision.
Lanes graphc::codegen::erfc(Lanes x) {
  Lanes wide = x.toDouble();
  // Above 10.2, the result is 0 in f32.
  Lanes magnitude = min(abs(wide), 10.2);
  Lanes t = (magnitude - 4.0) / (magnitude + 4.0);
  Lanes factor = polynomial(t, erfcFactor) / (magnitude + magnitude + 1.0);
  Lanes positive = factor * exp(-(magnitude * magnitude));
  return select(wide < 0.0, 2.0 - positive, positive).toSingle();
}
