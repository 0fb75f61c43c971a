//===- Ranges.cpp - What is known of symbolic sizes -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ranges.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graphc::aten;
using graphc::graph::Expr;
using graphc::graph::ExprKind;

using Interval = Ranges::Interval;
using Bound = std::optional<int64_t>;

//===----------------------------------------------------------------------===//
// Interval arithmetic
//===----------------------------------------------------------------------===//

static Bound addBounds(Bound a, Bound b) {
  int64_t sum;
  if (!a || !b || llvm::AddOverflow(*a, *b, sum))
    return std::nullopt;
  return sum;
}

static Bound mulBounds(Bound a, Bound b) {
  int64_t product;
  if (!a || !b || llvm::MulOverflow(*a, *b, product))
    return std::nullopt;
  return product;
}

static Interval mulIntervals(Interval a, Interval b) {
  // An open end times an interval that stays on one side of zero.
  auto nonNegative = [](Interval i) { return i.min && *i.min >= 0; };
  if (nonNegative(a) && nonNegative(b))
    return {mulBounds(a.min, b.min), mulBounds(a.max, b.max)};
  auto isConstant = [](Interval i) { return i.min && i.max && i.min == i.max; };
  if (isConstant(b))
    std::swap(a, b);
  if (isConstant(a) && *a.min < 0)
    return {mulBounds(a.min, b.max), mulBounds(a.min, b.min)};
  if (isConstant(a))
    return {mulBounds(a.min, b.min), mulBounds(a.min, b.max)};
  if (!a.min || !a.max || !b.min || !b.max)
    return {};
  Bound corners[] = {mulBounds(a.min, b.min), mulBounds(a.min, b.max),
                     mulBounds(a.max, b.min), mulBounds(a.max, b.max)};
  Interval result = {corners[0], corners[0]};
  for (Bound corner : corners) {
    if (!corner)
      return {};
    result.min = std::min(*result.min, *corner);
    result.max = std::max(*result.max, *corner);
  }
  return result;
}

static Interval divideInterval(Interval a, Interval b) {
  if (!b.min || *b.min <= 0)
    return {};
  Interval result;
  // The quotient is monotone in a; which divisor is worst depends on its sign.
  if (a.min && *a.min >= 0)
    result.min = b.max ? *a.min / *b.max : 0;
  else if (a.min)
    result.min = llvm::divideFloorSigned(*a.min, *b.min);
  if (a.max && *a.max >= 0)
    result.max = *a.max / *b.min;
  else if (a.max)
    result.max = b.max ? llvm::divideFloorSigned(*a.max, *b.max) : -1;
  return result;
}

void Ranges::set(StringRef symbol, Interval traced, Bound lowest, Bound hint) {
  symbols[symbol.str()] = traced;
  if (lowest && traced.min && *lowest < *traced.min)
    accepted[symbol.str()] = *lowest;
  if (hint)
    hints[symbol] = *hint;
}

Interval Ranges::get(StringRef symbol) const {
  auto it = symbols.find(symbol.str());
  return it == symbols.end() ? Interval() : it->second;
}

Interval Ranges::bounds(Expr expr, bool traced) const {
  ArrayRef<Expr> operands = expr.operands();
  auto boundsOf = [&](Expr operand) { return bounds(operand, traced); };
  auto fold = [&](auto combine) {
    Interval result = boundsOf(operands.front());
    for (Expr operand : operands.drop_front())
      result = combine(result, boundsOf(operand));
    return result;
  };
  switch (expr.kind()) {
  case ExprKind::Constant:
    return {expr.getConstant(), expr.getConstant()};
  case ExprKind::Symbol: {
    Interval range = get(expr.getName());
    if (auto it = accepted.find(expr.getName().str());
        !traced && it != accepted.end())
      range.min = it->second;
    return range;
  }
  case ExprKind::Sum:
    return fold([](Interval a, Interval b) -> Interval {
      return {addBounds(a.min, b.min), addBounds(a.max, b.max)};
    });
  case ExprKind::Product:
    return fold(mulIntervals);
  case ExprKind::FloorDiv:
    return divideInterval(boundsOf(operands[0]), boundsOf(operands[1]));
  case ExprKind::Max:
    return fold([](Interval a, Interval b) -> Interval {
      Interval result;
      if (a.min || b.min)
        result.min =
            std::max(a.min.value_or(INT64_MIN), b.min.value_or(INT64_MIN));
      if (a.max && b.max)
        result.max = std::max(*a.max, *b.max);
      return result;
    });
  case ExprKind::Min:
    return fold([](Interval a, Interval b) -> Interval {
      Interval result;
      if (a.min && b.min)
        result.min = std::min(*a.min, *b.min);
      if (a.max || b.max)
        result.max =
            std::min(a.max.value_or(INT64_MAX), b.max.value_or(INT64_MAX));
      return result;
    });
  case ExprKind::Eq:
  case ExprKind::Le:
    return {0, 1};
  case ExprKind::Invalid:
    return {};
  }
  return {};
}

bool Ranges::provesLessEqual(Expr a, Expr b, bool traced) const {
  auto isNonNegative = [&](Expr value) {
    Interval interval = bounds(value, traced);
    return interval.min && *interval.min >= 0;
  };
  Expr difference = simplify(b - a);
  return isNonNegative(difference) ||
         (!difference.isConstant() &&
          llvm::any_of(assumptions, [&](Expr assumption) {
            return isNonNegative(difference - simplify(assumption));
          }));
}

bool Ranges::isLessEqual(Expr a, Expr b) {
  if (provesLessEqual(a, b))
    return true;
  Expr difference = b - a;
  llvm::SetVector<StringRef> names;
  difference.collectSymbols(names);
  bool holds = provesLessEqual(a, b, /*traced=*/true);
  if (holds) {
    // As symbols are at least what tracing thought. The difference itself may
    // depend on data, which are not there at entry.
    for (StringRef name : names)
      if (accepted.count(name.str()))
        guard(Expr::symbol(difference.getContext(), name) - *get(name).min);
    return true;
  }
  if (!provesLessEqual(b + 1, a, /*traced=*/true)) {
    std::optional<int64_t> seen;
    if (llvm::all_of(names,
                     [&](StringRef name) { return hints.contains(name); }))
      seen = difference.evaluate(hints);
    holds = seen && *seen >= 0;
  }
  if (holds)
    guard(difference);
  return holds;
}

void Ranges::guard(Expr value) {
  if (llvm::is_contained(taken, value))
    return;
  taken.push_back(value);
  assume(value);
}

Expr Ranges::min(Expr a, Expr b) {
  // Of two that were seen equal, the one that may change.
  if (a.isConstant())
    std::swap(a, b);
  if (isLessEqual(a, b))
    return a;
  return isLessEqual(b, a) ? b : a.min(b);
}

Expr Ranges::max(Expr a, Expr b) {
  if (b.isConstant())
    std::swap(a, b);
  if (isLessEqual(a, b))
    return b;
  return isLessEqual(b, a) ? a : a.max(b);
}

//===----------------------------------------------------------------------===//
// Comparison by samples
//===----------------------------------------------------------------------===//

bool Ranges::agree(Expr a, Expr b, ArrayRef<Expr> shape) const {
  a = simplify(a);
  b = simplify(b);
  if (a == b)
    return true;
  llvm::SetVector<StringRef> names;
  a.collectSymbols(names);
  b.collectSymbols(names);
  if (names.empty())
    return false;
  for (Expr size : shape)
    size.collectSymbols(names);
  // Odd strides through the ranges, different for every symbol.
  for (int64_t sample = 0; sample < 24; ++sample) {
    llvm::StringMap<int64_t> values;
    for (auto [index, name] : llvm::enumerate(names)) {
      Interval range = get(name);
      int64_t low = range.min.value_or(2);
      int64_t high = std::max(low, range.max.value_or(low + 1000));
      uint64_t width = static_cast<uint64_t>(high) - low;
      uint64_t step = sample * (7919 + 104729 * index) + sample * sample;
      values[name] = low + (width == UINT64_MAX ? step : step % (width + 1));
    }
    if (llvm::any_of(shape,
                     [&](Expr size) { return size.evaluate(values) == 0; }))
      continue;
    std::optional<int64_t> left = a.evaluate(values),
                           right = b.evaluate(values);
    if (left != right)
      return false;
  }
  return true;
}
