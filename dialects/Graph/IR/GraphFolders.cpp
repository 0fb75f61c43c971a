//===- GraphFolders.cpp - Folding and canonicalisation of the rest --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Folding.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace graphc::graph;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  if (getDims().empty())
    return ifOfType(getInput(), getType());
  return {};
}

OpFoldResult SizeToTensorOp::fold(FoldAdaptor) {
  if (std::optional<int64_t> value = getValue().getConstant())
    return makeSplat(getType(), APInt(64, *value, /*isSigned=*/true));
  return {};
}

LogicalResult AssertOp::canonicalize(AssertOp op, PatternRewriter &rewriter) {
  std::optional<int64_t> value = op.getCondition().getConstant();
  if (value.value_or(0) == 0)
    return failure();
  rewriter.eraseOp(op);
  return success();
}

LogicalResult AssertTensorOp::canonicalize(AssertTensorOp op,
                                           PatternRewriter &rewriter) {
  Attribute value;
  if (!matchPattern(op.getCondition(), m_Constant(&value)) ||
      !getIntSplat(value).value_or(APInt(1, 0)).isOne())
    return failure();
  rewriter.eraseOp(op);
  return success();
}

namespace {
/// A known predicate: the region that runs takes the place of the op.
struct InlineTakenRegion : OpRewritePattern<CondOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CondOp op,
                                PatternRewriter &rewriter) const override {
    Attribute value;
    if (!matchPattern(op.getPredicate(), m_Constant(&value)))
      return rewriter.notifyMatchFailure(op, "predicate is not constant");
    std::optional<APInt> predicate = getIntSplat(value);
    if (!predicate)
      return rewriter.notifyMatchFailure(op, "predicate is a resource");
    Region &taken =
        predicate->isOne() ? op.getThenRegion() : op.getElseRegion();
    Operation *yield = taken.front().getTerminator();
    if (yield->getOperandTypes() != op.getResultTypes())
      return rewriter.notifyMatchFailure(op, "yields another layout");
    SmallVector<Value> results(yield->getOperands());
    rewriter.eraseOp(yield);
    rewriter.inlineBlockBefore(&taken.front(), op);
    rewriter.replaceOp(op, results);
    return success();
  }
};
} // namespace

void CondOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<InlineTakenRegion>(context);
}
