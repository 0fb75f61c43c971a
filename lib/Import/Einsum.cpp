//===- Einsum.cpp - Products over named dimensions ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The steps are torch's, since they decide about the strides of the result: all
// operands are brought to one order of dimensions, those of the result first
// and those to sum over last, with size 1 for what an operand lacks. Then they
// are multiplied from left to right, by matmul where something is summed.
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include <map>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

using graph::Expr;

namespace {
/// A tensor whose dimensions carry labels.
struct Labelled {
  Value value;
  std::string labels;
};
} // namespace

//===----------------------------------------------------------------------===//
// Products of aligned tensors
//===----------------------------------------------------------------------===//

static bool isOne(Emitter &e, Value value, int64_t dim) {
  return e.size(value, dim) == 1;
}

/// `value` with the dimensions `batch`, one of all dimensions of each of
/// `groups`, and without `rest`, which have size 1.
static Value permuteAndGroup(Emitter &e, Value value, ArrayRef<int64_t> batch,
                             ArrayRef<ArrayRef<int64_t>> groups,
                             ArrayRef<int64_t> rest) {
  SmallVector<int64_t> perm(batch);
  SmallVector<Expr> shape;
  for (int64_t dim : batch)
    shape.push_back(e.size(value, dim));
  for (ArrayRef<int64_t> group : groups) {
    perm.append(group.begin(), group.end());
    Expr size = e.expr(1);
    for (int64_t dim : group)
      size = size * e.size(value, dim);
    shape.push_back(size);
  }
  perm.append(rest.begin(), rest.end());
  return e.reshape(e.permute(value, perm), shape);
}

/// torch's sum, which widens integers.
static Value sumOver(Emitter &e, Value x, ArrayRef<int64_t> dims,
                     bool keepdim) {
  Type type = e.elementType(x);
  return e.sum(e.cast(x, isa<IntegerType>(type) ? e.i64() : type), dims,
               keepdim);
}

/// a * b, summed over `summed`, where both have more than one element; the sums
/// stay as dimensions of size 1.
static Value multiplyAndSum(Emitter &e, Value a, Value b,
                            ArrayRef<int64_t> summed) {
  // Sums of integers are wider than integers.
  Type type = promoteTypes(e.elementType(a), e.elementType(b));
  if (!type)
    return e.unsupported("PyTorch does not promote these dtypes");
  a = e.cast(a, type);
  b = e.cast(b, type);
  if (summed.empty())
    return e.mul(a, b);
  int64_t rank = e.rank(a);
  SmallVector<int64_t> both, left, right;
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (llvm::is_contained(summed, dim))
      continue;
    bool inA = !isOne(e, a, dim), inB = !isOne(e, b, dim);
    (inA && inB ? both : inA ? left : right).push_back(dim);
  }
  // What comes first in the result had better come from the left.
  if (!left.empty() && !right.empty() && right.back() < left.front()) {
    std::swap(a, b);
    std::swap(left, right);
  }
  Value product = e.matmul(permuteAndGroup(e, a, both, {left, summed}, right),
                           permuteAndGroup(e, b, both, {summed, right}, left));
  SmallVector<int64_t> order(both), inverse(rank);
  SmallVector<Expr> shape;
  order.append(left);
  order.append(summed.begin(), summed.end());
  order.append(right);
  for (auto [position, dim] : llvm::enumerate(order)) {
    inverse[dim] = position;
    Expr size = e.size(a, dim) == 1 ? e.size(b, dim) : e.size(a, dim);
    shape.push_back(llvm::is_contained(summed, dim) ? e.expr(1) : size);
  }
  return e.permute(e.reshape(product, shape), inverse);
}

/// The product of all operands without the dimensions from `numKept` on, over
/// which it is summed as soon as no other operand has more than one element.
static Value contractAll(Emitter &e, ArrayRef<Value> operands,
                         int64_t numKept) {
  int64_t rank = e.rank(operands.front());
  SmallVector<int64_t> users(rank, 0), last;
  for (Value operand : operands)
    for (int64_t dim = 0; dim < rank; ++dim)
      users[dim] += !isOne(e, operand, dim);
  Value total = operands.front();
  for (Value next : operands.drop_front()) {
    SmallVector<int64_t> summed, alone, nextAlone;
    for (int64_t dim = numKept; dim < rank; ++dim) {
      bool inTotal = !isOne(e, total, dim), inNext = !isOne(e, next, dim);
      if (inTotal && inNext) {
        if (--users[dim] == 1)
          summed.push_back(dim);
      } else if (users[dim] == 1 && (inTotal || inNext)) {
        (inTotal ? alone : nextAlone).push_back(dim);
      }
    }
    if (!alone.empty())
      total = sumOver(e, total, alone, true);
    if (!nextAlone.empty())
      next = sumOver(e, next, nextAlone, true);
    total = multiplyAndSum(e, total, next, summed);
  }
  for (int64_t dim = numKept; dim < rank; ++dim)
    last.push_back(dim);
  if (last.empty())
    return total;
  if (operands.size() == 1)
    return sumOver(e, total, last, false);
  SmallVector<Expr> shape;
  for (int64_t dim = 0; dim < numKept; ++dim)
    shape.push_back(e.size(total, dim));
  return e.reshape(total, shape);
}

//===----------------------------------------------------------------------===//
// Equations
//===----------------------------------------------------------------------===//

/// Replaces repeated labels by a diagonal.
static Labelled takeDiagonals(Emitter &e, Labelled x) {
  for (size_t i = 0; i < x.labels.size(); ++i) {
    size_t again = x.labels.find(x.labels[i], i + 1);
    if (again == std::string::npos)
      continue;
    char label = x.labels[i];
    x.value =
        e.emit<graph::DiagonalOp>(x.value, int64_t(0), static_cast<int64_t>(i),
                                  static_cast<int64_t>(again));
    x.labels.erase(again, 1);
    x.labels.erase(i, 1);
    x.labels += label;
    i = static_cast<size_t>(-1);
  }
  return x;
}

/// Orders dimensions as `labels` says; labels that it lacks become size 1.
static Value alignTo(Emitter &e, const Labelled &operand, StringRef labels) {
  Value value = operand.value;
  SmallVector<int64_t> perm;
  for (char label : labels) {
    size_t position = operand.labels.find(label);
    if (position == std::string::npos) {
      position = e.rank(value);
      value = e.unsqueeze(value, position);
    }
    perm.push_back(position);
  }
  return e.permute(value, perm);
}

static void importEinsum(Call &call) {
  Emitter &e = call.e;
  std::string equation = call.text("equation");
  llvm::erase(equation, ' ');
  SmallVector<Value> tensors = call.tensors("tensors");
  auto [inputs, output] = StringRef(equation).split("->");
  bool isExplicit = StringRef(equation).contains("->");
  SmallVector<StringRef> terms;
  inputs.split(terms, ',');
  if (terms.size() != tensors.size())
    return (void)e.fail("op-argument", "the equation has " +
                                           Twine(terms.size()) + " operands");
  // An ellipsis stands for labels of its own, aligned at the right.
  int64_t ellipsisRank = 0;
  for (auto [term, tensor] : llvm::zip(terms, tensors))
    if (term.contains("..."))
      ellipsisRank = std::max<int64_t>(
          ellipsisRank,
          e.rank(tensor) - (static_cast<int64_t>(term.size()) - 3));
  auto spell = [&](StringRef term, int64_t count) {
    auto [before, after] = term.split("...");
    std::string labels = before.str();
    if (term.contains("..."))
      for (int64_t i = ellipsisRank - count; i < ellipsisRank; ++i)
        labels += static_cast<char>('0' + i);
    return labels + after.str();
  };
  SmallVector<Labelled> operands;
  std::map<char, unsigned> uses;
  for (auto [term, tensor] : llvm::zip(terms, tensors)) {
    int64_t count = e.rank(tensor) - (static_cast<int64_t>(term.size()) - 3);
    operands.push_back({tensor, spell(term, count)});
    if (static_cast<int64_t>(operands.back().labels.size()) != e.rank(tensor) ||
        count > 9)
      return (void)e.fail("op-argument", "'" + term + "' does not fit");
    for (char label : operands.back().labels)
      ++uses[label];
  }
  std::string order;
  if (isExplicit) {
    order = spell(output, ellipsisRank);
  } else {
    // Ellipsis first, then labels used once in alphabetical order.
    for (int64_t i = 0; i < ellipsisRank; ++i)
      order += static_cast<char>('0' + i);
    for (auto [label, count] : uses)
      if (count == 1 && !isdigit(label))
        order += label;
  }
  for (char label : order)
    if (!uses.count(label))
      return (void)e.fail("op-argument", "an output label has no operand");
  // What is summed stands behind the result, capitals first.
  int64_t numKept = order.size();
  for (auto [label, count] : uses)
    if (!StringRef(order).take_front(numKept).contains(label))
      order += label;
  SmallVector<Value> aligned;
  for (const Labelled &operand : operands)
    aligned.push_back(alignTo(e, takeDiagonals(e, operand), order));
  if (e.hasFailed())
    return;
  call.result(contractAll(e, aligned, numKept));
}

static void importTensordot(Call &call) {
  Emitter &e = call.e;
  Value a = call.tensor("self"), b = call.tensor("other");
  SmallVector<int64_t> left, right, inA, inB;
  for (auto [i, j] :
       llvm::zip(call.integers("dims_self"), call.integers("dims_other"))) {
    inA.push_back(e.wrapDim(i, e.rank(a)));
    inB.push_back(e.wrapDim(j, e.rank(b)));
    // One of them may be broadcast.
    if (isOne(e, a, inA.back()))
      b = e.sum(b, inB.back(), true);
    else if (isOne(e, b, inB.back()))
      a = e.sum(a, inA.back(), true);
  }
  SmallVector<Expr> shape;
  auto addOthers = [&](Value x, ArrayRef<int64_t> taken,
                       SmallVector<int64_t> &others) {
    for (int64_t dim = 0; dim < e.rank(x); ++dim)
      if (!llvm::is_contained(taken, dim)) {
        others.push_back(dim);
        shape.push_back(e.size(x, dim));
      }
  };
  addOthers(a, inA, left);
  addOthers(b, inB, right);
  if (e.hasFailed())
    return;
  call.result(e.reshape(e.matmul(permuteAndGroup(e, a, {}, {left, inA}, {}),
                                 permuteAndGroup(e, b, {}, {inB, right}, {})),
                        shape));
}

static constexpr Overload table[] = {
    {"aten.einsum.default", importEinsum},
    {"aten.tensordot.default", importTensordot},
};

ArrayRef<Overload> graphc::aten::einsumOverloads() { return table; }
