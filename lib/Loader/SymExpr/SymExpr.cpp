//===- SymExpr.cpp - Symbolic sizes ---------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SymExpr/Functions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

using namespace graphc;
using namespace graphc::loader;

struct SymExpr::Impl {
  Kind kind = Kind::Int;
  std::int64_t intValue = 0;
  double floatValue = 0;
  std::string name;
  std::vector<SymExpr> operands;
  /// Of the expression as a tree: shared operands count every time.
  unsigned depth = 1;
  std::uint64_t nodes = 1;

  static std::shared_ptr<Impl> make(Kind kind, std::int64_t value = 0) {
    auto impl = std::make_shared<Impl>();
    impl->kind = kind;
    impl->intValue = value;
    return impl;
  }
};

SymExpr::SymExpr(std::int64_t value) : impl(Impl::make(Kind::Int, value)) {}

SymExpr SymExpr::makeFloat(double value) {
  SymExpr expr;
  auto impl = Impl::make(Kind::Float);
  impl->floatValue = value;
  expr.impl = std::move(impl);
  return expr;
}

SymExpr SymExpr::makeBool(bool value) {
  SymExpr expr;
  expr.impl = Impl::make(Kind::Bool, value);
  return expr;
}

SymExpr SymExpr::makeInfinity(bool negative) {
  SymExpr expr;
  expr.impl = Impl::make(Kind::Infinity, negative ? -1 : 1);
  return expr;
}

SymExpr SymExpr::symbol(std::string name) {
  SymExpr expr;
  auto impl = Impl::make(Kind::Symbol);
  impl->name = std::move(name);
  expr.impl = std::move(impl);
  return expr;
}

SymExpr SymExpr::call(std::string function, std::vector<SymExpr> operands) {
  SymExpr expr;
  auto impl = Impl::make(Kind::Call);
  impl->name = std::move(function);
  for (const SymExpr &operand : operands) {
    impl->depth = std::max(impl->depth, operand.impl->depth + 1);
    impl->nodes += operand.impl->nodes;
    impl->nodes = std::min(impl->nodes, maxSymNodes + 1);
  }
  impl->operands = std::move(operands);
  expr.impl = std::move(impl);
  return expr;
}

SymExpr::Kind SymExpr::kind() const { return impl->kind; }
std::int64_t SymExpr::intValue() const { return impl->intValue; }
double SymExpr::floatValue() const { return impl->floatValue; }
const std::string &SymExpr::name() const { return impl->name; }
const std::vector<SymExpr> &SymExpr::operands() const { return impl->operands; }
unsigned SymExpr::depth() const { return impl->depth; }
std::uint64_t SymExpr::treeSize() const { return impl->nodes; }

std::optional<std::int64_t> SymExpr::asInt() const {
  if (impl->kind != Kind::Int)
    return std::nullopt;
  return impl->intValue;
}

bool SymExpr::operator==(const SymExpr &other) const {
  if (impl == other.impl)
    return true;
  // NaN equals nothing, as everywhere.
  return impl->kind == other.impl->kind &&
         impl->intValue == other.impl->intValue &&
         impl->floatValue == other.impl->floatValue &&
         impl->name == other.impl->name &&
         impl->operands == other.impl->operands;
}

static void collectSymbols(const SymExpr &expr, std::set<std::string> &names) {
  if (expr.kind() == SymExpr::Kind::Symbol)
    names.insert(expr.name());
  for (const SymExpr &operand : expr.operands())
    collectSymbols(operand, names);
}

std::vector<std::string> SymExpr::symbols() const {
  std::set<std::string> names;
  collectSymbols(*this, names);
  return {names.begin(), names.end()};
}

Result<void> loader::checkSymLimits(const SymExpr &expr) {
  if (expr.depth() > maxSymDepth)
    return Error{"limit",
                 "",
                 "",
                 "an expression is nested deeper than the depth limit " +
                     std::to_string(maxSymDepth),
                 {},
                 ""};
  if (expr.treeSize() > maxSymNodes)
    return Error{"limit",
                 "",
                 "",
                 "an expression has more than " + std::to_string(maxSymNodes) +
                     " parts",
                 {},
                 ""};
  return {};
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

namespace {
/// Binding strength of what `print` writes, loosest first.
enum Level { Comparison, Sum, Product, Unary, Power, Atom };

class Printer {
public:
  void print(const SymExpr &expr, Level context);
  std::string out;

private:
  void printCall(const SymExpr &expr, Level context);
  void printSum(const SymExpr &expr);
  void printProduct(const SymExpr &expr, bool negated);
  void printFloat(double value);
};

const char *infixComparison(const std::string &name) {
  static constexpr const char *table[][2] = {{"Eq", " == "}, {"Ne", " != "},
                                             {"Lt", " < "},  {"Le", " <= "},
                                             {"Gt", " > "},  {"Ge", " >= "}};
  for (auto &[function, text] : table)
    if (name == function)
      return text;
  return nullptr;
}

bool isUnitFraction(const SymExpr &expr) {
  return expr.kind() == SymExpr::Kind::Call && expr.name() == "Rational" &&
         expr.operands()[0].isInt(1) && expr.operands()[1].asInt() &&
         *expr.operands()[1].asInt() > 0;
}

bool isNegativeInt(const SymExpr &expr) {
  return expr.asInt() && *expr.asInt() < 0 &&
         *expr.asInt() != std::numeric_limits<std::int64_t>::min();
}

/// A product that starts with a negative integer reads as a subtraction.
bool isNegatedProduct(const SymExpr &expr) {
  return expr.kind() == SymExpr::Kind::Call && expr.name() == "Mul" &&
         expr.operands().size() > 1 && isNegativeInt(expr.operands()[0]);
}

Level levelOf(const SymExpr &expr) {
  switch (expr.kind()) {
  case SymExpr::Kind::Int:
    return expr.intValue() < 0 ? Unary : Atom;
  case SymExpr::Kind::Float:
    return std::signbit(expr.floatValue()) ? Unary : Atom;
  case SymExpr::Kind::Infinity:
    return expr.intValue() < 0 ? Unary : Atom;
  case SymExpr::Kind::Bool:
  case SymExpr::Kind::Symbol:
    return Atom;
  case SymExpr::Kind::Call:
    break;
  }
  const std::string &name = expr.name();
  std::size_t count = expr.operands().size();
  if (infixComparison(name) && count == 2)
    return Comparison;
  if (name == "Add" && count > 1)
    return Sum;
  if ((name == "Mul" && count > 1) ||
      ((name == "FloorDiv" || name == "Rational") && count == 2))
    return Product;
  return name == "Pow" && count == 2 ? Power : Atom;
}

void Printer::printFloat(double value) {
  if (std::isinf(value)) {
    out += value < 0 ? "-oo" : "oo";
    return;
  }
  char buffer[40];
  char *end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".en") == text.npos)
    text += ".0";
  out += text;
}

void Printer::printSum(const SymExpr &expr) {
  bool first = true;
  for (const SymExpr &term : expr.operands()) {
    if (first) {
      print(term, Product);
    } else if (isNegativeInt(term)) {
      out += " - " + std::to_string(-term.intValue());
    } else if (isNegatedProduct(term)) {
      out += " - ";
      printProduct(term, /*negated=*/true);
    } else {
      out += " + ";
      print(term, Product);
    }
    first = false;
  }
}

void Printer::printProduct(const SymExpr &expr, bool negated) {
  const std::vector<SymExpr> &factors = expr.operands();
  std::size_t i = 0;
  if (factors[0].isInt(-1) && factors.size() == 2) {
    out += negated ? "" : "-";
    print(factors[1], Power);
    return;
  }
  if (negated) {
    out += std::to_string(-factors[0].intValue());
    i = 1;
  }
  for (; i != factors.size(); ++i) {
    if (i && isUnitFraction(factors[i])) {
      out += "/" + std::to_string(*factors[i].operands()[1].asInt());
      continue;
    }
    out += i ? "*" : "";
    print(factors[i], Unary);
  }
}

void Printer::printCall(const SymExpr &expr, Level level) {
  const std::vector<SymExpr> &operands = expr.operands();
  const std::string &name = expr.name();
  switch (level) {
  case Comparison:
    print(operands[0], Sum);
    out += infixComparison(name);
    return print(operands[1], Sum);
  case Sum:
    return printSum(expr);
  case Product:
    if (name == "Mul")
      return printProduct(expr, /*negated=*/false);
    print(operands[0], Unary);
    out += name == "FloorDiv" ? "//" : "/";
    return print(operands[1], Unary);
  case Power:
    print(operands[0], Atom);
    out += "**";
    return print(operands[1], Power);
  case Unary:
  case Atom:
    break;
  }
  out += name + "(";
  for (std::size_t i = 0; i != operands.size(); ++i) {
    out += i ? ", " : "";
    print(operands[i], Comparison);
  }
  out += ")";
}

void Printer::print(const SymExpr &expr, Level context) {
  Level level = levelOf(expr);
  bool parenthesise = level < context;
  out += parenthesise ? "(" : "";
  switch (expr.kind()) {
  case SymExpr::Kind::Int:
    out += std::to_string(expr.intValue());
    break;
  case SymExpr::Kind::Float:
    printFloat(expr.floatValue());
    break;
  case SymExpr::Kind::Bool:
    out += expr.intValue() ? "true" : "false";
    break;
  case SymExpr::Kind::Symbol:
    out += expr.name();
    break;
  case SymExpr::Kind::Infinity:
    out += expr.intValue() < 0 ? "-oo" : "oo";
    break;
  case SymExpr::Kind::Call:
    printCall(expr, level);
    break;
  }
  out += parenthesise ? ")" : "";
}
} // namespace

std::string SymExpr::str() const {
  Printer printer;
  printer.print(*this, Comparison);
  return printer.out;
}
