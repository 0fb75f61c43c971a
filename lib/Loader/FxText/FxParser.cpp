//===- FxParser.cpp - Statements of FX text -------------------------------===//
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

static constexpr unsigned maxDepth = 200;
/// A parameter takes much more memory than its text.
static constexpr std::size_t maxParameters = std::size_t(1) << 16;

FxParser::FxParser(std::string_view text, const FxRegion &region)
    : text(text), lexer(text, region) {
  token = lexer.next();
}

//===----------------------------------------------------------------------===//
// Tokens and errors
//===----------------------------------------------------------------------===//

void FxParser::advance() {
  lastEnd = token.end();
  token = lexer.next();
}

bool FxParser::accept(std::string_view spelling) {
  if (!token.is(spelling))
    return false;
  advance();
  return true;
}

Error FxParser::errorAt(const char *errorClass, unsigned line, unsigned column,
                        std::string message, std::string help) const {
  Error error{errorClass,         "", "line " + std::to_string(line),
              std::move(message), {}, std::move(help)};
  if (column)
    error.place += ", column " + std::to_string(column);
  std::string_view shown = lexer.lineText(line);
  shown.remove_prefix(std::min(shown.find_first_not_of(" \t"), shown.size()));
  // Long statements are cut so that what was found can be seen.
  error.notes.push_back(quoted(shown.substr(0, 160)));
  return error;
}

bool FxParser::fail(std::string message, std::string help) {
  failure = errorAt("fx-syntax", token.line, token.column, std::move(message),
                    std::move(help));
  return false;
}

bool FxParser::expected(std::string_view what) {
  std::string found = "the end of the line";
  if (token.kind == TokenKind::End)
    found = "the end of the graph";
  else if (token.kind != TokenKind::Newline)
    found = "'" + quoted(token.text.substr(0, 60)) + "'";
  return fail("found " + found + ", expected " + std::string(what));
}

bool FxParser::checkDepth() {
  if (depth < maxDepth)
    return true;
  failure =
      errorAt("limit", token.line, token.column,
              "nested deeper than the depth limit " + std::to_string(maxDepth));
  return false;
}

FxExpr FxParser::start(Kind kind) const {
  FxExpr expr;
  expr.kind = kind;
  expr.line = token.line;
  expr.column = token.column;
  expr.begin = token.begin;
  return expr;
}

//===----------------------------------------------------------------------===//
// The header
//===----------------------------------------------------------------------===//

/// Everything up to `=`, `,`, `)` or the end of the statement; a string without
/// its quotes.
bool FxParser::parseAnnotation(std::string &annotation) {
  if (token.kind == TokenKind::String) {
    Result<std::string> value = decodeFxString(token.text);
    if (!value)
      return fail(value.error().message);
    annotation = std::move(*value);
    advance();
    return true;
  }
  std::size_t begin = token.begin;
  unsigned open = 0;
  while (token.kind != TokenKind::End && token.kind != TokenKind::Newline) {
    if (!open && (token.is("=") || token.is(",") || token.is(")") ||
                  token.is(";") || token.is(":")))
      break;
    if (token.is("(") || token.is("[") || token.is("{"))
      ++open;
    if (open && (token.is(")") || token.is("]") || token.is("}")))
      --open;
    if (token.kind == TokenKind::Bad)
      return expected("a type");
    advance();
  }
  annotation =
      std::string(text.substr(begin, lastEnd > begin ? lastEnd - begin : 0));
  return !annotation.empty() || expected("a type");
}

bool FxParser::parseParameter(FxParameter &parameter) {
  if (!accept("*"))
    accept("**");
  if (token.kind != TokenKind::Name)
    return expected("the name of a parameter");
  parameter.name = token.text;
  parameter.line = token.line;
  advance();
  if (accept(":") && !parseAnnotation(parameter.annotation))
    return false;
  FxExpr initial;
  return !accept("=") || parseExpr(initial);
}

Result<std::vector<FxParameter>> FxParser::parseHeader() {
  std::vector<FxParameter> parameters;
  auto parse = [&] {
    if (!accept("def") && !expected("'def'"))
      return false;
    if (token.kind != TokenKind::Name)
      return expected("the name of a function");
    advance();
    if (!accept("(") && !expected("'('"))
      return false;
    bool isFirst = true;
    while (!accept(")")) {
      FxParameter parameter;
      if (!parseParameter(parameter))
        return false;
      if (parameters.size() == maxParameters) {
        failure = errorAt("limit", parameter.line, 0,
                          "more than " + std::to_string(maxParameters) +
                              " parameters");
        return false;
      }
      if (!isFirst || parameter.name != "self")
        parameters.push_back(std::move(parameter));
      isFirst = false;
      if (!accept(",") && !token.is(")"))
        return expected("',' or ')'");
    }
    std::string result;
    if (accept("->") && !parseAnnotation(result))
      return false;
    return accept(":") || expected("':'");
  };
  if (!parse())
    return *failure;
  return parameters;
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

/// Lines of profilers and metadata blocks. True when something was skipped.
bool FxParser::skipToolLines() {
  if (token.kind == TokenKind::String && lexer.skipBlock(token)) {
    advance();
    return true;
  }
  bool isTool = token.kind == TokenKind::Name &&
                (token.text.substr(0, 3) == "_rf" || token.is("wrap"));
  if (!isTool)
    return false;
  // A value may be called so too; an assignment of one is no profiler line.
  FxLexer ahead = lexer;
  FxToken second = ahead.next(), third = ahead.next();
  bool isCall = second.is("(") && token.is("wrap");
  bool isProfiler =
      !token.is("wrap") &&
      (second.is(".") || (second.is("=") && third.is("torch") &&
                          ahead.next().is(".") && ahead.next().is("_C")));
  if (!isCall && !isProfiler)
    return false;
  lexer.skipLine();
  token = lexer.next();
  return true;
}

Result<std::optional<FxStatement>> FxParser::next() {
  while (token.kind == TokenKind::Newline || token.is(";") || skipToolLines())
    if (token.kind == TokenKind::Newline || token.is(";"))
      advance();
  if (token.kind == TokenKind::End)
    return std::optional<FxStatement>();
  parts = 0;
  FxStatement statement;
  statement.line = token.line;
  statement.column = token.column;
  statement.source = lexer.sourceComment();
  if (!parseStatement(statement) || !endStatement())
    return *failure;
  return std::optional<FxStatement>(std::move(statement));
}

bool FxParser::endStatement() {
  if (token.kind == TokenKind::End || token.kind == TokenKind::Newline ||
      token.is(";"))
    return true;
  return expected("the end of the statement");
}

bool FxParser::parseStatement(FxStatement &statement) {
  if (accept("pass"))
    return true;
  if (accept("return")) {
    statement.kind = FxStatement::Kind::Return;
    if (token.kind == TokenKind::Newline || token.kind == TokenKind::End)
      return true;
    return parseExprList(statement.value.emplace());
  }
  return parseAssignment(statement);
}

bool FxParser::takeTargets(FxStatement &statement, const FxExpr &expr) {
  auto take = [&](const FxExpr &target) {
    if (target.kind == Kind::Name) {
      statement.targets.push_back(target.text);
      return true;
    }
    failure = errorAt(target.kind == Kind::Subscript ? "fx-level" : "fx-syntax",
                      target.line, target.column,
                      "assignment to '" + quoted(source(target)) +
                          "', expected a name");
    return false;
  };
  if (expr.kind != Kind::Tuple)
    return take(expr);
  statement.kind = FxStatement::Kind::Unpack;
  return std::all_of(expr.operands.begin(), expr.operands.end(), take);
}

bool FxParser::parseAssignment(FxStatement &statement) {
  FxExpr first;
  if (!parseExprList(first))
    return false;
  static constexpr std::string_view inplace[] = {
      "+=", "-=", "*=",  "/=",  "%=",  "@=", "&=",
      "|=", "^=", "**=", "//=", "<<=", ">>="};
  for (std::string_view op : inplace)
    if (token.is(op)) {
      statement.kind = FxStatement::Kind::Inplace;
      statement.op = std::string(op.substr(0, op.size() - 1));
      if (!takeTargets(statement, first))
        return false;
      advance();
      return parseExpr(statement.value.emplace());
    }
  statement.kind = FxStatement::Kind::Assign;
  if (token.is(":")) {
    if (!takeTargets(statement, first))
      return false;
    advance();
    if (!parseAnnotation(statement.annotation))
      return false;
    if (!token.is("=")) {
      statement.kind = FxStatement::Kind::Annotation;
      return true;
    }
  } else if (!token.is("=")) {
    statement.kind = FxStatement::Kind::Expression;
    statement.value = std::move(first);
    return true;
  } else if (!takeTargets(statement, first)) {
    return false;
  }
  FxExpr value;
  while (accept("=")) {
    value = FxExpr();
    if (!parseExprList(value))
      return false;
    if (token.is("=") && !takeTargets(statement, value))
      return false;
  }
  if (value.isNone() && statement.kind == FxStatement::Kind::Assign)
    statement.kind = FxStatement::Kind::Release;
  statement.value = std::move(value);
  return true;
}
