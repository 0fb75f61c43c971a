//===- EqualSizes.cpp - Sizes that guards say to be equal -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ranges.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <numeric>
#include <tuple>

using namespace graphc::aten;
using graphc::graph::Expr;
using graphc::graph::ExprKind;
using llvm::ArrayRef;

/// `expr` with `to` for `from` where that is a factor of it, of one of its
/// terms or of what it divides or compares.
static Expr replace(Expr expr, Expr from, Expr to) {
  if (expr == from)
    return to;
  ArrayRef<Expr> operands = expr.operands();
  if (expr.kind() == ExprKind::FloorDiv)
    return replace(operands[0], from, to)
        .floorDiv(replace(operands[1], from, to));
  if (expr.kind() == ExprKind::Max || expr.kind() == ExprKind::Min) {
    Expr result = replace(operands[0], from, to);
    for (Expr operand : operands.drop_front()) {
      Expr next = replace(operand, from, to);
      result =
          expr.kind() == ExprKind::Max ? result.max(next) : result.min(next);
    }
    return result;
  }
  bool isSum = expr.kind() == ExprKind::Sum;
  if (!isSum && expr.kind() != ExprKind::Product)
    return expr;
  if (Expr rest = expr.divideExactly(from))
    return rest * to;
  Expr result = Expr::constant(expr.getContext(), isSum ? 0 : 1);
  for (Expr operand : operands) {
    Expr next = replace(operand, from, to);
    result = isSum ? result + next : result * next;
  }
  return result;
}

/// The number that `expr` is written as a multiple of.
static int64_t getContent(Expr expr) {
  if (std::optional<int64_t> constant = expr.getConstant())
    return *constant;
  if (expr.kind() == ExprKind::Product)
    return getContent(expr.operands().front());
  int64_t content = expr.kind() == ExprKind::Sum ? 0 : 1;
  if (expr.kind() == ExprKind::Sum)
    for (Expr term : expr.operands())
      content = std::gcd(content, getContent(term));
  return content;
}

/// The constant term of a sum, or 0.
static Expr getOffset(Expr expr) {
  if (expr.kind() == ExprKind::Sum)
    for (Expr term : expr.operands())
      if (term.isConstant())
        return term;
  return Expr::constant(expr.getContext(), 0);
}

/// `x == 4` for `3*x*x == 48`, where `x` is a size; else what is given.
static std::pair<Expr, Expr> takeRoot(Expr power, Expr number) {
  int64_t content = getContent(power), value = *number.getConstant();
  if (power.kind() != ExprKind::Product || content < 1 || value % content)
    return {power, number};
  ArrayRef<Expr> factors = power.operands();
  if (factors.front().isConstant())
    factors = factors.drop_front();
  if (!llvm::all_equal(factors))
    return {power, number};
  value /= content;
  int64_t root =
      std::llround(std::pow(static_cast<double>(std::max<int64_t>(value, 0)),
                            1.0 / static_cast<double>(factors.size())));
  int64_t raised = 1;
  for (size_t i = 0; i < factors.size(); ++i)
    if (llvm::MulOverflow(raised, root, raised))
      return {power, number};
  if (raised != value)
    return {power, number};
  return {factors.front(), Expr::constant(power.getContext(), root)};
}

/// How little there is to divide `expr` by, and how much to write.
static unsigned weigh(Expr expr) {
  unsigned weight = 1;
  if (expr.kind() == ExprKind::FloorDiv)
    weight = 64;
  else if (getContent(expr) == 1)
    weight = 16;
  for (Expr operand : expr.operands())
    weight += weigh(operand);
  return weight;
}

void Ranges::narrow(Expr quotient, Expr number) {
  if (quotient.kind() != ExprKind::FloorDiv || !number.isConstant())
    return;
  Expr size = quotient.operands()[0];
  std::optional<int64_t> divisor = quotient.operands()[1].getConstant();
  int64_t least, most;
  if (size.kind() != ExprKind::Symbol || !divisor || *divisor < 1 ||
      llvm::MulOverflow(*number.getConstant(), *divisor, least) ||
      llvm::AddOverflow(least, *divisor - 1, most))
    return;
  std::string name = size.getName().str();
  Interval range = get(name);
  symbols[name] = {std::max(range.min.value_or(least), least),
                   std::min(range.max.value_or(most), most)};
  if (auto it = accepted.find(name); it != accepted.end())
    it->second = std::max(it->second, least);
}

void Ranges::assumeEqual(Expr size, Expr other) {
  std::vector<std::pair<Expr, Expr>> worklist = {{size, other}};
  // Conditions that rewrite each other without end are of no model.
  constexpr unsigned maxSteps = 64;
  for (unsigned step = 0; step < maxSteps && !worklist.empty(); ++step) {
    Expr from = simplify(worklist.back().first);
    Expr to = simplify(worklist.back().second);
    worklist.pop_back();
    if (from == to || from.isInvalid() || to.isInvalid())
      continue;
    unsigned weight = weigh(from), otherWeight = weigh(to);
    if (weight < otherWeight || (weight == otherWeight && from.compare(to) < 0))
      std::swap(from, to);
    // `min(16, s0) - 8 == 8` says what `min(16, s0)` is.
    if (to.isConstant()) {
      Expr offset = getOffset(from);
      from = from - offset;
      to = to - offset;
      std::tie(from, to) = takeRoot(from, to);
    }
    // Export replaces single symbols by sizes itself, and what holds itself
    // would grow.
    if ((from.operands().empty() && !to.operands().empty()) ||
        replace(to, from, Expr::constant(from.getContext(), 0)) != to)
      continue;
    narrow(from, to);
    // What was known may be spelled in other words from now on.
    llvm::erase_if(equalities, [&](std::pair<Expr, Expr> known) {
      bool isOld = replace(known.first, from, to) != known.first ||
                   replace(known.second, from, to) != known.second;
      if (isOld)
        worklist.push_back(known);
      return isOld;
    });
    equalities.push_back({from, to});
  }
}

Expr Ranges::simplify(Expr size) const {
  // Each replacement may make room for another; chains are short.
  constexpr unsigned maxRounds = 8;
  for (unsigned round = 0; round < maxRounds; ++round) {
    Expr before = size;
    for (auto [from, to] : equalities)
      size = replace(size, from, to);
    if (size == before)
      break;
  }
  return size;
}
