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

// The same in f64: erf up to 1, and the factor from 0.25 to 27.3.
static constexpr double erf64[] = {
    0.1283791670955126,      -0.3761263890318375,     0.11283791670954879,
    -0.026866170645076792,   0.0052239776248180145,   -0.000854832698083379,
    0.0001205533111164271,   -1.4925595266831182e-05, 1.6461000484121368e-06,
    -1.6350312701054695e-07, 1.4659775274047436e-08,  -1.1372848856791674e-09,
    5.957176147748911e-11};
static constexpr double erfcFactor64[] = {
    1.2329951186255526,      -0.1396211168405625,    0.015379652102620038,
    0.0680970542546916,      -0.1010390660363245,    0.09373283499839292,
    -0.0663303658116743,     0.03716751553672598,    -0.016197734065383648,
    0.005031969984767228,    -0.0007577732264439822, -0.00019925672720532585,
    0.00015062135848330178,  -2.439913785202066e-05, -1.1220995074268226e-05,
    5.70970918351312e-06,    2.916575982347316e-07,  -8.257500191598075e-07,
    7.740321115976086e-08,   1.1087461579952377e-07, -1.9934729190058546e-08,
    -1.4958014066849467e-08, 2.47538275651628e-09,   1.6085265588656376e-09};

/// `of` is not negative.
static Lanes erfNearZero(Lanes of) {
  return fma(polynomial(of * of, erf64), of, of);
}

/// a / b, where `inverse` is 1 / b, rounded, and a - quotient * b comes from
/// `remainder`.
static Lanes divide(Lanes a, Lanes inverse,
                    llvm::function_ref<Lanes(Lanes)> remainder) {
  Lanes quotient = a * inverse;
  return fma(inverse, remainder(quotient), quotient);
}

/// erfc from 0.25 to 27.3.
static Lanes erfcTail(Lanes x) {
  Lanes t = divide(x - 4.0, 1.0 / (x + 4.0),
                   [&](Lanes t) { return fma(t, -x, fma(t + 1.0, -4, x)); });
  Lanes p = polynomial(t, erfcFactor64);
  Lanes factor = divide(p, 1.0 / fma(x, 2, 1), [&](Lanes quotient) {
    return fma(quotient, -(x + x), p) - quotient;
  });
  Pair square = exactProduct(x, x);
  Lanes result = factor * exp(-square.upper);
  return fma(result, -square.lower, result);
}

static Lanes erfInFull(Lanes x) {
  Lanes magnitude = abs(x);
  Lanes small = erfNearZero(min(magnitude, 1));
  // Above 6, the result is 1 to the last bit.
  Lanes large = 1.0 - erfcTail(max(min(magnitude, 6), 0.25));
  return copySign(select(magnitude > 1, large, small), x);
}

static Lanes erfcInFull(Lanes x) {
  Lanes magnitude = abs(x);
  Lanes small = 1.0 - copySign(erfNearZero(min(magnitude, 1)), x);
  // Above 27.3, the result is 0.
  Lanes positive = erfcTail(max(min(magnitude, 27.3), 0.25));
  Lanes large = select(x < 0.0, 2.0 - positive, positive);
  return select(magnitude > 0.25, large, small);
}

Lanes graphc::codegen::erf(Lanes x) {
  if (x.isDouble())
    return erfInFull(x);
  Lanes magnitude = abs(x);
  Lanes small = fma(polynomial(x * x, erf32), magnitude, magnitude);
  // Above 4, the result is 1 to the last bit.
  Lanes clamped = min(magnitude, 4);
  Lanes large = 1.0 - expNearZero(clamped * polynomial(clamped, erfTail32));
  return copySign(select(magnitude > 0.925, large, small), x);
}

/// In f64, where e^(x^2) keeps its precision.
Lanes graphc::codegen::erfc(Lanes x) {
  if (x.isDouble())
    return erfcInFull(x);
  Lanes wide = x.toDouble();
  // Above 10.2, the result is 0 in f32.
  Lanes magnitude = min(abs(wide), 10.2);
  Lanes t = (magnitude - 4.0) / (magnitude + 4.0);
  Lanes factor = polynomial(t, erfcFactor) / (magnitude + magnitude + 1.0);
  Lanes positive = factor * exp(-(magnitude * magnitude));
  return select(wide < 0.0, 2.0 - positive, positive).toSingle();
}
