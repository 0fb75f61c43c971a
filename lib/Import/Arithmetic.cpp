//===- Arithmetic.cpp - Arithmetic of ATen and its oddities ---------------===//
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
  // Of a tensor of exponents ATen refuses none.
  if (exponent && *exponent < 0 && !e.hasFailed() &&
      isInteger(e.elementType(base)) && !call.get("self").isNumber())
    return (void)e.fail("op-argument",
                        "integers have no negative integer powers");
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

static constexpr Overload table[] = {
    // clang-format off
    {"aten.abs.default", importAbs},
    {"aten.absolute.default", importAbs},
    {"aten.add.Scalar", importAdd},
    {"aten.add.Tensor", importAdd},
    {"aten.addcdiv.default", importAddc<true>},
    {"aten.addcmul.default", importAddc<false>},
    {"aten.div.Scalar", importFloatBinary<graph::DivOp>},
    {"aten.div.Scalar_mode", importDivMode},
    {"aten.div.Tensor", importFloatBinary<graph::DivOp>},
    {"aten.div.Tensor_mode", importDivMode},
    {"aten.divide.Scalar", importFloatBinary<graph::DivOp>},
    {"aten.divide.Scalar_mode", importDivMode},
    {"aten.divide.Tensor", importFloatBinary<graph::DivOp>},
    {"aten.divide.Tensor_mode", importDivMode},
    {"aten.float_power.Scalar", importFloatPower},
    {"aten.float_power.Tensor_Scalar", importFloatPower},
    {"aten.float_power.Tensor_Tensor", importFloatPower},
    {"aten.floor_divide.Scalar", importBinary<graph::FloorDivOp>},
    {"aten.floor_divide.default", importBinary<graph::FloorDivOp>},
    {"aten.fmod.Scalar", importBinary<graph::FmodOp>},
    {"aten.fmod.Tensor", importBinary<graph::FmodOp>},
    {"aten.frac.default", importFrac},
    {"aten.ldexp.Tensor", importLdexp},
    {"aten.lerp.Scalar", importLerp},
    {"aten.lerp.Tensor", importLerp},
    {"aten.mul.Scalar", importBinary<graph::MulOp>},
    {"aten.mul.Tensor", importBinary<graph::MulOp>},
    {"aten.multiply.Scalar", importBinary<graph::MulOp>},
    {"aten.multiply.Tensor", importBinary<graph::MulOp>},
    {"aten.neg.default", importUnary<graph::NegOp>},
    {"aten.negative.default", importUnary<graph::NegOp>},
    {"aten.positive.default", importPositive},
    {"aten.pow.Scalar", importPow},
    {"aten.pow.Tensor_Scalar", importPow},
    {"aten.pow.Tensor_Tensor", importPow},
    {"aten.reciprocal.default", importReciprocal},
    {"aten.remainder.Scalar", importBinary<graph::RemainderOp>},
    {"aten.remainder.Scalar_Tensor", importBinary<graph::RemainderOp>},
    {"aten.remainder.Tensor", importBinary<graph::RemainderOp>},
    {"aten.round.decimals", importRoundDecimals},
    {"aten.rsub.Scalar", importRsub},
    {"aten.rsub.Tensor", importRsub},
    {"aten.sgn.default", importSign},
    {"aten.sign.default", importSign},
    {"aten.special_round.default", importRoundDecimals},
    {"aten.square.default", importSquare},
    {"aten.sub.Scalar", importSub},
    {"aten.sub.Tensor", importSub},
    {"aten.subtract.Scalar", importSub},
    {"aten.subtract.Tensor", importSub},
    {"aten.true_divide.Scalar", importFloatBinary<graph::DivOp>},
    {"aten.true_divide.Tensor", importFloatBinary<graph::DivOp>},
    {"prims.abs.default", importAbs},
    {"prims.add.default", importAdd},
    {"prims.div.default", importPrimsDiv},
    {"prims.fma.default", importFma},
    {"prims.fmod.default", importBinary<graph::FmodOp>},
    {"prims.mul.default", importBinary<graph::MulOp>},
    {"prims.neg.default", importUnary<graph::NegOp>},
    {"prims.reciprocal.default", importReciprocal},
    {"prims.remainder.default", importBinary<graph::RemainderOp>},
    {"prims.sign.default", importSign},
    {"prims.sub.default", importSub},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::arithmeticOverloads() { return table; }
