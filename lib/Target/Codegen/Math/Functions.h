//===- Functions.h - Elementary functions of lanes --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each emits code that is within 2 units in the last place of the function, in
// f32 and f64, with C's values for zeros, infinities and NaN. Functions that
// models spend time in have code of their own in f32; the others compute in f64
// there. Those that libm is left to in f64, where there is one, are within 4
// units without it.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_MATH_FUNCTIONS_H
#define GRAPHC_LIB_TARGET_CODEGEN_MATH_FUNCTIONS_H

#include "Pairs.h"

namespace graphc::codegen {

// Exponentials.cpp
/// e^x * 2^exponent, with `exponent` at most 1 in magnitude.
Lanes exp(Lanes x, int exponent = 0);
/// e^x for x from -80 to 80, within a few units in the last place: for
/// functions that take a small result from 1. No NaN.
Lanes expNearZero(Lanes x);
Lanes exp2(Lanes x);
Lanes exp2(Pair x); ///< f64 only.
Lanes expm1(Lanes x);

// Logarithms.cpp
Lanes log(Lanes x);
Lanes log2(Lanes x);
/// To 64 bits or more, for positive and finite x. f64 only.
Pair log2Pair(Lanes x);
Lanes log10(Lanes x);
Lanes log1p(Lanes x);

// Trigonometric.cpp
Lanes sin(Lanes x);
Lanes cos(Lanes x);
Lanes tan(Lanes x);

// InverseTrigonometric.cpp
Lanes asin(Lanes x);
Lanes acos(Lanes x);
Lanes atan(Lanes x);
Lanes atan2(Lanes y, Lanes x);

// Hyperbolic.cpp
Lanes sinh(Lanes x);
Lanes cosh(Lanes x);
Lanes tanh(Lanes x);
Lanes asinh(Lanes x);
Lanes acosh(Lanes x);
Lanes atanh(Lanes x);

// ErrorFunctions.cpp
Lanes erf(Lanes x);
Lanes erfc(Lanes x);

// Powers.cpp
Lanes rsqrt(Lanes x);
Lanes pow(Lanes x, Lanes y);

// Remainder.cpp: exact.
Lanes fmod(Lanes numerator, Lanes denominator);
/// f32 only.
Lanes fusedMultiplyAdd(Lanes a, Lanes b, Lanes c);

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_MATH_FUNCTIONS_H
