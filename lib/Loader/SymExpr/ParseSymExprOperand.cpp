//===- ParseSymExprOperand.cpp - Numbers, names and calls of symbolic sizes
//===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Characters.h"
#include "SymExpr/SymExprParser.h"

#include <charconv>

using namespace graphc;
using namespace graphc::loader;
using namespace graphc::loader::symexpr;

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
