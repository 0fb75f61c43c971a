//===- SimplifyIndexing.cpp - Indices that count are slices ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matchers.h"
#include "Positions.h"
#include "dialects/Graph/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace graphc::graph {
#define GEN_PASS_DEF_SIMPLIFYINDEXING
#include "dialects/Graph/Transforms/Passes.h.inc"
} // namespace graphc::graph

using namespace mlir;
using namespace graphc::graph;

/// `value[.., offset:offset+count, ..]`, or null if that is not surely inside.
static Value takeRange(PatternRewriter &rewriter, Value value, int64_t dim,
                       int64_t offset, Expr count) {
  Expr size = typeOf(value).getDim(dim);
  if (offset == 0 && count == size)
    return value;
  std::optional<int64_t> known = size.getConstant(),
                         taken = count.getConstant();
  if (!known || !taken || offset < 0 || *taken > *known - offset)
    return {};
  MLIRContext *context = rewriter.getContext();
  auto number = [&](int64_t n) { return Expr::constant(context, n); };
  FailureOr<SliceOp> slice =
      tryBuild<SliceOp>(rewriter, value.getLoc(), value, dim, number(offset),
                        number(offset + *taken), number(1));
  return succeeded(slice) ? Value(slice->getResult()) : Value();
}

namespace {
/// Adjacent dimensions indexed by positions, in the order of the dimensions:
/// a slice of each, and a reshape for the ones in between.
struct IndexByPositions : OpRewritePattern<IndexOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(IndexOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> dims = op.getDims();
    if (dims.empty() ||
        dims.back() - dims.front() + 1 != static_cast<int64_t>(dims.size()))
      return rewriter.notifyMatchFailure(op, "dimensions are not adjacent");
    SmallVector<Position> positions;
    SmallVector<Expr> counts;
    std::optional<int64_t> last;
    for (Value index : op.getIndices()) {
      std::optional<Position> position = getPosition(index);
      if (!position)
        return rewriter.notifyMatchFailure(op, "an index is no position");
      // Each counts along a dimension further back than the one before.
      if (position->dim && last && *position->dim >= *last)
        return rewriter.notifyMatchFailure(op, "another order");
      last = position->dim ? position->dim : last;
      StridedTensorType type = typeOf(index);
      counts.push_back(position->dim
                           ? type.getDim(type.getRank() - 1 - *position->dim)
                           : Expr::constant(rewriter.getContext(), 1));
      // Broadcast to other rows by an expand: more elements than positions.
      if (product(rewriter.getContext(), type.getShape()) != counts.back())
        return rewriter.notifyMatchFailure(op, "positions repeat");
      positions.push_back(*position);
    }
    Value value = op.getInput();
    for (auto [dim, position, count] :
         llvm::zip_equal(dims, positions, counts)) {
      value = takeRange(rewriter, value, dim, position.offset, count);
      if (!value)
        return rewriter.notifyMatchFailure(op, "not surely in range");
    }
    FailureOr<ReshapeOp> reshape = tryBuild<ReshapeOp>(
        rewriter, op.getLoc(), value,
        ExprArrayAttr::get(rewriter.getContext(), op.getType().getShape()));
    if (failed(reshape))
      return failure();
    reshape->getResult().setType(op.getType());
    rewriter.replaceOp(op, reshape->getResult());
    return success();
  }
};

struct SimplifyIndexing
    : graphc::graph::impl::SimplifyIndexingBase<SimplifyIndexing> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    set.add<IndexByPositions>(context);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    int64_t before = count();
    (void)applyPatternsGreedily(getOperation(), patterns);
    numSlices += before - count();
  }

private:
  int64_t count() {
    int64_t ops = 0;
    getOperation()->walk([&](IndexOp) { ++ops; });
    return ops;
  }

  FrozenRewritePatternSet patterns;
};
} // namespace
