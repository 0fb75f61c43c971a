//===- SortWords.cpp - Elements as words to sort --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SortNetwork.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

SortWords::SortWords(kernel::SortOp sort)
    : isDescending(sort.getDescending()), isUnsigned(sort.getIsUnsigned()) {
  auto input = cast<ShapedType>(sort.getInput().getType());
  element = input.getElementType();
  unsigned keyBits = element.getIntOrFloatBitWidth();
  Builder builder(sort.getContext());
  key = builder.getIntegerType(keyBits);
  // All bits set is no index: that would be the last word.
  unsigned bits = input.isDynamicDim(1)
                      ? 64
                      : keyBits + llvm::Log2_64(input.getDimSize(1)) + 1;
  bits = std::clamp<unsigned>(llvm::PowerOf2Ceil(bits), 32, 128);
  if (keyBits == 64)
    bits = 128;
  type = builder.getIntegerType(bits);
}

/// The bits of a float, in order as unsigned integers: of negative numbers all
/// are inverted, of others the sign. NaN is largest, zero has one sign.
static Value encodeFloat(OpBuilder &builder, Location loc, Value element,
                         IntegerType key) {
  auto constant = [&](const APInt &value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getIntegerAttr(key, value));
  };
  unsigned width = key.getWidth();
  Value bits = arith::BitcastOp::create(builder, loc, key, element);
  Value magnitude = arith::AndIOp::create(
      builder, loc, bits, constant(APInt::getSignedMaxValue(width)));
  Value isZero = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       magnitude, constant(APInt(width, 0)));
  bits = arith::SelectOp::create(builder, loc, isZero, magnitude, bits);
  Value sign = arith::ShRSIOp::create(builder, loc, bits,
                                      constant(APInt(width, width - 1)));
  Value mask = arith::OrIOp::create(builder, loc, sign,
                                    constant(APInt::getSignMask(width)));
  Value ordered = arith::XOrIOp::create(builder, loc, bits, mask);
  const llvm::fltSemantics &semantics =
      cast<FloatType>(element.getType()).getFloatSemantics();
  Value infinity = constant(APFloat::getInf(semantics).bitcastToAPInt());
  Value isNaN = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ugt,
                                      magnitude, infinity);
  return arith::SelectOp::create(builder, loc, isNaN,
                                 constant(APInt::getAllOnes(width)), ordered);
}

Value SortWords::encode(OpBuilder &builder, Location loc, Value element,
                        Value index) const {
  unsigned width = key.getWidth();
  auto constant = [&](IntegerType type, const APInt &value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getIntegerAttr(type, value));
  };
  Value bits = element;
  if (isa<FloatType>(element.getType()))
    bits = encodeFloat(builder, loc, element, key);
  else if (!isUnsigned)
    bits = arith::XOrIOp::create(builder, loc, bits,
                                 constant(key, APInt::getSignMask(width)));
  if (isDescending)
    bits = arith::XOrIOp::create(builder, loc, bits,
                                 constant(key, APInt::getAllOnes(width)));
  unsigned indexBits = type.getWidth() - width;
  Value wide = arith::ExtUIOp::create(builder, loc, type, bits);
  Value upper = arith::ShLIOp::create(
      builder, loc, wide, constant(type, APInt(type.getWidth(), indexBits)));
  Value lower = arith::IndexCastUIOp::create(
      builder, loc, builder.getIntegerType(std::min(type.getWidth(), 64u)),
      index);
  if (lower.getType() != type)
    lower = arith::ExtUIOp::create(builder, loc, type, lower);
  return arith::OrIOp::create(builder, loc, upper, lower);
}

Value SortWords::getDigit(OpBuilder &builder, Location loc, Value word,
                          int64_t place) const {
  constexpr int64_t digitBits = 8;
  int64_t first = type.getWidth() - key.getWidth() + place * digitBits;
  Value shifted = arith::ShRUIOp::create(
      builder, loc, word,
      arith::ConstantOp::create(builder, loc,
                                builder.getIntegerAttr(type, first)));
  Type i32 = builder.getI32Type();
  if (type != i32)
    shifted = arith::TruncIOp::create(builder, loc, i32, shifted);
  Value mask =
      arith::ConstantIntOp::create(builder, loc, i32, (1 << digitBits) - 1);
  return arith::AndIOp::create(builder, loc, shifted, mask);
}

Value SortWords::decode(OpBuilder &builder, Location loc, Value word,
                        function_ref<Value()> load) const {
  unsigned width = key.getWidth(), indexBits = type.getWidth() - width;
  auto constant = [&](IntegerType type, const APInt &value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getIntegerAttr(type, value));
  };
  auto compare = [&](Value value, const APInt &other) -> Value {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, value,
                                 constant(key, other));
  };
  Value bits = arith::TruncIOp::create(
      builder, loc, key,
      arith::ShRUIOp::create(
          builder, loc, word,
          constant(type, APInt(type.getWidth(), indexBits))));
  if (isDescending)
    bits = arith::XOrIOp::create(builder, loc, bits,
                                 constant(key, APInt::getAllOnes(width)));
  APInt signMask = APInt::getSignMask(width);
  if (!isa<FloatType>(element))
    return isUnsigned ? bits
                      : arith::XOrIOp::create(builder, loc, bits,
                                              constant(key, signMask))
                            .getResult();
  Value isUnclear =
      arith::OrIOp::create(builder, loc, compare(bits, signMask),
                           compare(bits, APInt::getAllOnes(width)));
  auto branch = scf::IfOp::create(
      builder, loc, isUnclear,
      [&](OpBuilder &, Location) {
        scf::YieldOp::create(builder, loc, load());
      },
      [&](OpBuilder &, Location) {
        // All bits of negative numbers are inverted.
        Value sign = arith::ShRSIOp::create(
            builder, loc, bits, constant(key, APInt(width, width - 1)));
        Value inverted = arith::XOrIOp::create(
            builder, loc, sign, constant(key, APInt::getAllOnes(width)));
        Value mask = arith::OrIOp::create(builder, loc, inverted,
                                          constant(key, signMask));
        Value raw = arith::XOrIOp::create(builder, loc, bits, mask);
        scf::YieldOp::create(
            builder, loc,
            arith::BitcastOp::create(builder, loc, element, raw).getResult());
      });
  return branch.getResult(0);
}

Value SortWords::decodeIndex(OpBuilder &builder, Location loc,
                             Value word) const {
  unsigned indexBits = type.getWidth() - key.getWidth();
  Value index = arith::TruncIOp::create(
      builder, loc, builder.getIntegerType(indexBits), word);
  return arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(),
                                      index);
}

Value SortWords::makeLast(OpBuilder &builder, Location loc) const {
  return arith::ConstantOp::create(
      builder, loc,
      builder.getIntegerAttr(type, APInt::getAllOnes(type.getWidth())));
}
