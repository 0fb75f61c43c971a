//===- Convolution.cpp - Windows over images ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "KernelForms.h"

#include "dialects/Kernel/IR/Windows.h"

using namespace mlir;
using namespace graphc;

static bool isParallel(utils::IteratorType type) {
  return type == utils::IteratorType::parallel;
}

bool Convolution::matchImage() {
  AffineMap map = op.getIndexingMapsArray()[0];
  SmallVector<utils::IteratorType> loops = op.getIteratorTypesArray();
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  ArrayRef<int64_t> shape = cast<ShapedType>(source.getType()).getShape();
  bool hasImages = false, hasChannels = false;
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      bool isImage = isParallel(loops[dim.getPosition()]);
      bool &has = isImage ? hasImages : hasChannels;
      if (has || low[position] != 0)
        return false;
      has = true;
      (isImage ? images : channels) = position;
      (isImage ? imageLoop : channelLoop) = dim.getPosition();
      continue;
    }
    std::optional<SmallVector<kernel::AffineTerm>> terms =
        kernel::splitSum(expr);
    if (!terms || terms->size() != 2 || ShapedType::isDynamic(shape[position]))
      return false;
    Space next;
    next.position = position;
    if (!isParallel(loops[(*terms)[0].loop]))
      std::swap((*terms)[0], (*terms)[1]);
    auto [row, tap] = std::pair((*terms)[0], (*terms)[1]);
    if (!isParallel(loops[row.loop]) || isParallel(loops[tap.loop]))
      return false;
    next.row = row.loop;
    next.tap = tap.loop;
    next.stride = row.factor;
    next.dilation = tap.factor;
    next.count = sizes[row.loop];
    next.taps = sizes[tap.loop];
    if (ShapedType::isDynamic(next.count) || ShapedType::isDynamic(next.taps))
      return false;
    space.push_back(next);
  }
  if (!hasImages || !hasChannels || space.empty())
    return false;
  numChannels = shape[channels];
  return !ShapedType::isDynamic(numChannels) &&
         op.getNumReductionLoops() == space.size() + 1;
}

/// One after the other: all taps, in the order of space, and the channels.
bool Convolution::matchWeights() {
  AffineMap map = op.getIndexingMapsArray()[1];
  SmallVector<unsigned> wanted;
  for (const Space &each : space)
    wanted.push_back(each.tap);
  wanted.push_back(channelLoop);
  bool hasFound = false;
  for (unsigned position = 0; position < map.getNumResults(); ++position) {
    AffineExpr expr = map.getResult(position);
    if (expr.isFunctionOfDim(imageLoop) ||
        llvm::any_of(space, [&](const Space &each) {
          return expr.isFunctionOfDim(each.row);
        }))
      return false;
    if (!llvm::any_of(
            wanted, [&](unsigned loop) { return expr.isFunctionOfDim(loop); }))
      continue;
    if (hasFound || position + wanted.size() > map.getNumResults())
      return false;
    hasFound = true;
    firstTap = position;
    for (unsigned loop : wanted)
      if (map.getResult(position++) != getAffineDimExpr(loop, op.getContext()))
        return false;
    --position;
  }
  return hasFound;
}

std::optional<Convolution> Convolution::match(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumResults() != 1 || !hasMultiplyAddBody(op))
    return std::nullopt;
  Convolution found;
  found.op = op;
  found.source = op.getInputs()[0];
  Type type = getElementTypeOrSelf(found.source.getType());
  auto weights = dyn_cast<ShapedType>(op.getInputs()[1].getType());
  if (!weights || !(type.isBF16() || type.isF16()) ||
      weights.getElementType() != type || !weights.hasStaticShape())
    return std::nullopt;
  std::optional<SmallVector<int64_t>> low =
      kernel::lookThroughPadding(found.source);
  if (!low)
    return std::nullopt;
  found.low = std::move(*low);
  if (!found.matchImage() || !found.matchWeights())
    return std::nullopt;
  return found;
}

int64_t Convolution::getRows() const {
  int64_t rows = 1;
  for (const Space &each : space)
    rows *= each.count;
  return rows;
}

int64_t Convolution::getColumns() const {
  linalg::GenericOp generic = op;
  int64_t columns = 1;
  AffineMap weights = generic.getIndexingMapsArray()[1];
  SmallVector<int64_t> sizes = generic.getStaticLoopRanges();
  for (auto [loop, type] : llvm::enumerate(generic.getIteratorTypesArray()))
    if (isParallel(type) && weights.isFunctionOfDim(loop))
      columns *= sizes[loop];
  return columns;
}

int64_t Convolution::getDepth() const {
  int64_t depth = numChannels;
  for (const Space &each : space)
    depth *= each.taps;
  return depth;
}
