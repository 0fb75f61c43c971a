//===- Divisors.cpp - Divisors and multiples of integers ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loops.h"
#include "Pointwise.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

/// Steps of Euclid's algorithm at most: neighbours among Fibonacci's numbers
/// that fit take longest, one step more swaps them.
static int64_t countSteps(Type type) {
  constexpr double bitsPerStep = 0.6942; // log2 of the golden ratio
  return static_cast<int64_t>(type.getIntOrFloatBitWidth() / bitsPerStep) + 3;
}

static Value emitAbs(Emitter &e, Value x) {
  return e.hasFailed() || e.elementType(x).isUnsignedInteger()
             ? x
             : e.emit<graph::AbsOp>(x);
}

/// The greatest common divisor of two tensors of one shape and integer type.
static Value emitGcd(Emitter &e, Value a, Value b) {
  if (e.hasFailed())
    return {};
  Type type = e.elementType(a);
  auto body = [&](Value, ArrayRef<Value> carried) -> SmallVector<Value> {
    Value isDone = e.compare(ComparePredicate::Eq, carried[0], 0.0);
    Value divisor = e.select(isDone, e.number(1, type), carried[0]);
    Value rest = e.emit<graph::FmodOp>(carried[1], divisor);
    return {e.select(isDone, carried[0], rest),
            e.select(isDone, carried[1], carried[0])};
  };
  return emitLoop(e, e.expr(countSteps(type)), {emitAbs(e, a), emitAbs(e, b)},
                  body)[1];
}

template <bool isMultiple>
static void importDivisor(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"self", "other"});
  if (!e.hasFailed() && !isInteger(e.elementType(operands[0])))
    e.fail("unsupported-dtype",
           "is not supported for " + getDTypeName(e.elementType(operands[0])));
  auto shape = e.broadcastShapes(e.shape(operands[0]), e.shape(operands[1]));
  for (Value &operand : operands)
    operand = e.expand(operand, shape);
  Value divisor = emitGcd(e, operands[0], operands[1]);
  if (!isMultiple || e.hasFailed())
    return call.result(divisor);
  // As in C, where the product of bytes is an int until it is stored.
  Type type = e.elementType(divisor), wide = type;
  if (type.getIntOrFloatBitWidth() < 32)
    wide = e.builder.getI32Type();
  Value isZero = e.compare(ComparePredicate::Eq, divisor, 0.0);
  Value safe = e.select(isZero, e.number(1, type), divisor);
  Value product = e.mul(
      e.emit<graph::TruncDivOp>(e.cast(operands[0], wide), e.cast(safe, wide)),
      e.cast(operands[1], wide));
  product = e.cast(e.emit<graph::AbsOp>(product), type);
  call.result(e.select(isZero, e.number(0, type), product));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.gcd.default", importDivisor<false>},
    {"aten.lcm.default", importDivisor<true>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::divisorOverloads() { return table; }
