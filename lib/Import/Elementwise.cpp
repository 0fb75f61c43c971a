//===- Elementwise.cpp - Pointwise ATen operators -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Pointwise.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Shapes of operators
//===----------------------------------------------------------------------===//

Type graphc::aten::checkPromotion(Call &call, Type type) {
  if (!type && !call.e.hasFailed())
    call.e.unsupported("PyTorch does not promote these dtypes");
  return type ? type : call.e.f32();
}

SmallVector<Value> graphc::aten::promote(Call &call,
                                         ArrayRef<StringRef> names) {
  SmallVector<Operand> operands;
  for (StringRef name : names)
    operands.push_back(call.operand(name));
  Type type =
      checkPromotion(call, getResultType(operands, call.e.getContext()));
  SmallVector<Value> values;
  for (const Operand &operand : operands)
    values.push_back(call.e.operand(operand, type));
  return values;
}

SmallVector<Value> graphc::aten::promoteToFloat(Call &call,
                                                ArrayRef<StringRef> names) {
  SmallVector<Operand> operands;
  for (StringRef name : names)
    operands.push_back(call.operand(name));
  Type type =
      checkPromotion(call, getFloatResultType(operands, call.e.getContext()));
  SmallVector<Value> values;
  for (const Operand &operand : operands)
    values.push_back(call.e.operand(operand, type));
  return values;
}

Value graphc::aten::floatSelf(Call &call, StringRef name) {
  return promoteToFloat(call, name).front();
}

/// One operand, dtype kept.
template <typename OpTy>
static void importUnary(Call &call) {
  call.result(call.e.emit<OpTy>(call.tensor("self")));
}

/// Whether a function is built for complex numbers, too.
template <typename OpTy>
static constexpr bool takesComplex =
    llvm::is_one_of<OpTy, graph::ExpOp, graph::Expm1Op, graph::LogOp,
                    graph::Log1pOp, graph::SqrtOp, graph::RsqrtOp,
                    graph::ReciprocalOp, graph::SinOp, graph::CosOp,
                    graph::TanOp, graph::TanhOp, graph::SigmoidOp>::value;

template <typename OpTy>
static Value emitFunction(Emitter &e, Value x) {
  if (!takesComplex<OpTy> && isComplex(e.elementType(x)))
    return e.fail("unsupported-dtype",
                  "is not supported for " + getDTypeName(e.elementType(x)));
  return e.emit<OpTy>(x);
}

/// One operand; integers become floats first.
template <typename OpTy>
static void importFloatUnary(Call &call) {
  call.result(emitFunction<OpTy>(call.e, floatSelf(call)));
}

/// Rounding: the identity on integers.
template <typename OpTy>
static void importRounding(Call &call) {
  Value self = call.tensor("self");
  call.result(isFloat(call.e.elementType(self))
                  ? call.e.emit<OpTy>(self)
                  : call.e.restride(self, call.e.preservedStrides(self)));
}

/// Two operands of one promoted type.
template <typename OpTy>
static void importBinary(Call &call) {
  auto operands = promote(call, {"self", "other"});
  call.result(call.e.emit<OpTy>(operands[0], operands[1]));
}

template <typename OpTy>
static void importFloatBinary(Call &call) {
  auto operands = promoteToFloat(call, {"self", "other"});
  call.result(call.e.emit<OpTy>(operands[0], operands[1]));
}

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

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// a + alpha * b, rounded once where ATen computes in f32.
static Value addScaled(Call &call, Value a, Value b, const Item &alpha,
                       double sign) {
  Emitter &e = call.e;
  std::optional<double> factor = alpha.getConstant();
  if (factor == 1.0)
    return sign > 0 ? e.add(a, b) : e.sub(a, b);
  Type type = e.elementType(a), compute = getComputeType(type);
  Value scaled = e.mul(e.cast(b, compute), e.number(alpha, compute));
  a = e.cast(a, compute);
  return e.cast(sign > 0 ? e.add(a, scaled) : e.sub(a, scaled), type);
}

static Item alphaOf(Call &call) {
  return call.isNone("alpha") ? Item(call.e.expr(1)) : call.get("alpha");
}

static void importAdd(Call &call) {
  auto operands = promote(call, {"self", "other"});
  call.result(addScaled(call, operands[0], operands[1], alphaOf(call), 1));
}

static void importSub(Call &call) {
  auto operands = promote(call, {"self", "other"});
  call.result(addScaled(call, operands[0], operands[1], alphaOf(call), -1));
}

static void importRsub(Call &call) {
  auto operands = promote(call, {"self", "other"});
  call.result(addScaled(call, operands[1], operands[0], alphaOf(call), -1));
}

static void importFloorDivide(Call &call) {
  importBinary<graph::FloorDivOp>(call);
}

static void importDivMode(Call &call) {
  std::string mode = call.text("rounding_mode");
  if (mode.empty())
    return importFloatBinary<graph::DivOp>(call);
  if (mode == "floor")
    return importBinary<graph::FloorDivOp>(call);
  if (mode == "trunc")
    return importBinary<graph::TruncDivOp>(call);
  call.e.fail("op-argument", "unknown rounding_mode '" + mode + "'");
}

/// prims.div keeps integers, rounding towards zero.
static void importPrimsDiv(Call &call) {
  auto operands = promote(call, {"self", "other"});
  if (isInteger(call.e.elementType(operands[0])))
    call.result(call.e.emit<graph::TruncDivOp>(operands[0], operands[1]));
  else
    call.result(call.e.div(operands[0], operands[1]));
}

static void importPow(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"self", "exponent"});
  Value base = operands[0];
  // The exponents that ATen's kernel treats as other functions.
  std::optional<double> exponent = call.get("exponent").getConstant();
  if (exponent == 1.0)
    return call.result(e.restride(base, e.preservedStrides(base)));
  if (exponent == 2.0)
    return call.result(e.mul(base, base));
  if (exponent == 3.0 && !isReducedFloat(e.elementType(base)))
    return call.result(e.mul(e.mul(base, base), base));
  if (exponent == 0.5 && isFloat(e.elementType(base)))
    return call.result(e.emit<graph::SqrtOp>(base));
  if (exponent == -0.5 && isFloat(e.elementType(base)))
    return call.result(e.emit<graph::RsqrtOp>(base));
  if (exponent == -1.0 && isFloat(e.elementType(base)))
    return call.result(e.emit<graph::ReciprocalOp>(base));
  if (isBool(e.elementType(base)))
    return (void)e.unsupported("pow of bool");
  call.result(e.emit<graph::PowOp>(base, operands[1]));
}

static void importFloatPower(Call &call) {
  Emitter &e = call.e;
  Operand base = call.operand("self"), exponent = call.operand("exponent");
  Type type = e.f64(), common = getResultType({base, exponent}, e.getContext());
  if (common && isComplex(common))
    type = ComplexType::get(type);
  call.result(
      e.emit<graph::PowOp>(e.operand(base, type), e.operand(exponent, type)));
}

static void importSquare(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  // A power with the int 2, which makes bools int64.
  if (isBool(e.elementType(self)))
    self = e.cast(self, e.i64());
  call.result(e.mul(self, self));
}

static void importPositive(Call &call) { call.resultAlias("self"); }

static void importFrac(Call &call) {
  Value self = call.tensor("self");
  call.result(call.e.sub(self, call.e.emit<graph::TruncOp>(self)));
}

static void importRoundDecimals(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t decimals = call.integer("decimals");
  if (decimals == 0)
    return call.result(e.emit<graph::RoundOp>(self));
  Type type = e.elementType(self), compute = getComputeType(type);
  double scale = std::pow(10.0, std::abs(decimals));
  Value x = e.cast(self, compute);
  x = decimals > 0 ? e.mul(x, scale) : e.div(x, scale);
  x = e.emit<graph::RoundOp>(x);
  call.result(e.cast(decimals > 0 ? e.div(x, scale) : e.mul(x, scale), type));
}

static void importReciprocal(Call &call) {
  call.result(call.e.emit<graph::ReciprocalOp>(floatSelf(call)));
}

static void importAbs(Call &call) {
  Value self = call.tensor("self");
  if (isBool(call.e.elementType(self)))
    return (void)call.e.unsupported("abs of bool");
  call.result(call.e.emit<graph::AbsOp>(self));
}

static void importSign(Call &call) {
  Value self = call.tensor("self");
  if (isBool(call.e.elementType(self)))
    return call.result(call.e.restride(self, call.e.preservedStrides(self)));
  call.result(call.e.emit<graph::SignOp>(self));
}

/// bool shifts do not exist; other types promote as usual.
template <typename OpTy>
static void importShift(Call &call) {
  importBinary<OpTy>(call);
}

/// a * 2^b.
static void importLdexp(Call &call) {
  auto operands = promoteToFloat(call, {"self", "other"});
  call.result(call.e.mul(operands[0],
                         emitFunction<graph::Exp2Op>(call.e, operands[1])));
}

static void importLerp(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), end = call.tensor("end");
  Type type = e.elementType(self), compute = getComputeType(type);
  Value weight = e.operand(call.operand("weight"), compute);
  self = e.cast(self, compute);
  end = e.cast(end, compute);
  Value step = e.mul(weight, e.sub(end, self));
  // ATen goes from the nearer end.
  Value fromStart = e.add(self, step);
  Value fromEnd =
      e.sub(end, e.mul(e.sub(end, self), e.sub(e.number(1, compute), weight)));
  Value isNear =
      e.compare(ComparePredicate::Lt, e.emit<graph::AbsOp>(weight), 0.5);
  call.result(e.cast(e.select(isNear, fromStart, fromEnd), type));
}

template <bool divide>
static void importAddc(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"self", "tensor1", "tensor2"});
  Type type = e.elementType(operands[0]), compute = getComputeType(type);
  for (Value &operand : operands)
    operand = e.cast(operand, compute);
  Value term = operands[1];
  if (call.number("value", 1) != 1)
    term = e.mul(term, e.number(call.get("value"), compute));
  term = divide ? e.div(term, operands[2]) : e.mul(term, operands[2]);
  call.result(e.cast(e.add(operands[0], term), type));
}

static void importFma(Call &call) {
  auto operands = promote(call, {"a", "b", "c"});
  call.result(call.e.emit<graph::FmaOp>(operands[0], operands[1], operands[2]));
}

//===----------------------------------------------------------------------===//
// Special functions
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Tests and choices
//===----------------------------------------------------------------------===//

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

/// masked_fill keeps the dtype of self.
static void importMaskedFill(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value value = e.operand(call.operand("value"), e.elementType(self));
  call.result(e.select(e.toBool(call.tensor("mask")), value, self));
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
    return (void)e.unsupported("angle of complex numbers");
  Value angle = e.select(e.compare(ComparePredicate::Lt, x, 0.0),
                         e.number(M_PI, type), e.number(0, type));
  call.result(e.select(e.emit<graph::IsnanOp>(x), x, angle));
}

static void importConjPhysical(Call &call) {
  if (isComplex(call.e.elementType(call.tensor("self"))))
    return (void)call.e.unsupported("conj_physical of complex numbers");
  call.resultAlias("self");
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.__and__.Scalar", importBinary<graph::BitwiseAndOp>},
    {"aten.__and__.Tensor", importBinary<graph::BitwiseAndOp>},
    {"aten.__lshift__.Scalar", importShift<graph::ShiftLeftOp>},
    {"aten.__lshift__.Tensor", importShift<graph::ShiftLeftOp>},
    {"aten.__or__.Scalar", importBinary<graph::BitwiseOrOp>},
    {"aten.__or__.Tensor", importBinary<graph::BitwiseOrOp>},
    {"aten.__rshift__.Scalar", importShift<graph::ShiftRightOp>},
    {"aten.__rshift__.Tensor", importShift<graph::ShiftRightOp>},
    {"aten.__xor__.Scalar", importBinary<graph::BitwiseXorOp>},
    {"aten.__xor__.Tensor", importBinary<graph::BitwiseXorOp>},
    {"aten.abs.default", importAbs},
    {"aten.absolute.default", importAbs},
    {"aten.acos.default", importFloatUnary<graph::AcosOp>},
    {"aten.acosh.default", importFloatUnary<graph::AcoshOp>},
    {"aten.add.Scalar", importAdd},
    {"aten.add.Tensor", importAdd},
    {"aten.addcdiv.default", importAddc<true>},
    {"aten.addcmul.default", importAddc<false>},
    {"aten.angle.default", importAngle},
    {"aten.arccos.default", importFloatUnary<graph::AcosOp>},
    {"aten.arccosh.default", importFloatUnary<graph::AcoshOp>},
    {"aten.arcsin.default", importFloatUnary<graph::AsinOp>},
    {"aten.arcsinh.default", importFloatUnary<graph::AsinhOp>},
    {"aten.arctan.default", importFloatUnary<graph::AtanOp>},
    {"aten.arctan2.default", importFloatBinary<graph::Atan2Op>},
    {"aten.arctanh.default", importFloatUnary<graph::AtanhOp>},
    {"aten.asin.default", importFloatUnary<graph::AsinOp>},
    {"aten.asinh.default", importFloatUnary<graph::AsinhOp>},
    {"aten.atan.default", importFloatUnary<graph::AtanOp>},
    {"aten.atan2.default", importFloatBinary<graph::Atan2Op>},
    {"aten.atanh.default", importFloatUnary<graph::AtanhOp>},
    {"aten.bitwise_and.Scalar", importBinary<graph::BitwiseAndOp>},
    {"aten.bitwise_and.Scalar_Tensor", importBinary<graph::BitwiseAndOp>},
    {"aten.bitwise_and.Tensor", importBinary<graph::BitwiseAndOp>},
    {"aten.bitwise_left_shift.Scalar_Tensor", importShift<graph::ShiftLeftOp>},
    {"aten.bitwise_left_shift.Tensor", importShift<graph::ShiftLeftOp>},
    {"aten.bitwise_left_shift.Tensor_Scalar", importShift<graph::ShiftLeftOp>},
    {"aten.bitwise_not.default", importUnary<graph::BitwiseNotOp>},
    {"aten.bitwise_or.Scalar", importBinary<graph::BitwiseOrOp>},
    {"aten.bitwise_or.Scalar_Tensor", importBinary<graph::BitwiseOrOp>},
    {"aten.bitwise_or.Tensor", importBinary<graph::BitwiseOrOp>},
    {"aten.bitwise_right_shift.Scalar_Tensor", importShift<graph::ShiftRightOp>},
    {"aten.bitwise_right_shift.Tensor", importShift<graph::ShiftRightOp>},
    {"aten.bitwise_right_shift.Tensor_Scalar", importShift<graph::ShiftRightOp>},
    {"aten.bitwise_xor.Scalar", importBinary<graph::BitwiseXorOp>},
    {"aten.bitwise_xor.Scalar_Tensor", importBinary<graph::BitwiseXorOp>},
    {"aten.bitwise_xor.Tensor", importBinary<graph::BitwiseXorOp>},
    {"aten.ceil.default", importRounding<graph::CeilOp>},
    {"aten.clamp.Tensor", importClamp},
    {"aten.clamp.default", importClamp},
    {"aten.clamp_max.Tensor", importClamp},
    {"aten.clamp_max.default", importClamp},
    {"aten.clamp_min.Tensor", importClamp},
    {"aten.clamp_min.default", importClamp},
    {"aten.clip.Tensor", importClamp},
    {"aten.clip.default", importClamp},
    {"aten.conj_physical.default", importConjPhysical},
    {"aten.copysign.Scalar", importFloatBinary<graph::CopysignOp>},
    {"aten.copysign.Tensor", importFloatBinary<graph::CopysignOp>},
    {"aten.cos.default", importFloatUnary<graph::CosOp>},
    {"aten.cosh.default", importFloatUnary<graph::CoshOp>},
    {"aten.deg2rad.default", importDegrees<false>},
    {"aten.digamma.default", importFloatUnary<graph::DigammaOp>},
    {"aten.div.Scalar", importFloatBinary<graph::DivOp>},
    {"aten.div.Scalar_mode", importDivMode},
    {"aten.div.Tensor", importFloatBinary<graph::DivOp>},
    {"aten.div.Tensor_mode", importDivMode},
    {"aten.divide.Scalar", importFloatBinary<graph::DivOp>},
    {"aten.divide.Scalar_mode", importDivMode},
    {"aten.divide.Tensor", importFloatBinary<graph::DivOp>},
    {"aten.divide.Tensor_mode", importDivMode},
    {"aten.eq.Scalar", importCompare<ComparePredicate::Eq>},
    {"aten.eq.Tensor", importCompare<ComparePredicate::Eq>},
    {"aten.erf.default", importFloatUnary<graph::ErfOp>},
    {"aten.erfc.default", importFloatUnary<graph::ErfcOp>},
    {"aten.erfinv.default", importFloatUnary<graph::ErfinvOp>},
    {"aten.exp.default", importFloatUnary<graph::ExpOp>},
    {"aten.exp2.default", importFloatUnary<graph::Exp2Op>},
    {"aten.expm1.default", importFloatUnary<graph::Expm1Op>},
    {"aten.fix.default", importRounding<graph::TruncOp>},
    {"aten.float_power.Scalar", importFloatPower},
    {"aten.float_power.Tensor_Scalar", importFloatPower},
    {"aten.float_power.Tensor_Tensor", importFloatPower},
    {"aten.floor.default", importRounding<graph::FloorOp>},
    {"aten.floor_divide.Scalar", importFloorDivide},
    {"aten.floor_divide.default", importFloorDivide},
    {"aten.fmax.default", importExtremum<graph::FmaxOp, graph::BitwiseOrOp>},
    {"aten.fmin.default", importExtremum<graph::FminOp, graph::BitwiseAndOp>},
    {"aten.fmod.Scalar", importBinary<graph::FmodOp>},
    {"aten.fmod.Tensor", importBinary<graph::FmodOp>},
    {"aten.frac.default", importFrac},
    {"aten.ge.Scalar", importCompare<ComparePredicate::Ge>},
    {"aten.ge.Tensor", importCompare<ComparePredicate::Ge>},
    {"aten.greater.Scalar", importCompare<ComparePredicate::Gt>},
    {"aten.greater.Tensor", importCompare<ComparePredicate::Gt>},
    {"aten.greater_equal.Scalar", importCompare<ComparePredicate::Ge>},
    {"aten.greater_equal.Tensor", importCompare<ComparePredicate::Ge>},
    {"aten.gt.Scalar", importCompare<ComparePredicate::Gt>},
    {"aten.gt.Tensor", importCompare<ComparePredicate::Gt>},
    {"aten.heaviside.default", importHeaviside},
    {"aten.hypot.default", importBinary<graph::HypotOp>},
    {"aten.isclose.default", importIsclose},
    {"aten.isfinite.default", importIsfinite},
    {"aten.isinf.default", importTest<graph::IsinfOp>},
    {"aten.isnan.default", importTest<graph::IsnanOp>},
    {"aten.isneginf.default", importIsSignedInf<true>},
    {"aten.isposinf.default", importIsSignedInf<false>},
    {"aten.isreal.default", importIsreal},
    {"aten.ldexp.Tensor", importLdexp},
    {"aten.le.Scalar", importCompare<ComparePredicate::Le>},
    {"aten.le.Tensor", importCompare<ComparePredicate::Le>},
    {"aten.lerp.Scalar", importLerp},
    {"aten.lerp.Tensor", importLerp},
    {"aten.less.Scalar", importCompare<ComparePredicate::Lt>},
    {"aten.less.Tensor", importCompare<ComparePredicate::Lt>},
    {"aten.less_equal.Scalar", importCompare<ComparePredicate::Le>},
    {"aten.less_equal.Tensor", importCompare<ComparePredicate::Le>},
    {"aten.lgamma.default", importFloatUnary<graph::LgammaOp>},
    {"aten.log.default", importFloatUnary<graph::LogOp>},
    {"aten.log10.default", importFloatUnary<graph::Log10Op>},
    {"aten.log1p.default", importFloatUnary<graph::Log1pOp>},
    {"aten.log2.default", importFloatUnary<graph::Log2Op>},
    {"aten.logaddexp.default", importLogaddexp<false>},
    {"aten.logaddexp2.default", importLogaddexp<true>},
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
    {"aten.mul.Scalar", importBinary<graph::MulOp>},
    {"aten.mul.Tensor", importBinary<graph::MulOp>},
    {"aten.multiply.Scalar", importBinary<graph::MulOp>},
    {"aten.multiply.Tensor", importBinary<graph::MulOp>},
    {"aten.nan_to_num.default", importNanToNum},
    {"aten.ne.Scalar", importCompare<ComparePredicate::Ne>},
    {"aten.ne.Tensor", importCompare<ComparePredicate::Ne>},
    {"aten.neg.default", importUnary<graph::NegOp>},
    {"aten.negative.default", importUnary<graph::NegOp>},
    {"aten.nextafter.default", importBinary<graph::NextafterOp>},
    {"aten.not_equal.Scalar", importCompare<ComparePredicate::Ne>},
    {"aten.not_equal.Tensor", importCompare<ComparePredicate::Ne>},
    {"aten.positive.default", importPositive},
    {"aten.pow.Scalar", importPow},
    {"aten.pow.Tensor_Scalar", importPow},
    {"aten.pow.Tensor_Tensor", importPow},
    {"aten.rad2deg.default", importDegrees<true>},
    {"aten.reciprocal.default", importReciprocal},
    {"aten.remainder.Scalar", importBinary<graph::RemainderOp>},
    {"aten.remainder.Scalar_Tensor", importBinary<graph::RemainderOp>},
    {"aten.remainder.Tensor", importBinary<graph::RemainderOp>},
    {"aten.round.decimals", importRoundDecimals},
    {"aten.round.default", importRounding<graph::RoundOp>},
    {"aten.rsqrt.default", importFloatUnary<graph::RsqrtOp>},
    {"aten.rsub.Scalar", importRsub},
    {"aten.rsub.Tensor", importRsub},
    {"aten.sgn.default", importSign},
    {"aten.sigmoid.default", importFloatUnary<graph::SigmoidOp>},
    {"aten.sign.default", importSign},
    {"aten.signbit.default", importSignbit},
    {"aten.sin.default", importFloatUnary<graph::SinOp>},
    {"aten.sinc.default", importSinc},
    {"aten.sinh.default", importFloatUnary<graph::SinhOp>},
    {"aten.special_digamma.default", importFloatUnary<graph::DigammaOp>},
    {"aten.special_entr.default", importEntr},
    {"aten.special_erf.default", importFloatUnary<graph::ErfOp>},
    {"aten.special_erfc.default", importFloatUnary<graph::ErfcOp>},
    {"aten.special_erfinv.default", importFloatUnary<graph::ErfinvOp>},
    {"aten.special_exp2.default", importFloatUnary<graph::Exp2Op>},
    {"aten.special_expit.default", importFloatUnary<graph::SigmoidOp>},
    {"aten.special_expm1.default", importFloatUnary<graph::Expm1Op>},
    {"aten.special_gammaln.default", importFloatUnary<graph::LgammaOp>},
    {"aten.special_log1p.default", importFloatUnary<graph::Log1pOp>},
    {"aten.special_ndtr.default", importNdtr},
    {"aten.special_psi.default", importFloatUnary<graph::DigammaOp>},
    {"aten.special_round.default", importRoundDecimals},
    {"aten.special_sinc.default", importSinc},
    {"aten.special_xlog1py.default", importXlogy<graph::Log1pOp>},
    {"aten.special_xlogy.default", importXlogy<graph::LogOp>},
    {"aten.special_xlogy.other_scalar", importXlogy<graph::LogOp>},
    {"aten.special_xlogy.self_scalar", importXlogy<graph::LogOp>},
    {"aten.sqrt.default", importFloatUnary<graph::SqrtOp>},
    {"aten.square.default", importSquare},
    {"aten.sub.Scalar", importSub},
    {"aten.sub.Tensor", importSub},
    {"aten.subtract.Scalar", importSub},
    {"aten.subtract.Tensor", importSub},
    {"aten.tan.default", importFloatUnary<graph::TanOp>},
    {"aten.tanh.default", importFloatUnary<graph::TanhOp>},
    {"aten.true_divide.Scalar", importFloatBinary<graph::DivOp>},
    {"aten.true_divide.Tensor", importFloatBinary<graph::DivOp>},
    {"aten.trunc.default", importRounding<graph::TruncOp>},
    {"aten.where.Scalar", importWhere},
    {"aten.where.ScalarOther", importWhere},
    {"aten.where.ScalarSelf", importWhere},
    {"aten.where.self", importWhere},
    {"aten.xlogy.Scalar_Other", importXlogy<graph::LogOp>},
    {"aten.xlogy.Scalar_Self", importXlogy<graph::LogOp>},
    {"aten.xlogy.Tensor", importXlogy<graph::LogOp>},
    {"prims.abs.default", importAbs},
    {"prims.acos.default", importFloatUnary<graph::AcosOp>},
    {"prims.acosh.default", importFloatUnary<graph::AcoshOp>},
    {"prims.add.default", importAdd},
    {"prims.asin.default", importFloatUnary<graph::AsinOp>},
    {"prims.asinh.default", importFloatUnary<graph::AsinhOp>},
    {"prims.atan.default", importFloatUnary<graph::AtanOp>},
    {"prims.atan2.default", importFloatBinary<graph::Atan2Op>},
    {"prims.atanh.default", importFloatUnary<graph::AtanhOp>},
    {"prims.bitwise_and.default", importBinary<graph::BitwiseAndOp>},
    {"prims.bitwise_not.default", importUnary<graph::BitwiseNotOp>},
    {"prims.bitwise_or.default", importBinary<graph::BitwiseOrOp>},
    {"prims.bitwise_xor.default", importBinary<graph::BitwiseXorOp>},
    {"prims.ceil.default", importRounding<graph::CeilOp>},
    {"prims.convert_element_type.default", importConvertElementType},
    {"prims.cos.default", importFloatUnary<graph::CosOp>},
    {"prims.cosh.default", importFloatUnary<graph::CoshOp>},
    {"prims.digamma.default", importFloatUnary<graph::DigammaOp>},
    {"prims.div.default", importPrimsDiv},
    {"prims.eq.default", importCompare<ComparePredicate::Eq>},
    {"prims.erf.default", importFloatUnary<graph::ErfOp>},
    {"prims.erf_inv.default", importFloatUnary<graph::ErfinvOp>},
    {"prims.erfc.default", importFloatUnary<graph::ErfcOp>},
    {"prims.exp.default", importFloatUnary<graph::ExpOp>},
    {"prims.exp2.default", importFloatUnary<graph::Exp2Op>},
    {"prims.expm1.default", importFloatUnary<graph::Expm1Op>},
    {"prims.floor.default", importRounding<graph::FloorOp>},
    {"prims.fma.default", importFma},
    {"prims.fmax.default", importExtremum<graph::FmaxOp, graph::BitwiseOrOp>},
    {"prims.fmin.default", importExtremum<graph::FminOp, graph::BitwiseAndOp>},
    {"prims.fmod.default", importBinary<graph::FmodOp>},
    {"prims.ge.default", importCompare<ComparePredicate::Ge>},
    {"prims.gt.default", importCompare<ComparePredicate::Gt>},
    {"prims.hypot.default", importBinary<graph::HypotOp>},
    {"prims.isfinite.default", importIsfinite},
    {"prims.le.default", importCompare<ComparePredicate::Le>},
    {"prims.lgamma.default", importFloatUnary<graph::LgammaOp>},
    {"prims.log.default", importFloatUnary<graph::LogOp>},
    {"prims.log10.default", importFloatUnary<graph::Log10Op>},
    {"prims.log1p.default", importFloatUnary<graph::Log1pOp>},
    {"prims.log2.default", importFloatUnary<graph::Log2Op>},
    {"prims.lt.default", importCompare<ComparePredicate::Lt>},
    {"prims.maximum.default", importExtremum<graph::MaximumOp, graph::BitwiseOrOp>},
    {"prims.minimum.default", importExtremum<graph::MinimumOp, graph::BitwiseAndOp>},
    {"prims.mul.default", importBinary<graph::MulOp>},
    {"prims.ne.default", importCompare<ComparePredicate::Ne>},
    {"prims.neg.default", importUnary<graph::NegOp>},
    {"prims.nextafter.default", importBinary<graph::NextafterOp>},
    {"prims.pow.default", importBinary<graph::PowOp>},
    {"prims.reciprocal.default", importReciprocal},
    {"prims.remainder.default", importBinary<graph::RemainderOp>},
    {"prims.round.default", importRounding<graph::RoundOp>},
    {"prims.rsqrt.default", importFloatUnary<graph::RsqrtOp>},
    {"prims.shift_left.default", importShift<graph::ShiftLeftOp>},
    {"prims.shift_right_arithmetic.default", importShift<graph::ShiftRightOp>},
    {"prims.sign.default", importSign},
    {"prims.signbit.default", importSignbit},
    {"prims.sin.default", importFloatUnary<graph::SinOp>},
    {"prims.sinh.default", importFloatUnary<graph::SinhOp>},
    {"prims.sqrt.default", importFloatUnary<graph::SqrtOp>},
    {"prims.sub.default", importSub},
    {"prims.tan.default", importFloatUnary<graph::TanOp>},
    {"prims.tanh.default", importFloatUnary<graph::TanhOp>},
    {"prims.trunc.default", importRounding<graph::TruncOp>},
    {"prims.where.default", importPrimsWhere},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::elementwiseOverloads() { return table; }
