//===- ContractionShape.cpp - The loops of a matrix product ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionShape.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using linalg::LinalgOp;

static LinalgOp findProduct(kernel::RegionOp region) {
  LinalgOp product;
  for (Operation &candidate : region.getBody().front()) {
    auto op = dyn_cast<LinalgOp>(candidate);
    if (!op || op.getNumReductionLoops() == 0)
      continue;
    if (product)
      return nullptr;
    product = op;
  }
  return product;
}

std::optional<int64_t>
ContractionShape::extent(ArrayRef<unsigned> loops) const {
  int64_t product = 1;
  for (unsigned loop : loops) {
    if (ShapedType::isDynamic(sizes[loop]))
      return std::nullopt;
    product *= sizes[loop];
  }
  return product;
}

bool ContractionShape::isLast(OpOperand *operand, unsigned loop) const {
  AffineMap map = getMap(operand);
  if (map.getNumResults() == 0)
    return false;
  auto dim = dyn_cast<AffineDimExpr>(map.getResults().back());
  return dim && dim.getPosition() == loop;
}

/// The width of the panels in which B is packed along `n`, if it is.
static std::optional<int64_t> getPanel(AffineMap map, unsigned n) {
  for (AffineExpr expr : map.getResults()) {
    auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
    if (!binary || binary.getKind() != AffineExprKind::Mod)
      continue;
    auto dim = dyn_cast<AffineDimExpr>(binary.getLHS());
    auto width = dyn_cast<AffineConstantExpr>(binary.getRHS());
    if (dim && width && dim.getPosition() == n)
      return width.getValue();
  }
  return std::nullopt;
}

std::optional<ContractionShape> ContractionShape::get(kernel::RegionOp region) {
  ContractionShape shape;
  LinalgOp op = shape.op = findProduct(region);
  if (!op || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return std::nullopt;
  for (OpOperand *input : op.getDpsInputOperands())
    if (!isa<BlockArgument>(input->get()))
      return std::nullopt;
  shape.accumulator = getElementTypeOrSelf(op->getResult(0).getType());
  if (!shape.accumulator.isF32() && !shape.accumulator.isF64() &&
      !shape.accumulator.isInteger())
    return std::nullopt;
  unsigned parallel = op.getNumParallelLoops();
  if (parallel == 0)
    return std::nullopt;
  shape.sizes = op.getStaticLoopRanges();

  OpOperand *lhs = op.getDpsInputOperand(0), *rhs = op.getDpsInputOperand(1);
  auto uses = [&](OpOperand *operand, unsigned loop) {
    return op.getMatchingIndexingMap(operand).isFunctionOfDim(loop);
  };
  // The last loop that one operand alone varies with; rather one that is not
  // over before a vector is full.
  std::optional<unsigned> n;
  for (unsigned loop = 0; loop < parallel; ++loop)
    if (uses(lhs, loop) != uses(rhs, loop) && (shape.sizes[loop] != 1 || !n))
      n = loop;
  if (!n)
    return std::nullopt;
  shape.n = *n;
  shape.b = uses(lhs, *n) ? lhs : rhs;
  shape.a = uses(lhs, *n) ? rhs : lhs;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    if (loop == *n || shape.sizes[loop] == 1)
      continue;
    if (loop >= parallel)
      shape.k.push_back(loop);
    else
      (uses(shape.b, loop) ? shape.outer : shape.m).push_back(loop);
  }
  AffineMap map = op.getMatchingIndexingMap(shape.b);
  shape.panel = getPanel(map, *n);
  for (unsigned loop : shape.k)
    shape.isPairPacked |= getPanel(map, loop).has_value();
  return shape;
}
