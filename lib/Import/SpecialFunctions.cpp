//===- SpecialFunctions.cpp - Special functions of ATen -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pointwise.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static void importSinc(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, floatSelf(call), [&](Value self) {
    Value x = e.mul(self, M_PI);
    Value isZero = e.compare(ComparePredicate::Eq, x, 0.0);
    return e.select(isZero, e.number(1, e.elementType(x)),
                    e.div(e.emit<graph::SinOp>(x), x));
  }));
}

/// x * f(y), 0 where x is 0, NaN where y is.
template <typename LogOp>
static void importXlogy(Call &call) {
  Emitter &e = call.e;
  auto operands = promoteToFloat(call, {"self", "other"});
  Value product = e.mul(operands[0], e.emit<LogOp>(operands[1]));
  Value isZero = e.compare(ComparePredicate::Eq, operands[0], 0.0);
  Value zeroed = e.select(isZero, e.number(0, e.elementType(product)), product);
  call.result(
      e.select(e.emit<graph::IsnanOp>(operands[1]), operands[1], zeroed));
}

template <bool base2>
static void importLogaddexp(Call &call) {
  Emitter &e = call.e;
  auto operands = promoteToFloat(call, {"self", "other"});
  Type type = e.elementType(operands[0]), compute = getComputeType(type);
  Value a = e.cast(operands[0], compute), b = e.cast(operands[1], compute);
  Value high = e.emit<graph::MaximumOp>(a, b);
  Value distance = e.neg(e.emit<graph::AbsOp>(e.sub(a, b)));
  Value tail;
  if (base2)
    tail =
        e.div(e.emit<graph::Log1pOp>(e.emit<graph::Exp2Op>(distance)), M_LN2);
  else
    tail = e.emit<graph::Log1pOp>(e.emit<graph::ExpOp>(distance));
  // Equal infinities have no difference.
  Value isSame = e.logicalAnd(e.compare(ComparePredicate::Eq, a, b),
                              e.emit<graph::IsinfOp>(a));
  call.result(e.cast(e.select(isSame, a, e.add(high, tail)), type));
}

static void importHeaviside(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), values = call.tensor("values");
  Type type = e.elementType(self);
  Value step = e.cast(e.compare(ComparePredicate::Gt, self, 0.0), type);
  call.result(
      e.select(e.compare(ComparePredicate::Eq, self, 0.0), values, step));
}

/// The normal distribution: (1 + erf(x / sqrt(2))) / 2.
static void importNdtr(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, floatSelf(call), [&](Value x) {
    Value erf = e.emit<graph::ErfOp>(e.mul(x, M_SQRT1_2));
    return e.mul(e.add(erf, 1), 0.5);
  }));
}

/// exp(x^2) erfc(x).
static Value emitErfcx(Emitter &e, Value x) {
  Type type = e.elementType(x);
  Value near =
      e.mul(e.emit<graph::ExpOp>(e.mul(x, x)), e.emit<graph::ErfcOp>(x));
  // Laplace's continued fraction, which 16 levels of make exact from 5 on.
  constexpr int levels = 16;
  constexpr double start = 5;
  Value far = e.emit<graph::MaximumOp>(x, e.number(start, type));
  Value fraction = far;
  for (int level = levels; level > 0; --level)
    fraction = e.add(far, e.div(e.number(level / 2.0, type), fraction));
  fraction = e.div(e.number(M_2_SQRTPI / 2, type), fraction);
  return e.select(e.compare(ComparePredicate::Ge, x, start), fraction, near);
}

static void importErfcx(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, floatSelf(call),
                            [&](Value x) { return emitErfcx(e, x); }));
}

/// The logarithm of the normal distribution, by its tail where that is small.
static void importLogNdtr(Call &call) {
  Emitter &e = call.e;
  call.result(inComputeType(e, floatSelf(call), [&](Value x) {
    Value t = e.mul(x, M_SQRT1_2);
    Value tail = e.emit<graph::LogOp>(e.mul(emitErfcx(e, e.neg(t)), 0.5));
    Value below = e.sub(tail, e.mul(t, t));
    Value above = e.emit<graph::Log1pOp>(e.mul(e.emit<graph::ErfcOp>(t), -0.5));
    return e.select(e.compare(ComparePredicate::Lt, x, -1.0), below, above);
  }));
}

/// The derivative of digamma as eager has it: reflected below 1/2, six steps of
/// the recurrence, then the asymptotic series.
static Value emitTrigamma(Emitter &e, Value self) {
  Type type = e.elementType(self);
  Value one = e.number(1, type);
  auto inverseSquare = [&](Value x) { return e.div(one, e.mul(x, x)); };
  Value isLow = e.compare(ComparePredicate::Lt, self, 0.5);
  Value sine = e.emit<graph::SinOp>(e.mul(self, M_PI));
  Value pole = e.mul(inverseSquare(sine), M_PI * M_PI);
  Value x = e.select(isLow, e.sub(one, self), self);
  Value sum = e.number(0, type);
  for (int step = 0; step < 6; ++step) {
    sum = e.add(sum, inverseSquare(x));
    x = e.add(x, 1);
  }
  Value square = inverseSquare(x);
  Value series = e.number(1.0 / 42, type);
  for (double coefficient : {1.0 / 30, 1.0 / 6})
    series = e.sub(e.number(coefficient, type), e.mul(square, series));
  Value factor = e.add(e.div(e.number(0.5, type), x), e.mul(square, series));
  sum = e.add(sum, e.div(e.add(factor, 1), x));
  return e.select(isLow, e.sub(pole, sum), sum);
}

/// Derivatives of digamma up to the first.
static void importPolygamma(Call &call) {
  Emitter &e = call.e;
  int64_t order = call.integer("n");
  Value self = floatSelf(call);
  if (!e.hasFailed() && (order < 0 || order > 1))
    e.unsupported("polygamma of order " + Twine(order) + ", only 0 and 1 are");
  if (order == 0)
    return call.result(e.emit<graph::DigammaOp>(self));
  call.result(
      inComputeType(e, self, [&](Value x) { return emitTrigamma(e, x); }));
}

/// The multivariate gamma function's logarithm.
static void importMvlgamma(Call &call) {
  Emitter &e = call.e;
  int64_t dimensions = call.integer("p");
  if (!e.hasFailed() && (dimensions < 1 || dimensions > 64))
    e.unsupported("mvlgamma of " + Twine(dimensions) + " dimensions");
  call.result(inComputeType(e, floatSelf(call), [&](Value x) {
    Value sum = e.emit<graph::LgammaOp>(x);
    for (int64_t i = 1; i < dimensions; ++i)
      sum = e.add(
          sum, e.emit<graph::LgammaOp>(e.sub(x, static_cast<double>(i) / 2)));
    double count = static_cast<double>(dimensions * (dimensions - 1));
    return e.add(sum, count / 4 * std::log(M_PI));
  }));
}

static void importEntr(Call &call) {
  Emitter &e = call.e;
  Value x = floatSelf(call);
  Type type = e.elementType(x);
  Value positive = e.neg(e.mul(x, e.emit<graph::LogOp>(x)));
  Value rest = e.select(e.compare(ComparePredicate::Eq, x, 0.0),
                        e.number(0, type), e.number(-INFINITY, type));
  Value known =
      e.select(e.compare(ComparePredicate::Gt, x, 0.0), positive, rest);
  call.result(e.select(e.emit<graph::IsnanOp>(x), x, known));
}

template <bool toDegrees>
static void importDegrees(Call &call) {
  Value x = floatSelf(call);
  call.result(call.e.mul(x, toDegrees ? 180.0 / M_PI : M_PI / 180.0));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.deg2rad.default", importDegrees<false>},
    {"aten.digamma.default", importFloatUnary<graph::DigammaOp>},
    {"aten.erf.default", importFloatUnary<graph::ErfOp>},
    {"aten.erfc.default", importFloatUnary<graph::ErfcOp>},
    {"aten.erfinv.default", importFloatUnary<graph::ErfinvOp>},
    {"aten.heaviside.default", importHeaviside},
    {"aten.lgamma.default", importFloatUnary<graph::LgammaOp>},
    {"aten.logaddexp.default", importLogaddexp<false>},
    {"aten.logaddexp2.default", importLogaddexp<true>},
    {"aten.mvlgamma.default", importMvlgamma},
    {"aten.polygamma.default", importPolygamma},
    {"aten.rad2deg.default", importDegrees<true>},
    {"aten.sinc.default", importSinc},
    {"aten.special_digamma.default", importFloatUnary<graph::DigammaOp>},
    {"aten.special_entr.default", importEntr},
    {"aten.special_erf.default", importFloatUnary<graph::ErfOp>},
    {"aten.special_erfc.default", importFloatUnary<graph::ErfcOp>},
    {"aten.special_erfcx.default", importErfcx},
    {"aten.special_erfinv.default", importFloatUnary<graph::ErfinvOp>},
    {"aten.special_exp2.default", importFloatUnary<graph::Exp2Op>},
    {"aten.special_expit.default", importFloatUnary<graph::SigmoidOp>},
    {"aten.special_expm1.default", importFloatUnary<graph::Expm1Op>},
    {"aten.special_gammaln.default", importFloatUnary<graph::LgammaOp>},
    {"aten.special_log1p.default", importFloatUnary<graph::Log1pOp>},
    {"aten.special_log_ndtr.default", importLogNdtr},
    {"aten.special_multigammaln.default", importMvlgamma},
    {"aten.special_ndtr.default", importNdtr},
    {"aten.special_polygamma.default", importPolygamma},
    {"aten.special_psi.default", importFloatUnary<graph::DigammaOp>},
    {"aten.special_sinc.default", importSinc},
    {"aten.special_xlog1py.default", importXlogy<graph::Log1pOp>},
    {"aten.special_xlogy.default", importXlogy<graph::LogOp>},
    {"aten.special_xlogy.other_scalar", importXlogy<graph::LogOp>},
    {"aten.special_xlogy.self_scalar", importXlogy<graph::LogOp>},
    {"aten.xlogy.Scalar_Other", importXlogy<graph::LogOp>},
    {"aten.xlogy.Scalar_Self", importXlogy<graph::LogOp>},
    {"aten.xlogy.Tensor", importXlogy<graph::LogOp>},
    {"prims.digamma.default", importFloatUnary<graph::DigammaOp>},
    {"prims.erf.default", importFloatUnary<graph::ErfOp>},
    {"prims.erf_inv.default", importFloatUnary<graph::ErfinvOp>},
    {"prims.erfc.default", importFloatUnary<graph::ErfcOp>},
    {"prims.lgamma.default", importFloatUnary<graph::LgammaOp>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::specialFunctionOverloads() { return table; }
