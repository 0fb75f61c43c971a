//===- Remainder.cpp - Exact functions: remainder, fused product-sum ------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc::codegen;

/// In f64, quotients of 24 bits times a divisor of 24 bits are exact, and so is
/// what they leave. Each round takes off 24 bits or more; nearly always one is
/// enough.
static Lanes reduceByMultiples(Lanes x, Lanes y) {
  MathBuilder &builder = x.getBuilder();
  auto loop = scf::WhileOp::create(
      builder, TypeRange{x.get().getType()}, ValueRange{x.get()},
      [&](OpBuilder &, Location, ValueRange rest) {
        Lanes r(builder, rest.front());
        Lanes again = !(abs(r) < y);
        // Not for what has no remainder, or is its own.
        again = again & (x < INFINITY) & (y > 0.0) & (y < INFINITY);
        scf::ConditionOp::create(builder, any(again), rest);
      },
      [&](OpBuilder &, Location, ValueRange rest) {
        Lanes r(builder, rest.front());
        Lanes quotient = r / y;
        Lanes upper = quotient.asBits() &
                      quotient.asBits().integer(~((int64_t(1) << 29) - 1));
        Lanes whole = trunc(upper.asFloat());
        scf::YieldOp::create(builder, (r - whole * y).get());
      });
  return {builder, loop.getResult(0)};
}

namespace {
/// |x| = mantissa * 2^(exponent - 1075 - shift), with 53 bits of mantissa.
struct Integer {
  static constexpr int64_t shift = 64;
  Lanes mantissa, exponent;
};
} // namespace

/// Any finite x but 0, in f64.
static Integer split(Lanes x) {
  Lanes isTiny = x < 0x1p-1022;
  Lanes bits = select(isTiny, x * 0x1p54, x).asBits();
  int64_t leading = int64_t(1) << 52;
  Lanes exponent = (bits >> 52) + bits.integer(Integer::shift);
  return {(bits & bits.integer(leading - 1)) | bits.integer(leading),
          select(isTiny, exponent - bits.integer(54), exponent)};
}

static Lanes join(Integer value) {
  MathBuilder &builder = value.mantissa.getBuilder();
  Type type = value.mantissa.withElement(builder.getF64Type());
  Lanes mantissa(builder,
                 arith::UIToFPOp::create(builder, type, value.mantissa.get()));
  auto integer = [&](int64_t number) { return value.mantissa.integer(number); };
  // In two steps where the power alone would be too small.
  Lanes isSmall = value.exponent < integer(Integer::shift + 200);
  Lanes exponent =
      select(isSmall, value.exponent + integer(200), value.exponent);
  Lanes power = ((exponent - integer(Integer::shift + 52)) << 52).asFloat();
  return mantissa * power *
         select(isSmall, mantissa.constant(0x1p-200), mantissa.constant(1));
}

/// Long division of mantissas, 11 bits at a time, so that what is left of 53
/// bits fits into 64. For 0 < y <= x < infinity; other lanes end at once.
static Lanes divideMantissas(Lanes x, Lanes y, Lanes isDefined) {
  MathBuilder &builder = x.getBuilder();
  Integer numerator = split(x), denominator = split(y);
  auto integer = [&](int64_t number) {
    return numerator.mantissa.integer(number);
  };
  Lanes zero = integer(0), step = integer(11);
  Lanes rest = numerator.mantissa % denominator.mantissa;
  Lanes bits =
      select(isDefined, numerator.exponent - denominator.exponent, zero);
  auto loop = scf::WhileOp::create(
      builder, TypeRange{rest.get().getType(), bits.get().getType()},
      ValueRange{rest.get(), bits.get()},
      [&](OpBuilder &, Location, ValueRange state) {
        Lanes bits(builder, state[1]);
        scf::ConditionOp::create(builder, any(zero < bits), state);
      },
      [&](OpBuilder &, Location, ValueRange state) {
        Lanes rest(builder, state[0]), bits(builder, state[1]);
        Lanes now = select(bits < step, bits, step);
        Lanes next = (rest << now) % denominator.mantissa;
        scf::YieldOp::create(builder,
                             ValueRange{next.get(), (bits - now).get()});
      });
  return join({Lanes(builder, loop.getResult(0)), denominator.exponent});
}

static Lanes fmodInDouble(Lanes numerator, Lanes denominator) {
  Lanes x = abs(numerator), y = abs(denominator);
  Lanes isDefined = (x < INFINITY) & (y > 0.0);
  Lanes isLess = x < y;
  Lanes rest = divideMantissas(x, y, isDefined & !isLess);
  rest = select(isLess, x, rest);
  return copySign(select(isDefined, rest, x.constant(NAN)), numerator);
}

Lanes graphc::codegen::fmod(Lanes numerator, Lanes denominator) {
  if (numerator.isDouble())
    return fmodInDouble(numerator, denominator);
  Lanes x = abs(numerator.toDouble()), y = abs(denominator.toDouble());
  Lanes rest = reduceByMultiples(x, y);
  // A rounded quotient may have been one too large.
  rest = select(rest < 0.0, rest + y, rest);
  rest = select(y == INFINITY, x, rest);
  Lanes isDefined = (x < INFINITY) & (y > 0.0);
  Lanes result =
      copySign(select(isDefined, rest, x.constant(NAN)), numerator.toDouble());
  return result.toSingle();
}

/// The product is exact in f64. The sum is rounded to odd, so that rounding it
/// again is as rounding once.
Lanes graphc::codegen::fusedMultiplyAdd(Lanes a, Lanes b, Lanes c) {
  Lanes product = a.toDouble() * b.toDouble(), addend = c.toDouble();
  Lanes sum = product + addend;
  Lanes part = sum - product;
  Lanes error = (product - (sum - part)) + (addend - part);
  Lanes bits = sum.asBits();
  Lanes isEven = (bits & bits.integer(1)) == bits.integer(0);
  Lanes isInexact = (error < 0.0) | (error > 0.0);
  // Away from zero when the error has the sign of the sum.
  Lanes isLonger = (error * sum) > 0.0;
  Lanes odd = select(isLonger, bits + bits.integer(1), bits - bits.integer(1));
  return select(isEven & isInexact, odd, bits).asFloat().toSingle();
}
