//===- SymExprParser.h - Symbolic sizes from text ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_SYMEXPR_SYMEXPRPARSER_H
#define GRAPHC_LIB_LOADER_SYMEXPR_SYMEXPRPARSER_H

#include "SymExpr/Functions.h"
#include "SymExpr/SymExprLexer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace graphc::loader::symexpr {

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

} // namespace graphc::loader::symexpr

#endif // GRAPHC_LIB_LOADER_SYMEXPR_SYMEXPRPARSER_H
