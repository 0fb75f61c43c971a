//===- KernelForms.cpp - What a linalg op computes ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelForms.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "dialects/Kernel/IR/Windows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using linalg::LinalgOp;

AffineMap graphc::getRowMap(unsigned rank, unsigned rows,
                            MLIRContext *context) {
  SmallVector<AffineExpr> dims;
  for (unsigned dim = 0; dim < rows; ++dim)
    dims.push_back(getAffineDimExpr(dim, context));
  return AffineMap::get(rank, 0, dims, context);
}

bool graphc::isInitializer(Operation *op) {
  return op && isa<linalg::FillOp, tensor::EmptyOp>(op);
}

bool graphc::isMadeInside(Value value) {
  Operation *producer = value.getDefiningOp();
  if (!producer)
    return false;
  if (isInitializer(producer))
    return true;
  Attribute constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return false;
  // One element in a resource counts as a splat, too, but may come from
  // outside.
  auto elements = dyn_cast<ElementsAttr>(constant);
  return !elements || isa<SplatElementsAttr>(elements);
}

bool graphc::isPointwise(LinalgOp op) {
  return op.getNumReductionLoops() == 0 &&
         llvm::all_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
           return op.getMatchingIndexingMap(&init).isIdentity();
         });
}

bool graphc::isReduction(LinalgOp op) {
  unsigned parallel = op.getNumParallelLoops();
  if (op.getNumReductionLoops() == 0)
    return false;
  for (auto [i, type] : llvm::enumerate(op.getIteratorTypesArray()))
    if ((type == utils::IteratorType::reduction) != (i >= parallel))
      return false;
  AffineMap expected = getRowMap(op.getNumLoops(), parallel, op.getContext());
  return llvm::all_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
    return op.getMatchingIndexingMap(&init) == expected;
  });
}

bool graphc::hasMultiplyAddBody(LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return false;
  Block *body = op.getBlock();
  Operation *add = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!add || !isa<arith::AddFOp, arith::AddIOp>(add))
    return false;
  Value accumulator = body->getArgument(2);
  Value product = add->getOperand(0) == accumulator   ? add->getOperand(1)
                  : add->getOperand(1) == accumulator ? add->getOperand(0)
                                                      : Value();
  Operation *multiply = product ? product.getDefiningOp() : nullptr;
  if (!multiply || !isa<arith::MulFOp, arith::MulIOp>(multiply))
    return false;
  auto factor = [&](Value value) -> std::optional<unsigned> {
    if (Operation *op = value.getDefiningOp())
      if (isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(op))
        value = op->getOperand(0);
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument || argument.getOwner() != body || argument.getArgNumber() > 1)
      return std::nullopt;
    return argument.getArgNumber();
  };
  std::optional<unsigned> a = factor(multiply->getOperand(0));
  std::optional<unsigned> b = factor(multiply->getOperand(1));
  return a && b && *a != *b;
}

bool graphc::isContraction(LinalgOp op) {
  // A product of two vectors is a sum like others.
  if (!isReduction(op) || !hasMultiplyAddBody(op) ||
      op.getNumParallelLoops() == 0)
    return false;
  AffineMap a = op.getIndexingMapsArray()[0], b = op.getIndexingMapsArray()[1];
  // Dimensions of size 1 are read at 0.
  if (!kernel::isProjection(a) || !kernel::isProjection(b))
    return false;
  unsigned parallel = op.getNumParallelLoops();
  bool hasColumns = false;
  for (auto [dim, size] : llvm::enumerate(op.getStaticLoopRanges())) {
    bool inA = a.isFunctionOfDim(dim), inB = b.isFunctionOfDim(dim);
    // Loops of one step are no obstacle.
    if (size != 1 && (dim < parallel ? !inA && !inB : !inA || !inB))
      return false;
    hasColumns |= dim < parallel && inA != inB;
  }
  return hasColumns;
}

bool graphc::isConvolution(LinalgOp op) {
  if (!isReduction(op) || !hasMultiplyAddBody(op) ||
      op.getNumParallelLoops() == 0)
    return false;
  AffineMap x = op.getIndexingMapsArray()[0], w = op.getIndexingMapsArray()[1];
  unsigned out = op.getNumParallelLoops() - 1, channel = op.getNumLoops() - 1;
  // Without windows it is a contraction, unless weights are in panels.
  if ((kernel::isProjection(x) && kernel::isProjection(w)) ||
      !w.isFunctionOfDim(out) || !w.isFunctionOfDim(channel))
    return false;
  return llvm::any_of(x.getResults(), [&](AffineExpr expr) {
    std::optional<SmallVector<kernel::AffineTerm>> terms =
        kernel::splitSum(expr);
    if (!terms)
      return false;
    bool isLine = llvm::all_of(*terms, [&](const kernel::AffineTerm &term) {
      return term.loop == channel ? term.factor == 1 : term.loop < out;
    });
    return isLine && expr.isFunctionOfDim(channel);
  });
}

bool graphc::isDepthwise(LinalgOp op) {
  if (!isReduction(op) || !hasMultiplyAddBody(op) ||
      op.getNumParallelLoops() == 0)
    return false;
  AffineMap x = op.getIndexingMapsArray()[0], w = op.getIndexingMapsArray()[1];
  unsigned out = op.getNumParallelLoops() - 1;
  if (kernel::isProjection(x) || !w.isFunctionOfDim(out) ||
      !llvm::is_contained(x.getResults(),
                          getAffineDimExpr(out, op.getContext())))
    return false;
  return llvm::all_of(llvm::seq(out + 1, op.getNumLoops()), [&](unsigned dim) {
    return x.isFunctionOfDim(dim) && w.isFunctionOfDim(dim);
  });
}
