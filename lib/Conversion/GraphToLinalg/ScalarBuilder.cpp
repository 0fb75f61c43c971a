//===- ScalarBuilder.cpp - Scalar code with torch's meaning ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarBuilder.h"

#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace graphc;

using arith::CmpFPredicate;
using arith::CmpIPredicate;

Type graphc::getComputeType(Type graphType) {
  if (auto type = dyn_cast<FloatType>(graphType))
    return type.getWidth() < 32 ? Float32Type::get(type.getContext()) : type;
  if (auto type = dyn_cast<IntegerType>(graphType))
    return IntegerType::get(type.getContext(), type.getWidth());
  return graphType;
}

bool graphc::isUnsigned(Type graphType) {
  return graphType.isUnsignedInteger() || graphType.isInteger(1);
}

Attribute graphc::getNumber(Type graphType, double value) {
  Type type = getComputeType(graphType);
  if (auto complexType = dyn_cast<ComplexType>(type)) {
    Type part = complexType.getElementType();
    return ArrayAttr::get(type.getContext(), {FloatAttr::get(part, value),
                                              FloatAttr::get(part, 0)});
  }
  if (isa<FloatType>(type))
    return FloatAttr::get(type, value);
  return IntegerAttr::get(type, static_cast<int64_t>(value));
}

/// The least (`sign` < 0) or the greatest value.
static Attribute getExtreme(Type graphType, int sign) {
  Type type = getComputeType(graphType);
  if (isa<FloatType>(type))
    return FloatAttr::get(type, sign * std::numeric_limits<double>::infinity());
  unsigned width = type.getIntOrFloatBitWidth();
  if (isUnsigned(graphType))
    return IntegerAttr::get(type, sign < 0 ? APInt::getZero(width)
                                           : APInt::getAllOnes(width));
  return IntegerAttr::get(type, sign < 0 ? APInt::getSignedMinValue(width)
                                         : APInt::getSignedMaxValue(width));
}

Attribute graphc::getLowest(Type graphType) {
  return getExtreme(graphType, -1);
}

Attribute graphc::getHighest(Type graphType) {
  return getExtreme(graphType, 1);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Value ScalarBuilder::load(Value stored, Type graphType) {
  Type type = getComputeType(graphType);
  if (stored.getType() == type)
    return stored;
  if (isa<FloatType>(type))
    return op<arith::ExtFOp>(type, stored);
  return op<arith::TruncIOp>(type, stored); // a bool, stored as 0 or 1
}

/// As torch: f8E4M3FN has no infinity, what is greater becomes its greatest
/// number.
static Value truncate(ScalarBuilder &b, Value value, Type type) {
  // What is moved only keeps its bits.
  auto extension = value.getDefiningOp<arith::ExtFOp>();
  if (extension && extension.getIn().getType() == type)
    return extension.getIn();
  if (isa<Float8E4M3FNType>(type)) {
    Value high = b.real(value.getType(), 448),
          low = b.real(value.getType(), -448);
    value = b.select(b.cmp(CmpFPredicate::OGT, value, high), high, value);
    value = b.select(b.cmp(CmpFPredicate::OLT, value, low), low, value);
  }
  return b.op<arith::TruncFOp>(type, value);
}

Value ScalarBuilder::store(Value computed, Type graphType) {
  if (graphType.isInteger(1))
    return op<arith::ExtUIOp>(getI8Type(), computed);
  if (isa<FloatType>(graphType) && computed.getType() != graphType)
    return truncate(*this, computed, graphType);
  return computed;
}

Value ScalarBuilder::constant(Attribute element, Type graphType) {
  Type type = getComputeType(graphType);
  if (auto value = dyn_cast<FloatAttr>(element)) {
    APFloat number = value.getValue();
    bool losesInfo;
    number.convert(llvm::cast<FloatType>(type).getFloatSemantics(),
                   APFloat::rmNearestTiesToEven, &losesInfo);
    return op<arith::ConstantOp>(FloatAttr::get(type, number));
  }
  if (auto value = dyn_cast<IntegerAttr>(element))
    return op<arith::ConstantOp>(IntegerAttr::get(type, value.getValue()));
  return op<complex::ConstantOp>(type, llvm::cast<ArrayAttr>(element));
}

Value ScalarBuilder::real(Type type, double value) {
  return op<arith::ConstantOp>(FloatAttr::get(type, value));
}

Value ScalarBuilder::integer(Type type, int64_t value) {
  return op<arith::ConstantOp>(IntegerAttr::get(type, value));
}

Value ScalarBuilder::number(Type type, double value) {
  return isa<FloatType>(type) ? real(type, value)
                              : integer(type, static_cast<int64_t>(value));
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// Truncates towards zero. Out of range gives the least value, as the
/// instruction that torch's code compiles to; there is no poison.
static Value truncateToInteger(ScalarBuilder &b, Value value, unsigned width) {
  Type type = b.getIntegerType(width);
  double limit = std::ldexp(1.0, width - 1);
  // In f32 the value below -2^31 that still truncates into range does not
  // exist, so that comparing with -2^31 itself is exact there; in f64 -2^31-1
  // excluded is the limit.
  Type floatType = value.getType();
  bool exact = floatType.isF32() || width == 64;
  Value low = b.real(floatType, exact ? -limit : -limit - 1);
  Value aboveLow =
      b.cmp(exact ? CmpFPredicate::OGE : CmpFPredicate::OGT, value, low);
  Value belowHigh = b.cmp(CmpFPredicate::OLT, value, b.real(floatType, limit));
  Value inRange = b.band(aboveLow, belowHigh);
  Value safe = b.select(inRange, value, b.real(floatType, 0));
  return b.select(inRange, b.op<arith::FPToSIOp>(type, safe),
                  b.op<arith::ConstantOp>(
                      IntegerAttr::get(type, APInt::getSignedMinValue(width))));
}

static Value floatToInteger(ScalarBuilder &b, Value value, Type to) {
  unsigned width = to.getIntOrFloatBitWidth();
  // C++ converts to the next type with an instruction and takes the low bits.
  unsigned viaWidth = width > 32 || to.isUnsignedInteger() ? 64 : 32;
  if (!to.isUnsignedInteger(64)) {
    Value wide = truncateToInteger(b, value, viaWidth);
    return width == viaWidth
               ? wide
               : b.op<arith::TruncIOp>(b.getIntegerType(width), wide);
  }
  // The upper half of ui64 is reached with an offset of 2^63.
  Value half = b.real(value.getType(), std::ldexp(1.0, 63));
  Value isHigh = b.cmp(CmpFPredicate::OGE, value, half);
  Value low = b.select(isHigh, b.sub(value, half), value);
  Value bits = truncateToInteger(b, low, 64);
  Value top = b.integer(b.getI64Type(), std::numeric_limits<int64_t>::min());
  return b.select(isHigh, b.bxor(bits, top), bits);
}

static Value castReal(ScalarBuilder &b, Value value, Type from, Type to) {
  Type type = getComputeType(to);
  bool fromFloat = isa<FloatType>(value.getType());
  if (to.isInteger(1)) {
    if (from.isInteger(1))
      return value;
    Value zero = b.number(value.getType(), 0);
    return fromFloat ? b.cmp(CmpFPredicate::UNE, value, zero)
                     : b.cmp(CmpIPredicate::ne, value, zero);
  }
  if (fromFloat && isa<FloatType>(type)) {
    unsigned oldWidth = value.getType().getIntOrFloatBitWidth();
    unsigned newWidth = type.getIntOrFloatBitWidth();
    if (oldWidth < newWidth)
      return b.op<arith::ExtFOp>(type, value);
    return oldWidth > newWidth ? b.op<arith::TruncFOp>(type, value) : value;
  }
  if (fromFloat)
    return floatToInteger(b, value, to);
  if (isa<FloatType>(type))
    return isUnsigned(from) ? b.op<arith::UIToFPOp>(type, value)
                            : b.op<arith::SIToFPOp>(type, value);
  unsigned oldWidth = value.getType().getIntOrFloatBitWidth();
  unsigned newWidth = type.getIntOrFloatBitWidth();
  if (oldWidth == newWidth)
    return value;
  if (oldWidth > newWidth)
    return b.op<arith::TruncIOp>(type, value);
  return isUnsigned(from) ? b.op<arith::ExtUIOp>(type, value)
                          : b.op<arith::ExtSIOp>(type, value);
}

Value ScalarBuilder::cast(Value value, Type from, Type to) {
  auto fromComplex = dyn_cast<ComplexType>(from);
  auto toComplex = dyn_cast<ComplexType>(to);
  if (!fromComplex && !toComplex)
    return castReal(*this, value, from, to);
  if (!fromComplex) {
    Type part = toComplex.getElementType();
    return op<complex::CreateOp>(toComplex, castReal(*this, value, from, part),
                                 real(part, 0));
  }
  Type part = fromComplex.getElementType();
  Value re = op<complex::ReOp>(part, value);
  if (!toComplex && !to.isInteger(1))
    return castReal(*this, re, part, to);
  Value im = op<complex::ImOp>(part, value);
  if (!toComplex)
    return bor(castReal(*this, re, part, to), castReal(*this, im, part, to));
  Type toPart = toComplex.getElementType();
  return op<complex::CreateOp>(toComplex, castReal(*this, re, part, toPart),
                               castReal(*this, im, part, toPart));
}

//===----------------------------------------------------------------------===//
// Shorthands
//===----------------------------------------------------------------------===//

Value ScalarBuilder::add(Value lhs, Value rhs) {
  if (isa<ComplexType>(lhs.getType()))
    return op<complex::AddOp>(lhs, rhs);
  return isa<FloatType>(lhs.getType()) ? op<arith::AddFOp>(lhs, rhs)
                                       : op<arith::AddIOp>(lhs, rhs);
}

Value ScalarBuilder::sub(Value lhs, Value rhs) {
  if (isa<ComplexType>(lhs.getType()))
    return op<complex::SubOp>(lhs, rhs);
  return isa<FloatType>(lhs.getType()) ? op<arith::SubFOp>(lhs, rhs)
                                       : op<arith::SubIOp>(lhs, rhs);
}

Value ScalarBuilder::mul(Value lhs, Value rhs) {
  if (isa<ComplexType>(lhs.getType()))
    return op<complex::MulOp>(lhs, rhs);
  return isa<FloatType>(lhs.getType()) ? op<arith::MulFOp>(lhs, rhs)
                                       : op<arith::MulIOp>(lhs, rhs);
}

Value ScalarBuilder::div(Value lhs, Value rhs) {
  return op<arith::DivFOp>(lhs, rhs);
}

Value ScalarBuilder::neg(Value value) {
  if (isa<FloatType>(value.getType()))
    return op<arith::NegFOp>(value);
  return op<arith::SubIOp>(integer(value.getType(), 0), value);
}

Value ScalarBuilder::band(Value lhs, Value rhs) {
  return op<arith::AndIOp>(lhs, rhs);
}

Value ScalarBuilder::bor(Value lhs, Value rhs) {
  return op<arith::OrIOp>(lhs, rhs);
}

Value ScalarBuilder::bxor(Value lhs, Value rhs) {
  return op<arith::XOrIOp>(lhs, rhs);
}

Value ScalarBuilder::bnot(Value value) {
  return bxor(value, integer(value.getType(), -1));
}

Value ScalarBuilder::select(Value condition, Value ifTrue, Value ifFalse) {
  return op<arith::SelectOp>(condition, ifTrue, ifFalse);
}

Value ScalarBuilder::cmp(CmpFPredicate predicate, Value lhs, Value rhs) {
  return op<arith::CmpFOp>(predicate, lhs, rhs);
}

Value ScalarBuilder::cmp(CmpIPredicate predicate, Value lhs, Value rhs) {
  return op<arith::CmpIOp>(predicate, lhs, rhs);
}

Value ScalarBuilder::less(Value lhs, Value rhs, Type graphType) {
  if (isa<FloatType>(lhs.getType()))
    return cmp(CmpFPredicate::OLT, lhs, rhs);
  return cmp(isUnsigned(graphType) ? CmpIPredicate::ult : CmpIPredicate::slt,
             lhs, rhs);
}

Value ScalarBuilder::equal(Value lhs, Value rhs) {
  return isa<FloatType>(lhs.getType()) ? cmp(CmpFPredicate::OEQ, lhs, rhs)
                                       : cmp(CmpIPredicate::eq, lhs, rhs);
}

Value ScalarBuilder::isNan(Value value) {
  if (isa<FloatType>(value.getType()))
    return cmp(CmpFPredicate::UNO, value, value);
  return integer(getI1Type(), 0);
}

Value ScalarBuilder::maximum(Value lhs, Value rhs, Type graphType) {
  if (isa<FloatType>(lhs.getType()))
    return op<arith::MaximumFOp>(lhs, rhs);
  return isUnsigned(graphType) ? op<arith::MaxUIOp>(lhs, rhs)
                               : op<arith::MaxSIOp>(lhs, rhs);
}

Value ScalarBuilder::minimum(Value lhs, Value rhs, Type graphType) {
  if (isa<FloatType>(lhs.getType()))
    return op<arith::MinimumFOp>(lhs, rhs);
  return isUnsigned(graphType) ? op<arith::MinUIOp>(lhs, rhs)
                               : op<arith::MinSIOp>(lhs, rhs);
}
