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
// softmax gives NaN where a row is masked entirely and attention gives 0. If
// the mask may do that, NaN is put back where the logsumexp says so.
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
    if (!matchScores(input, weights, scores))
      return rewriter.notifyMatchFailure(op, "no scores");
    return build(op, weights, scores, rewriter);
  }

private:
  /// The test for empty rows uses the scores, too; it goes with the softmax.
  static bool matchScores(Value input, const Weights &weights, Scores &scores) {
    if (!weights.isSafe)
      return scores.match(input);
    // One level by hand, as the scores have two uses.
    if (matchEither<AddOp>(input, [&](Value rest, Value mask) {
          scores.mask = mask;
          scores.maskLead.assign(getLead(input).begin(), getLead(input).end());
          if (typeOf(rest).getShape() == typeOf(input).getShape() &&
              scores.match(rest))
            return true;
          scores = Scores();
          return false;
        }))
      return true;
    if (auto select = input.getDefiningOp<SelectOp>()) {
      Value rest;
      scores.mask = matchSelectMask(select, rest);
      if (!scores.mask || typeOf(rest).getShape() != typeOf(input).getShape())
        return false;
      scores.maskLead.assign(getLead(input).begin(), getLead(input).end());
      return scores.match(rest);
    }
    return false;
  }

  static bool isMaskOf(Value mask, Type element) {
    Type own = typeOf(mask).getElementType();
    return own == element || own.isInteger(1);
  }

  static LogicalResult build(MatmulOp op, const Weights &weights,
                             Scores &scores, PatternRewriter &rewriter) {
    MatmulOp product = scores.product;
    Value query = product.getLhs(), value = op.getRhs();
    Type element = typeOf(query).getElementType();
    if (typeOf(value).getElementType() != element ||
        typeOf(op.getResult()).getElementType() != element)
      return rewriter.notifyMatchFailure(op, "computes in another type");
    Value mask = scores.mask;
    if (mask) {
      mask = getMask(rewriter, mask);
      Value narrow = peelLossless(mask);
      if (!isMaskOf(mask, element) && isMaskOf(narrow, element))
        mask = narrow;
      if (!isMaskOf(mask, element))
        return rewriter.notifyMatchFailure(op, "mask is of another type");
    }

    SmallVector<Expr> lead(mask ? ArrayRef<Expr>(scores.maskLead)
                                : getLead(getUnmerged(query)));
    ArrayRef<Expr> productLead = getLead(product.getResult()),
                   rootLead = getLead(op.getResult());
    if (graphc::graph::product(op.getContext(), productLead) !=
            graphc::graph::product(op.getContext(), lead) ||
        graphc::graph::product(op.getContext(), rootLead) !=
            graphc::graph::product(op.getContext(), lead))
      return rewriter.notifyMatchFailure(op, "weights are broadcast");

    double scale = scores.scale;
    query = takeScale(rewriter, query, scale);
    Value key = takeScale(rewriter, product.getRhs(), scale);
    query = withLead(rewriter, query, productLead, lead);
    key = withLead(rewriter, key, productLead, lead);
    value = withLead(rewriter, value, rootLead, lead);
    key = key ? transpose(rewriter, key) : Value();
    if (!query || !key || !value)
      return failure();

    FailureOr<AttentionOp> attention =
        tryBuild<AttentionOp>(rewriter, op.getLoc(), query, key, value, mask,
                              /*causal=*/false, APFloat(scale));
    if (failed(attention))
      return failure();
    Value result = attention->getResult();
    if (mask && !weights.isSafe && !everyRowSees(mask)) {
      result = guardEmptyRows(rewriter, *attention);
      if (!result)
        return failure();
    }
    result = reshapeTo(rewriter, result, typeOf(op.getResult()).getShape());
    if (!result)
      return failure();
    if (result.getDefiningOp()->getNumResults() == 1)
      result.setType(op.getType());
    else
      attention->getResult().setType(op.getType());
    rewriter.replaceOp(op, result);
    return success();
  }

  /// NaN where a row saw nothing, as softmax has it.
  static Value guardEmptyRows(PatternRewriter &rewriter,
                              AttentionOp attention) {
    Location loc = attention.getLoc();
    auto number = [&](double value, Type type) -> Value {
      APFloat rounded(value);
      bool losesInfo;
      rounded.convert(cast<FloatType>(type).getFloatSemantics(),
                      APFloat::rmNearestTiesToEven, &losesInfo);
      auto elements =
          DenseElementsAttr::get(RankedTensorType::get({}, type), rounded);
      FailureOr<ConstantOp> op = tryBuild<ConstantOp>(rewriter, loc, elements);
      return succeeded(op) ? Value(op->getResult()) : Value();
    };
    Value logsumexp = attention.getLogsumexp();
    SmallVector<Expr> shape(typeOf(logsumexp).getShape());
    shape.push_back(Expr::constant(rewriter.getContext(), 1));
    Value rows = reshapeTo(rewriter, logsumexp, shape);
    Value lowest = number(-std::numeric_limits<double>::infinity(),
                          typeOf(logsumexp).getElementType());
    Value nan = number(std::numeric_limits<double>::quiet_NaN(),
                       typeOf(attention.getResult()).getElementType());
    if (!rows || !lowest || !nan)
      return {};
    FailureOr<CompareOp> isEmpty =
        tryBuild<CompareOp>(rewriter, loc, ComparePredicate::Eq, rows, lowest);
    if (failed(isEmpty))
      return {};
    FailureOr<SelectOp> select = tryBuild<SelectOp>(
        rewriter, loc, isEmpty->getResult(), nan, attention.getResult());
    return succeeded(select) ? Value(select->getResult()) : Value();
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
