//===- Comparison.cpp - Comparisons, tests and choices --------------------===//
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

template <ComparePredicate predicate>
static void importCompare(Call &call) {
  auto operands = promote(call, {"self", "other"});
  call.result(call.e.compare(predicate, operands[0], operands[1]));
}

/// Operands as bools, then `OpTy`.
template <typename OpTy>
static void importLogical(Call &call) {
  call.result(call.e.emit<OpTy>(call.e.toBool(call.tensor("self")),
                                call.e.toBool(call.tensor("other"))));
}

/// Always false for integers.
static Value never(Call &call, Value self) {
  return call.e.full(call.e.shape(self), call.e.number(0, call.e.i1()));
}

template <typename OpTy>
static void importTest(Call &call) {
  Value self = call.tensor("self");
  call.result(isa<IntegerType>(call.e.elementType(self))
                  ? never(call, self)
                  : call.e.emit<OpTy>(self));
}

static void importIsfinite(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (isa<IntegerType>(e.elementType(self)))
    return call.result(e.logicalNot(never(call, self)));
  call.result(e.logicalNot(
      e.logicalOr(e.emit<graph::IsnanOp>(self), e.emit<graph::IsinfOp>(self))));
}

template <bool negative>
static void importIsSignedInf(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (isa<IntegerType>(e.elementType(self)))
    return call.result(never(call, self));
  call.result(
      e.compare(ComparePredicate::Eq, self, negative ? -INFINITY : INFINITY));
}

static void importSignbit(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (isFloat(e.elementType(self)))
    self = e.emit<graph::CopysignOp>(e.number(1, e.elementType(self)), self);
  call.result(isBool(e.elementType(self))
                  ? never(call, self)
                  : e.compare(ComparePredicate::Lt, self, 0.0));
}

static void importLogicalNot(Call &call) {
  call.result(call.e.logicalNot(call.e.toBool(call.tensor("self"))));
}

static void importIsclose(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"self", "other"});
  Value a = operands[0], b = operands[1];
  Value close = e.compare(ComparePredicate::Eq, a, b);
  Type compute = isFloat(e.elementType(a)) ? e.elementType(a) : e.f32();
  if (call.flag("equal_nan") && isFloat(e.elementType(a)))
    close = e.logicalOr(close, e.logicalAnd(e.emit<graph::IsnanOp>(a),
                                            e.emit<graph::IsnanOp>(b)));
  a = e.cast(a, compute);
  b = e.cast(b, compute);
  Value allowed = e.add(e.mul(e.emit<graph::AbsOp>(b), call.number("rtol")),
                        call.number("atol"));
  Value error = e.emit<graph::AbsOp>(e.sub(a, b));
  Value finite = e.logicalNot(e.logicalOr(e.emit<graph::IsinfOp>(error),
                                          e.emit<graph::IsnanOp>(error)));
  Value isNear =
      e.logicalAnd(finite, e.compare(ComparePredicate::Le, error, allowed));
  call.result(e.logicalOr(close, isNear));
}

static void importWhere(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"self", "other"});
  Value condition = e.toBool(call.tensor("condition"));
  call.result(e.select(condition, operands[0], operands[1]));
}

static void importPrimsWhere(Call &call) {
  auto operands = promote(call, {"a", "b"});
  call.result(call.e.select(call.tensor("pred"), operands[0], operands[1]));
}

/// masked_fill keeps the dtype of self, and no layout.
static void importMaskedFill(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value value = e.operand(call.operand("value"), e.elementType(self));
  call.result(
      e.contiguous(e.select(e.toBool(call.tensor("mask")), value, self)));
}

static void importNanToNum(Call &call) {
  Emitter &e = call.e;
  Value x = call.tensor("self");
  Type type = e.elementType(x);
  if (!isFloat(type))
    return call.result(e.restride(x, e.preservedStrides(x)));
  const llvm::fltSemantics &semantics =
      cast<FloatType>(type).getFloatSemantics();
  double largest = APFloat::getLargest(semantics).convertToDouble();
  Value nan = e.number(call.number("nan", 0), type);
  Value high = e.number(call.number("posinf", largest), type);
  Value low = e.number(call.number("neginf", -largest), type);
  Value y = e.select(e.emit<graph::IsnanOp>(x), nan, x);
  y = e.select(e.compare(ComparePredicate::Eq, x, INFINITY), high, y);
  call.result(e.select(e.compare(ComparePredicate::Eq, x, -INFINITY), low, y));
}

/// Bounds that may be absent; numbers or tensors. They take part in promotion.
static void importClamp(Call &call) {
  Emitter &e = call.e;
  SmallVector<StringRef> names = {"self"};
  for (StringRef name : {"min", "max"})
    if (!call.isNone(name))
      names.push_back(name);
  auto operands = promote(call, names);
  if (names.size() == 1)
    return (void)e.fail("op-argument", "clamp needs min or max");
  if (names.size() == 3)
    return call.result(
        e.emit<graph::ClampOp>(operands[0], operands[1], operands[2]));
  // Only this keeps the sign of a zero.
  Item bound = call.get(names[1]);
  if (names[1] == "min" && bound.getConstant() == 0)
    return call.result(e.emit<graph::ReluOp>(operands[0]));
  call.result(names[1] == "min"
                  ? e.emit<graph::MaximumOp>(operands[0], operands[1])
                  : e.emit<graph::MinimumOp>(operands[0], operands[1]));
}

/// max.other and maximum: bools are ordered, too.
template <typename OpTy, typename BoolOpTy>
static void importExtremum(Call &call) {
  auto operands = promote(call, {"self", "other"});
  call.result(isBool(call.e.elementType(operands[0]))
                  ? call.e.emit<BoolOpTy>(operands[0], operands[1])
                  : call.e.emit<OpTy>(operands[0], operands[1]));
}

static void importConvertElementType(Call &call) {
  Emitter &e = call.e;
  Value a = call.tensor("a");
  Type type = call.dtype("dtype");
  if (e.elementType(a) == type)
    return call.result(e.restride(a, e.preservedStrides(a)));
  call.result(e.cast(a, type));
}

static void importIsreal(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (isComplex(e.elementType(self)))
    return (void)e.unsupported("isreal of complex numbers");
  call.result(e.logicalNot(never(call, self)));
}

/// Of real numbers: pi for the negative ones.
static void importAngle(Call &call) {
  Emitter &e = call.e;
  Value x = floatSelf(call);
  Type type = e.elementType(x);
  if (isComplex(type))
    return call.result(e.emit<graph::Atan2Op>(e.emit<graph::ImagOp>(x),
                                              e.emit<graph::RealOp>(x)));
  Value angle = e.select(e.compare(ComparePredicate::Lt, x, 0.0),
                         e.number(M_PI, type), e.number(0, type));
  call.result(e.select(e.emit<graph::IsnanOp>(x), x, angle));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.angle.default", importAngle},
    {"aten.clamp.Tensor", importClamp},
    {"aten.clamp.default", importClamp},
    {"aten.clamp_max.Tensor", importClamp},
    {"aten.clamp_max.default", importClamp},
    {"aten.clamp_min.Tensor", importClamp},
    {"aten.clamp_min.default", importClamp},
    {"aten.clip.Tensor", importClamp},
    {"aten.clip.default", importClamp},
    {"aten.eq.Scalar", importCompare<ComparePredicate::Eq>},
    {"aten.eq.Tensor", importCompare<ComparePredicate::Eq>},
    {"aten.fmax.default", importExtremum<graph::FmaxOp, graph::BitwiseOrOp>},
    {"aten.fmin.default", importExtremum<graph::FminOp, graph::BitwiseAndOp>},
    {"aten.ge.Scalar", importCompare<ComparePredicate::Ge>},
    {"aten.ge.Tensor", importCompare<ComparePredicate::Ge>},
    {"aten.greater.Scalar", importCompare<ComparePredicate::Gt>},
    {"aten.greater.Tensor", importCompare<ComparePredicate::Gt>},
    {"aten.greater_equal.Scalar", importCompare<ComparePredicate::Ge>},
    {"aten.greater_equal.Tensor", importCompare<ComparePredicate::Ge>},
    {"aten.gt.Scalar", importCompare<ComparePredicate::Gt>},
    {"aten.gt.Tensor", importCompare<ComparePredicate::Gt>},
    {"aten.isclose.default", importIsclose},
    {"aten.isfinite.default", importIsfinite},
    {"aten.isinf.default", importTest<graph::IsinfOp>},
    {"aten.isnan.default", importTest<graph::IsnanOp>},
    {"aten.isneginf.default", importIsSignedInf<true>},
    {"aten.isposinf.default", importIsSignedInf<false>},
    {"aten.isreal.default", importIsreal},
    {"aten.le.Scalar", importCompare<ComparePredicate::Le>},
    {"aten.le.Tensor", importCompare<ComparePredicate::Le>},
    {"aten.less.Scalar", importCompare<ComparePredicate::Lt>},
    {"aten.less.Tensor", importCompare<ComparePredicate::Lt>},
    {"aten.less_equal.Scalar", importCompare<ComparePredicate::Le>},
    {"aten.less_equal.Tensor", importCompare<ComparePredicate::Le>},
    {"aten.logical_and.default", importLogical<graph::BitwiseAndOp>},
    {"aten.logical_not.default", importLogicalNot},
    {"aten.logical_or.default", importLogical<graph::BitwiseOrOp>},
    {"aten.logical_xor.default", importLogical<graph::BitwiseXorOp>},
    {"aten.lt.Scalar", importCompare<ComparePredicate::Lt>},
    {"aten.lt.Tensor", importCompare<ComparePredicate::Lt>},
    {"aten.masked_fill.Scalar", importMaskedFill},
    {"aten.masked_fill.Tensor", importMaskedFill},
    {"aten.max.other", importExtremum<graph::MaximumOp, graph::BitwiseOrOp>},
    {"aten.maximum.default", importExtremum<graph::MaximumOp, graph::BitwiseOrOp>},
    {"aten.min.other", importExtremum<graph::MinimumOp, graph::BitwiseAndOp>},
    {"aten.minimum.default", importExtremum<graph::MinimumOp, graph::BitwiseAndOp>},
    {"aten.nan_to_num.default", importNanToNum},
    {"aten.ne.Scalar", importCompare<ComparePredicate::Ne>},
    {"aten.ne.Tensor", importCompare<ComparePredicate::Ne>},
    {"aten.not_equal.Scalar", importCompare<ComparePredicate::Ne>},
    {"aten.not_equal.Tensor", importCompare<ComparePredicate::Ne>},
    {"aten.signbit.default", importSignbit},
    {"aten.where.Scalar", importWhere},
    {"aten.where.ScalarOther", importWhere},
    {"aten.where.ScalarSelf", importWhere},
    {"aten.where.self", importWhere},
    {"prims.convert_element_type.default", importConvertElementType},
    {"prims.eq.default", importCompare<ComparePredicate::Eq>},
    {"prims.fmax.default", importExtremum<graph::FmaxOp, graph::BitwiseOrOp>},
    {"prims.fmin.default", importExtremum<graph::FminOp, graph::BitwiseAndOp>},
    {"prims.ge.default", importCompare<ComparePredicate::Ge>},
    {"prims.gt.default", importCompare<ComparePredicate::Gt>},
    {"prims.isfinite.default", importIsfinite},
    {"prims.le.default", importCompare<ComparePredicate::Le>},
    {"prims.lt.default", importCompare<ComparePredicate::Lt>},
    {"prims.maximum.default", importExtremum<graph::MaximumOp, graph::BitwiseOrOp>},
    {"prims.minimum.default", importExtremum<graph::MinimumOp, graph::BitwiseAndOp>},
    {"prims.ne.default", importCompare<ComparePredicate::Ne>},
    {"prims.signbit.default", importSignbit},
    {"prims.where.default", importPrimsWhere},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::comparisonOverloads() { return table; }
