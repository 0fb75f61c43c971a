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

Value graphc::graph::matchSelectMask(SelectOp select, Value &scores) {
  std::optional<double> number = getNumber(select.getIfFalse());
  if (number && *number == -std::numeric_limits<double>::infinity()) {
    scores = select.getIfTrue();
    return select.getCondition();
  }
  // A finite number is what masks only if something is left to be seen.
  if (isMinusInfinity(select.getIfFalse()) &&
      everyRowSees(select.getCondition())) {
    scores = select.getIfTrue();
    return select.getCondition();
  }
  return {};
}

bool Scores::matchMasked(Value value, Value rest, Value newMask) {
  StridedTensorType type = typeOf(value);
  if (mask || scale != 1 || type.getRank() < 2 ||
      typeOf(rest).getShape() != type.getShape())
    return false;
  Scores saved = *this;
  mask = newMask;
  llvm::append_range(maskLead, getLead(value));
  if (match(rest))
    return true;
  *this = saved;
  return false;
}

bool Scores::match(Value value) {
  value = peelToMatrices(value);
  if (!value.hasOneUse())
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
    return isa<FloatType>(typeOf(value).getElementType());
  }
  if (matchEither<AddOp>(value, [&](Value rest, Value addend) {
        return matchMasked(value, rest, addend);
      }))
    return true;
  if (auto select = value.getDefiningOp<SelectOp>()) {
    Value rest;
    Value condition = matchSelectMask(select, rest);
    return condition && matchMasked(value, rest, condition);
  }
  return false;
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
