//===- ParseSymExpr.cpp - Symbolic sizes from text ------------------------===//
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

#include "Characters.h"
#include "SymExpr/Functions.h"
#include "SymExpr/SymExprLexer.h"

#include <charconv>
#include <cstring>
#include <limits>

using namespace graphc;
using namespace graphc::loader;
using namespace graphc::loader::symexpr;

namespace {
/// Binary operators, loosest first. `Not` stands between Or/And and the
/// comparisons, unary minus between products and powers.
enum Level {
  OrLevel,
  AndLevel,
  NotLevel,
  ComparisonLevel,
  BitOrLevel,
  BitXorLevel,
  BitAndLevel,
  ShiftLevel,
  SumLevel,
  ProductLevel,
  UnaryLevel
};

/// Recursive descent; `depth` bounds it. Methods return false after setting
/// `failure`.
class Parser {
public:
  explicit Parser(std::string_view text) : text(text), lexer(text) {
    advance();
  }
  Result<SymExpr> parse();

private:
  bool parseLevel(Level level, SymExpr &result);
  bool parseNot(SymExpr &result);
  bool parseComparison(SymExpr &result);
  bool parseSum(SymExpr &result);
  bool parseProduct(SymExpr &result);
  bool parseUnary(SymExpr &result);
  bool parsePower(SymExpr &result);
  bool parsePrimary(SymExpr &result);
  bool parseName(SymExpr &result);
  bool parseOperands(std::vector<SymExpr> &operands, std::string_view &literal);
  bool parseCall(std::string_view function, SymExpr &result);
  bool parseInteger(bool negative, SymExpr &result);
  bool parseFloat(std::string_view digits, SymExpr &result);

  bool combine(Level level, std::string_view op, SymExpr &left,
               const SymExpr &right);
  bool build(std::string_view function, std::vector<SymExpr> operands,
             SymExpr &result);
  bool check(Result<SymExpr> expr, SymExpr &result);
  bool negate(SymExpr &expr);
  bool fail(const std::string &problem);
  bool failLimit(const std::string &problem);
  bool unexpected();

  void advance() { token = lexer.next(); }
  bool at(std::string_view op) const {
    return (token.kind == TokenKind::Operator ||
            token.kind == TokenKind::Name) &&
           token.text == op;
  }
  bool accept(std::string_view op) {
    if (!at(op))
      return false;
    advance();
    return true;
  }
  std::string_view acceptAny(std::initializer_list<std::string_view> ops) {
    for (std::string_view op : ops)
      if (accept(op))
        return op;
    return {};
  }

  std::string_view text;
  Lexer lexer;
  Token token;
  unsigned depth = 0;
  std::uint64_t parts = 0;
  std::optional<Error> failure;
};

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

bool Parser::parsePrimary(SymExpr &result) {
  // Before a long chain has become one call with as many operands.
  if (++parts > maxSymNodes)
    return failLimit("more than " + std::to_string(maxSymNodes) + " parts");
  switch (token.kind) {
  case TokenKind::Integer:
    return parseInteger(/*negative=*/false, result);
  case TokenKind::Float: {
    std::string_view digits = token.text;
    return parseFloat(digits, result) && (advance(), true);
  }
  case TokenKind::Name:
    return parseName(result);
  case TokenKind::Operator:
    if (!accept("("))
      return unexpected();
    if (!parseLevel(OrLevel, result))
      return false;
    return accept(")") || unexpected();
  default:
    return unexpected();
  }
}

bool Parser::parseInteger(bool negative, SymExpr &result) {
  std::uint64_t magnitude = 0;
  const char *end = token.text.data() + token.text.size();
  auto [stop, error] = std::from_chars(token.text.data(), end, magnitude);
  std::uint64_t limit = (std::uint64_t(1) << 63) - (negative ? 0 : 1);
  if (error != std::errc() || stop != end || magnitude > limit)
    return fail("an integer beyond 64 bits");
  advance();
  result = SymExpr(std::int64_t(negative ? 0 - magnitude : magnitude));
  return true;
}

bool Parser::parseFloat(std::string_view digits, SymExpr &result) {
  double value = 0;
  const char *end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end)
    return fail("'" + quoted(digits) + "' is no float");
  result = SymExpr::makeFloat(value);
  return true;
}

bool Parser::parseName(SymExpr &result) {
  std::string_view name = token.text;
  std::size_t position = token.position;
  advance();
  if (at("(")) {
    bool known = name == "Symbol" || name == "Integer" || name == "Float" ||
                 name == "Rational" || findSymFunction(name);
    if (known)
      return parseCall(name, result);
    token.position = position;
    return fail("unknown function '" + quoted(name) + "'");
  }
  if (name == "oo" || name == "int_oo")
    result = SymExpr::makeInfinity(/*negative=*/false);
  else if (name == "true" || name == "True")
    result = SymExpr::makeBool(true);
  else if (name == "false" || name == "False")
    result = SymExpr::makeBool(false);
  else if (name == "and" || name == "or" || name == "not" || name == "nan")
    return fail("unexpected '" + std::string(name) + "'");
  else
    result = SymExpr::symbol(std::string(name));
  return true;
}

/// What stands in the parentheses of a call. Keywords are assumptions and
/// precisions: skipped. A quoted operand ends in `literal`.
bool Parser::parseOperands(std::vector<SymExpr> &operands,
                           std::string_view &literal) {
  advance(); // the bracket
  while (!accept(")")) {
    Lexer ahead = lexer;
    bool isKeyword = token.kind == TokenKind::Name && ahead.next().text == "=";
    if (isKeyword) {
      advance();
      advance();
    }
    SymExpr operand;
    if (token.kind == TokenKind::String) {
      if (!isKeyword)
        literal = token.text;
      advance();
    } else if (!parseLevel(OrLevel, operand)) {
      return false;
    } else if (!isKeyword) {
      operands.push_back(operand);
    }
    if (!accept(",") && !at(")"))
      return unexpected();
  }
  return true;
}

static bool isIdentifier(std::string_view name) {
  if (name.empty() || !isNameStart(name[0]))
    return false;
  for (char c : name)
    if (!isNameStart(c) && !isDigit(c))
      return false;
  return true;
}

bool Parser::parseCall(std::string_view function, SymExpr &result) {
  std::vector<SymExpr> operands;
  std::string_view literal;
  if (!parseOperands(operands, literal))
    return false;
  if (function == "Symbol") {
    if (!operands.empty() || !isIdentifier(literal))
      return fail("Symbol without a name that is an identifier");
    result = SymExpr::symbol(std::string(literal));
    return true;
  }
  if (function == "Float" && operands.empty()) {
    bool negative = !literal.empty() && literal[0] == '-';
    return parseFloat(literal.substr(negative), result) &&
           (!negative || negate(result));
  }
  if (!literal.empty())
    return fail("a string where a number belongs");
  if (function == "Integer" || function == "Float") {
    bool ok =
        operands.size() == 1 &&
        (operands[0].asInt() || operands[0].kind() == SymExpr::Kind::Float);
    if (!ok || (function == "Integer" && !operands[0].asInt()))
      return fail(std::string(function) + " without one number");
    result = operands[0];
    return true;
  }
  if (function == "Rational") {
    if (operands.size() != 2 || !operands[0].asInt() || !operands[1].asInt())
      return fail("Rational without two integers");
    return check(buildSymDivision(operands[0], operands[1], text), result);
  }
  return build(function, std::move(operands), result);
}
} // namespace

Result<SymExpr> loader::parseSymExpr(std::string_view text) {
  return Parser(text).parse();
}
