//===- CastFolders.cpp - Folding of conversions ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Folding.h"

using namespace mlir;
using namespace graphc::graph;

/// Every value of `from` is one of `to`, and both are integers or both floats.
static bool isLossless(Type from, Type to) {
  auto fromFloat = dyn_cast<FloatType>(from);
  auto toFloat = dyn_cast<FloatType>(to);
  if (fromFloat && toFloat)
    return APFloat::isRepresentableBy(fromFloat.getFloatSemantics(),
                                      toFloat.getFloatSemantics());
  if (!isa<IntegerType>(from) || !isa<IntegerType>(to))
    return false;
  unsigned fromWidth = from.getIntOrFloatBitWidth();
  unsigned toWidth = to.getIntOrFloatBitWidth();
  if (isUnsigned(from) == isUnsigned(to))
    return fromWidth <= toWidth && toWidth > 1;
  return isUnsigned(from) && fromWidth < toWidth;
}

/// A float as `to`; nothing where the result is unspecified.
static Attribute castFloat(APFloat value, Type type, Type to) {
  if (auto toFloat = dyn_cast<FloatType>(to)) {
    bool lossy = false;
    value.convert(toFloat.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                  &lossy);
    return makeSplat(type, value);
  }
  if (!isa<IntegerType>(to))
    return {};
  unsigned width = to.getIntOrFloatBitWidth();
  if (width == 1)
    return makeSplat(type, APInt(1, !value.isZero()));
  APSInt integer(width, isUnsigned(to));
  bool exact = false;
  if (value.convertToInteger(integer, APFloat::rmTowardZero, &exact) &
      APFloat::opInvalidOp)
    return {};
  return makeSplat(type, integer);
}

static Attribute castInt(const APInt &value, Type type, Type from, Type to) {
  if (auto toFloat = dyn_cast<FloatType>(to)) {
    APFloat result(toFloat.getFloatSemantics());
    result.convertFromAPInt(value, !isUnsigned(from),
                            APFloat::rmNearestTiesToEven);
    return makeSplat(type, result);
  }
  if (!isa<IntegerType>(to))
    return {};
  unsigned width = to.getIntOrFloatBitWidth();
  if (width == 1)
    return makeSplat(type, APInt(1, !value.isZero()));
  return makeSplat(type, isUnsigned(from) ? value.zextOrTrunc(width)
                                          : value.sextOrTrunc(width));
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  Type from = getInput().getType().getElementType(), to = getTo();
  if (OpFoldResult same = ifOfType(getInput(), getType()))
    return same;
  if (std::optional<APFloat> value = getFloatSplat(adaptor.getInput()))
    return castFloat(*value, getType(), to);
  if (std::optional<APInt> value = getIntSplat(adaptor.getInput()))
    return castInt(*value, getType(), from, to);
  auto inner = getInput().getDefiningOp<CastOp>();
  if (!inner)
    return {};
  Type source = inner.getInput().getType().getElementType();
  if (!isLossless(source, from))
    return {};
  if (OpFoldResult same = ifOfType(inner.getInput(), getType()))
    return same;
  getInputMutable().assign(inner.getInput());
  return getResult();
}
