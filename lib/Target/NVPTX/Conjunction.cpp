//===- Conjunction.cpp - Conditions on all elements -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conjunction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

Value graphc::nvptx::matchConjunction(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 1 || op->getNumResults() != 1 ||
      op.getNumParallelLoops() ||
      !op.getMatchingIndexingMap(&op->getOpOperand(0)).isIdentity())
    return nullptr;
  // Bits that are stored as bytes.
  Block *body = op.getBlock();
  auto stored =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::ExtUIOp>();
  auto both = stored ? stored.getIn().getDefiningOp<arith::AndIOp>() : nullptr;
  if (!both)
    return nullptr;
  auto isSoFar = [&](Value value) {
    auto bit = value.getDefiningOp<arith::TruncIOp>();
    return bit && bit.getIn() == body->getArgument(1);
  };
  if (isSoFar(both.getLhs()))
    return both.getRhs();
  return isSoFar(both.getRhs()) ? both.getLhs() : nullptr;
}
