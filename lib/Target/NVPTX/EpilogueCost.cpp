//===- EpilogueCost.cpp - What becomes of sums of products ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EpilogueCost.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static int64_t countFloatOps(Operation &op) {
  if (op.hasTrait<OpTrait::IsTerminator>() || !op.getNumOperands() ||
      !isa<FloatType>(op.getOperand(0).getType()))
    return 0;
  return op.getOperand(0).getType().isF64() ? 2 : 1;
}

/// Functions take more than one instruction of the kind that multiprocessors
/// begin few of in a cycle.
static double getTime(Operation &op) {
  constexpr double perOp = 0.25, perFunction = 1.5;
  if (isa<arith::DivFOp>(op) || isa<math::MathDialect>(op.getDialect()))
    return perFunction;
  bool isFree = isa<arith::ConstantOp, arith::ExtFOp, arith::TruncFOp>(op);
  return isa<arith::ArithDialect>(op.getDialect()) && !isFree ? perOp : 0;
}

EpilogueCost::EpilogueCost(kernel::RegionOp region, const Product &product) {
  // What is read has to be waited for.
  constexpr double perRead = 1;
  region.getBody().walk([&](linalg::LinalgOp op) {
    if (op == product.op)
      return;
    op.getBlock()->walk([&](Operation *inner) {
      floatOps += countFloatOps(*inner);
      time += getTime(*inner);
      readsInOrder &= !isa<tensor::ExtractOp>(inner);
    });
    for (OpOperand *input : op.getDpsInputOperands()) {
      AffineMap map = op.getMatchingIndexingMap(input);
      if (!isa<BlockArgument>(input->get()))
        continue;
      if (map.isPermutation())
        time += perRead;
      if (map.getNumResults() < 2)
        continue;
      ++matrixReads;
      readsInOrder &= product.batch.empty() && map.isIdentity();
    }
  });
}
