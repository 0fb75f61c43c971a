//===- Masks.cpp - What attention masks let through -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "Matchers.h"
#include "Positions.h"

#include <limits>

using namespace mlir;
using namespace graphc::graph;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static DenseElementsAttr getDense(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                  : DenseElementsAttr();
}

/// What a mask adds to each score: 0 and -inf for bools.
static std::optional<std::vector<double>> getAddends(DenseElementsAttr dense,
                                                     bool isNegated = false) {
  std::vector<double> addends;
  addends.reserve(dense.getNumElements());
  if (dense.getElementType().isInteger(1)) {
    for (bool visible : dense.getValues<bool>())
      addends.push_back(
          visible != isNegated ? 0 : -std::numeric_limits<double>::infinity());
    return addends;
  }
  if (dense.getElementType().isF32()) {
    llvm::append_range(addends, dense.getValues<float>());
    return addends;
  }
  if (!isa<FloatType>(dense.getElementType()))
    return std::nullopt;
  for (APFloat value : dense.getValues<APFloat>()) {
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    addends.push_back(value.convertToDouble());
  }
  return addends;
}

/// A finite number this low hides as well as -inf what stands beside others.
static constexpr double hidden = -1e30;

static bool isCausalConstant(DenseElementsAttr dense) {
  ArrayRef<int64_t> shape = dense.getType().getShape();
  std::optional<std::vector<double>> addends = getAddends(dense);
  if (shape.size() < 2 || !addends)
    return false;
  int64_t keys = shape.back(), queries = shape[shape.size() - 2];
  int64_t place = 0;
  for (double addend : *addends) {
    int64_t key = place % keys, query = place / keys % queries;
    if (key <= query ? addend != 0 : !(addend <= hidden))
      return false;
    ++place;
  }
  return true;
}

static bool everyRowOfConstantSees(DenseElementsAttr dense, bool isNegated) {
  ArrayRef<int64_t> shape = dense.getType().getShape();
  std::optional<std::vector<double>> addends = getAddends(dense, isNegated);
  if (!addends)
    return false;
  int64_t keys = shape.empty() ? 1 : shape.back();
  for (size_t row = 0; row < addends->size(); row += keys)
    if (llvm::none_of(
            ArrayRef<double>(*addends).slice(row, keys), [](double addend) {
              return addend > -std::numeric_limits<double>::infinity();
            }))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Distances
//===----------------------------------------------------------------------===//

namespace {
/// key - query + offset.
struct Distance {
  int64_t offset = 0;
  /// It is query - key + offset instead.
  bool isFlipped = false;
};
} // namespace

static std::optional<Distance> getDistance(Value minuend, Value subtrahend) {
  std::optional<Position> a = getPosition(minuend), b = getPosition(subtrahend);
  if (!a || !b || a->dim.value_or(2) + b->dim.value_or(2) != 1)
    return std::nullopt;
  return Distance{a->offset - b->offset, *a->dim == 1};
}

/// Whether `distance (predicate) bound` says key <= query.
static bool saysCausal(Distance distance, ComparePredicate predicate,
                       double bound) {
  bound -= distance.offset;
  if (distance.isFlipped)
    return (predicate == ComparePredicate::Ge && bound == 0) ||
           (predicate == ComparePredicate::Gt && bound == -1);
  return (predicate == ComparePredicate::Le && bound == 0) ||
         (predicate == ComparePredicate::Lt && bound == 1);
}

static bool isCausalCompare(CompareOp compare, bool isNegated) {
  ComparePredicate predicate = compare.getPredicate();
  if (isNegated) {
    switch (predicate) {
    case ComparePredicate::Lt:
      predicate = ComparePredicate::Ge;
      break;
    case ComparePredicate::Le:
      predicate = ComparePredicate::Gt;
      break;
    case ComparePredicate::Gt:
      predicate = ComparePredicate::Le;
      break;
    case ComparePredicate::Ge:
      predicate = ComparePredicate::Lt;
      break;
    default:
      return false;
    }
  }
  if (std::optional<Distance> distance =
          getDistance(compare.getLhs(), compare.getRhs()))
    return saysCausal(*distance, predicate, 0);
  auto sub = compare.getLhs().getDefiningOp<SubOp>();
  std::optional<double> bound = getNumber(compare.getRhs());
  if (!sub || !bound)
    return false;
  std::optional<Distance> distance = getDistance(sub.getLhs(), sub.getRhs());
  return distance && saysCausal(*distance, predicate, *bound);
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// What expands and reshapes that keep rows and columns were applied to.
static Value peelBatch(Value mask) {
  while (Operation *op = mask.getDefiningOp()) {
    StridedTensorType type = typeOf(mask);
    if (!isa<ReshapeOp, ExpandOp, ContiguousOp>(op))
      break;
    StridedTensorType from = typeOf(op->getOperand(0));
    if (type.getRank() < 2 || from.getRank() < 2 ||
        type.getShape().take_back(2) != from.getShape().take_back(2))
      break;
    mask = op->getOperand(0);
  }
  return mask;
}

/// The condition of `condition ? 0 : -inf`. A finite fill counts where the
/// condition never hides a whole row.
static Value matchMaskSelect(Value mask, bool isAlone) {
  auto select = peelFloatCasts(mask).getDefiningOp<SelectOp>();
  if (!select || getNumber(select.getIfTrue()) != 0.0)
    return {};
  std::optional<double> fill = getNumber(select.getIfFalse());
  if (!fill || !(*fill <= hidden))
    return {};
  if (*fill == -std::numeric_limits<double>::infinity() ||
      (isAlone && everyRowSees(select.getCondition())))
    return select.getCondition();
  return {};
}

bool graphc::graph::isCausal(Value mask) {
  mask = peelBatch(mask);
  if (DenseElementsAttr dense = getDense(mask))
    return isCausalConstant(dense);
  if (auto select = peelFloatCasts(mask).getDefiningOp<SelectOp>()) {
    std::optional<double> fill = getNumber(select.getIfFalse());
    return fill && *fill <= hidden && getNumber(select.getIfTrue()) == 0.0 &&
           typeOf(select.getCondition()).getShape() ==
               typeOf(mask).getShape() &&
           isCausal(select.getCondition());
  }
  if (auto negation = mask.getDefiningOp<BitwiseNotOp>()) {
    auto compare = negation.getInput().getDefiningOp<CompareOp>();
    return compare && isCausalCompare(compare, /*isNegated=*/true);
  }
  auto compare = mask.getDefiningOp<CompareOp>();
  return compare && isCausalCompare(compare, /*isNegated=*/false);
}

bool graphc::graph::everyRowSees(Value mask, bool isNegated) {
  mask = peelBatch(mask);
  if (DenseElementsAttr dense = getDense(mask))
    return everyRowOfConstantSees(dense, isNegated);
  if (isNegated) {
    auto negation = mask.getDefiningOp<BitwiseNotOp>();
    return negation && everyRowSees(negation.getInput());
  }
  if (isCausal(mask))
    return true;
  if (auto select = peelFloatCasts(mask).getDefiningOp<SelectOp>()) {
    std::optional<double> a = getNumber(select.getIfTrue()),
                          b = getNumber(select.getIfFalse());
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (!a || !b || !(*a > -infinity))
      return false;
    return *b > -infinity || everyRowSees(select.getCondition());
  }
  if (auto either = mask.getDefiningOp<BitwiseOrOp>())
    return everyRowSees(either.getLhs()) || everyRowSees(either.getRhs());
  return getNumber(mask).value_or(0) == 1;
}

bool graphc::graph::hidesNothing(Value mask) {
  std::optional<double> number = getNumber(mask);
  bool isBool = typeOf(mask).getElementType().isInteger(1);
  return number && *number == (isBool ? 1 : 0);
}

Value graphc::graph::getMask(PatternRewriter &rewriter, Value mask,
                             bool isAlone) {
  // Masks broadcast by themselves.
  while (auto expand = mask.getDefiningOp<ExpandOp>())
    mask = expand.getInput();
  if (Value condition = matchMaskSelect(mask, isAlone))
    return condition;
  // condition ? -inf : 0
  auto select = peelFloatCasts(mask).getDefiningOp<SelectOp>();
  if (select && getNumber(select.getIfFalse()) == 0.0 &&
      getNumber(select.getIfTrue()) ==
          -std::numeric_limits<double>::infinity()) {
    FailureOr<BitwiseNotOp> keep = tryBuild<BitwiseNotOp>(
        rewriter, select.getLoc(), select.getCondition());
    if (succeeded(keep))
      return keep->getResult();
  }
  return mask;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
/// What is known of a mask at compile time goes: one that hides nothing, one
/// that is causal, and either as a part of another.
struct SimplifyMask : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    Value mask = op.getMask();
    if (!mask)
      return rewriter.notifyMatchFailure(op, "no mask");
    if (hidesNothing(mask))
      return setMask(op, {}, rewriter);
    if (isCausalFor(op, mask)) {
      rewriter.modifyOpInPlace(op, [&] { op.setCausal(true); });
      return setMask(op, {}, rewriter);
    }
    Value simpler = getMask(rewriter, mask, /*isAlone=*/!op.getCausal());
    if (simpler != mask)
      return setMask(op, simpler, rewriter);
    if (auto both = mask.getDefiningOp<BitwiseAndOp>()) {
      for (auto [part, rest] : {std::pair(both.getLhs(), both.getRhs()),
                                std::pair(both.getRhs(), both.getLhs())}) {
        if (hidesNothing(part))
          return setMask(op, rest, rewriter);
        if (!isCausalFor(op, part))
          continue;
        rewriter.modifyOpInPlace(op, [&] { op.setCausal(true); });
        return setMask(op, rest, rewriter);
      }
    }
    return rewriter.notifyMatchFailure(op, "nothing is known of the mask");
  }

private:
  static bool isCausalFor(AttentionOp op, Value mask) {
    StridedTensorType type = typeOf(mask);
    int64_t rows = typeOf(op.getQuery()).getRank() - 2;
    return type.getRank() >= 2 &&
           type.getDim(type.getRank() - 2) ==
               typeOf(op.getQuery()).getDim(rows) &&
           type.getDim(type.getRank() - 1) ==
               typeOf(op.getKey()).getDim(rows) &&
           isCausal(mask);
  }

  static LogicalResult setMask(AttentionOp op, Value mask,
                               PatternRewriter &rewriter) {
    rewriter.modifyOpInPlace(op, [&] {
      if (mask)
        op.getMaskMutable().assign(mask);
      else
        op.getMaskMutable().clear();
    });
    return success();
  }
};
} // namespace

void graphc::graph::populateSimplifyMasks(RewritePatternSet &patterns) {
  patterns.add<SimplifyMask>(patterns.getContext());
}
