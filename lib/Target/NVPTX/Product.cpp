//===- Product.cpp - Sums of products and their dimensions ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Product.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// `argument`, or what it is widened to.
static bool isOperand(Value value, BlockArgument argument) {
  if (auto widened = value.getDefiningOp<arith::ExtFOp>())
    value = widened.getIn();
  return value == argument;
}

/// The body is out + in0 * in1 in f32.
static bool isMultiplyAdd(LinalgOp op) {
  Block *body = op.getBlock();
  auto sum =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!sum || !sum.getType().isF32())
    return false;
  Value total = body->getArgument(2);
  Value other = sum.getLhs() == total   ? sum.getRhs()
                : sum.getRhs() == total ? sum.getLhs()
                                        : Value();
  auto product = other ? other.getDefiningOp<arith::MulFOp>() : nullptr;
  return product && product.getLhs() != product.getRhs() &&
         isOperand(product.getLhs(), body->getArgument(0)) &&
         isOperand(product.getRhs(), body->getArgument(1));
}

std::optional<Product> nvptx::matchProduct(kernel::RegionOp region) {
  Product product;
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp || !linalgOp.getNumReductionLoops())
      continue;
    if (product.op)
      return std::nullopt;
    product.op = linalgOp;
  }
  LinalgOp op = product.op;
  if (!op || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      !isMultiplyAdd(op))
    return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isProjectedPermutation())
    return std::nullopt;
  AffineMap maps[] = {op.getMatchingIndexingMap(op.getDpsInputOperand(0)),
                      op.getMatchingIndexingMap(op.getDpsInputOperand(1))};
  SmallVector<unsigned> depth;
  op.getReductionDims(depth);
  product.depth = depth;
  // In the order of the result, so that neighbours stay neighbours.
  for (AffineExpr expr : result.getResults()) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    bool inLeft = maps[0].isFunctionOfDim(dim);
    bool inRight = maps[1].isFunctionOfDim(dim);
    (inLeft == inRight ? product.batch
     : inLeft          ? product.rows
                       : product.columns)
        .push_back(dim);
  }
  unsigned last =
      result.getNumResults()
          ? cast<AffineDimExpr>(result.getResults().back()).getPosition()
          : 0;
  if (llvm::is_contained(product.rows, last)) {
    std::swap(product.rows, product.columns);
    std::swap(product.left, product.right);
  }
  // What both walk along, or neither, has nothing to share.
  if (product.rows.empty() || product.columns.empty())
    return std::nullopt;
  return product;
}
