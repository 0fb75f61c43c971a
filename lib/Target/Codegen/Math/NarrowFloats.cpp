//===- NarrowFloats.cpp - Arithmetic of f16, bf16 and f8 -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowFloats.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;
using namespace graphc::codegen;

static bool isEightBits(Type element) {
  return isa<Float8E4M3FNType, Float8E5M2Type>(element);
}

bool graphc::codegen::isNarrowFloat(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16() || isEightBits(element);
}

static Type withFloat32(Type type) {
  if (!isNarrowFloat(type))
    return type;
  Type single = Float32Type::get(type.getContext());
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(single);
  return single;
}

bool graphc::codegen::widenArithmetic(Operation *op,
                                      const MathFeatures &features) {
  // What only moves bits is fine as it is.
  if (isa<arith::ConstantOp, arith::SelectOp, arith::BitcastOp, arith::ExtFOp,
          arith::TruncFOp>(op))
    return false;
  if (!isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) ||
      op->getNumRegions() ||
      (llvm::none_of(op->getOperandTypes(), isNarrowFloat) &&
       llvm::none_of(op->getResultTypes(), isNarrowFloat)))
    return false;
  MathBuilder builder(op, features);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(
        isNarrowFloat(operand.getType())
            ? arith::ExtFOp::create(builder, withFloat32(operand.getType()),
                                    operand)
            : operand);
  OperationState state(op->getLoc(), op->getName(), operands,
                       llvm::map_to_vector(op->getResultTypes(), withFloat32),
                       op->getAttrs());
  Operation *wide = builder.create(state);
  for (auto [old, result] : llvm::zip(op->getResults(), wide->getResults()))
    old.replaceAllUsesWith(
        old.getType() == result.getType()
            ? Value(result)
            : arith::TruncFOp::create(builder, old.getType(), result));
  op->erase();
  return true;
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// The integer as wide as `element`.
static Type getBitsType(Type element) {
  return IntegerType::get(element.getContext(),
                          element.getIntOrFloatBitWidth());
}

/// The bits of narrow floats at the end of i32.
static Lanes bitsOfNarrow(MathBuilder &builder, Value narrow) {
  Lanes value(builder, narrow);
  Value bits = arith::BitcastOp::create(
      builder, value.withElement(getBitsType(value.getElement())), narrow);
  return {builder, arith::ExtUIOp::create(
                       builder, value.withElement(builder.getI32Type()), bits)};
}

static Value narrowOfBits(Lanes bits, Type element) {
  MathBuilder &builder = bits.getBuilder();
  Value narrow = arith::TruncIOp::create(
      builder, bits.withElement(getBitsType(element)), bits.get());
  return arith::BitcastOp::create(builder, bits.withElement(element), narrow);
}

static Lanes bfloatToSingle(MathBuilder &builder, Value narrow) {
  return (bitsOfNarrow(builder, narrow) << 16).asFloat();
}

/// Rounds to nearest and ties to even. The processor's instruction takes the
/// numbers below the normal ones for zero.
static Lanes singleToBfloatBits(Lanes x) {
  Lanes bits = x.asBits();
  auto integer = [&](int64_t number) { return bits.integer(number); };
  Lanes isUp = (bits >> 16) & integer(1);
  Lanes rounded = bits + integer(0x7fff) + isUp;
  return select(isNaN(x), bits | integer(0x400000), rounded) >> 16;
}

namespace {
/// How a float that is narrower in exponent and mantissa than f32 is laid out.
struct Layout {
  unsigned width, mantissa, bias;
  /// Without the sign: the first of the bits that are no numbers, NaN as torch
  /// writes it, and what is too great for a number.
  int64_t special, nan, infinity;
  /// The least magnitude that is too great. Half a step above the greatest
  /// number; where that is odd, the tie itself rounds up.
  double limit;

  static Layout get(Type element) {
    if (element.isF16())
      return {16, 10, 15, 0x7c00, 0x7e00, 0x7c00, 65520};
    if (isa<Float8E5M2Type>(element))
      return {8, 2, 15, 0x7c, 0x7f, 0x7c, 61440};
    // 464 is a tie whose even side is 448. The f32 behind it.
    return {8, 3, 7, 0x7f, 0x7f, 0x7f, 464 + 0x1p-15};
  }
  int64_t signBit() const { return int64_t(1) << (width - 1); }
  /// How far the mantissa lies from its place in f32.
  unsigned shift() const { return 23 - mantissa; }
};
} // namespace

/// The bits without the sign are moved to f32's place; the exponent is put
/// right by a product, which also makes numbers below the normal ones normal.
static Lanes narrowToSingle(MathBuilder &builder, Value narrow) {
  Lanes bits = bitsOfNarrow(builder, narrow);
  Layout layout = Layout::get(getElementTypeOrSelf(narrow.getType()));
  auto integer = [&](int64_t number) { return bits.integer(number); };
  Lanes moved = (bits & integer(layout.signBit() - 1)) << layout.shift();
  Lanes number =
      (moved.asFloat() * std::ldexp(1.0, 127 - layout.bias)).asBits();
  Lanes special = moved | integer(0x7f800000);
  Lanes isFinite = moved < integer(layout.special << layout.shift());
  Lanes sign = (bits & integer(layout.signBit())) << (32 - layout.width);
  return (select(isFinite, number, special) | sign).asFloat();
}

/// Rounds to nearest and ties to even.
static Lanes singleToNarrowBits(Lanes x, const Layout &layout) {
  Lanes magnitude = abs(x);
  Lanes bits = magnitude.asBits();
  auto integer = [&](int64_t number) { return bits.integer(number); };
  unsigned shift = layout.shift();
  Lanes isUp = (bits >> shift) & integer(1);
  int64_t rounding = (int64_t(1) << (shift - 1)) - 1;
  int64_t rebias = int64_t(127 - layout.bias) << 23;
  Lanes normal = (bits + integer(rounding - rebias) + isUp) >> shift;
  // In this number's last place counts what numbers below the normal ones are
  // multiples of: adding it leaves their bits at the end.
  int exponent = 1 - static_cast<int>(layout.bias);
  auto base = static_cast<float>(std::ldexp(1.0, exponent + int(shift)));
  Lanes small =
      (magnitude + base).asBits() - integer(llvm::bit_cast<int32_t>(base));
  Lanes result = select(magnitude < std::ldexp(1.0, exponent), small, normal);
  result = select(magnitude < layout.limit, result, integer(layout.infinity));
  result = select(isNaN(x), integer(layout.nan), result);
  return result |
         ((x.asBits() >> (32 - layout.width)) & integer(layout.signBit()));
}

/// Whether the processor converts between `element` and f32.
static bool isKnown(Type element, const MathFeatures &features) {
  return element.isF16() ? features.half : element.isBF16() && features.bfloat;
}

/// f32 of any float.
static Value toSingle(MathBuilder &builder, Value value) {
  Type from = getElementTypeOrSelf(value.getType());
  if (from.isF32())
    return value;
  if (!isNarrowFloat(from))
    return Lanes(builder, value).toSingle().get();
  if (isKnown(from, builder.features))
    return arith::ExtFOp::create(builder, withFloat32(value.getType()), value);
  return from.isBF16() ? bfloatToSingle(builder, value).get()
                       : narrowToSingle(builder, value).get();
}

/// Narrow floats of f32.
static Value fromSingle(MathBuilder &builder, Value single, Type type) {
  Type to = getElementTypeOrSelf(type);
  if (isKnown(to, builder.features))
    return arith::TruncFOp::create(builder, type, single);
  Lanes lanes(builder, single);
  return narrowOfBits(to.isBF16() ? singleToBfloatBits(lanes)
                                  : singleToNarrowBits(lanes, Layout::get(to)),
                      to);
}

static Value expandExtension(arith::ExtFOp op, const MathFeatures &features) {
  MathBuilder builder(op, features);
  Type to = getElementTypeOrSelf(op.getType());
  if (to.isF32() &&
      isKnown(getElementTypeOrSelf(op.getIn().getType()), features))
    return nullptr;
  Value single = toSingle(builder, op.getIn());
  if (to.isF32())
    return single;
  return to.isF64() ? Lanes(builder, single).toDouble().get()
                    : fromSingle(builder, single, op.getType());
}

static Value expandTruncation(arith::TruncFOp op,
                              const MathFeatures &features) {
  MathBuilder builder(op, features);
  Type from = getElementTypeOrSelf(op.getIn().getType());
  if (from.isF32() && isKnown(getElementTypeOrSelf(op.getType()), features))
    return nullptr;
  // By way of f32, as torch.
  return fromSingle(builder, toSingle(builder, op.getIn()), op.getType());
}

bool graphc::codegen::expandNarrowCast(Operation *op,
                                       const MathFeatures &features) {
  Value result;
  if (auto extension = dyn_cast<arith::ExtFOp>(op)) {
    if (isNarrowFloat(extension.getIn().getType()))
      result = expandExtension(extension, features);
  } else if (auto truncation = dyn_cast<arith::TruncFOp>(op)) {
    if (isNarrowFloat(truncation.getType()))
      result = expandTruncation(truncation, features);
  }
  if (!result)
    return false;
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return true;
}
