//===- Positions.cpp - Values that count along a dimension ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Positions.h"
#include "Matchers.h"

#include <cmath>

using namespace mlir;
using namespace graphc::graph;

/// Sets `dim`, counted from the last, to the one that alone is not of size 1.
static bool findOnlyDim(StridedTensorType type, std::optional<int64_t> &dim) {
  for (auto [place, size] : llvm::enumerate(llvm::reverse(type.getShape()))) {
    if (size == 1)
      continue;
    if (dim)
      return false;
    dim = place;
  }
  return true;
}

/// The first of integers that grow by one.
static std::optional<int64_t> getFirst(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto dense = constant ? dyn_cast<DenseIntElementsAttr>(constant.getValue())
                        : DenseIntElementsAttr();
  if (!dense || !dense.getElementType().isSignlessInteger(64) ||
      dense.getNumElements() == 0 ||
      (dense.isSplat() && dense.getNumElements() > 1))
    return std::nullopt;
  int64_t first = *dense.getValues<int64_t>().begin();
  constexpr int64_t most = int64_t(1) << 53;
  if (first <= -most || first >= most)
    return std::nullopt;
  for (auto [index, element] : llvm::enumerate(dense.getValues<int64_t>()))
    if (element != first + static_cast<int64_t>(index))
      return std::nullopt;
  return first;
}

/// A number that is added without changing the shape.
static std::optional<int64_t> getAddend(Operation *op) {
  if (!isa<AddOp, SubOp>(op) || !isLike(op->getOperand(0), op->getResult(0)))
    return std::nullopt;
  std::optional<double> number = getNumber(op->getOperand(1));
  if (!number || !(std::abs(*number) < 0x1p53))
    return std::nullopt;
  auto addend = static_cast<int64_t>(*number);
  return isa<AddOp>(op) ? addend : -addend;
}

std::optional<Position> graphc::graph::getPosition(Value value) {
  while (auto expand = value.getDefiningOp<ExpandOp>())
    value = expand.getInput();
  Position position;
  if (!typeOf(value).getElementType().isSignlessInteger(64) ||
      !findOnlyDim(typeOf(value), position.dim))
    return std::nullopt;
  // Elements stay in order: reshapes just move the dimension.
  while (Operation *op = value.getDefiningOp()) {
    if (std::optional<int64_t> addend = getAddend(op))
      position.offset += *addend;
    else if (!isa<ReshapeOp, ContiguousOp>(op))
      break;
    value = op->getOperand(0);
  }
  if (std::optional<int64_t> first = getFirst(value)) {
    position.offset += *first;
    return position;
  }
  auto iota = value.getDefiningOp<IotaOp>();
  if (!iota)
    return std::nullopt;
  std::optional<int64_t> along;
  StridedTensorType type = iota.getType();
  if (!findOnlyDim(type, along) ||
      (along &&
       type.getRank() - 1 - *along != static_cast<int64_t>(iota.getDim())))
    return std::nullopt;
  return position;
}
