//===- Functions.cpp - Functions of symbolic expressions ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SymExpr/Functions.h"

#include <algorithm>
#include <limits>

using namespace graphc;
using namespace graphc::loader;

namespace {
constexpr unsigned any = std::numeric_limits<unsigned>::max();

/// Sorted by spelling.
constexpr SymFunction functions[] = {
    {"Abs", "Abs", 1, 1},
    {"Add", "Add", 1, any},
    {"And", "And", 1, any},
    {"BitAnd", "BitAnd", 2, 2},
    {"BitOr", "BitOr", 2, 2},
    {"BitXor", "BitXor", 2, 2},
    {"BitwiseFn_bitwise_and", "BitAnd", 2, 2},
    {"BitwiseFn_bitwise_or", "BitOr", 2, 2},
    {"BitwiseFn_bitwise_xor", "BitXor", 2, 2},
    {"CeilDiv", "CeilDiv", 2, 2},
    {"CeilToInt", "CeilToInt", 1, 1},
    {"CleanDiv", "FloorDiv", 2, 2},
    {"Eq", "Eq", 2, 2},
    {"Equality", "Eq", 2, 2},
    {"FloatPow", "Pow", 2, 2},
    {"FloatTrueDiv", "TrueDiv", 2, 2},
    {"FloorDiv", "FloorDiv", 2, 2},
    {"FloorToInt", "FloorToInt", 1, 1},
    {"Ge", "Ge", 2, 2},
    {"GreaterThan", "Ge", 2, 2},
    {"Gt", "Gt", 2, 2},
    {"Identity", "Identity", 1, 1},
    {"IntTrueDiv", "TrueDiv", 2, 2},
    {"IsNonOverlappingAndDense", "IsNonOverlappingAndDense", 0, any},
    {"IsNonOverlappingAndDenseIndicator", "IsNonOverlappingAndDense", 0, any},
    {"LShift", "LShift", 2, 2},
    {"Le", "Le", 2, 2},
    {"LessThan", "Le", 2, 2},
    {"Lt", "Lt", 2, 2},
    {"Max", "Max", 1, any},
    {"Min", "Min", 1, any},
    {"Mod", "Mod", 2, 2},
    {"ModularIndexing", "ModularIndexing", 3, 3},
    {"Mul", "Mul", 1, any},
    {"Ne", "Ne", 2, 2},
    {"Not", "Not", 1, 1},
    {"OpaqueUnaryFn_acos", "acos", 1, 1},
    {"OpaqueUnaryFn_asin", "asin", 1, 1},
    {"OpaqueUnaryFn_asinh", "asinh", 1, 1},
    {"OpaqueUnaryFn_atan", "atan", 1, 1},
    {"OpaqueUnaryFn_cos", "cos", 1, 1},
    {"OpaqueUnaryFn_cosh", "cosh", 1, 1},
    {"OpaqueUnaryFn_exp", "exp", 1, 1},
    {"OpaqueUnaryFn_log", "log", 1, 1},
    {"OpaqueUnaryFn_log2", "log2", 1, 1},
    {"OpaqueUnaryFn_sin", "sin", 1, 1},
    {"OpaqueUnaryFn_sinh", "sinh", 1, 1},
    {"OpaqueUnaryFn_sqrt", "sqrt", 1, 1},
    {"OpaqueUnaryFn_tan", "tan", 1, 1},
    {"OpaqueUnaryFn_tanh", "tanh", 1, 1},
    {"Or", "Or", 1, any},
    {"Pow", "Pow", 2, 2},
    {"PowByNatural", "Pow", 2, 2},
    {"PythonMod", "PythonMod", 2, 2},
    {"RShift", "RShift", 2, 2},
    {"RoundDecimal", "RoundDecimal", 2, 2},
    {"RoundToInt", "RoundToInt", 1, 1},
    {"StrictGreaterThan", "Gt", 2, 2},
    {"StrictLessThan", "Lt", 2, 2},
    {"ToFloat", "ToFloat", 1, 1},
    {"TrueDiv", "TrueDiv", 2, 2},
    {"TruncToFloat", "TruncToFloat", 1, 1},
    {"TruncToInt", "TruncToInt", 1, 1},
    {"Unequality", "Ne", 2, 2},
    {"Where", "Where", 3, 3},
    {"abs", "Abs", 1, 1},
    {"acos", "acos", 1, 1},
    {"asin", "asin", 1, 1},
    {"asinh", "asinh", 1, 1},
    {"atan", "atan", 1, 1},
    {"ceil", "CeilToInt", 1, 1},
    {"ceiling", "CeilToInt", 1, 1},
    {"cos", "cos", 1, 1},
    {"cosh", "cosh", 1, 1},
    {"exp", "exp", 1, 1},
    {"floor", "FloorToInt", 1, 1},
    {"log", "log", 1, 1},
    {"log2", "log2", 1, 1},
    {"max", "Max", 1, any},
    {"min", "Min", 1, any},
    {"sin", "sin", 1, 1},
    {"sinh", "sinh", 1, 1},
    {"sqrt", "sqrt", 1, 1},
    {"tan", "tan", 1, 1},
    {"tanh", "tanh", 1, 1},
    {"trunc", "TruncToInt", 1, 1},
};

bool isCall(const SymExpr &expr, std::string_view name) {
  return expr.kind() == SymExpr::Kind::Call && expr.name() == name;
}

/// Numerator and denominator of `a / b` as buildSymDivision writes it.
bool matchDivision(const SymExpr &expr, SymExpr &a, SymExpr &b) {
  if (isCall(expr, "TrueDiv") || isCall(expr, "Rational")) {
    a = expr.operands()[0];
    b = expr.operands()[1];
    return true;
  }
  if (!isCall(expr, "Mul"))
    return false;
  std::vector<SymExpr> factors = expr.operands();
  auto it =
      std::find_if(factors.begin(), factors.end(), [](const SymExpr &factor) {
        return isCall(factor, "Rational") ||
               (isCall(factor, "Pow") && factor.operands()[1].isInt(-1));
      });
  if (it == factors.end())
    return false;
  bool isPower = isCall(*it, "Pow");
  b = it->operands()[isPower ? 0 : 1];
  if (isPower || it->operands()[0].isInt(1))
    factors.erase(it);
  else
    *it = it->operands()[0];
  if (factors.empty())
    return false;
  a = factors.size() == 1 ? factors[0] : SymExpr::call("Mul", factors);
  return true;
}
} // namespace

const SymFunction *loader::findSymFunction(std::string_view spelling) {
  const SymFunction *it =
      std::lower_bound(std::begin(functions), std::end(functions), spelling,
                       [](const SymFunction &function, std::string_view name) {
                         return function.spelling < name;
                       });
  return it != std::end(functions) && it->spelling == spelling ? it : nullptr;
}

Error loader::badExpression(std::string_view text, const std::string &problem) {
  return Error{"bad-expression",
               "",
               "",
               "expression '" + quoted(text) + "': " + problem,
               {},
               ""};
}

bool loader::isSymCondition(const SymExpr &expr) {
  if (expr.kind() == SymExpr::Kind::Bool)
    return true;
  if (expr.kind() != SymExpr::Kind::Call)
    return false;
  static constexpr const char *conditions[] = {"Eq", "Ne",  "Lt", "Le", "Gt",
                                               "Ge", "And", "Or", "Not"};
  return std::find(std::begin(conditions), std::end(conditions), expr.name()) !=
         std::end(conditions);
}

Result<SymExpr> loader::buildSymCall(std::string_view spelling,
                                     std::vector<SymExpr> operands,
                                     std::string_view text) {
  const SymFunction *function = findSymFunction(spelling);
  if (!function)
    return badExpression(text, "unknown function '" + quoted(spelling) + "'");
  if (operands.size() < function->minOperands ||
      operands.size() > function->maxOperands)
    return badExpression(text, quoted(spelling) + " with " +
                                   std::to_string(operands.size()) +
                                   " operands");
  std::string_view name = function->canonical;
  if (name == "Identity")
    return operands[0];
  bool isFloor = name == "FloorToInt";
  if (isFloor || name == "CeilToInt") {
    SymExpr a, b;
    if (matchDivision(operands[0], a, b)) {
      operands = {a, b};
      name = isFloor ? "FloorDiv" : "CeilDiv";
    }
  }
  SymExpr expr = SymExpr::call(std::string(name), std::move(operands));
  if (Result<void> ok = checkSymLimits(expr); !ok)
    return ok.error();
  return expr;
}

Result<SymExpr> loader::buildSymDivision(const SymExpr &a, const SymExpr &b,
                                         std::string_view text) {
  if (b.isInt(0))
    return badExpression(text, "division by zero");
  if (!b.asInt())
    return buildSymCall("TrueDiv", {a, b}, text);
  if (a.asInt())
    return SymExpr::call("Rational", {a, b});
  SymExpr factor = SymExpr::call("Rational", {1, b});
  std::vector<SymExpr> factors = {a};
  if (isCall(a, "Mul"))
    factors = a.operands();
  factors.push_back(std::move(factor));
  return buildSymCall("Mul", std::move(factors), text);
}
