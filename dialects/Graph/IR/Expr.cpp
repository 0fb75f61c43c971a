//===- Expr.cpp - Arithmetic of symbolic sizes ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Expr.h"

#include "dialects/Graph/IR/Graph.h"
#include "dialects/Graph/IR/Polynomial.h"

using namespace mlir;
using namespace graphc::graph;

//===----------------------------------------------------------------------===//
// Construction and access
//===----------------------------------------------------------------------===//

Expr::Expr(ExprAttr attr) : impl(attr) {}

ExprAttr Expr::getAttr() const { return cast<ExprAttr>(impl); }

Expr Expr::getRaw(MLIRContext *context, ExprKind kind, int64_t value,
                  StringRef name, ArrayRef<Expr> operands) {
  return ExprAttr::get(context, kind, value, name, operands);
}

Expr Expr::constant(MLIRContext *context, int64_t value) {
  return getRaw(context, ExprKind::Constant, value, "", {});
}

Expr Expr::symbol(MLIRContext *context, StringRef name) {
  return getRaw(context, ExprKind::Symbol, 0, name, {});
}

Expr Expr::invalid(MLIRContext *context) {
  return getRaw(context, ExprKind::Invalid, 0, "", {});
}

ExprKind Expr::kind() const { return getAttr().getKind(); }
ArrayRef<Expr> Expr::operands() const { return getAttr().getOperands(); }
StringRef Expr::getName() const { return getAttr().getName(); }

std::optional<int64_t> Expr::getConstant() const {
  if (!isConstant())
    return std::nullopt;
  return getAttr().getValue();
}

int Expr::compare(Expr other) const {
  if (*this == other)
    return 0;
  if (kind() != other.kind())
    return kind() < other.kind() ? -1 : 1;
  if (kind() == ExprKind::Constant)
    return *getConstant() < *other.getConstant() ? -1 : 1;
  if (kind() == ExprKind::Symbol) {
    int order = getName().compare_numeric(other.getName());
    return order ? order : getName().compare(other.getName());
  }
  if (operands().size() != other.operands().size())
    return operands().size() < other.operands().size() ? -1 : 1;
  for (auto [a, b] : llvm::zip(operands(), other.operands()))
    if (int order = a.compare(b))
      return order;
  return 0;
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Expr Expr::operator+(Expr other) const {
  Polynomial sum(*this);
  sum.addScaled(Polynomial(other), {}, 1);
  return sum.toExpr(getContext());
}

Expr Expr::operator-(Expr other) const {
  Polynomial difference(*this);
  difference.addScaled(Polynomial(other), {}, -1);
  return difference.toExpr(getContext());
}

Expr Expr::operator*(Expr other) const {
  return (Polynomial(*this) * Polynomial(other)).toExpr(getContext());
}

Expr Expr::operator-() const { return *this * -1; }
Expr Expr::operator+(int64_t v) const {
  return *this + constant(getContext(), v);
}
Expr Expr::operator-(int64_t v) const {
  return *this - constant(getContext(), v);
}
Expr Expr::operator*(int64_t v) const {
  return *this * constant(getContext(), v);
}

Expr Expr::divideExactly(Expr divisor) const {
  Polynomial dividend(*this), by(divisor);
  if (!dividend.valid || !by.valid || by.terms.empty())
    return {};
  Polynomial quotient = dividend.divide(by);
  if (!dividend.valid)
    return invalid(getContext());
  if (!dividend.terms.empty())
    return {};
  return quotient.toExpr(getContext());
}

/// `quotient` of an exact division of every term, the constant one rounded.
static Expr divideTerms(const Polynomial &p, int64_t by, MLIRContext *context) {
  Polynomial result;
  for (const auto &[monomial, coefficient] : p.terms)
    result.add(monomial, llvm::divideFloorSigned(coefficient, by));
  return result.toExpr(context);
}

Expr Expr::floorDiv(Expr divisor) const {
  MLIRContext *context = getContext();
  if (isInvalid() || divisor.isInvalid() || divisor == 0)
    return invalid(context);
  if (Expr quotient = divideExactly(divisor))
    return quotient;
  std::optional<int64_t> by = divisor.getConstant();
  if (by && *by < 0)
    return (-*this).floorDiv(-divisor);
  if (by && getConstant())
    return constant(context, llvm::divideFloorSigned(*getConstant(), *by));

  // floor(a + r/d) = a + floor(r/d) for integers a.
  Polynomial rest(*this), divisorTerms(divisor);
  Polynomial whole = rest.divide(divisorTerms);
  if (by && rest.valid && rest.terms.begin()->second < 0) {
    // floor(-q/d) = -floor((q + d - 1) / d): the leading sign is part of the
    // normal form.
    Expr negated = -rest.toExpr(context) + (*by - 1);
    return whole.toExpr(context) - negated.floorDiv(divisor);
  }
  if (by)
    whole.addScaled(rest.takeMultiples(*by), {}, 1);
  Expr quotient = whole.toExpr(context);
  if (!rest.valid || quotient.isInvalid())
    return invalid(context);
  int64_t common = std::gcd(rest.content(), by ? *by : divisorTerms.content());
  if (!by && divisorTerms.constantTerm())
    common = std::gcd(common, divisorTerms.constantTerm());
  // floor((g*q + c) / (g*d)) = floor((q + floor(c/g)) / d).
  if (common > 1)
    return quotient + divideTerms(rest, common, context)
                          .floorDiv(divideTerms(divisorTerms, common, context));
  Expr restExpr = rest.toExpr(context);
  if (!by)
    return quotient +
           getRaw(context, ExprKind::FloorDiv, 0, "", {restExpr, divisor});
  if (restExpr.isConstant())
    return quotient + restExpr.floorDiv(divisor);
  // floor((floor(x/a) + c) / d) = floor((x + c*a) / (a*d)) for a > 0.
  Expr atom = restExpr - rest.constantTerm();
  if (atom.kind() == ExprKind::FloorDiv &&
      atom.operands()[1].getConstant().value_or(0) > 0) {
    Expr inner = atom.operands()[1];
    return quotient + (atom.operands()[0] + inner * rest.constantTerm())
                          .floorDiv(inner * divisor);
  }
  return quotient +
         getRaw(context, ExprKind::FloorDiv, 0, "", {restExpr, divisor});
}

Expr Expr::floorDiv(int64_t divisor) const {
  return floorDiv(constant(getContext(), divisor));
}
Expr Expr::ceilDiv(Expr divisor) const { return -(-*this).floorDiv(divisor); }
Expr Expr::ceilDiv(int64_t divisor) const {
  return ceilDiv(constant(getContext(), divisor));
}
Expr Expr::mod(Expr divisor) const {
  return *this - divisor * floorDiv(divisor);
}
Expr Expr::mod(int64_t divisor) const {
  return mod(constant(getContext(), divisor));
}

Expr Expr::pow(unsigned exponent) const {
  Expr result = constant(getContext(), 1);
  for (unsigned i = 0; i != exponent && !result.isInvalid(); ++i)
    result = result * *this;
  return result;
}

/// The operands of `expr` when it is of `kind`, else itself.
static void appendFlattened(SmallVectorImpl<Expr> &list, Expr expr,
                            ExprKind kind) {
  if (expr.kind() == kind)
    llvm::append_range(list, expr.operands());
  else
    list.push_back(expr);
}

/// Drops every operand that another one is known to dominate and sorts.
static SmallVector<Expr> extremes(Expr lhs, Expr rhs, ExprKind kind) {
  SmallVector<Expr> all, kept;
  appendFlattened(all, lhs, kind);
  appendFlattened(all, rhs, kind);
  int64_t sign = kind == ExprKind::Max ? 1 : -1;
  for (Expr candidate : all) {
    auto dominates = [&](Expr a, Expr b) {
      std::optional<int64_t> distance = ((a - b) * sign).getConstant();
      return distance && *distance >= 0;
    };
    if (llvm::any_of(kept, [&](Expr k) { return dominates(k, candidate); }))
      continue;
    llvm::erase_if(kept, [&](Expr k) { return dominates(candidate, k); });
    kept.push_back(candidate);
  }
  llvm::sort(kept, [](Expr a, Expr b) { return a.compare(b) < 0; });
  return kept;
}

Expr Expr::max(Expr other) const {
  SmallVector<Expr> kept = extremes(*this, other, ExprKind::Max);
  if (isInvalid() || other.isInvalid() || kept.size() > maxDegree)
    return invalid(getContext());
  if (kept.size() == 1)
    return kept.front();
  return getRaw(getContext(), ExprKind::Max, 0, "", kept);
}

Expr Expr::min(Expr other) const {
  SmallVector<Expr> kept = extremes(*this, other, ExprKind::Min);
  if (isInvalid() || other.isInvalid() || kept.size() > maxDegree)
    return invalid(getContext());
  if (kept.size() == 1)
    return kept.front();
  return getRaw(getContext(), ExprKind::Min, 0, "", kept);
}

/// The negated negative terms of `p` and its positive ones.
static std::pair<Expr, Expr> splitBySign(const Polynomial &p,
                                         MLIRContext *context) {
  Polynomial negative, positive;
  for (const auto &[monomial, coefficient] : p.terms)
    (coefficient < 0 ? negative : positive).add(monomial, coefficient);
  return {-negative.toExpr(context), positive.toExpr(context)};
}

Expr Expr::eq(Expr other) const {
  MLIRContext *context = getContext();
  Polynomial p(*this - other);
  if (!p.valid)
    return invalid(context);
  if (p.terms.empty())
    return constant(context, 1);
  int64_t common = p.content();
  if (common == 0 || p.constantTerm() % common != 0)
    return constant(context, 0);
  if (p.terms.begin()->second < 0)
    common = -common;
  auto [rhs, lhs] =
      splitBySign(Polynomial(divideTerms(p, common, context)), context);
  return getRaw(context, ExprKind::Eq, 0, "", {lhs, rhs});
}

Expr Expr::le(Expr other) const {
  MLIRContext *context = getContext();
  Polynomial p(other - *this);
  if (!p.valid)
    return invalid(context);
  int64_t common = p.content();
  if (common == 0)
    return constant(context, p.constantTerm() >= 0);
  auto [lhs, rhs] =
      splitBySign(Polynomial(divideTerms(p, common, context)), context);
  return getRaw(context, ExprKind::Le, 0, "", {lhs, rhs});
}

Expr Expr::ne(Expr other) const { return eq(other).logicalNot(); }
Expr Expr::lt(Expr other) const { return (*this + 1).le(other); }
Expr Expr::logicalNot() const { return constant(getContext(), 1) - *this; }
Expr Expr::select(Expr ifTrue, Expr ifFalse) const {
  return ifFalse + *this * (ifTrue - ifFalse);
}

//===----------------------------------------------------------------------===//
// Walking
//===----------------------------------------------------------------------===//

void Expr::collectSymbols(llvm::SetVector<StringRef> &symbols) const {
  if (kind() == ExprKind::Symbol)
    symbols.insert(getName());
  for (Expr operand : operands())
    operand.collectSymbols(symbols);
}

/// Folds `values` of the operands of an expression of `kind`.
static std::optional<int64_t> fold(ExprKind kind, ArrayRef<int64_t> values) {
  int64_t result = values.front();
  for (int64_t value : values.drop_front()) {
    switch (kind) {
    case ExprKind::Sum:
      if (llvm::AddOverflow(result, value, result))
        return std::nullopt;
      break;
    case ExprKind::Product:
      if (llvm::MulOverflow(result, value, result))
        return std::nullopt;
      break;
    case ExprKind::FloorDiv:
      if (value == 0 || (value == -1 && result == INT64_MIN))
        return std::nullopt;
      result = llvm::divideFloorSigned(result, value);
      break;
    case ExprKind::Max:
      result = std::max(result, value);
      break;
    case ExprKind::Min:
      result = std::min(result, value);
      break;
    case ExprKind::Eq:
      result = result == value;
      break;
    case ExprKind::Le:
      result = result <= value;
      break;
    default:
      return std::nullopt;
    }
  }
  return result;
}

std::optional<int64_t> Expr::evaluate(
    llvm::function_ref<std::optional<int64_t>(StringRef)> lookup) const {
  if (std::optional<int64_t> value = getConstant())
    return value;
  if (kind() == ExprKind::Symbol)
    return lookup(getName());
  if (isInvalid())
    return std::nullopt;
  SmallVector<int64_t> values;
  for (Expr operand : operands()) {
    std::optional<int64_t> value = operand.evaluate(lookup);
    if (!value)
      return std::nullopt;
    values.push_back(*value);
  }
  return fold(kind(), values);
}

std::optional<int64_t>
Expr::evaluate(const llvm::StringMap<int64_t> &values) const {
  return evaluate([&](StringRef name) -> std::optional<int64_t> {
    auto it = values.find(name);
    if (it == values.end())
      return std::nullopt;
    return it->second;
  });
}

Expr Expr::substitute(llvm::function_ref<Expr(StringRef)> replacement) const {
  if (kind() == ExprKind::Symbol) {
    Expr other = replacement(getName());
    return other ? other : *this;
  }
  if (operands().empty())
    return *this;
  Expr result;
  for (Expr operand : operands()) {
    Expr next = operand.substitute(replacement);
    if (!result) {
      result = next;
      continue;
    }
    switch (kind()) {
    case ExprKind::Sum:
      result = result + next;
      break;
    case ExprKind::Product:
      result = result * next;
      break;
    case ExprKind::FloorDiv:
      result = result.floorDiv(next);
      break;
    case ExprKind::Max:
      result = result.max(next);
      break;
    case ExprKind::Min:
      result = result.min(next);
      break;
    case ExprKind::Eq:
      result = result.eq(next);
      break;
    default:
      result = result.le(next);
      break;
    }
  }
  return result;
}

Expr graphc::graph::product(MLIRContext *context, ArrayRef<Expr> sizes) {
  Expr result = Expr::constant(context, 1);
  for (Expr size : sizes)
    result = result * size;
  return result;
}

SmallVector<Expr> graphc::graph::constants(MLIRContext *context,
                                           ArrayRef<int64_t> values) {
  return llvm::map_to_vector(
      values, [&](int64_t value) { return Expr::constant(context, value); });
}
