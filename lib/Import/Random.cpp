//===- Random.cpp - Tensors of random numbers -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Distributions.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Distributions with the parameters of operators
//===----------------------------------------------------------------------===//

/// What an operator draws, in any type: it is cast to `type`, the result's.
using Draw = Value (*)(Call &call, const Bits &bits, Type type);

/// A parameter in the type of `like`.
static Value parameter(Call &call, StringRef name, Value like) {
  return call.e.number(call.get(name), call.e.elementType(like));
}

/// A parameter, a number or a tensor, must be greater than `least`: this is
/// known now or asserted.
static void checkAbove(Call &call, StringRef name, double least, bool orEqual) {
  Emitter &e = call.e;
  const Item &parameter = call.get(name);
  std::optional<double> known = parameter.getConstant();
  if (known && !(orEqual ? *known >= least : *known > least))
    e.fail("op-argument", "'" + name + "' is out of range");
  if (known || e.hasFailed())
    return;
  Value value = parameter.as<TensorRef>() ? call.tensor(name)
                                          : e.number(parameter, e.f64());
  assertAll(e,
            e.compare(orEqual ? ComparePredicate::Ge : ComparePredicate::Gt,
                      value, least),
            ("'" + name + "' of random numbers is out of range").str());
}

static Value drawUniform(Call &, const Bits &bits, Type type) {
  return emitUniform(bits, type);
}

static Value drawNormal(Call &, const Bits &bits, Type type) {
  return emitNormal(bits, type);
}

/// Both ends and their distance are finite in `type`.
static bool fitsRange(Type type, double from, double to) {
  auto floatType = dyn_cast<FloatType>(type);
  if (!floatType)
    return true;
  double most =
      APFloat::getLargest(floatType.getFloatSemantics()).convertToDouble();
  return std::abs(from) <= most && std::abs(to) <= most && to - from <= most;
}

template <bool isPrims>
static Value drawBetween(Call &call, const Bits &bits, Type type) {
  Emitter &e = call.e;
  StringRef names[2] = {isPrims ? "low" : "from", isPrims ? "high" : "to"};
  std::optional<double> from = call.get(names[0]).getConstant(),
                        to = call.get(names[1]).getConstant();
  if (from && to && !(*from <= *to))
    return e.fail("op-argument", "draws from an empty range");
  if (from && to && !fitsRange(type, *from, *to))
    return e.fail("op-argument", "draws from a range beyond its dtype's");
  Value x = emitUniform(bits, type);
  Value low = parameter(call, names[0], x), high = parameter(call, names[1], x);
  return e.add(e.mul(x, e.sub(high, low)), low);
}

/// `x` with the operator's deviation and mean.
static Value scaleNormal(Call &call, Value x) {
  checkAbove(call, "std", 0, /*orEqual=*/true);
  return call.e.add(call.e.mul(x, parameter(call, "std", x)),
                    parameter(call, "mean", x));
}

static Value drawScaledNormal(Call &call, const Bits &bits, Type type) {
  return scaleNormal(call, emitNormal(bits, type));
}

static Value drawLogNormal(Call &call, const Bits &bits, Type type) {
  checkAbove(call, "std", 0, /*orEqual=*/false);
  return call.e.emit<graph::ExpOp>(drawScaledNormal(call, bits, type));
}

static Value drawExponential(Call &call, const Bits &bits, Type type) {
  checkAbove(call, "lambd", 0, /*orEqual=*/false);
  Value x = emitExponential(bits, type);
  return call.e.div(x, parameter(call, "lambd", x));
}

/// How many trials it takes. Integers are counted in f64 if they are wide.
static Value drawGeometric(Call &call, const Bits &bits, Type type) {
  Emitter &e = call.e;
  checkAbove(call, "p", 0, /*orEqual=*/false);
  std::optional<double> p = call.get("p").getConstant();
  if (p && *p >= 1)
    return e.fail("op-argument", "'p' is out of range");
  if (isa<IntegerType>(type))
    type = type.getIntOrFloatBitWidth() > 16 ? e.f64() : e.f32();
  Value u = emitPositiveUniform(bits, type);
  Value fails = e.emit<graph::Log1pOp>(e.neg(parameter(call, "p", u)));
  Value trials = e.emit<graph::CeilOp>(e.div(e.emit<graph::LogOp>(u), fails));
  return e.emit<graph::MaximumOp>(trials, e.number(1, e.elementType(u)));
}

static Value drawCauchy(Call &call, const Bits &bits, Type type) {
  Emitter &e = call.e;
  checkAbove(call, "sigma", 0, /*orEqual=*/false);
  Value turn = e.mul(e.sub(emitUniform(bits, type), 0.5), M_PI);
  Value x = e.emit<graph::TanOp>(turn);
  return e.add(e.mul(x, parameter(call, "sigma", x)),
               parameter(call, "median", x));
}

static Value drawBernoulli(Call &call, const Bits &bits, Type) {
  const Item &p = call.get("p");
  if (std::optional<double> constant = p.getConstant())
    return emitBernoulli(bits, *constant);
  return emitBernoulli(bits, p.as<TensorRef>()
                                 ? call.tensor("p")
                                 : call.e.number(p, call.e.f64()));
}

static Value drawBernoulliOfSelf(Call &call, const Bits &bits, Type type) {
  if (!isa<FloatType>(type))
    return call.e.fail("unsupported-dtype",
                       "takes probabilities in floats only");
  return emitBernoulli(bits, call.tensor("self"));
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

static Value drawInteger(Call &call, const Bits &bits, Type) {
  Emitter &e = call.e;
  Expr low = call.isNone("low") ? e.expr(0) : call.size("low");
  if (call.get("high").as<TensorRef>()) {
    Value high = e.reshape(e.cast(call.tensor("high"), e.i64()), {});
    assertAll(e, e.compare(ComparePredicate::Gt, high, 0),
              "draws from an empty range");
    if (e.hasFailed())
      return {};
    return emitWideRemainder(bits, high);
  }
  Value number = emitInteger(bits, call.size("high") - low);
  return low == 0 ? number : e.add(number, e.number(Item(low), e.i64()));
}

/// The greatest number up to which a type has all integers.
static int64_t greatestInteger(Type type) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return int64_t(1) << floatType.getFPMantissaWidth();
  if (type.isInteger(1))
    return 1;
  unsigned width = type.getIntOrFloatBitWidth() - !type.isUnsignedInteger();
  return width >= 63 ? std::numeric_limits<int64_t>::max()
                     : (int64_t(1) << width) - 1;
}

/// `random_`: from `from`, or 0, up to `to`, or as far as the type goes.
static Value drawAny(Call &call, const Bits &bits, Type type) {
  Emitter &e = call.e;
  if (isa<ComplexType>(type))
    return e.fail("unsupported-dtype", "draws no complex numbers");
  constexpr int64_t least = std::numeric_limits<int64_t>::min(),
                    most = std::numeric_limits<int64_t>::max();
  int64_t from = call.integer("from", 0);
  int64_t last =
      call.isNone("to") ? greatestInteger(type) : call.integer("to") - 1;
  if (last < from)
    return e.fail("op-argument", "draws from an empty range");
  if (from == least && last == most)
    return bits.half(0);
  if (from == 0 && last == most)
    return e.emit<graph::BitwiseAndOp>(bits.half(0),
                                       e.number(Item(e.expr(most)), e.i64()));
  if (from < 0 ? last >= most + from : last == most)
    return e.unsupported("a range of 2^63 integers or more");
  Value number = emitInteger(bits, e.expr(last - from + 1));
  return from == 0 ? number
                   : e.add(number, e.number(Item(e.expr(from)), e.i64()));
}

//===----------------------------------------------------------------------===//
// Where numbers go
//===----------------------------------------------------------------------===//

/// The dtype of `out`, if there is one, or what is asked for.
static Type getType(Call &call, Type fallback) {
  if (!call.isNone("out"))
    return call.e.elementType(call.tensor("out"));
  return call.dtype("dtype", fallback);
}

/// A result, or what `out` holds from now on.
static void deliver(Call &call, Value value) {
  if (call.isNone("out"))
    return call.result(value);
  call.write("out", value);
  call.resultAlias("out");
}

/// A tensor of the size that is asked for.
template <Draw draw>
static void importFactory(Call &call) {
  Emitter &e = call.e;
  bool isPrims = !call.isNone("shape");
  SmallVector<Expr> shape = call.sizes(isPrims ? "shape" : "size");
  Type type = getType(call, e.f32());
  Bits bits = Bits::draw(call, shape);
  Value value = e.cast(draw(call, bits, type), type);
  if (!call.isNone("stride"))
    value = e.restride(value, call.sizes("stride"));
  deliver(call, value);
}

/// Numbers for the elements of `self`, in its layout unless a format is asked
/// for.
template <Draw draw>
static Value emitLike(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = getType(call, e.elementType(self));
  if (e.hasFailed())
    return {};
  Bits bits = Bits::draw(call, e.shape(self));
  Value value = e.cast(draw(call, bits, type), type);
  value = e.expand(value, e.shape(self));
  std::string format = call.memoryFormat("preserve_format");
  return e.restride(value, format == "preserve_format"
                               ? e.preservedStrides(self)
                               : e.formatStrides(e.shape(self), format));
}

template <Draw draw>
static void importLike(Call &call) {
  deliver(call, emitLike<draw>(call));
}

/// For operators without a functional form of the same arguments.
template <Draw draw>
static void importInPlace(Call &call) {
  call.write("self", emitLike<draw>(call));
  call.resultAlias("self");
}

/// Mean and deviation of which one or both are tensors.
static void importNormalOfTensors(Call &call) {
  Emitter &e = call.e;
  const auto *mean = call.get("mean").as<TensorRef>();
  const auto *deviation = call.get("std").as<TensorRef>();
  Value first = mean ? call.tensor("mean") : call.tensor("std");
  SmallVector<Expr> shape = e.shape(first);
  if (mean && deviation)
    shape = e.broadcastShapes(shape, e.shape(call.tensor("std")));
  checkAbove(call, "std", 0, /*orEqual=*/true);
  if (e.hasFailed())
    return;
  Type type = e.elementType(first);
  Value x = emitNormal(Bits::draw(call, shape), type);
  auto get = [&](StringRef name, bool isTensor) {
    return isTensor ? e.cast(call.tensor(name), e.elementType(x))
                    : parameter(call, name, x);
  };
  Value scaled = e.add(e.mul(x, get("std", deviation)), get("mean", mean));
  call.result(e.contiguous(e.cast(scaled, type)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.bernoulli.Tensor", importLike<drawBernoulli>},
    {"aten.bernoulli.default", importLike<drawBernoulliOfSelf>},
    {"aten.bernoulli.p", importLike<drawBernoulli>},
    {"aten.cauchy.default", importLike<drawCauchy>},
    {"aten.exponential.default", importLike<drawExponential>},
    {"aten.geometric.default", importLike<drawGeometric>},
    {"aten.log_normal.default", importLike<drawLogNormal>},
    {"aten.normal.Tensor_Tensor", importNormalOfTensors},
    {"aten.normal.Tensor_float", importNormalOfTensors},
    {"aten.normal.float_Tensor", importNormalOfTensors},
    {"aten.normal.float_float", importFactory<drawScaledNormal>},
    {"aten.normal.float_float_out", importFactory<drawScaledNormal>},
    {"aten.normal.out", importLike<drawScaledNormal>},
    {"aten.normal_.default", importInPlace<drawScaledNormal>},
    {"aten.normal_functional.default", importLike<drawScaledNormal>},
    {"aten.rand.default", importFactory<drawUniform>},
    {"aten.rand.generator", importFactory<drawUniform>},
    {"aten.rand.generator_out", importFactory<drawUniform>},
    {"aten.rand.out", importFactory<drawUniform>},
    {"aten.rand_like.default", importLike<drawUniform>},
    {"aten.rand_like.generator", importLike<drawUniform>},
    {"aten.rand_like.generator_out", importLike<drawUniform>},
    {"aten.rand_like.out", importLike<drawUniform>},
    {"aten.randint.default", importFactory<drawInteger>},
    {"aten.randint.generator", importFactory<drawInteger>},
    {"aten.randint.generator_out", importFactory<drawInteger>},
    {"aten.randint.low", importFactory<drawInteger>},
    {"aten.randint.low_generator", importFactory<drawInteger>},
    {"aten.randint.low_generator_out", importFactory<drawInteger>},
    {"aten.randint.low_out", importFactory<drawInteger>},
    {"aten.randint.out", importFactory<drawInteger>},
    {"aten.randint_like.Tensor", importLike<drawInteger>},
    {"aten.randint_like.Tensor_generator", importLike<drawInteger>},
    {"aten.randint_like.Tensor_generator_out", importLike<drawInteger>},
    {"aten.randint_like.Tensor_out", importLike<drawInteger>},
    {"aten.randint_like.default", importLike<drawInteger>},
    {"aten.randint_like.generator", importLike<drawInteger>},
    {"aten.randint_like.generator_out", importLike<drawInteger>},
    {"aten.randint_like.low_dtype", importLike<drawInteger>},
    {"aten.randint_like.low_dtype_out", importLike<drawInteger>},
    {"aten.randint_like.low_generator_dtype", importLike<drawInteger>},
    {"aten.randint_like.low_generator_dtype_out", importLike<drawInteger>},
    {"aten.randint_like.out", importLike<drawInteger>},
    {"aten.randn.default", importFactory<drawNormal>},
    {"aten.randn.generator", importFactory<drawNormal>},
    {"aten.randn.generator_out", importFactory<drawNormal>},
    {"aten.randn.out", importFactory<drawNormal>},
    {"aten.randn_like.default", importLike<drawNormal>},
    {"aten.randn_like.generator", importLike<drawNormal>},
    {"aten.randn_like.generator_out", importLike<drawNormal>},
    {"aten.randn_like.out", importLike<drawNormal>},
    {"aten.random.default", importLike<drawAny>},
    {"aten.random.from", importLike<drawAny>},
    {"aten.random.to", importLike<drawAny>},
    {"aten.uniform.default", importLike<drawBetween<false>>},
    {"prims.normal.default", importFactory<drawScaledNormal>},
    {"prims.uniform.default", importFactory<drawBetween<true>>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::randomOverloads() { return table; }
