//===- ParseSymExpr.cpp - Operators of symbolic sizes ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One grammar for sympy's srepr and for infix text; see the table of levels in
// Parser. Left-associative chains of + and * become one n-ary call, so depth
// grows with nesting only.
//
//===----------------------------------------------------------------------===//

#include "SymExpr/SymExprParser.h"

#include <limits>

using namespace graphc;
using namespace graphc::loader;
using namespace graphc::loader::symexpr;

bool Parser::fail(const std::string &problem) {
  failure = badExpression(text, problem + " at position " +
                                    std::to_string(token.position));
  return false;
}

bool Parser::failLimit(const std::string &problem) {
  fail(problem);
  failure->errorClass = "limit";
  return false;
}

bool Parser::unexpected() {
  if (token.kind == TokenKind::End)
    return fail("it ends too early,");
  return fail("unexpected '" + quoted(token.text) + "'");
}

bool Parser::check(Result<SymExpr> expr, SymExpr &result) {
  if (!expr) {
    failure = expr.error();
    if (failure->errorClass == "bad-expression")
      failure->message += " before position " + std::to_string(token.position);
    return false;
  }
  result = *expr;
  return true;
}

bool Parser::build(std::string_view function, std::vector<SymExpr> operands,
                   SymExpr &result) {
  return check(buildSymCall(function, std::move(operands), text), result);
}

bool Parser::negate(SymExpr &expr) {
  switch (expr.kind()) {
  case SymExpr::Kind::Int:
    if (expr.isInt(std::numeric_limits<std::int64_t>::min()))
      break;
    expr = SymExpr(-expr.intValue());
    return true;
  case SymExpr::Kind::Float:
    expr = SymExpr::makeFloat(-expr.floatValue());
    return true;
  case SymExpr::Kind::Infinity:
    expr = SymExpr::makeInfinity(expr.intValue() > 0);
    return true;
  default:
    break;
  }
  if (expr.kind() == SymExpr::Kind::Call && expr.name() == "Mul" &&
      expr.operands()[0].asInt() && *expr.operands()[0].asInt() > 1) {
    std::vector<SymExpr> factors = expr.operands();
    factors[0] = SymExpr(-*factors[0].asInt());
    return build("Mul", std::move(factors), expr);
  }
  return build("Mul", {-1, expr}, expr);
}

Result<SymExpr> Parser::parse() {
  SymExpr result;
  if (!parseLevel(OrLevel, result))
    return *failure;
  if (token.kind != TokenKind::End) {
    unexpected();
    return *failure;
  }
  return result;
}

/// The left-associative levels that take one operator between two operands of
/// the next level.
bool Parser::parseLevel(Level level, SymExpr &result) {
  auto operand = [&](SymExpr &value) {
    switch (level) {
    case OrLevel:
    case BitOrLevel:
    case BitXorLevel:
      return parseLevel(Level(level + 1), value);
    case AndLevel:
      return parseNot(value);
    case BitAndLevel:
      return parseLevel(ShiftLevel, value);
    default:
      return parseSum(value);
    }
  };
  auto acceptOperator = [&]() -> std::string_view {
    switch (level) {
    case OrLevel:
      return acceptAny({"or"});
    case AndLevel:
      return acceptAny({"and"});
    case BitOrLevel:
      return acceptAny({"|"});
    case BitXorLevel:
      return acceptAny({"^"});
    case BitAndLevel:
      return acceptAny({"&"});
    default:
      return acceptAny({"<<", ">>"});
    }
  };
  if (!operand(result))
    return false;
  for (;;) {
    std::string_view op = acceptOperator();
    if (op.empty())
      return true;
    SymExpr right;
    if (!operand(right) || !combine(level, op, result, right))
      return false;
  }
}

bool Parser::combine(Level level, std::string_view op, SymExpr &left,
                     const SymExpr &right) {
  // `&` and `|` join conditions in plain text, and integers as bits.
  bool conditions = isSymCondition(left) && isSymCondition(right);
  switch (level) {
  case OrLevel:
    return build("Or", {left, right}, left);
  case AndLevel:
    return build("And", {left, right}, left);
  case BitOrLevel:
    return build(conditions ? "Or" : "BitOr", {left, right}, left);
  case BitXorLevel:
    return build("BitXor", {left, right}, left);
  case BitAndLevel:
    return build(conditions ? "And" : "BitAnd", {left, right}, left);
  default:
    return build(op == "<<" ? "LShift" : "RShift", {left, right}, left);
  }
}

bool Parser::parseNot(SymExpr &result) {
  bool inverted = false;
  while (accept("not"))
    inverted = !inverted;
  if (!parseComparison(result))
    return false;
  return !inverted || build("Not", {result}, result);
}

bool Parser::parseComparison(SymExpr &result) {
  SymExpr left;
  if (!parseLevel(BitOrLevel, left))
    return false;
  std::vector<SymExpr> conditions;
  for (;;) {
    std::string_view op = acceptAny({"==", "!=", "<=", ">=", "<", ">"});
    if (op.empty())
      break;
    const char *function = op == "=="   ? "Eq"
                           : op == "!=" ? "Ne"
                           : op == "<=" ? "Le"
                           : op == ">=" ? "Ge"
                           : op == "<"  ? "Lt"
                                        : "Gt";
    SymExpr right, condition;
    if (!parseLevel(BitOrLevel, right) ||
        !build(function, {left, right}, condition))
      return false;
    conditions.push_back(condition);
    left = right;
  }
  if (conditions.empty()) {
    result = left;
    return true;
  }
  if (conditions.size() == 1) {
    result = conditions[0];
    return true;
  }
  return build("And", std::move(conditions), result);
}

bool Parser::parseSum(SymExpr &result) {
  if (!parseProduct(result))
    return false;
  std::vector<SymExpr> terms = {result};
  for (;;) {
    std::string_view op = acceptAny({"+", "-"});
    if (op.empty())
      break;
    SymExpr term;
    if (!parseProduct(term) || (op == "-" && !negate(term)))
      return false;
    terms.push_back(term);
  }
  return terms.size() == 1 || build("Add", std::move(terms), result);
}

bool Parser::parseProduct(SymExpr &result) {
  if (!parseUnary(result))
    return false;
  std::vector<SymExpr> factors = {result};
  auto collapse = [&] {
    if (factors.size() == 1)
      result = factors[0];
    return factors.size() == 1 || build("Mul", std::move(factors), result);
  };
  for (;;) {
    std::string_view op = acceptAny({"*", "//", "/", "%"});
    if (op.empty())
      return collapse();
    SymExpr right;
    if (!parseUnary(right))
      return false;
    if (op == "*") {
      factors.push_back(right);
      continue;
    }
    // 2*a/3*b stays one product.
    if (op == "/" && right.asInt() && !right.isInt(0) &&
        !(factors.size() == 1 && factors[0].asInt())) {
      factors.push_back(SymExpr::call("Rational", {1, right}));
      continue;
    }
    if (!collapse())
      return false;
    bool ok = op == "/" ? check(buildSymDivision(result, right, text), result)
                        : build(op == "%" ? "PythonMod" : "FloorDiv",
                                {result, right}, result);
    if (!ok)
      return false;
    factors = {result};
  }
}

bool Parser::parseUnary(SymExpr &result) {
  if (depth >= maxSymDepth)
    return failLimit("nested deeper than the depth limit " +
                     std::to_string(maxSymDepth));
  ++depth;
  bool ok;
  if (accept("-")) {
    // -2^63 has no positive counterpart.
    if (token.kind == TokenKind::Integer) {
      Lexer ahead = lexer;
      if (ahead.next().text != "**")
        ok = parseInteger(/*negative=*/true, result);
      else
        ok = parseUnary(result) && negate(result);
    } else {
      ok = parseUnary(result) && negate(result);
    }
  } else if (accept("+")) {
    ok = parseUnary(result);
  } else if (accept("~")) {
    ok = parseUnary(result) && build("Not", {result}, result);
  } else {
    ok = parsePower(result);
  }
  --depth;
  return ok;
}

bool Parser::parsePower(SymExpr &result) {
  if (!parsePrimary(result))
    return false;
  if (!accept("**"))
    return true;
  SymExpr exponent;
  return parseUnary(exponent) && build("Pow", {result, exponent}, result);
}

Result<SymExpr> loader::parseSymExpr(std::string_view text) {
  return Parser(text).parse();
}
