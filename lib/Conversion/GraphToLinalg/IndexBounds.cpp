//===- IndexBounds.cpp - Indices that cannot be out of range --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexBounds.h"
#include "LinalgBuilder.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

/// True when a is provably no more than b.
static bool isLessEqual(Expr a, Expr b) {
  std::optional<int64_t> distance = (b - a).getConstant();
  return distance && *distance >= 0;
}

/// The number that all elements of `value` are.
static std::optional<int64_t> getNumber(Value value) {
  auto splat = dyn_cast_or_null<IntegerAttr>(getSplat(value));
  return splat ? std::optional(splat.getValue().getSExtValue()) : std::nullopt;
}

/// What `value` has the elements of, maybe of a narrower signed type.
static Value lookThrough(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto widened = dyn_cast<graph::CastOp>(op)) {
      auto type = cast<graph::StridedTensorType>(widened.getInput().getType());
      if (!type.getElementType().isSignlessInteger(32))
        return value;
    } else if (!isa<graph::ReshapeOp, graph::ExpandOp, graph::PermuteOp,
                    graph::SliceOp, graph::ContiguousOp>(op)) {
      return value;
    }
    value = op->getOperand(0);
  }
  return value;
}

static bool isAtLeastZero(Value value, Expr size) {
  value = lookThrough(value);
  if (std::optional<int64_t> number = getNumber(value))
    return *number >= 0;
  Operation *op = value.getDefiningOp();
  if (auto maximum = dyn_cast_or_null<graph::MaximumOp>(op))
    return isAtLeastZero(maximum.getLhs(), size) ||
           isAtLeastZero(maximum.getRhs(), size);
  if (auto minimum = dyn_cast_or_null<graph::MinimumOp>(op))
    return isAtLeastZero(minimum.getLhs(), size) &&
           isAtLeastZero(minimum.getRhs(), size);
  if (auto number = dyn_cast_or_null<graph::SizeToTensorOp>(op))
    return isLessEqual(size - 1, number.getValue());
  if (auto remainder = dyn_cast_or_null<graph::RemainderOp>(op))
    return getNumber(remainder.getRhs()).value_or(0) > 0;
  return isa_and_nonnull<graph::IotaOp>(op);
}

static bool isBelow(Value value, Expr size) {
  value = lookThrough(value);
  if (std::optional<int64_t> number = getNumber(value))
    return *number <= 0 ||
           isLessEqual(Expr::constant(value.getContext(), *number), size - 1);
  Operation *op = value.getDefiningOp();
  if (auto maximum = dyn_cast_or_null<graph::MaximumOp>(op))
    return isBelow(maximum.getLhs(), size) && isBelow(maximum.getRhs(), size);
  if (auto minimum = dyn_cast_or_null<graph::MinimumOp>(op))
    return isBelow(minimum.getLhs(), size) || isBelow(minimum.getRhs(), size);
  if (auto number = dyn_cast_or_null<graph::SizeToTensorOp>(op))
    return isLessEqual(number.getValue(), size - 1);
  if (auto remainder = dyn_cast_or_null<graph::RemainderOp>(op)) {
    std::optional<int64_t> divisor = getNumber(remainder.getRhs());
    return divisor && *divisor > 0 &&
           isLessEqual(Expr::constant(value.getContext(), *divisor), size);
  }
  if (auto iota = dyn_cast_or_null<graph::IotaOp>(op))
    return isLessEqual(iota.getShape()[iota.getDim()], size);
  return false;
}

bool graphc::isInRange(Value index, Expr size) {
  return isAtLeastZero(index, size) && isBelow(index, size);
}
