//===- ViewFolders.cpp - Folding of views and data movement ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Folding.h"

using namespace mlir;
using namespace graphc::graph;

OpFoldResult PermuteOp::fold(FoldAdaptor adaptor) {
  if (llvm::equal(getPerm(), llvm::seq<int64_t>(0, getPerm().size())))
    return ifOfType(getInput(), getType());
  if (auto inner = getInput().getDefiningOp<PermuteOp>()) {
    SmallVector<int64_t> perm;
    for (int64_t dim : getPerm())
      perm.push_back(inner.getPerm()[dim]);
    setPerm(perm);
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

/// Whether `permute` moves dimensions of one element only, so that all elements
/// stay in their order.
static bool keepsOrder(PermuteOp permute) {
  int64_t last = -1;
  for (int64_t dim : permute.getPerm()) {
    if (permute.getInput().getType().getDim(dim) == 1)
      continue;
    if (dim < last)
      return false;
    last = dim;
  }
  return true;
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (auto permute = getInput().getDefiningOp<PermuteOp>())
    if (keepsOrder(permute)) {
      getInputMutable().assign(permute.getInput());
      return getResult();
    }
  if (getShape() == getInput().getType().getShape())
    return ifOfType(getInput(), getType());
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    if (OpFoldResult same = ifOfType(inner.getInput(), getType()))
      return same;
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult ExpandOp::fold(FoldAdaptor) {
  if (getShape() == getInput().getType().getShape())
    return ifOfType(getInput(), getType());
  if (auto inner = getInput().getDefiningOp<ExpandOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return {};
}

/// Whether the slice takes all of dimension `dim` of `type`.
static bool isFull(StridedTensorType type, int64_t dim, Expr start, Expr end,
                   Expr step) {
  return start == 0 && end == type.getDim(dim) && step == 1;
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (isFull(getInput().getType(), getDim(), getStart(), getEnd(), getStep()))
    return ifOfType(getInput(), getType());
  auto inner = getInput().getDefiningOp<SliceOp>();
  if (inner && inner.getDim() == getDim() && inner.getStep() == 1) {
    Expr offset = inner.getStart();
    setStartAttr((offset + getStart()).getAttr());
    setEndAttr((offset + getEnd()).getAttr());
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult SliceScatterOp::fold(FoldAdaptor) {
  if (isFull(getInput().getType(), getDim(), getStart(), getEnd(), getStep()))
    return ifOfType(getSource(), getType());
  return {};
}

OpFoldResult AsStridedOp::fold(FoldAdaptor) {
  if (getOffset() == 0 && getStrides() == getInput().getType().getStrides())
    return ifOfType(getInput(), getType());
  return {};
}

OpFoldResult CatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1)
    return ifOfType(getInputs().front(), getType());
  return {};
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](Expr count) { return count == 0; };
  if (llvm::all_of(getLow(), isZero) && llvm::all_of(getHigh(), isZero))
    return ifOfType(getInput(), getType());
  return {};
}

OpFoldResult FlipOp::fold(FoldAdaptor adaptor) {
  if (getDims().empty())
    return ifOfType(getInput(), getType());
  auto inner = getInput().getDefiningOp<FlipOp>();
  if (inner && inner.getDims() == getDims())
    if (OpFoldResult same = ifOfType(inner.getInput(), getType()))
      return same;
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult ContiguousOp::fold(FoldAdaptor adaptor) {
  if (OpFoldResult same = ifOfType(getInput(), getType()))
    return same;
  if (auto inner = getInput().getDefiningOp<ContiguousOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult BitcastOp::fold(FoldAdaptor) {
  if (OpFoldResult same = ifOfType(getInput(), getType()))
    return same;
  if (auto inner = getInput().getDefiningOp<BitcastOp>())
    return ifOfType(inner.getInput(), getType());
  return {};
}
