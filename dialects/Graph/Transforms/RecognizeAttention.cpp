//===- RecognizeAttention.cpp - Attention from matmuls and softmax --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Root is the product of weights and values. From the weights the walk goes
// down through the softmax, masks and scales to the product of queries and
// keys. On the way batch dimensions may be merged and split again, as bmm asks
// for; matrices stay. The attention is built in the shape that the mask has.
//
// softmax gives NaN where a row is masked entirely, and so has the attention if
// the mask may do that.
//
//===----------------------------------------------------------------------===//

#include "AttentionScores.h"
#include "Masks.h"
#include "Matchers.h"

using namespace mlir;
using namespace graphc::graph;

static SmallVector<Expr> concat(ArrayRef<Expr> lead, ArrayRef<Expr> matrix) {
  SmallVector<Expr> shape(lead);
  llvm::append_range(shape, matrix);
  return shape;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Takes a product with a number out of `value`, from below views that nothing
/// else uses; they are made again without it.
static Value takeScale(PatternRewriter &rewriter, Value value, double &scale) {
  SmallVector<Operation *> views;
  Value source = value;
  while (Operation *op = source.getDefiningOp()) {
    if (!source.hasOneUse() ||
        !isa<ReshapeOp, PermuteOp, ExpandOp, ContiguousOp>(op))
      break;
    views.push_back(op);
    source = op->getOperand(0);
  }
  double factor = 1;
  Value rest = source.hasOneUse() ? peelScale(source, factor) : source;
  if (rest == source)
    return value;
  scale *= factor;
  for (Operation *view : llvm::reverse(views)) {
    IRMapping map;
    map.map(view->getOperand(0), rest);
    rest = rewriter.clone(*view, map)->getResult(0);
  }
  return rest;
}

/// `value` with batch dimensions `from`, broadcast if need be, as `to`.
static Value withLead(PatternRewriter &rewriter, Value value,
                      ArrayRef<Expr> from, ArrayRef<Expr> to) {
  SmallVector<Expr> matrix(typeOf(value).getShape().take_back(2));
  value = expandTo(rewriter, value, concat(from, matrix));
  return value ? reshapeTo(rewriter, value, concat(to, matrix)) : Value();
}

/// `value` before its batch dimensions were merged for bmm.
static Value getUnmerged(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    auto reshape = dyn_cast<ReshapeOp>(op);
    if (!isa<ContiguousOp>(op) && !(reshape && keepsMatrices(reshape)))
      break;
    value = op->getOperand(0);
  }
  return value;
}

static Value transpose(PatternRewriter &rewriter, Value value) {
  int64_t rank = typeOf(value).getRank();
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(rank));
  std::swap(perm[rank - 1], perm[rank - 2]);
  FailureOr<PermuteOp> op =
      tryBuild<PermuteOp>(rewriter, value.getLoc(), value, perm);
  return succeeded(op) ? Value(op->getResult()) : Value();
}

namespace {
struct RecognizeAttention : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &rewriter) const override {
    Value weightsValue = peelToMatrices(op.getLhs());
    Weights weights = matchWeights(weightsValue);
    if (!weights.softmax || !weightsValue.hasOneUse())
      return rewriter.notifyMatchFailure(op, "lhs is no softmax");
    Value input = weights.softmax.getInput();
    int64_t rank = typeOf(input).getRank();
    if (rank < 2 || weights.softmax.getDim() != uint64_t(rank - 1))
      return rewriter.notifyMatchFailure(op, "softmax is not along rows");
    Scores scores;
    // The test for empty rows uses the scores, too; it goes with the softmax.
    if (!scores.match(input, /*isShared=*/weights.isSafe))
      return rewriter.notifyMatchFailure(op, "no scores");
    return build(op, weights, scores, rewriter);
  }

private:
  /// In the type of the values: products of what was widened are as good.
  static bool matchOperands(Type element, Value &query, Value &key) {
    auto isElement = [&](Value value) {
      return typeOf(value).getElementType() == element;
    };
    if (!isElement(query) && !isElement(key)) {
      query = peelLossless(query);
      key = peelLossless(key);
    }
    return isElement(query) && isElement(key);
  }

  static LogicalResult build(MatmulOp op, const Weights &weights,
                             Scores &scores, PatternRewriter &rewriter) {
    MatmulOp product = scores.product;
    Value query = product.getLhs(), key = product.getRhs(), value = op.getRhs();
    Type element = typeOf(value).getElementType();
    if (!matchOperands(element, query, key) ||
        typeOf(op.getResult()).getElementType() != element)
      return rewriter.notifyMatchFailure(op, "computes in another type");
    std::optional<MergedMask> merged = mergeMasks(rewriter, scores, element);
    if (!merged)
      return rewriter.notifyMatchFailure(op, "masks do not fit");
    Value mask = merged->value;

    SmallVector<Expr> lead(scores.masks.empty() ? getLead(getUnmerged(query))
                                                : ArrayRef<Expr>(merged->lead));
    ArrayRef<Expr> productLead = getLead(product.getResult()),
                   rootLead = getLead(op.getResult());
    if (graphc::graph::product(op.getContext(), productLead) !=
            graphc::graph::product(op.getContext(), lead) ||
        graphc::graph::product(op.getContext(), rootLead) !=
            graphc::graph::product(op.getContext(), lead))
      return rewriter.notifyMatchFailure(op, "weights are broadcast");

    FloatAttr softcap;
    if (scores.softcap)
      softcap = rewriter.getF64FloatAttr(*scores.softcap);
    double scale = scores.scale;
    query = takeScale(rewriter, query, scale);
    key = takeScale(rewriter, key, scale);
    query = withLead(rewriter, query, productLead, lead);
    key = withLead(rewriter, key, productLead, lead);
    value = withLead(rewriter, value, rootLead, lead);
    key = key ? transpose(rewriter, key) : Value();
    if (!query || !key || !value)
      return failure();

    // softmax of a row of -inf is NaN.
    bool hasEmptyRows = mask && !weights.isSafe &&
                        (scores.masks.size() > 1 || !everyRowSees(mask));
    FailureOr<AttentionOp> attention = tryBuild<AttentionOp>(
        rewriter, op.getLoc(), query, key, value, mask, merged->isCausal,
        APFloat(scale), softcap, hasEmptyRows);
    if (failed(attention))
      return failure();
    Value result = attention->getResult();
    result = reshapeTo(rewriter, result, typeOf(op.getResult()).getShape());
    if (!result)
      return failure();
    result.setType(op.getType());
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

namespace {
/// Queries or keys that are multiplied by a number: the attention's scale.
struct TakeScale : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    double scale = op.getScale().convertToDouble();
    Value query = takeScale(rewriter, op.getQuery(), scale);
    Value key = takeScale(rewriter, op.getKey(), scale);
    if (query == op.getQuery() && key == op.getKey())
      return rewriter.notifyMatchFailure(op, "operands are not scaled");
    rewriter.modifyOpInPlace(op, [&] {
      op.getQueryMutable().assign(query);
      op.getKeyMutable().assign(key);
      op.setScaleAttr(rewriter.getF64FloatAttr(scale));
    });
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Shared heads
//===----------------------------------------------------------------------===//

/// Keys or values whose heads are repeated for a group of queries: before the
/// repetition. `[.., H, S, E]` is a reshape of an expand of `[.., h, 1, S, E]`.
static Value matchRepeatedHeads(PatternRewriter &rewriter, Value value) {
  StridedTensorType type = typeOf(value);
  int64_t rank = type.getRank();
  if (rank < 3)
    return {};
  Value source = value;
  while (auto copy = source.getDefiningOp<ContiguousOp>())
    source = copy.getInput();
  auto merge = source.getDefiningOp<ReshapeOp>();
  if (!merge)
    return {};
  source = merge.getInput();
  while (auto copy = source.getDefiningOp<ContiguousOp>())
    source = copy.getInput();
  auto expand = source.getDefiningOp<ExpandOp>();
  if (!expand)
    return {};
  StridedTensorType from = typeOf(expand.getInput());
  ArrayRef<Expr> to = expand.getShape();
  if (static_cast<int64_t>(to.size()) != rank + 1 || from.getRank() != rank + 1)
    return {};
  for (int64_t dim = 0; dim <= rank; ++dim)
    if (dim == rank - 2 ? from.getDim(dim) != 1 : from.getDim(dim) != to[dim])
      return {};
  if (to.take_front(rank - 3) != type.getShape().take_front(rank - 3) ||
      to.take_back(2) != type.getShape().take_back(2))
    return {};
  SmallVector<Expr> shape(type.getShape());
  shape[rank - 3] = from.getDim(rank - 3);
  return reshapeTo(rewriter, expand.getInput(), shape);
}

namespace {
struct ShareHeads : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    Value key = matchRepeatedHeads(rewriter, op.getKey());
    Value value = key ? matchRepeatedHeads(rewriter, op.getValue()) : Value();
    if (!value)
      return rewriter.notifyMatchFailure(op, "heads are not repeated");
    int64_t heads = typeOf(key).getRank() - 3;
    if (typeOf(key).getDim(heads) != typeOf(value).getDim(heads) ||
        !typeOf(op.getQuery())
             .getDim(heads)
             .divideExactly(typeOf(key).getDim(heads)))
      return rewriter.notifyMatchFailure(op, "groups differ");
    rewriter.modifyOpInPlace(op, [&] {
      op.getKeyMutable().assign(key);
      op.getValueMutable().assign(value);
    });
    return success();
  }
};
} // namespace

void graphc::graph::populateRecognizeAttention(RewritePatternSet &patterns) {
  patterns.add<RecognizeAttention, TakeScale, ShareHeads>(
      patterns.getContext());
}
