//===- AbsorbParameters.cpp - What follows a norm becomes part of it ------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A norm takes in the products and sums with parameters that follow it. Where
// the program computes in f32 between casts from and to a narrow float, the op
// does the same by itself and takes in the casts, too.
//
//===----------------------------------------------------------------------===//

#include "Matchers.h"

using namespace mlir;
using namespace graphc::graph;

/// `value` as a parameter of exactly `shape`, or null: it may have more ones in
/// front.
static Value getParameter(PatternRewriter &rewriter, Value value,
                          ArrayRef<Expr> shape) {
  ArrayRef<Expr> own = typeOf(value).getShape();
  if (!isa<FloatType>(typeOf(value).getElementType()) ||
      own.size() < shape.size() || own.take_back(shape.size()) != shape ||
      llvm::any_of(own.drop_back(shape.size()),
                   [](Expr size) { return size != 1; }))
    return {};
  return reshapeTo(rewriter, value, shape);
}

/// Tries `take` on a norm that only `root` uses and the other operand.
template <typename NormOp, typename RootOp>
static LogicalResult
takeOperand(RootOp root, PatternRewriter &rewriter,
            llvm::function_ref<LogicalResult(NormOp, Value)> take) {
  for (auto [first, second] : {std::pair(root.getLhs(), root.getRhs()),
                               std::pair(root.getRhs(), root.getLhs())}) {
    auto norm = Value(first).template getDefiningOp<NormOp>();
    if (norm && norm->hasOneUse() && Value(first).hasOneUse() &&
        isLike(norm->getResult(0), root.getResult()) &&
        succeeded(take(norm, second)))
      return success();
  }
  return rewriter.notifyMatchFailure(root, "no parameter of a norm");
}

/// `value` as a weight or bias of `norm`, or null.
template <typename NormOp>
static Value getParameter(PatternRewriter &rewriter, Value value, NormOp norm) {
  StridedTensorType type = typeOf(norm.getInput());
  if constexpr (std::is_same_v<NormOp, BatchNormOp>)
    return isPerChannel(value, type) ? getPerChannel(rewriter, value, type)
                                     : Value();
  else
    return getParameter(rewriter, value,
                        type.getShape().take_back(norm.getNormalizedRank()));
}

static LogicalResult rebuild(PatternRewriter &rewriter, Value root,
                             LayerNormOp norm, Value weight, Value bias) {
  return replaceWith<LayerNormOp>(rewriter, root, norm.getInput(), weight, bias,
                                  norm.getNormalizedRank(), norm.getEps());
}

static LogicalResult rebuild(PatternRewriter &rewriter, Value root,
                             BatchNormOp norm, Value weight, Value bias) {
  return replaceWith<BatchNormOp>(rewriter, root, norm.getInput(),
                                  norm.getMean(), norm.getVar(), weight, bias,
                                  norm.getEps());
}

static LogicalResult rebuild(PatternRewriter &rewriter, Value root,
                             RmsNormOp norm, Value weight, Value) {
  return replaceWith<RmsNormOp>(rewriter, root, norm.getInput(), weight,
                                norm.getNormalizedRank(), norm.getEps());
}

namespace {
/// norm(x) * w.
template <typename NormOp>
struct AbsorbWeight : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    return takeOperand<NormOp>(
        op, rewriter, [&](NormOp norm, Value factor) -> LogicalResult {
          bool hasBias = false;
          if constexpr (!std::is_same_v<NormOp, RmsNormOp>)
            hasBias = bool(norm.getBias());
          if (norm.getWeight() || hasBias)
            return failure();
          Value weight = getParameter(rewriter, factor, norm);
          return weight ? rebuild(rewriter, op.getResult(), norm, weight, {})
                        : failure();
        });
  }
};

/// norm(x) + b.
template <typename NormOp>
struct AbsorbBias : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    return takeOperand<NormOp>(
        op, rewriter, [&](NormOp norm, Value addend) -> LogicalResult {
          Value bias =
              norm.getBias() ? Value() : getParameter(rewriter, addend, norm);
          return bias ? rebuild(rewriter, op.getResult(), norm,
                                norm.getWeight(), bias)
                      : failure();
        });
  }
};
} // namespace

namespace {
/// A cast to a narrow float of an op in f32 on a cast from the same: the op on
/// the narrow float, which computes in f32 and rounds once.
struct AbsorbCasts : OpRewritePattern<CastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CastOp op,
                                PatternRewriter &rewriter) const override {
    Operation *producer = op.getInput().getDefiningOp();
    if (!producer ||
        !isa<SoftmaxOp, LogSoftmaxOp, LayerNormOp, RmsNormOp, BatchNormOp,
             GeluOp, SiluOp, SigmoidOp>(producer) ||
        !producer->hasOneUse() || op.getInput() != producer->getResult(0) ||
        !typeOf(op.getInput()).getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "no op with casts");
    Value input = getNarrow(producer->getOperand(0), op.getTo());
    if (!input)
      return rewriter.notifyMatchFailure(op, "input is not as narrow");

    OperationState state(producer->getLoc(), producer->getName());
    state.addOperands(input);
    for (Value operand : producer->getOperands().drop_front()) {
      Value narrow = getNarrow(operand, op.getTo());
      state.addOperands(narrow ? narrow : operand);
    }
    for (OpResult result : producer->getResults())
      state.addTypes(typeOf(result).withElementType(op.getTo()));
    state.types.front() = op.getType();
    state.addAttributes(producer->getDiscardableAttrDictionary().getValue());
    state.propertiesAttr = producer->getPropertiesAsAttribute();
    Operation *narrow = rewriter.create(state);
    rewriter.replaceOp(op, narrow->getResult(0));
    return success();
  }

private:
  static Value getNarrow(Value value, Type type) {
    auto cast = value.getDefiningOp<CastOp>();
    return cast && typeOf(cast.getInput()).getElementType() == type &&
                   peelLossless(value) != value
               ? cast.getInput()
               : Value();
  }
};
} // namespace

void graphc::graph::populateAbsorbParameters(RewritePatternSet &patterns) {
  patterns.add<AbsorbWeight<LayerNormOp>, AbsorbBias<LayerNormOp>,
               AbsorbWeight<RmsNormOp>, AbsorbWeight<BatchNormOp>,
               AbsorbBias<BatchNormOp>, AbsorbCasts>(patterns.getContext());
}
