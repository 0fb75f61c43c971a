//===- Distributions.cpp - Random numbers from random bits ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Distributions.h"

#include "Checks.h"
#include "Importer.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

Bits Bits::draw(Call &call, ArrayRef<Expr> shape, int64_t count) {
  if (!call.isNone("generator"))
    call.e.unsupported("a generator that is not the default one");
  Generator &generator = call.importer.getGenerator();
  // In order, as the calls' numbers tell programs apart.
  Value seed = generator.getSeed(), number = generator.takeCall(count);
  return Bits(call.e, seed, number, shape);
}

static Value emitLowWord(Emitter &e, Value x) {
  return e.emit<graph::BitwiseAndOp>(x, e.number(0xFFFFFFFF, e.i64()));
}

Bits Bits::ofInductor(Emitter &e, Value seed, ArrayRef<Expr> shape) {
  // Its code for CPUs takes 32 bits of the seed and of the place.
  std::optional<int64_t> size =
      graph::product(e.getContext(), shape).getConstant();
  if (size && *size > int64_t(1) << 32)
    e.unsupported("more than 2^32 numbers of one seed of Inductor's");
  Value scalar = emitLowWord(e, e.reshape(e.cast(seed, e.i64()), {}));
  return Bits(e, scalar, e.number(0, e.i64()), shape);
}

Value Bits::low(int64_t word, unsigned count) const {
  Value bits = half(word / 2);
  if (word % 2)
    bits = e.emit<graph::ShiftRightOp>(bits, e.number(32, e.i64()));
  Value mask = e.number(std::ldexp(1.0, count) - 1, e.i64());
  return e.cast(e.emit<graph::BitwiseAndOp>(bits, mask),
                e.builder.getI32Type());
}

//===----------------------------------------------------------------------===//
// Distributions
//===----------------------------------------------------------------------===//

/// Whether floats of `type` are drawn; a failure if not.
static bool checkFloat(Emitter &e, Type type) {
  auto floatType = dyn_cast_or_null<FloatType>(type);
  if (floatType && floatType.getWidth() >= 16)
    return true;
  e.fail("unsupported-dtype", "draws floats of 16 to 64 bits only");
  return false;
}

Value graphc::aten::emitUniform(const Bits &bits, Type type, int64_t first) {
  Emitter &e = bits.e;
  if (!checkFloat(e, type))
    return {};
  if (type == e.f64()) {
    Value lower = e.cast(bits.low(first, 27), type);
    Value upper = e.cast(bits.low(first + 1, 26), type);
    return e.mul(e.add(e.mul(upper, 0x1p27), lower), 0x1p-53);
  }
  unsigned digits = cast<FloatType>(type).getFPMantissaWidth();
  return e.mul(e.cast(bits.low(first, digits), e.f32()),
               std::ldexp(1.0, -static_cast<int>(digits)));
}

Value graphc::aten::emitPositiveUniform(const Bits &bits, Type type) {
  Emitter &e = bits.e;
  if (!checkFloat(e, type))
    return {};
  Type compute = getComputeType(type);
  return e.sub(e.number(1, compute), emitUniform(bits, compute));
}

Value graphc::aten::emitBoxMuller(Emitter &e, Value u, Value turn) {
  Value radius = e.emit<graph::SqrtOp>(e.mul(e.emit<graph::LogOp>(u), -2));
  return e.mul(radius, e.emit<graph::CosOp>(e.mul(turn, 2 * M_PI)));
}

Value graphc::aten::emitNormal(const Bits &bits, Type type) {
  Emitter &e = bits.e;
  if (!checkFloat(e, type))
    return {};
  if (type == e.f64())
    return emitBoxMuller(e,
                         e.sub(e.number(1, type), emitUniform(bits, type, 0)),
                         emitUniform(bits, type, 2));
  // All of 31 bits, for the sake of large numbers; never 0.
  Value u = e.add(e.mul(e.cast(bits.low(0, 31), e.f32()), 0x1p-31), 0x1p-32);
  return emitBoxMuller(e, u, emitUniform(bits, e.f32(), 1));
}

Value graphc::aten::emitExponential(const Bits &bits, Type type) {
  Emitter &e = bits.e;
  Value u = emitPositiveUniform(bits, type);
  // 0 is not drawn: half a step of the uniform numbers below 1 stands for it.
  double least = type == e.f64() ? 0x1p-54 : 0x1p-25;
  return e.emit<graph::MaximumOp>(e.neg(e.emit<graph::LogOp>(u)),
                                  e.number(least, e.elementType(u)));
}

Value graphc::aten::emitWideRemainder(const Bits &bits, Value range) {
  Emitter &e = bits.e;
  // There are no unsigned numbers of 64 bits: 2 t + b, where t is what half of
  // the word leaves and b its last bit, without ever exceeding 63.
  Value word = bits.half(0);
  Value half = e.emit<graph::BitwiseAndOp>(
      e.emit<graph::ShiftRightOp>(word, e.number(1, e.i64())),
      e.number(Item(e.expr(std::numeric_limits<int64_t>::max())), e.i64()));
  Value last = e.emit<graph::BitwiseAndOp>(word, e.number(1, e.i64()));
  Value t = e.emit<graph::FmodOp>(half, range);
  Value beyond = e.add(e.sub(t, e.sub(range, t)), last);
  return e.select(e.compare(ComparePredicate::Lt, beyond, 0),
                  e.add(beyond, range), beyond);
}

bool graphc::aten::checkRange(Emitter &e, Expr range) {
  static constexpr StringLiteral message = "draws from an empty range";
  Expr isSome = e.expr(1).le(range);
  std::optional<int64_t> known = isSome.getConstant();
  if (known && *known == 0)
    e.fail("op-argument", message);
  else if (!known && !e.hasFailed())
    graph::AssertOp::create(e.builder, e.loc, isSome, message);
  return !e.hasFailed();
}

Value graphc::aten::emitInteger(const Bits &bits, Expr range) {
  Emitter &e = bits.e;
  Value divisor = e.number(Item(range), e.i64());
  // As torch: a word is even enough for a small range.
  std::optional<int64_t> constant = range.getConstant();
  if (!checkRange(e, range))
    return {};
  if (constant && *constant < int64_t(1) << 28)
    return e.emit<graph::FmodOp>(emitLowWord(e, bits.half(0)), divisor);
  return emitWideRemainder(bits, divisor);
}

/// What uniform numbers below `p` are.
static Value emitBelow(const Bits &bits, Value p) {
  Emitter &e = bits.e;
  Type type = e.elementType(p) == e.f64() ? e.f64() : e.f32();
  return e.compare(ComparePredicate::Lt, emitUniform(bits, type),
                   e.cast(p, type));
}

Value graphc::aten::emitBernoulli(const Bits &bits, Value p) {
  assertProbabilities(bits.e, p, "probabilities of bernoulli are from 0 to 1");
  return emitBelow(bits, p);
}

Value graphc::aten::emitBernoulli(const Bits &bits, double p) {
  if (!(p >= 0 && p <= 1))
    return bits.e.fail("op-argument", "a probability is from 0 to 1");
  return emitBelow(bits, bits.e.number(p, bits.e.f32()));
}
