//===- Elementwise.cpp - Graph ops of elements ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseConversion.h"
#include "ScalarFunctions.h"

#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::elementwise;

using arith::CmpFPredicate;
using arith::CmpIPredicate;
using graph::ComparePredicate;

namespace {

template <Value (*function)(ScalarBuilder &, Value, Value, Type)>
Value buildDivision(const Element &e) {
  return function(e.b, e[0], e[1], e.type);
}

Value buildMaximum(const Element &e) { return e.b.maximum(e[0], e[1], e.type); }

Value buildMinimum(const Element &e) { return e.b.minimum(e[0], e[1], e.type); }

/// x^n for a known small n >= 0 by repeated squaring.
Value buildPowConstant(ScalarBuilder &b, Value base, uint64_t exponent) {
  Value result;
  for (Value power = base; exponent; exponent >>= 1) {
    if (exponent & 1)
      result = result ? b.mul(result, power) : power;
    if (exponent > 1)
      power = b.mul(power, power);
  }
  return result ? result : b.number(base.getType(), 1);
}

/// The exponents that torch computes without pow, exactly as it does.
Value buildFloatPow(const Element &e, double exponent) {
  ScalarBuilder &b = e.b;
  Value one = b.real(e[0].getType(), 1);
  if (exponent == 0 || exponent == 1 || exponent == 2 || exponent == 3)
    return buildPowConstant(b, e[0], exponent);
  if (exponent == 0.5)
    return b.op<math::SqrtOp>(e[0]);
  if (exponent == -0.5)
    return b.op<math::RsqrtOp>(e[0]);
  if (exponent == -1)
    return b.div(one, e[0]);
  if (exponent == -2)
    return b.div(one, b.mul(e[0], e[0]));
  return b.op<math::PowFOp>(e[0], e[1]);
}

Value buildPow(const Element &e) {
  if (e.isComplex())
    return e.b.op<complex::PowOp>(e[0], e[1]);
  Attribute exponent = getSplat(e.op->getOperand(1));
  if (e.isFloat()) {
    if (auto value = dyn_cast_or_null<FloatAttr>(exponent))
      return buildFloatPow(e, value.getValueAsDouble());
    return e.b.op<math::PowFOp>(e[0], e[1]);
  }
  if (auto value = dyn_cast_or_null<IntegerAttr>(exponent))
    if (!value.getValue().isNegative() || isUnsigned(e.type))
      return buildPowConstant(e.b, e[0], value.getValue().getZExtValue());
  return buildIntegerPow(e.b, e[0], e[1], e.type);
}

/// A shift by the width or more, or by less than nothing, shifts everything
/// out.
Value buildShift(const Element &e, bool left) {
  ScalarBuilder &b = e.b;
  Type type = e[0].getType();
  unsigned width = type.getIntOrFloatBitWidth();
  Value inRange = b.cmp(CmpIPredicate::ult, e[1], b.integer(type, width));
  Value zero = b.integer(type, 0);
  if (left)
    return b.select(inRange,
                    b.op<arith::ShLIOp>(e[0], b.select(inRange, e[1], zero)),
                    zero);
  if (isUnsigned(e.type))
    return b.select(inRange,
                    b.op<arith::ShRUIOp>(e[0], b.select(inRange, e[1], zero)),
                    zero);
  return b.op<arith::ShRSIOp>(
      e[0], b.select(inRange, e[1], b.integer(type, width - 1)));
}

Value buildShiftLeft(const Element &e) { return buildShift(e, true); }
Value buildShiftRight(const Element &e) { return buildShift(e, false); }

Value buildHypotOf(const Element &e) { return buildHypot(e.b, e[0], e[1]); }
Value buildNextafterOf(const Element &e) {
  return buildNextafter(e.b, e[0], e[1], e.type);
}

CmpFPredicate getFloatPredicate(ComparePredicate predicate) {
  switch (predicate) {
  case ComparePredicate::Eq:
    return CmpFPredicate::OEQ;
  case ComparePredicate::Ne:
    return CmpFPredicate::UNE;
  case ComparePredicate::Lt:
    return CmpFPredicate::OLT;
  case ComparePredicate::Le:
    return CmpFPredicate::OLE;
  case ComparePredicate::Gt:
    return CmpFPredicate::OGT;
  case ComparePredicate::Ge:
    return CmpFPredicate::OGE;
  }
  llvm_unreachable("unknown predicate");
}

CmpIPredicate getIntegerPredicate(ComparePredicate predicate, bool isUnsigned) {
  switch (predicate) {
  case ComparePredicate::Eq:
    return CmpIPredicate::eq;
  case ComparePredicate::Ne:
    return CmpIPredicate::ne;
  case ComparePredicate::Lt:
    return isUnsigned ? CmpIPredicate::ult : CmpIPredicate::slt;
  case ComparePredicate::Le:
    return isUnsigned ? CmpIPredicate::ule : CmpIPredicate::sle;
  case ComparePredicate::Gt:
    return isUnsigned ? CmpIPredicate::ugt : CmpIPredicate::sgt;
  case ComparePredicate::Ge:
    return isUnsigned ? CmpIPredicate::uge : CmpIPredicate::sge;
  }
  llvm_unreachable("unknown predicate");
}

Value buildCompare(const Element &e) {
  ComparePredicate predicate = cast<graph::CompareOp>(e.op).getPredicate();
  if (e.isComplex())
    return predicate == ComparePredicate::Eq
               ? e.b.op<complex::EqualOp>(e[0], e[1])
               : e.b.op<complex::NotEqualOp>(e[0], e[1]);
  if (e.isFloat())
    return e.b.cmp(getFloatPredicate(predicate), e[0], e[1]);
  return e.b.cmp(getIntegerPredicate(predicate, isUnsigned(e.type)), e[0],
                 e[1]);
}

/// Not maximum and minimum for floats: a zero keeps its sign at a bound of 0.
Value buildClamp(const Element &e) {
  if (!e.isFloat())
    return e.b.minimum(e.b.maximum(e[0], e[1], e.type), e[2], e.type);
  auto bound = [&](CmpFPredicate isBehind, Value x, Value bound) {
    Value taken =
        e.b.op<arith::OrIOp>(e.b.cmp(isBehind, x, bound), e.b.isNan(bound));
    return e.b.select(taken, bound, x);
  };
  return bound(CmpFPredicate::OGT, bound(CmpFPredicate::OLT, e[0], e[1]), e[2]);
}

Value buildSelect(const Element &e) { return e.b.select(e[0], e[1], e[2]); }

Value buildComplex(const Element &e) {
  return e.b.op<complex::CreateOp>(ComplexType::get(e[0].getType()), e[0],
                                   e[1]);
}

/// Divisions of integers fail at run time for a divisor of zero.
template <typename GraphOp,
          Value (*function)(ScalarBuilder &, Value, Value, Type)>
struct DivisionConversion
    : ElementwiseConversion<GraphOp, Code<Real, buildDivision<function>>> {
  using Base =
      ElementwiseConversion<GraphOp, Code<Real, buildDivision<function>>>;
  using Base::Base;

  LogicalResult lower(GraphOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getRhs().getType());
    if (isa<IntegerType>(type.getElementType()))
      checkNotZero(op.getRhs(), type, b);
    return Base::lower(op, b);
  }

private:
  static void checkNotZero(Value divisor, graph::StridedTensorType type,
                           LinalgBuilder &b) {
    auto splat = dyn_cast_or_null<IntegerAttr>(getSplat(divisor));
    if (splat && !splat.getValue().isZero())
      return;
    b.checkAll(type.getShape(), b.read(divisor), "division by zero",
               [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                 return scalars.cast(args[0], type.getElementType(),
                                     scalars.getI1Type());
               });
  }
};

} // namespace

void graphc::populateElementwisePatterns(const TypeConverter &converter,
                                         SymbolValues &symbols,
                                         RewritePatternSet &patterns) {
  populateUnaryPatterns(converter, symbols, patterns);
  patterns.add<
      // clang-format off
      ElementwiseConversion<graph::AddOp, Columns<arith::AddFOp, arith::AddIOp, arith::AddIOp, arith::OrIOp, complex::AddOp>>,
      ElementwiseConversion<graph::SubOp, Columns<arith::SubFOp, arith::SubIOp, arith::SubIOp, None, complex::SubOp>>,
      ElementwiseConversion<graph::MulOp, Columns<arith::MulFOp, arith::MulIOp, arith::MulIOp, arith::AndIOp, complex::MulOp>>,
      ElementwiseConversion<graph::DivOp, Function<arith::DivFOp, complex::DivOp>>,
      DivisionConversion<graph::FloorDivOp, buildFloorDiv>,
      DivisionConversion<graph::TruncDivOp, buildTruncDiv>,
      DivisionConversion<graph::RemainderOp, buildRemainder>,
      DivisionConversion<graph::FmodOp, buildFmod>,
      ElementwiseConversion<graph::PowOp, Code<Number | Complex, buildPow>>,
      ElementwiseConversion<graph::Atan2Op, Function<math::Atan2Op>>,
      ElementwiseConversion<graph::MaximumOp, Code<Real, buildMaximum>>,
      ElementwiseConversion<graph::MinimumOp, Code<Real, buildMinimum>>,
      ElementwiseConversion<graph::FmaxOp, Columns<arith::MaxNumFOp, arith::MaxSIOp, arith::MaxUIOp>>,
      ElementwiseConversion<graph::FminOp, Columns<arith::MinNumFOp, arith::MinSIOp, arith::MinUIOp>>,
      ElementwiseConversion<graph::BitwiseAndOp, Columns<None, arith::AndIOp>>,
      ElementwiseConversion<graph::BitwiseOrOp, Columns<None, arith::OrIOp>>,
      ElementwiseConversion<graph::BitwiseXorOp, Columns<None, arith::XOrIOp>>,
      ElementwiseConversion<graph::ShiftLeftOp, Code<Integer, buildShiftLeft>>,
      ElementwiseConversion<graph::ShiftRightOp, Code<Integer, buildShiftRight>>,
      ElementwiseConversion<graph::CopysignOp, Function<math::CopySignOp>>,
      ElementwiseConversion<graph::HypotOp, Code<Float, buildHypotOf>>,
      ElementwiseConversion<graph::NextafterOp, Code<Float, buildNextafterOf>>,
      ElementwiseConversion<graph::CompareOp, Code<Any, buildCompare>>,
      ElementwiseConversion<graph::SelectOp, Code<Any, buildSelect>>,
      ElementwiseConversion<graph::ClampOp, Code<Real, buildClamp>>,
      ElementwiseConversion<graph::FmaOp, Function<math::FmaOp>>,
      ElementwiseConversion<graph::ComplexOp, Code<Float, buildComplex>>
      // clang-format on
      >(converter, patterns.getContext(), symbols);
}
