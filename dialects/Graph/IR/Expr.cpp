//===- Expr.cpp - Arithmetic of symbolic sizes ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The normal form is a polynomial: a sum of monomials, largest first, each an
// integer times a sorted product of atoms. Every operation goes through
// Polynomial and back, so equal polynomials become equal pointers.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Expr.h"

#include "dialects/Graph/IR/Graph.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

#include <map>
#include <numeric>

using namespace mlir;
using namespace graphc::graph;

/// Sizes of real programs have a handful of terms; hostile ones do not get to
/// take all memory.
static constexpr size_t maxTerms = 1024;
static constexpr size_t maxDegree = 64;

static bool isBoolean(Expr expr) {
  return expr.kind() == ExprKind::Eq || expr.kind() == ExprKind::Le;
}

//===----------------------------------------------------------------------===//
// Polynomial
//===----------------------------------------------------------------------===//

namespace {
/// Atoms in ascending order, repeated for powers; empty for the constant term.
using Monomial = SmallVector<Expr, 2>;

/// Graded lexicographic order, largest first: admissible, so that division by
/// a leading term terminates.
struct LargestFirst {
  bool operator()(const Monomial &lhs, const Monomial &rhs) const {
    if (lhs.size() != rhs.size())
      return lhs.size() > rhs.size();
    for (auto [a, b] : llvm::zip(lhs, rhs))
      if (int order = a.compare(b))
        return order < 0;
    return false;
  }
};
} // namespace

namespace graphc::graph {
/// A polynomial being computed with. `valid` turns false on overflow.
class Polynomial {
public:
  Polynomial() = default;
  explicit Polynomial(Expr expr) { addExpr(expr); }

  void add(const Monomial &monomial, int64_t coefficient) {
    auto [it, isNew] = terms.try_emplace(monomial, 0);
    valid &= !llvm::AddOverflow(it->second, coefficient, it->second);
    if (it->second == 0)
      terms.erase(it);
    valid &= terms.size() <= maxTerms;
  }

  void addScaled(const Polynomial &other, const Monomial &monomial,
                 int64_t scale) {
    valid &= other.valid;
    for (const auto &[factor, coefficient] : other.terms) {
      int64_t scaled = 0;
      valid &= !llvm::MulOverflow(coefficient, scale, scaled);
      add(multiply(factor, monomial), scaled);
      if (!valid)
        return;
    }
  }

  Polynomial operator*(const Polynomial &other) const {
    Polynomial result;
    result.valid = valid && other.valid;
    for (const auto &[monomial, coefficient] : terms) {
      if (!result.valid)
        break;
      result.addScaled(other, monomial, coefficient);
    }
    return result;
  }

  /// Moves what the leading term of `divisor` divides from here to the result.
  Polynomial divide(const Polynomial &divisor) {
    Polynomial quotient;
    const auto &[lead, leadCoefficient] = *divisor.terms.begin();
    for (auto it = terms.begin(); it != terms.end() && valid;) {
      std::optional<Monomial> factor = divideMonomial(it->first, lead);
      int64_t scale = 0;
      if (leadCoefficient == -1) {
        // The processor traps on the quotient that does not fit.
        if (llvm::SubOverflow<int64_t>(0, it->second, scale)) {
          valid = false;
          break;
        }
      } else if (it->second % leadCoefficient == 0) {
        scale = it->second / leadCoefficient;
      }
      if (!factor || scale == 0) {
        ++it;
        continue;
      }
      Monomial key = it->first;
      quotient.add(*factor, scale);
      int64_t negated = 0;
      valid &= !llvm::SubOverflow<int64_t>(0, scale, negated);
      addScaled(divisor, *factor, negated);
      // Only smaller terms were touched.
      it = terms.upper_bound(key);
    }
    valid &= quotient.valid;
    return quotient;
  }

  /// Leaves coefficients of 0 to `by` - 1 here; what goes is `by` times the
  /// result.
  Polynomial takeMultiples(int64_t by) {
    Polynomial result;
    for (const auto &[monomial, coefficient] : terms)
      result.add(monomial, llvm::divideFloorSigned(coefficient, by));
    addScaled(result, {}, -by);
    return result;
  }

  /// The greatest common divisor of all coefficients but the constant one.
  int64_t content() const {
    int64_t result = 0;
    for (const auto &[monomial, coefficient] : terms)
      if (!monomial.empty())
        result = std::gcd(result, coefficient);
    return result;
  }

  int64_t constantTerm() const {
    auto it = terms.find(Monomial());
    return it == terms.end() ? 0 : it->second;
  }

  Expr toExpr(MLIRContext *context) const {
    if (!valid)
      return Expr::invalid(context);
    SmallVector<Expr> operands;
    for (const auto &[monomial, coefficient] : terms)
      operands.push_back(termToExpr(context, monomial, coefficient));
    if (operands.empty())
      return Expr::constant(context, 0);
    if (operands.size() == 1)
      return operands.front();
    return Expr::getRaw(context, ExprKind::Sum, 0, "", operands);
  }

  std::map<Monomial, int64_t, LargestFirst> terms;
  bool valid = true;

private:
  void addExpr(Expr expr) {
    if (expr.kind() != ExprKind::Sum)
      return addTerm(expr);
    for (Expr term : expr.operands())
      addTerm(term);
  }

  void addTerm(Expr expr) {
    switch (expr.kind()) {
    case ExprKind::Invalid:
      valid = false;
      return;
    case ExprKind::Constant:
      return add({}, *expr.getConstant());
    case ExprKind::Product: {
      ArrayRef<Expr> factors = expr.operands();
      int64_t coefficient = 1;
      if (std::optional<int64_t> constant = factors.front().getConstant()) {
        coefficient = *constant;
        factors = factors.drop_front();
      }
      return add(Monomial(factors), coefficient);
    }
    default:
      return add({expr}, 1);
    }
  }

  Monomial multiply(const Monomial &lhs, const Monomial &rhs) {
    Monomial result;
    std::merge(lhs.begin(), lhs.end(), rhs.begin(), rhs.end(),
               std::back_inserter(result),
               [](Expr a, Expr b) { return a.compare(b) < 0; });
    auto repeats = [](Expr a, Expr b) { return a == b && isBoolean(a); };
    result.erase(std::unique(result.begin(), result.end(), repeats),
                 result.end());
    valid &= result.size() <= maxDegree;
    return result;
  }

  static std::optional<Monomial> divideMonomial(const Monomial &monomial,
                                                const Monomial &divisor) {
    Monomial result;
    auto next = divisor.begin();
    for (Expr atom : monomial) {
      if (next != divisor.end() && *next == atom)
        ++next;
      else
        result.push_back(atom);
    }
    if (next != divisor.end())
      return std::nullopt;
    return result;
  }

  static Expr termToExpr(MLIRContext *context, const Monomial &monomial,
                         int64_t coefficient) {
    if (monomial.empty())
      return Expr::constant(context, coefficient);
    SmallVector<Expr> factors;
    if (coefficient != 1)
      factors.push_back(Expr::constant(context, coefficient));
    llvm::append_range(factors, monomial);
    if (factors.size() == 1)
      return factors.front();
    return Expr::getRaw(context, ExprKind::Product, 0, "", factors);
  }
};
} // namespace graphc::graph

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
