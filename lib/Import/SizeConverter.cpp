//===- SizeConverter.cpp - Sizes as files spell them ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SizeConverter.h"

#include <numeric>

using namespace mlir;
using namespace graphc::aten;
using graphc::graph::Expr;
using graphc::loader::SymExpr;

//===----------------------------------------------------------------------===//
// Multiples
//===----------------------------------------------------------------------===//

static bool isCall(const SymExpr &expr, StringRef function) {
  return expr.kind() == SymExpr::Kind::Call && expr.name() == function &&
         expr.operands().size() == 2;
}

static bool isProduct(const SymExpr &expr) {
  return expr.kind() == SymExpr::Kind::Call && expr.name() == "Mul";
}

static bool isRemainder(const SymExpr &expr) {
  return isCall(expr, "Mod") || isCall(expr, "PythonMod");
}

// Above this no size of a program is meant, and products stay within 64 bits.
static constexpr int64_t greatestMultiple = 1 << 20;

namespace {
/// `factor*symbol + offset`, up to multiples of a number.
struct Residue {
  int64_t factor = 0, offset = 0;
  std::string symbol;
};
} // namespace

/// What `expr` leaves when divided by `divisor`, if that is known.
static std::optional<Residue> findResidue(const SymExpr &expr,
                                          int64_t divisor) {
  if (std::optional<int64_t> number = expr.asInt())
    return Residue{0, *number % divisor, {}};
  if (expr.kind() == SymExpr::Kind::Symbol)
    return Residue{1, 0, expr.name()};
  ArrayRef<SymExpr> operands = expr.operands();
  // A remainder by a multiple of `divisor` leaves the same.
  if (isRemainder(expr)) {
    std::optional<int64_t> by = operands[1].asInt();
    return by && *by > 0 && *by % divisor == 0
               ? findResidue(operands[0], divisor)
               : std::nullopt;
  }
  bool isSum = expr.kind() == SymExpr::Kind::Call && expr.name() == "Add";
  if (!isSum && !isProduct(expr))
    return std::nullopt;
  Residue result{0, isSum ? 0 : 1, {}};
  for (const SymExpr &operand : operands) {
    std::optional<Residue> next = findResidue(operand, divisor);
    bool hasBoth = next && next->factor && result.factor;
    if (!next || (hasBoth && (!isSum || next->symbol != result.symbol)))
      return std::nullopt;
    if (next->factor)
      result.symbol = next->symbol;
    if (isSum)
      result = {(result.factor + next->factor) % divisor,
                (result.offset + next->offset) % divisor, result.symbol};
    else
      result = {(result.factor * next->offset + next->factor * result.offset) %
                    divisor,
                result.offset * next->offset % divisor, result.symbol};
  }
  return result;
}

static void collectFactors(const SymExpr &expr,
                           SmallVectorImpl<SymExpr> &factors) {
  if (!isProduct(expr))
    return factors.push_back(expr);
  for (const SymExpr &operand : expr.operands())
    collectFactors(operand, factors);
}

/// The number that `s0*s1 % (8*s0) == 0` says `symbol`, s1, to be a multiple
/// of, or 1: what both are multiples of by themselves is a size.
static int64_t matchQuotient(const SymExpr &remainder, std::string &symbol) {
  SmallVector<SymExpr> dividend, divisor;
  collectFactors(remainder.operands()[0], dividend);
  collectFactors(remainder.operands()[1], divisor);
  int64_t multiple = 1;
  for (const SymExpr &factor : divisor) {
    if (std::optional<int64_t> number = factor.asInt();
        number && multiple == 1 && *number > 1 && *number <= greatestMultiple) {
      multiple = *number;
      continue;
    }
    auto *it = llvm::find(dividend, factor);
    if (it == dividend.end())
      return 1;
    dividend.erase(it);
  }
  if (dividend.size() != 1 || dividend[0].kind() != SymExpr::Kind::Symbol)
    return 1;
  symbol = dividend[0].name();
  return multiple;
}

/// The number that `Mod(.., 8) == 0` says `symbol` to be a multiple of, or 1.
static int64_t matchRemainder(const SymExpr &remainder, std::string &symbol) {
  std::optional<int64_t> divisor = remainder.operands()[1].asInt();
  if (!divisor)
    return matchQuotient(remainder, symbol);
  if (*divisor < 2 || *divisor > greatestMultiple)
    return 1;
  std::optional<Residue> residue =
      findResidue(remainder.operands()[0], *divisor);
  if (!residue || residue->offset % *divisor || residue->symbol.empty())
    return 1;
  symbol = residue->symbol;
  return *divisor / std::gcd(*divisor, residue->factor);
}

/// The number that `a == b` says `symbol` to be a multiple of, or 1.
static int64_t matchMultiple(const SymExpr &a, const SymExpr &b,
                             std::string &symbol) {
  if (isRemainder(a) && b.isInt(0))
    return matchRemainder(a, symbol);
  // s == 4*FloorDiv(s, 4)
  if (a.kind() != SymExpr::Kind::Symbol || !isCall(b, "Mul"))
    return 1;
  for (unsigned first : {0, 1}) {
    const SymExpr &factor = b.operands()[first];
    const SymExpr &quotient = b.operands()[1 - first];
    if (isCall(quotient, "FloorDiv") && quotient.operands()[0] == a &&
        quotient.operands()[1] == factor) {
      symbol = a.name();
      return factor.asInt().value_or(1);
    }
  }
  return 1;
}

void SizeConverter::addMultiples(ArrayRef<SymExpr> guards,
                                 llvm::function_ref<bool(StringRef)> isKnown) {
  for (const SymExpr &guard : guards) {
    if (guard.kind() != SymExpr::Kind::Call || guard.operands().size() != 2)
      continue;
    std::string symbol;
    const SymExpr &a = guard.operands()[0], &b = guard.operands()[1];
    // A remainder by a positive number is at most 0 where it is 0.
    if (!isCall(guard, "Eq") && !(isCall(guard, "Le") && isRemainder(a)))
      continue;
    int64_t multiple = matchMultiple(a, b, symbol);
    if (multiple == 1)
      multiple = matchMultiple(b, a, symbol);
    if (multiple < 2 || multiple > greatestMultiple || !isKnown(symbol))
      continue;
    int64_t &factor = factors.try_emplace(symbol, 1).first->second;
    int64_t common = std::lcm(factor, multiple);
    if (common <= greatestMultiple)
      factor = common;
  }
}

int64_t SizeConverter::getFactor(StringRef symbol) const {
  auto it = factors.find(symbol);
  return it == factors.end() ? 1 : it->second;
}

std::string SizeConverter::getName(StringRef symbol) const {
  int64_t factor = getFactor(symbol);
  return factor == 1 ? symbol.str()
                     : (symbol + "_" + Twine(factor) + "th").str();
}

Expr SizeConverter::getSymbol(StringRef symbol) const {
  return Expr::symbol(context, getName(symbol));
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

Expr SizeConverter::convert(const SymExpr &expr, std::string &culprit) const {
  switch (expr.kind()) {
  case SymExpr::Kind::Int:
  case SymExpr::Kind::Bool:
    return Expr::constant(context, expr.intValue());
  case SymExpr::Kind::Symbol:
    return getSymbol(expr.name()) * getFactor(expr.name());
  case SymExpr::Kind::Float:
  case SymExpr::Kind::Infinity:
    culprit = expr.str();
    return {};
  case SymExpr::Kind::Call:
    break;
  }

  StringRef function = expr.name();
  // An exact quotient in a product: Mul(Rational(1, 2), s0).
  if (function == "Mul") {
    Expr numerator = Expr::constant(context, 1);
    int64_t denominator = 1;
    for (const SymExpr &operand : expr.operands()) {
      bool isRational = operand.kind() == SymExpr::Kind::Call &&
                        operand.name() == "Rational" &&
                        operand.operands().size() == 2 &&
                        operand.operands()[1].asInt();
      Expr factor =
          convert(isRational ? operand.operands()[0] : operand, culprit);
      if (!factor)
        return {};
      numerator = numerator * factor;
      if (isRational)
        denominator *= *operand.operands()[1].asInt();
    }
    return denominator == 1 ? numerator : numerator.floorDiv(denominator);
  }

  SmallVector<Expr> operands;
  for (const SymExpr &operand : expr.operands()) {
    operands.push_back(convert(operand, culprit));
    if (!operands.back())
      return {};
  }
  auto fold = [&](auto combine) {
    Expr result = operands.front();
    for (Expr operand : ArrayRef(operands).drop_front())
      result = combine(result, operand);
    return result;
  };
  auto is = [&](StringRef name, size_t count) {
    return function == name && operands.size() == count;
  };
  if (!operands.empty()) {
    if (function == "Add")
      return fold([](Expr a, Expr b) { return a + b; });
    if (function == "Max")
      return fold([](Expr a, Expr b) { return a.max(b); });
    if (function == "Min")
      return fold([](Expr a, Expr b) { return a.min(b); });
    if (function == "And")
      return fold([](Expr a, Expr b) { return a.logicalAnd(b); });
    if (function == "Or")
      return fold([](Expr a, Expr b) { return a.logicalOr(b); });
  }
  if (is("FloorDiv", 2) || is("Rational", 2))
    return operands[0].floorDiv(operands[1]);
  if (is("CeilDiv", 2))
    return operands[0].ceilDiv(operands[1]);
  if (is("Mod", 2) || is("PythonMod", 2))
    return operands[0].mod(operands[1]);
  if (is("ModularIndexing", 3))
    return operands[0].floorDiv(operands[1]).mod(operands[2]);
  if (is("Where", 3))
    return operands[0].select(operands[1], operands[2]);
  if (is("Pow", 2) && operands[1].getConstant() &&
      *operands[1].getConstant() >= 0 && *operands[1].getConstant() < 64)
    return operands[0].pow(*operands[1].getConstant());
  if (is("Abs", 1))
    return operands[0].max(-operands[0]);
  if (is("ToFloat", 1) || is("TruncToInt", 1) || is("FloorToInt", 1) ||
      is("CeilToInt", 1) || is("RoundToInt", 1))
    return operands[0];
  if (is("LShift", 2) || is("RShift", 2)) {
    std::optional<int64_t> places = operands[1].getConstant();
    if (places && *places >= 0 && *places < 62) {
      int64_t power = int64_t(1) << *places;
      return function == "LShift" ? operands[0] * power
                                  : operands[0].floorDiv(power);
    }
  }
  if (is("Eq", 2))
    return operands[0].eq(operands[1]);
  if (is("Ne", 2))
    return operands[0].ne(operands[1]);
  if (is("Le", 2))
    return operands[0].le(operands[1]);
  if (is("Lt", 2))
    return operands[0].lt(operands[1]);
  if (is("Ge", 2))
    return operands[1].le(operands[0]);
  if (is("Gt", 2))
    return operands[1].lt(operands[0]);
  if (is("Not", 1))
    return operands[0].logicalNot();
  culprit = function.str();
  return {};
}
