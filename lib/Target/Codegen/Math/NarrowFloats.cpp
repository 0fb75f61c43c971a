//===- NarrowFloats.cpp - Arithmetic of f16 and bf16 ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NarrowFloats.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace graphc::codegen;

bool graphc::codegen::isNarrowFloat(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
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

/// The bits of narrow floats in the lower half of i32.
static Lanes bitsOfNarrow(MathBuilder &builder, Value narrow) {
  Lanes value(builder, narrow);
  Value bits = arith::BitcastOp::create(
      builder, value.withElement(builder.getI16Type()), narrow);
  return {builder, arith::ExtUIOp::create(
                       builder, value.withElement(builder.getI32Type()), bits)};
}

static Value narrowOfBits(Lanes bits, Type element) {
  MathBuilder &builder = bits.getBuilder();
  Value half = arith::TruncIOp::create(
      builder, bits.withElement(builder.getI16Type()), bits.get());
  return arith::BitcastOp::create(builder, bits.withElement(element), half);
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

/// The 15 bits are moved to f32's place; the exponent is put right by a
/// product, which also makes numbers below f16's normal ones normal.
static Lanes halfToSingle(MathBuilder &builder, Value narrow) {
  Lanes half = bitsOfNarrow(builder, narrow);
  auto integer = [&](int64_t number) { return half.integer(number); };
  Lanes moved = (half & integer(0x7fff)) << 13;
  Lanes number = (moved.asFloat() * 0x1p112).asBits();
  Lanes special = moved | integer(0x7f800000);
  Lanes isFinite = moved < integer(0x7c00 << 13);
  Lanes sign = (half & integer(0x8000)) << 16;
  return (select(isFinite, number, special) | sign).asFloat();
}

static Lanes singleToHalfBits(Lanes x) {
  Lanes magnitude = abs(x);
  Lanes bits = magnitude.asBits();
  auto integer = [&](int64_t number) { return bits.integer(number); };
  Lanes isUp = (bits >> 13) & integer(1);
  Lanes normal = (bits + integer(0xfff - ((127 - 15) << 23)) + isUp) >> 13;
  // Adding 1/2 leaves the bits of a number below the normal ones at the end.
  Lanes small = (magnitude + 0.5).asBits() - integer(0x3f000000);
  Lanes result = select(magnitude < 0x1p-14, small, normal);
  // Half a step above the greatest number.
  result = select(magnitude < 65520, result, integer(0x7c00));
  result = select(isNaN(x), integer(0x7e00), result);
  return result | ((x.asBits() >> 16) & integer(0x8000));
}

static Value toSingle(MathBuilder &builder, Value value) {
  Lanes lanes(builder, value);
  return lanes.getElement().isF32() ? value : lanes.toSingle().get();
}

static Value expandExtension(arith::ExtFOp op, const MathFeatures &features) {
  MathBuilder builder(op, features);
  Type from = getElementTypeOrSelf(op.getIn().getType());
  bool single = getElementTypeOrSelf(op.getType()).isF32();
  Value wide;
  if (from.isBF16() && !features.bfloat)
    wide = bfloatToSingle(builder, op.getIn()).get();
  else if (from.isF16() && !features.half)
    wide = halfToSingle(builder, op.getIn()).get();
  else if (single)
    return nullptr;
  else
    wide = arith::ExtFOp::create(builder, withFloat32(op.getIn().getType()),
                                 op.getIn());
  return single ? wide : Lanes(builder, wide).toDouble().get();
}

static Value expandTruncation(arith::TruncFOp op,
                              const MathFeatures &features) {
  MathBuilder builder(op, features);
  Type to = getElementTypeOrSelf(op.getType());
  bool single = getElementTypeOrSelf(op.getIn().getType()).isF32();
  bool isKnown = to.isF16() ? features.half : features.bfloat;
  if (isKnown && single)
    return nullptr;
  // By way of f32, as torch.
  Value value = toSingle(builder, op.getIn());
  if (isKnown)
    return arith::TruncFOp::create(builder, op.getType(), value);
  Lanes lanes(builder, value);
  return narrowOfBits(
      to.isBF16() ? singleToBfloatBits(lanes) : singleToHalfBits(lanes), to);
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
