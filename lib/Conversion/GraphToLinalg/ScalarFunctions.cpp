//===- ScalarFunctions.cpp - Scalar functions that no dialect has ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarFunctions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <cmath>

using namespace mlir;
using namespace graphc;

using arith::CmpFPredicate;
using arith::CmpIPredicate;

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value graphc::buildTruncDiv(ScalarBuilder &b, Value lhs, Value rhs,
                            Type graphType) {
  Type type = lhs.getType();
  if (isa<FloatType>(type))
    return b.op<math::TruncOp>(b.div(lhs, rhs));
  Value one = b.integer(type, 1);
  Value isZero = b.equal(rhs, b.integer(type, 0));
  if (isUnsigned(graphType))
    return b.op<arith::DivUIOp>(lhs, b.select(isZero, one, rhs));
  // The processor traps on the least value divided by -1.
  Value isMinusOne = b.equal(rhs, b.integer(type, -1));
  Value safe = b.select(b.bor(isZero, isMinusOne), one, rhs);
  return b.select(isMinusOne, b.neg(lhs), b.op<arith::DivSIOp>(lhs, safe));
}

/// Whether a truncated quotient is to be rounded down further: the remainder is
/// not zero and its sign is not the divisor's.
static Value needsFloor(ScalarBuilder &b, Value remainder, Value divisor) {
  Value zero = b.number(divisor.getType(), 0);
  if (isa<FloatType>(divisor.getType()))
    return b.band(b.cmp(CmpFPredicate::ONE, remainder, zero),
                  b.bxor(b.cmp(CmpFPredicate::OLT, divisor, zero),
                         b.cmp(CmpFPredicate::OLT, remainder, zero)));
  return b.band(b.cmp(CmpIPredicate::ne, remainder, zero),
                b.bxor(b.cmp(CmpIPredicate::slt, divisor, zero),
                       b.cmp(CmpIPredicate::slt, remainder, zero)));
}

/// a // b by way of fmod, as torch computes it: the quotient of the rounded
/// division is off by one where a / b rounds up to an integer.
static Value buildFloatFloorDiv(ScalarBuilder &b, Value lhs, Value rhs) {
  Type type = lhs.getType();
  Value zero = b.real(type, 0), one = b.real(type, 1);
  Value quotient = b.div(lhs, rhs);
  Value mod = b.op<arith::RemFOp>(lhs, rhs);
  Value exact = b.div(b.sub(lhs, mod), rhs);
  exact = b.select(needsFloor(b, mod, rhs), b.sub(exact, one), exact);
  Value floored = b.op<math::FloorOp>(exact);
  Value isOff =
      b.cmp(CmpFPredicate::OGT, b.sub(exact, floored), b.real(type, 0.5));
  floored = b.select(isOff, b.add(floored, one), floored);
  Value signedZero = b.op<math::CopySignOp>(zero, quotient);
  Value isZero = b.cmp(CmpFPredicate::OEQ, exact, zero);
  Value result = b.select(isZero, signedZero, floored);
  return b.select(b.cmp(CmpFPredicate::OEQ, rhs, zero), quotient, result);
}

Value graphc::buildFloorDiv(ScalarBuilder &b, Value lhs, Value rhs,
                            Type graphType) {
  if (isa<FloatType>(lhs.getType()))
    return buildFloatFloorDiv(b, lhs, rhs);
  Value quotient = buildTruncDiv(b, lhs, rhs, graphType);
  if (isUnsigned(graphType))
    return quotient;
  Value remainder = b.sub(lhs, b.mul(quotient, rhs));
  return b.select(needsFloor(b, remainder, rhs),
                  b.sub(quotient, b.integer(lhs.getType(), 1)), quotient);
}

Value graphc::buildFmod(ScalarBuilder &b, Value lhs, Value rhs,
                        Type graphType) {
  if (isa<FloatType>(lhs.getType()))
    return b.op<arith::RemFOp>(lhs, rhs);
  Value quotient = buildTruncDiv(b, lhs, rhs, graphType);
  return b.sub(lhs, b.mul(quotient, rhs));
}

Value graphc::buildRemainder(ScalarBuilder &b, Value lhs, Value rhs,
                             Type graphType) {
  Value remainder = buildFmod(b, lhs, rhs, graphType);
  if (isUnsigned(graphType))
    return remainder;
  return b.select(needsFloor(b, remainder, rhs), b.add(remainder, rhs),
                  remainder);
}

Value graphc::buildIntegerPow(ScalarBuilder &b, Value base, Value exponent,
                              Type graphType) {
  Type type = base.getType();
  unsigned width = type.getIntOrFloatBitWidth();
  Value one = b.integer(type, 1);
  // One squaring per bit of the exponent.
  Value lower = b.op<arith::ConstantIndexOp>(0);
  Value upper = b.op<arith::ConstantIndexOp>(width);
  Value step = b.op<arith::ConstantIndexOp>(1);
  auto loop = scf::ForOp::create(
      b, lower, upper, step, ValueRange{one, base, exponent},
      [&](OpBuilder &builder, Location loc, Value, ValueRange state) {
        ScalarBuilder inner(loc, builder);
        Value bit = inner.band(state[2], one);
        Value isSet = inner.equal(bit, one);
        scf::YieldOp::create(
            inner, ValueRange{inner.select(isSet, inner.mul(state[0], state[1]),
                                           state[0]),
                              inner.mul(state[1], state[1]),
                              inner.op<arith::ShRUIOp>(state[2], one)});
      });
  Value power = loop.getResult(0);
  if (isUnsigned(graphType))
    return power;
  // 1 / base^n: 1 for 1, +-1 for -1, else 0.
  Value minusOne = b.integer(type, -1);
  Value isOdd = b.equal(b.band(exponent, one), one);
  Value inverse =
      b.select(b.equal(base, one), one,
               b.select(b.equal(base, minusOne), b.select(isOdd, minusOne, one),
                        b.integer(type, 0)));
  Value isNegative = b.cmp(CmpIPredicate::slt, exponent, b.integer(type, 0));
  return b.select(isNegative, inverse, power);
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

/// c[0]*x^n + ... + c[n].
static Value buildPolynomial(ScalarBuilder &b, Value x,
                             ArrayRef<double> coefficients) {
  Type type = x.getType();
  Value result = b.real(type, coefficients.front());
  for (double coefficient : coefficients.drop_front())
    result = b.add(b.mul(result, x), b.real(type, coefficient));
  return result;
}

/// Computes in f64 and comes back.
static Value inDouble(ScalarBuilder &b, Value x,
                      function_ref<Value(Value)> function) {
  Type type = x.getType();
  if (type.isF64())
    return function(x);
  Value wide = b.op<arith::ExtFOp>(b.getF64Type(), x);
  return b.op<arith::TruncFOp>(type, function(wide));
}

/// x reduced by a multiple of 2 into [-1, 1], times pi.
static Value buildPiTimes(ScalarBuilder &b, Value x) {
  Type type = x.getType();
  Value turns = b.op<math::RoundEvenOp>(b.mul(x, b.real(type, 0.5)));
  Value reduced = b.sub(x, b.mul(turns, b.real(type, 2)));
  return b.mul(reduced, b.real(type, M_PI));
}

/// Lanczos' approximation with g = 7 and nine terms; below 1/2 reflected:
/// lgamma(x) = log(pi / |sin(pi x)|) - lgamma(1 - x).
Value graphc::buildLgamma(ScalarBuilder &b, Value operand) {
  static constexpr double terms[] = {
      676.5203681218851,     -1259.1392167224028,  771.32342877765313,
      -176.61502916214059,   12.507343278686905,   -0.13857109526572012,
      9.9843695780195716e-6, 1.5056327351493116e-7};
  return inDouble(b, operand, [&](Value x) {
    Type type = x.getType();
    auto number = [&](double value) { return b.real(type, value); };
    Value reflected = b.cmp(CmpFPredicate::OLT, x, number(0.5));
    Value z = b.sub(b.select(reflected, b.sub(number(1), x), x), number(1));
    Value sum = number(0.99999999999980993);
    for (auto [i, term] : llvm::enumerate(terms))
      sum = b.add(sum, b.div(number(term), b.add(z, number(i + 1.0))));
    Value t = b.add(z, number(7.5));
    Value result =
        b.add(b.sub(b.mul(b.add(z, number(0.5)), b.op<math::LogOp>(t)), t),
              b.add(number(0.91893853320467274178), b.op<math::LogOp>(sum)));
    Value sine = b.op<math::AbsFOp>(b.op<math::SinOp>(buildPiTimes(b, x)));
    Value isPole = b.band(b.cmp(CmpFPredicate::OLE, x, number(0)),
                          b.equal(b.op<math::FloorOp>(x), x));
    Value mirrored =
        b.sub(b.op<math::LogOp>(b.div(number(M_PI), sine)), result);
    result = b.select(reflected, mirrored, result);
    Value isInfinite = b.equal(b.op<math::AbsFOp>(x), number(INFINITY));
    return b.select(b.bor(isPole, isInfinite), number(INFINITY), result);
  });
}

/// Ten steps of psi(x) = psi(x + 1) - 1/x lift x above 10, where the asymptotic
/// series holds; below 0 reflected: psi(x) = psi(1 - x) - pi / tan(pi x).
Value graphc::buildDigamma(ScalarBuilder &b, Value operand) {
  return inDouble(b, operand, [&](Value x) {
    Type type = x.getType();
    auto number = [&](double value) { return b.real(type, value); };
    Value zero = number(0), one = number(1);
    Value reflected = b.cmp(CmpFPredicate::OLT, x, zero);
    Value z = b.select(reflected, b.sub(one, x), x);
    Value result = zero;
    for (int i = 0; i < 10; ++i) {
      Value isSmall = b.cmp(CmpFPredicate::OLT, z, number(10));
      result = b.select(isSmall, b.sub(result, b.div(one, z)), result);
      z = b.select(isSmall, b.add(z, one), z);
    }
    Value inverse = b.div(one, b.mul(z, z));
    Value series = b.mul(
        inverse,
        buildPolynomial(b, inverse,
                        {8.33333333333333333333e-2, -2.10927960927960927961e-2,
                         7.57575757575757575758e-3, -4.16666666666666666667e-3,
                         3.96825396825396825397e-3, -8.33333333333333333333e-3,
                         8.33333333333333333333e-2}));
    result =
        b.add(result, b.sub(b.sub(b.op<math::LogOp>(z), b.div(number(0.5), z)),
                            series));
    Value angle = buildPiTimes(b, x);
    Value cotangent = b.div(b.op<math::CosOp>(angle), b.op<math::SinOp>(angle));
    Value mirrored = b.sub(result, b.mul(number(M_PI), cotangent));
    result = b.select(reflected, mirrored, result);
    Value isPole = b.band(reflected, b.equal(b.op<math::FloorOp>(x), x));
    result = b.select(isPole, number(NAN), result);
    Value atZero = b.op<math::CopySignOp>(number(INFINITY), b.neg(x));
    return b.select(b.equal(x, zero), atZero, result);
  });
}

/// A rational approximation, then two Newton steps.
Value graphc::buildErfinv(ScalarBuilder &b, Value y) {
  Type type = y.getType();
  auto number = [&](double value) { return b.real(type, value); };
  Value magnitude = b.op<math::AbsFOp>(y);
  Value square = b.mul(y, y);
  Value center = b.div(b.mul(y, buildPolynomial(b, square,
                                                {-0.140543331, 0.914624893,
                                                 -1.645349621, 0.886226899})),
                       buildPolynomial(b, square,
                                       {0.012229801, -0.329097515, 1.442710462,
                                        -2.118377725, 1.0}));
  Value tail = b.op<math::SqrtOp>(b.neg(
      b.op<math::LogOp>(b.mul(b.sub(number(1), magnitude), number(0.5)))));
  Value outer = b.div(
      buildPolynomial(b, tail,
                      {1.641345311, 3.429567803, -1.624906493, -1.970840454}),
      buildPolynomial(b, tail, {1.637067800, 3.543889200, 1.0}));
  outer = b.op<math::CopySignOp>(outer, y);
  Value isCenter = b.cmp(CmpFPredicate::OLE, magnitude, number(0.7));
  Value x = b.select(isCenter, center, outer);
  for (int i = 0; i < 2; ++i) {
    Value slope =
        b.mul(number(M_2_SQRTPI), b.op<math::ExpOp>(b.neg(b.mul(x, x))));
    x = b.sub(x, b.div(b.sub(b.op<math::ErfOp>(x), y), slope));
  }
  Value edge = b.op<math::CopySignOp>(number(INFINITY), y);
  x = b.select(b.equal(magnitude, number(1)), edge, x);
  Value isInside = b.cmp(CmpFPredicate::OLE, magnitude, number(1));
  return b.select(isInside, x, number(NAN));
}

/// sqrt(x^2 + y^2) without overflow: m * sqrt(1 + (n/m)^2), m the greater.
Value graphc::buildHypot(ScalarBuilder &b, Value x, Value y) {
  Type type = x.getType();
  Value absX = b.op<math::AbsFOp>(x), absY = b.op<math::AbsFOp>(y);
  Value infinity = b.real(type, INFINITY);
  Value isInfinite = b.bor(b.equal(absX, infinity), b.equal(absY, infinity));
  Value result;
  if (type.isF32()) {
    result = inDouble(b, absX, [&](Value wideX) {
      Value wideY = b.op<arith::ExtFOp>(b.getF64Type(), absY);
      return b.op<math::SqrtOp>(
          b.add(b.mul(wideX, wideX), b.mul(wideY, wideY)));
    });
  } else {
    Value greater = b.op<arith::MaximumFOp>(absX, absY);
    Value lesser = b.op<arith::MinimumFOp>(absX, absY);
    Value ratio = b.div(lesser, greater);
    Value root =
        b.op<math::SqrtOp>(b.add(b.real(type, 1), b.mul(ratio, ratio)));
    Value isZero = b.equal(greater, b.real(type, 0));
    result = b.select(isZero, greater, b.mul(greater, root));
  }
  return b.select(isInfinite, infinity, result);
}

/// Steps the bits by one: up when going away from zero, else down.
Value graphc::buildNextafter(ScalarBuilder &b, Value x, Value y,
                             Type graphType) {
  // Narrow floats step in their own width.
  x = b.store(x, graphType);
  y = b.store(y, graphType);
  unsigned width = graphType.getIntOrFloatBitWidth();
  Type bitsType = b.getIntegerType(width);
  Value bits = b.op<arith::BitcastOp>(bitsType, x);
  Value zero = b.op<arith::ConstantOp>(b.getZeroAttr(graphType));
  Value one = b.integer(bitsType, 1);
  Value isAway = b.bxor(b.cmp(CmpFPredicate::OLT, x, y),
                        b.cmp(CmpFPredicate::OLT, x, zero));
  Value stepped = b.select(isAway, b.add(bits, one), b.sub(bits, one));
  Value least = b.op<arith::BitcastOp>(graphType, one);
  Value fromZero = b.op<math::CopySignOp>(least, y);
  Value result = b.op<arith::BitcastOp>(graphType, stepped);
  result = b.select(b.cmp(CmpFPredicate::OEQ, x, zero), fromZero, result);
  result = b.select(b.cmp(CmpFPredicate::OEQ, x, y), y, result);
  Value isUnordered = b.cmp(CmpFPredicate::UNO, x, y);
  result = b.select(isUnordered, b.add(x, y), result);
  return b.load(result, graphType);
}

Value graphc::buildSigmoid(ScalarBuilder &b, Value x) {
  Value one = b.real(x.getType(), 1);
  return b.div(one, b.add(one, b.op<math::ExpOp>(b.neg(x))));
}

Value graphc::buildGelu(ScalarBuilder &b, Value x, bool tanh) {
  Type type = x.getType();
  auto number = [&](double value) { return b.real(type, value); };
  Value half = b.mul(x, number(0.5));
  Value inner;
  if (tanh) {
    Value cube = b.mul(b.mul(x, x), x);
    inner = b.op<math::TanhOp>(b.mul(number(M_SQRT2 * M_2_SQRTPI * 0.5),
                                     b.add(x, b.mul(number(0.044715), cube))));
  } else {
    inner = b.op<math::ErfOp>(b.mul(x, number(M_SQRT1_2)));
  }
  return b.mul(half, b.add(number(1), inner));
}
