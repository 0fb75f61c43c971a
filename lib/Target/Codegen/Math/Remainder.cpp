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

Lanes graphc::codegen::fmod(Lanes numerator, Lanes denominator) {
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
