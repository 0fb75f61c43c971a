//===- Groups.cpp - What is known of groups whose sizes are data ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Groups.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

int64_t nvptx::countGroups(kernel::RegionOp region) {
  scf::ForOp loop = findGroups(region);
  std::optional<int64_t> count =
      loop ? getConstantIntValue(loop.getUpperBound()) : std::nullopt;
  return count ? std::max<int64_t>(*count, 1) : 1;
}

int64_t nvptx::getExpectedSize(kernel::RegionOp region, int64_t otherwise) {
  if (!findGroups(region))
    return otherwise;
  for (Value operand : region->getOperands()) {
    auto slice = operand.getDefiningOp<memref::SubViewOp>();
    if (!slice)
      continue;
    ArrayRef<int64_t> all = slice.getSourceType().getShape();
    for (auto [size, whole] : llvm::zip_equal(slice.getStaticSizes(), all))
      if (ShapedType::isDynamic(size) && !ShapedType::isDynamic(whole))
        return llvm::divideCeil(std::max<int64_t>(whole, 1),
                                countGroups(region));
  }
  return otherwise;
}

std::optional<GroupSlice> nvptx::matchGroupSlice(scf::ForOp groups,
                                                 Value buffer, AffineMap map) {
  auto slice = buffer.getDefiningOp<memref::SubViewOp>();
  if (!slice || !groups.isDefinedOutsideOfLoop(slice.getSource()) ||
      llvm::any_of(slice.getStaticStrides(),
                   [](int64_t step) { return step != 1; }))
    return std::nullopt;
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  GroupSlice found;
  found.buffer = slice.getSource();
  found.begins.resize(map.getNumDims());
  SmallVector<AffineExpr> exprs;
  unsigned next = 0;
  for (auto [dim, offset] : llvm::enumerate(slice.getMixedOffsets())) {
    if (dropped[dim]) {
      if (dyn_cast<Value>(offset) != groups.getInductionVar())
        return std::nullopt;
      exprs.push_back(getAffineDimExpr(map.getNumDims(), map.getContext()));
      continue;
    }
    exprs.push_back(map.getResult(next++));
    if (isZeroInteger(offset))
      continue;
    auto loop = dyn_cast<AffineDimExpr>(exprs.back());
    auto begin = dyn_cast<Value>(offset);
    if (!loop || !begin)
      return std::nullopt;
    found.begins[loop.getPosition()] = begin;
  }
  found.map = AffineMap::get(map.getNumDims() + 1, 0, exprs, map.getContext());
  return found;
}
