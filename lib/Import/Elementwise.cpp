//===- Elementwise.cpp - Pointwise ATen operators -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pointwise.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

Type graphc::aten::checkPromotion(Call &call, Type type) {
  if (!type && !call.e.hasFailed())
    call.e.unsupported("PyTorch does not promote these dtypes");
  return type ? type : call.e.f32();
}

/// The named arguments in the type that `getType` finds for them.
static SmallVector<Value> promoteWith(Call &call, ArrayRef<StringRef> names,
                                      Type (*getType)(ArrayRef<Operand>,
                                                      MLIRContext *)) {
  SmallVector<Operand> operands;
  for (StringRef name : names)
    operands.push_back(call.operand(name));
  Type type = checkPromotion(call, getType(operands, call.e.getContext()));
  SmallVector<Value> values;
  for (const Operand &operand : operands)
    values.push_back(call.e.operand(operand, type));
  return values;
}

SmallVector<Value> graphc::aten::promote(Call &call,
                                         ArrayRef<StringRef> names) {
  return promoteWith(call, names, getResultType);
}

SmallVector<Value> graphc::aten::promoteToFloat(Call &call,
                                                ArrayRef<StringRef> names) {
  return promoteWith(call, names, getFloatResultType);
}

Value graphc::aten::floatSelf(Call &call, StringRef name) {
  return promoteToFloat(call, name).front();
}

/// Rounding: the identity on integers.
template <typename OpTy>
static void importRounding(Call &call) {
  Value self = call.tensor("self");
  call.result(isFloat(call.e.elementType(self))
                  ? call.e.emit<OpTy>(self)
                  : call.e.restride(self, call.e.preservedStrides(self)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.__and__.Scalar", importBinary<graph::BitwiseAndOp>},
    {"aten.__and__.Tensor", importBinary<graph::BitwiseAndOp>},
    {"aten.__lshift__.Scalar", importBinary<graph::ShiftLeftOp>},
    {"aten.__lshift__.Tensor", importBinary<graph::ShiftLeftOp>},
    {"aten.__or__.Scalar", importBinary<graph::BitwiseOrOp>},
    {"aten.__or__.Tensor", importBinary<graph::BitwiseOrOp>},
    {"aten.__rshift__.Scalar", importBinary<graph::ShiftRightOp>},
    {"aten.__rshift__.Tensor", importBinary<graph::ShiftRightOp>},
    {"aten.__xor__.Scalar", importBinary<graph::BitwiseXorOp>},
    {"aten.__xor__.Tensor", importBinary<graph::BitwiseXorOp>},
    {"aten.acos.default", importFloatUnary<graph::AcosOp>},
    {"aten.acosh.default", importFloatUnary<graph::AcoshOp>},
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
    {"aten.bitwise_left_shift.Scalar_Tensor", importBinary<graph::ShiftLeftOp>},
    {"aten.bitwise_left_shift.Tensor", importBinary<graph::ShiftLeftOp>},
    {"aten.bitwise_left_shift.Tensor_Scalar", importBinary<graph::ShiftLeftOp>},
    {"aten.bitwise_not.default", importUnary<graph::BitwiseNotOp>},
    {"aten.bitwise_or.Scalar", importBinary<graph::BitwiseOrOp>},
    {"aten.bitwise_or.Scalar_Tensor", importBinary<graph::BitwiseOrOp>},
    {"aten.bitwise_or.Tensor", importBinary<graph::BitwiseOrOp>},
    {"aten.bitwise_right_shift.Scalar_Tensor", importBinary<graph::ShiftRightOp>},
    {"aten.bitwise_right_shift.Tensor", importBinary<graph::ShiftRightOp>},
    {"aten.bitwise_right_shift.Tensor_Scalar", importBinary<graph::ShiftRightOp>},
    {"aten.bitwise_xor.Scalar", importBinary<graph::BitwiseXorOp>},
    {"aten.bitwise_xor.Scalar_Tensor", importBinary<graph::BitwiseXorOp>},
    {"aten.bitwise_xor.Tensor", importBinary<graph::BitwiseXorOp>},
    {"aten.ceil.default", importRounding<graph::CeilOp>},
    {"aten.copysign.Scalar", importFloatBinary<graph::CopysignOp>},
    {"aten.copysign.Tensor", importFloatBinary<graph::CopysignOp>},
    {"aten.cos.default", importFloatUnary<graph::CosOp>},
    {"aten.cosh.default", importFloatUnary<graph::CoshOp>},
    {"aten.exp.default", importFloatUnary<graph::ExpOp>},
    {"aten.exp2.default", importFloatUnary<graph::Exp2Op>},
    {"aten.expm1.default", importFloatUnary<graph::Expm1Op>},
    {"aten.fix.default", importRounding<graph::TruncOp>},
    {"aten.floor.default", importRounding<graph::FloorOp>},
    {"aten.hypot.default", importBinary<graph::HypotOp>},
    {"aten.log.default", importFloatUnary<graph::LogOp>},
    {"aten.log10.default", importFloatUnary<graph::Log10Op>},
    {"aten.log1p.default", importFloatUnary<graph::Log1pOp>},
    {"aten.log2.default", importFloatUnary<graph::Log2Op>},
    {"aten.nextafter.default", importBinary<graph::NextafterOp>},
    {"aten.round.default", importRounding<graph::RoundOp>},
    {"aten.rsqrt.default", importFloatUnary<graph::RsqrtOp>},
    {"aten.sigmoid.default", importFloatUnary<graph::SigmoidOp>},
    {"aten.sin.default", importFloatUnary<graph::SinOp>},
    {"aten.sinh.default", importFloatUnary<graph::SinhOp>},
    {"aten.sqrt.default", importFloatUnary<graph::SqrtOp>},
    {"aten.tan.default", importFloatUnary<graph::TanOp>},
    {"aten.tanh.default", importFloatUnary<graph::TanhOp>},
    {"aten.trunc.default", importRounding<graph::TruncOp>},
    {"prims.acos.default", importFloatUnary<graph::AcosOp>},
    {"prims.acosh.default", importFloatUnary<graph::AcoshOp>},
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
    {"prims.cos.default", importFloatUnary<graph::CosOp>},
    {"prims.cosh.default", importFloatUnary<graph::CoshOp>},
    {"prims.exp.default", importFloatUnary<graph::ExpOp>},
    {"prims.exp2.default", importFloatUnary<graph::Exp2Op>},
    {"prims.expm1.default", importFloatUnary<graph::Expm1Op>},
    {"prims.floor.default", importRounding<graph::FloorOp>},
    {"prims.hypot.default", importBinary<graph::HypotOp>},
    {"prims.log.default", importFloatUnary<graph::LogOp>},
    {"prims.log10.default", importFloatUnary<graph::Log10Op>},
    {"prims.log1p.default", importFloatUnary<graph::Log1pOp>},
    {"prims.log2.default", importFloatUnary<graph::Log2Op>},
    {"prims.nextafter.default", importBinary<graph::NextafterOp>},
    {"prims.pow.default", importBinary<graph::PowOp>},
    {"prims.round.default", importRounding<graph::RoundOp>},
    {"prims.rsqrt.default", importFloatUnary<graph::RsqrtOp>},
    {"prims.shift_left.default", importBinary<graph::ShiftLeftOp>},
    {"prims.shift_right_arithmetic.default", importBinary<graph::ShiftRightOp>},
    {"prims.sin.default", importFloatUnary<graph::SinOp>},
    {"prims.sinh.default", importFloatUnary<graph::SinhOp>},
    {"prims.sqrt.default", importFloatUnary<graph::SqrtOp>},
    {"prims.tan.default", importFloatUnary<graph::TanOp>},
    {"prims.tanh.default", importFloatUnary<graph::TanhOp>},
    {"prims.trunc.default", importRounding<graph::TruncOp>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::elementwiseOverloads() { return table; }
