//===- Polynomial.h - The normal form of expressions ------------*- C++ -*-===//
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

#ifndef GRAPHC_DIALECTS_GRAPH_IR_POLYNOMIAL_H
#define GRAPHC_DIALECTS_GRAPH_IR_POLYNOMIAL_H

#include "dialects/Graph/IR/Expr.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

#include <map>
#include <numeric>

namespace graphc::graph {

/// Sizes of real programs have a handful of terms; hostile ones do not get to
/// take all memory.
inline constexpr size_t maxTerms = 1024;
inline constexpr size_t maxDegree = 64;

inline bool isBoolean(Expr expr) {
  return expr.kind() == ExprKind::Eq || expr.kind() == ExprKind::Le;
}

/// Atoms in ascending order, repeated for powers; empty for the constant term.
using Monomial = llvm::SmallVector<Expr, 2>;

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

  Expr toExpr(mlir::MLIRContext *context) const {
    if (!valid)
      return Expr::invalid(context);
    llvm::SmallVector<Expr> operands;
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
      llvm::ArrayRef<Expr> factors = expr.operands();
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
    result.erase(llvm::unique(result, repeats), result.end());
    valid &= result.size() <= maxDegree;
    return result;
  }

  static std::optional<Monomial> divideMonomial(const Monomial &monomial,
                                                const Monomial &divisor) {
    Monomial result;
    const auto *next = divisor.begin();
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

  static Expr termToExpr(mlir::MLIRContext *context, const Monomial &monomial,
                         int64_t coefficient) {
    if (monomial.empty())
      return Expr::constant(context, coefficient);
    llvm::SmallVector<Expr> factors;
    if (coefficient != 1)
      factors.push_back(Expr::constant(context, coefficient));
    llvm::append_range(factors, monomial);
    if (factors.size() == 1)
      return factors.front();
    return Expr::getRaw(context, ExprKind::Product, 0, "", factors);
  }
};

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_IR_POLYNOMIAL_H
