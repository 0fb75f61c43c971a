//===- AttentionScores.cpp - Softmax over products of queries and keys ----===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionScores.h"
#include "Masks.h"

#include <limits>

using namespace mlir;
using namespace graphc::graph;

ArrayRef<Expr> graphc::graph::getLead(Value value) {
  return typeOf(value).getShape().drop_back(2);
}

bool graphc::graph::keepsMatrices(ReshapeOp reshape) {
  ArrayRef<Expr> from = reshape.getInput().getType().getShape(),
                 to = reshape.getShape();
  return from.size() >= 2 && to.size() >= 2 &&
         from.take_back(2) == to.take_back(2);
}

Value graphc::graph::peelToMatrices(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!value.hasOneUse())
      break;
    if (auto reshape = dyn_cast<ReshapeOp>(op)) {
      if (!keepsMatrices(reshape))
        break;
    } else if (!isa<ContiguousOp>(op) &&
               !(isa<CastOp>(op) && peelFloatCasts(value) != value)) {
      break;
    }
    value = op->getOperand(0);
  }
  return value;
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// A score that low is as good as minus infinity beside any other: their
/// difference underflows in exp.
static bool isMinusInfinity(Value value) {
  std::optional<double> number = getNumber(value);
  return number && *number <= -1e30;
}

bool Scores::matchMasked(Value value, Value rest, ScoreMask mask) {
  constexpr std::size_t maxMasks = 3; // each may be tried in two places
  StridedTensorType type = typeOf(value);
  if (masks.size() == maxMasks || scale != 1 || softcap || type.getRank() < 2 ||
      typeOf(rest).getShape() != type.getShape())
    return false;
  Scores saved = *this;
  mask.lead.assign(getLead(value).begin(), getLead(value).end());
  masks.push_back(mask);
  if (match(rest))
    return true;
  *this = saved;
  return false;
}

/// `condition ? scores : -inf`, or what is as good, or the other way round. A
/// finite number is what masks only if something is left to be seen.
bool Scores::matchSelect(Value value) {
  auto select = value.getDefiningOp<SelectOp>();
  if (!select)
    return false;
  auto matchFill = [&](Value fill, Value rest, bool isNegated) {
    ScoreMask mask;
    mask.value = select.getCondition();
    mask.isNegated = isNegated;
    if (getNumber(fill) != -std::numeric_limits<double>::infinity()) {
      if (!isMinusInfinity(fill) || !everyRowSees(mask.value, isNegated))
        return false;
      mask.isFinite = true;
    }
    return matchMasked(value, rest, mask);
  };
  return matchFill(select.getIfFalse(), select.getIfTrue(), false) ||
         matchFill(select.getIfTrue(), select.getIfFalse(), true);
}

/// The numbers around tanh: what was peeled off before is the cap.
bool Scores::matchTanh(Value value) {
  auto tanh = value.getDefiningOp<TanhOp>();
  if (!tanh || softcap || !(scale > 0))
    return false;
  Scores saved = *this;
  softcap = scale;
  // Of the factors within, the cap is a divisor already.
  if (match(tanh.getInput()))
    return true;
  *this = saved;
  return false;
}

bool Scores::match(Value value, bool isShared) {
  value = peelToMatrices(value);
  if (!value.hasOneUse() && !isShared)
    return false;
  double factor = 1;
  Value scaled = peelScale(value, factor);
  if (scaled != value) {
    // The product, its numbers and what is between them have no other use.
    for (Value v = value; v != scaled;) {
      if (!v.hasOneUse())
        return false;
      Operation *op = v.getDefiningOp();
      v = getNumber(op->getOperand(0)) ? op->getOperand(1) : op->getOperand(0);
    }
    scale *= factor;
    return match(scaled);
  }
  if (auto matmul = value.getDefiningOp<MatmulOp>()) {
    product = matmul;
    return !isShared && isa<FloatType>(typeOf(value).getElementType());
  }
  return matchEither<AddOp>(value,
                            [&](Value rest, Value addend) {
                              ScoreMask mask;
                              mask.value = addend;
                              return matchMasked(value, rest, mask);
                            }) ||
         matchSelect(value) || (!isShared && matchTanh(value));
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// Views `mask`, which broadcasts to `from` and a matrix, for batch dimensions
/// `to`, which are the same merged or split. Null if they are not, or where the
/// mask is repeated along a part of what is merged.
static Value withMaskLead(PatternRewriter &rewriter, Value mask,
                          ArrayRef<Expr> from, ArrayRef<Expr> to) {
  if (from == to)
    return mask;
  MLIRContext *context = rewriter.getContext();
  Expr one = Expr::constant(context, 1);
  ArrayRef<Expr> own = typeOf(mask).getShape();
  if (own.size() <= 2)
    return mask; // Nothing along the batch.
  SmallVector<Expr> lead(from.size() + 2 - own.size(), one);
  llvm::append_range(lead, own.drop_back(2));
  SmallVector<Expr> shape;
  std::size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    // The shortest groups of equal products.
    std::size_t firstFrom = i, firstTo = j;
    if (i < from.size())
      ++i;
    if (j < to.size())
      ++j;
    auto group = [&](ArrayRef<Expr> sizes, std::size_t begin, std::size_t end) {
      return product(context, sizes.slice(begin, end - begin));
    };
    Expr left = group(from, firstFrom, i), right = group(to, firstTo, j);
    while (left != right) {
      // The one that divides the other grows.
      if (i < from.size() && right.divideExactly(left))
        left = group(from, firstFrom, ++i);
      else if (j < to.size() && left.divideExactly(right))
        right = group(to, firstTo, ++j);
      else
        return {};
    }
    auto mine = ArrayRef(lead).slice(firstFrom, i - firstFrom);
    auto theirs = to.slice(firstTo, j - firstTo);
    if (mine == from.slice(firstFrom, i - firstFrom))
      llvm::append_range(shape, theirs);
    else if (llvm::all_of(mine, [&](Expr size) { return size == one; }))
      shape.append(theirs.size(), one);
    else
      return {};
  }
  llvm::append_range(shape, own.take_back(2));
  return reshapeTo(rewriter, mask, shape);
}

/// The bool that is true where `value` is not; constants stay constants.
static Value negate(PatternRewriter &rewriter, Value value) {
  if (auto constant = value.getDefiningOp<ConstantOp>()) {
    auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
    if (dense && dense.getElementType().isInteger(1)) {
      SmallVector<bool> negated;
      for (bool element : dense.getValues<bool>())
        negated.push_back(!element);
      FailureOr<ConstantOp> op = tryBuild<ConstantOp>(
          rewriter, value.getLoc(),
          DenseElementsAttr::get(dense.getType(), negated));
      return succeeded(op) ? Value(op->getResult()) : Value();
    }
  }
  FailureOr<BitwiseNotOp> op =
      tryBuild<BitwiseNotOp>(rewriter, value.getLoc(), value);
  return succeeded(op) ? Value(op->getResult()) : Value();
}

template <typename OpTy, typename... Args>
static Value build(PatternRewriter &rewriter, Location loc, Args &&...args) {
  FailureOr<OpTy> op =
      tryBuild<OpTy>(rewriter, loc, std::forward<Args>(args)...);
  return succeeded(op) ? Value(op->getResult()) : Value();
}

/// What both masks do together; null where that cannot be said.
static Value mergeTwo(PatternRewriter &rewriter, Value a, Value b) {
  Location loc = a.getLoc();
  auto isBool = [](Value mask) {
    return typeOf(mask).getElementType().isInteger(1);
  };
  if (isBool(a) && isBool(b))
    return build<BitwiseAndOp>(rewriter, loc, a, b);
  if (isBool(b))
    std::swap(a, b);
  if (!isBool(a)) {
    Type wide = rewriter.getF32Type();
    if (typeOf(a).getElementType() != typeOf(b).getElementType())
      for (Value *mask : {&a, &b})
        if (typeOf(*mask).getElementType() != wide)
          *mask = build<CastOp>(rewriter, loc, *mask, wide);
    return build<AddOp>(rewriter, loc, a, b);
  }
  auto type = cast<FloatType>(typeOf(b).getElementType());
  auto lowest = DenseElementsAttr::get(
      RankedTensorType::get({}, type),
      APFloat::getInf(type.getFloatSemantics(), /*Negative=*/true));
  Value fill = build<ConstantOp>(rewriter, loc, lowest);
  return build<SelectOp>(rewriter, loc, a, b, fill);
}

std::optional<MergedMask> graphc::graph::mergeMasks(PatternRewriter &rewriter,
                                                    Scores &scores,
                                                    Type element) {
  MergedMask merged;
  bool isAlone = scores.masks.size() == 1;
  // The shape in which the batch is split most.
  for (const ScoreMask &mask : scores.masks)
    if (mask.lead.size() >= merged.lead.size())
      merged.lead = mask.lead;
  for (const ScoreMask &mask : scores.masks) {
    // Where one hides all that the others show, finite numbers are compared.
    if (mask.isFinite && !isAlone)
      return std::nullopt;
    Value value = mask.isNegated ? negate(rewriter, mask.value)
                  : isAlone      ? getMask(rewriter, mask.value, isAlone)
                                 : mask.value;
    if (!value)
      return std::nullopt;
    auto canTake = [&](Value value) {
      Type own = typeOf(value).getElementType();
      return own == element || own.isInteger(1);
    };
    Value narrow = peelLossless(value);
    // Several are added up as they are: sums of narrow numbers would round.
    if (isAlone && !canTake(value) && canTake(narrow))
      value = narrow;
    if (!canTake(value) &&
        !(typeOf(value).getElementType().isF32() && !element.isF64()))
      return std::nullopt;
    StridedTensorType type = typeOf(value);
    StridedTensorType matrix = typeOf(scores.product.getResult());
    if (!isAlone && type.getElementType().isInteger(1) && type.getRank() >= 2 &&
        type.getShape().take_back(2) == matrix.getShape().take_back(2) &&
        isCausal(value)) {
      merged.isCausal = true;
      continue;
    }
    value = withMaskLead(rewriter, value, mask.lead, merged.lead);
    if (value && merged.value)
      value = mergeTwo(rewriter, merged.value, value);
    if (!value)
      return std::nullopt;
    merged.value = value;
  }
  return merged;
}

//===----------------------------------------------------------------------===//
// Softmax that knows empty rows
//===----------------------------------------------------------------------===//

/// The negation of `value`, if it is one.
static Value matchNot(Value value) {
  auto op = value.getDefiningOp<BitwiseNotOp>();
  return op ? op.getInput() : Value();
}

/// Whether `value` is true for the rows of `scores` that hold -inf alone:
/// all(x == -inf), or not any(x != -inf) as torch decomposes it.
static bool isEmptyRow(Value value, Value scores) {
  auto isMinusInf = [&](Value test, ComparePredicate predicate) {
    auto compare = test.getDefiningOp<CompareOp>();
    return compare && compare.getPredicate() == predicate &&
           compare.getLhs() == scores &&
           getNumber(compare.getRhs()) ==
               -std::numeric_limits<double>::infinity();
  };
  int64_t last = typeOf(scores).getRank() - 1;
  std::optional<Reduced> all = matchReduced(value, ReduceKind::All);
  if (all && all->dims == ArrayRef<int64_t>(last) &&
      isMinusInf(all->input, ComparePredicate::Eq))
    return true;
  Value any = matchNot(value);
  std::optional<Reduced> reduced =
      any ? matchReduced(any, ReduceKind::Any) : std::nullopt;
  if (!reduced || reduced->dims != ArrayRef<int64_t>(last))
    return false;
  Value equal = matchNot(reduced->input);
  return (equal && isMinusInf(equal, ComparePredicate::Eq)) ||
         isMinusInf(reduced->input, ComparePredicate::Ne);
}

Weights graphc::graph::matchWeights(Value value) {
  Weights weights;
  auto select = value.getDefiningOp<SelectOp>();
  if (!select)
    return {value.getDefiningOp<SoftmaxOp>(), false};
  auto softmax = select.getIfFalse().getDefiningOp<SoftmaxOp>();
  if (!softmax || !softmax->hasOneUse() ||
      getNumber(select.getIfTrue()) != 0.0 ||
      !isEmptyRow(select.getCondition(), softmax.getInput()))
    return {};
  return {softmax, true};
}
