//===- FxExpressions.cpp - Expressions of FX text -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxParser.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

using Kind = FxExpr::Kind;
using TokenKind = FxToken::Kind;

/// An expression takes much more memory than its text.
static constexpr std::size_t maxParts = std::size_t(1) << 18;

std::string loader::fxDottedName(const FxExpr &expr) {
  std::vector<const std::string *> parts;
  const FxExpr *at = &expr;
  for (; at->kind == Kind::Attribute; at = &at->operands[0])
    parts.push_back(&at->text);
  if (at->kind != Kind::Name)
    return {};
  std::string out = at->text;
  for (auto it = parts.rbegin(); it != parts.rend(); ++it)
    out += "." + **it;
  return out;
}

/// Binary operators by level, loosest first, all left-associative.
static constexpr std::string_view binaryLevels[][6] = {
    {"==", "!=", "<", "<=", ">", ">="},
    {"|"},
    {"^"},
    {"&"},
    {"<<", ">>"},
    {"+", "-"},
    {"*", "/", "//", "%", "@"}};
static constexpr unsigned levelCount =
    sizeof(binaryLevels) / sizeof(binaryLevels[0]);

bool FxParser::parseExpr(FxExpr &result) { return parseBinary(0, result); }

bool FxParser::parseBinary(unsigned level, FxExpr &result) {
  if (level == levelCount)
    return parseUnary(result);
  if (!parseBinary(level + 1, result))
    return false;
  unsigned chain = 0;
  auto matches = [&](std::string_view op) {
    return !op.empty() && token.is(op);
  };
  while (std::any_of(std::begin(binaryLevels[level]),
                     std::end(binaryLevels[level]), matches)) {
    FxExpr binary = start(Kind::Binary);
    binary.text = token.text;
    binary.begin = result.begin;
    advance();
    // A chain nests to the left, so its length is depth too.
    depth += ++chain;
    FxExpr right;
    bool ok = checkDepth() && parseBinary(level + 1, right);
    depth -= chain;
    if (!ok)
      return false;
    binary.operands.push_back(std::move(result));
    binary.operands.push_back(std::move(right));
    binary.end = lastEnd;
    result = std::move(binary);
  }
  return true;
}

bool FxParser::parseUnary(FxExpr &result) {
  if (!token.is("-") && !token.is("+") && !token.is("~"))
    return parsePower(result);
  FxExpr unary = start(Kind::Unary);
  unary.text = token.text;
  advance();
  FxExpr operand;
  ++depth;
  bool ok = checkDepth() && parseUnary(operand);
  --depth;
  if (!ok)
    return false;
  unary.operands.push_back(std::move(operand));
  unary.end = lastEnd;
  result = std::move(unary);
  return true;
}

bool FxParser::parsePower(FxExpr &result) {
  if (!parsePostfix(result))
    return false;
  if (!token.is("**"))
    return true;
  FxExpr power = start(Kind::Binary);
  power.text = "**";
  power.begin = result.begin;
  advance();
  FxExpr exponent;
  ++depth;
  bool ok = checkDepth() && parseUnary(exponent);
  --depth;
  if (!ok)
    return false;
  power.operands.push_back(std::move(result));
  power.operands.push_back(std::move(exponent));
  power.end = lastEnd;
  result = std::move(power);
  return true;
}

bool FxParser::parsePostfix(FxExpr &result) {
  ++depth;
  bool ok = checkDepth() && parsePrimary(result);
  --depth;
  if (!ok)
    return false;
  for (unsigned chain = 1;; ++chain) {
    FxExpr outer = start(Kind::Attribute);
    outer.begin = result.begin;
    outer.line = result.line;
    outer.column = result.column;
    bool isCall = token.is("("), isSubscript = token.is("[");
    if (!isCall && !isSubscript && !token.is("."))
      return true;
    depth += chain;
    bool inRange = checkDepth();
    depth -= chain;
    if (!inRange)
      return false;
    advance();
    outer.operands.push_back(std::move(result));
    ++depth;
    if (isCall) {
      outer.kind = Kind::Call;
      ok = parseArguments(outer);
    } else if (isSubscript) {
      outer.kind = Kind::Subscript;
      FxExpr index;
      ok = parseExprList(index) && (accept("]") || expected("']'"));
      outer.operands.push_back(std::move(index));
    } else {
      outer.text = token.text;
      ok = token.kind == TokenKind::Name || expected("a name after '.'");
      if (ok)
        advance();
    }
    --depth;
    if (!ok)
      return false;
    outer.end = lastEnd;
    result = std::move(outer);
  }
}

/// What follows the opening bracket of a call, with the closing one.
bool FxParser::parseArguments(FxExpr &call) {
  while (!accept(")")) {
    FxExpr argument;
    if (!parseExpr(argument))
      return false;
    if (token.is("=") && argument.kind == Kind::Name) {
      FxExpr keyword = argument;
      keyword.kind = Kind::Keyword;
      advance();
      FxExpr value;
      if (!parseExpr(value))
        return false;
      keyword.operands.push_back(std::move(value));
      keyword.end = lastEnd;
      argument = std::move(keyword);
    }
    call.operands.push_back(std::move(argument));
    if (!accept(",") && !token.is(")"))
      return expected("',' or ')'");
  }
  return true;
}

/// Items up to and with the closing bracket; `comma` when one stood last.
bool FxParser::parseList(std::string_view close, FxExpr &result, bool &comma) {
  comma = false;
  while (!accept(close)) {
    FxExpr item;
    if (!parseExpr(item))
      return false;
    result.operands.push_back(std::move(item));
    comma = accept(",");
    if (!comma && !token.is(close))
      return expected("',' or '" + std::string(close) + "'");
  }
  return true;
}

bool FxParser::parseDict(FxExpr &result) {
  while (!accept("}")) {
    FxExpr key, value;
    if (!parseExpr(key) || (!accept(":") && !expected("':'")) ||
        !parseExpr(value))
      return false;
    result.operands.push_back(std::move(key));
    result.operands.push_back(std::move(value));
    if (!accept(",") && !token.is("}"))
      return expected("',' or '}'");
  }
  return true;
}

bool FxParser::parsePrimary(FxExpr &result) {
  if (++parts > maxParts) {
    failure = errorAt("limit", token.line, token.column,
                      "a statement of more than " + std::to_string(maxParts) +
                          " parts");
    return false;
  }
  FxExpr expr = start(Kind::Name);
  switch (token.kind) {
  case TokenKind::Name: {
    static constexpr std::string_view reserved[] = {
        "import", "from",  "if",     "else",   "for",   "while", "with",
        "lambda", "del",   "def",    "class",  "try",   "yield", "await",
        "async",  "raise", "global", "return", "assert"};
    if (std::find(std::begin(reserved), std::end(reserved), token.text) !=
        std::end(reserved))
      return expected("a statement or expression of a graph");
    if (token.text == "True" || token.text == "False" || token.text == "None")
      expr.kind = Kind::Constant;
    expr.text = token.text;
    break;
  }
  case TokenKind::Number:
    expr.kind = Kind::Number;
    expr.text = token.text;
    break;
  case TokenKind::String: {
    expr.kind = Kind::String;
    Result<std::string> value = decodeFxString(token.text);
    if (!value)
      return fail(value.error().message);
    expr.text = std::move(*value);
    break;
  }
  case TokenKind::Operator: {
    bool comma = false;
    if (accept("(")) {
      expr.kind = Kind::Tuple;
      if (!parseList(")", expr, comma))
        return false;
      // `(x)` is x, `(x,)` a tuple.
      if (expr.operands.size() == 1 && !comma) {
        FxExpr inner = std::move(expr.operands[0]);
        inner.begin = expr.begin;
        inner.end = lastEnd;
        result = std::move(inner);
        return true;
      }
    } else if (accept("[")) {
      expr.kind = Kind::List;
      if (!parseList("]", expr, comma))
        return false;
    } else if (accept("{")) {
      expr.kind = Kind::Dict;
      if (!parseDict(expr))
        return false;
    } else {
      return expected("an expression");
    }
    expr.end = lastEnd;
    result = std::move(expr);
    return true;
  }
  default:
    return expected("an expression");
  }
  advance();
  expr.end = lastEnd;
  result = std::move(expr);
  return true;
}

/// `a` or `a, b` or `a,`: without brackets.
bool FxParser::parseExprList(FxExpr &result) {
  if (!parseExpr(result))
    return false;
  if (!token.is(","))
    return true;
  FxExpr tuple = start(Kind::Tuple);
  tuple.begin = result.begin;
  tuple.operands.push_back(std::move(result));
  while (accept(",")) {
    bool ends = token.kind == TokenKind::Newline ||
                token.kind == TokenKind::End || token.is("=") ||
                token.is("]") || token.is(";");
    if (ends)
      break;
    FxExpr item;
    if (!parseExpr(item))
      return false;
    tuple.operands.push_back(std::move(item));
  }
  tuple.end = lastEnd;
  result = std::move(tuple);
  return true;
}
