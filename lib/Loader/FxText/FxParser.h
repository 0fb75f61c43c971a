//===- FxParser.h - Statements of FX text ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXPARSER_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXPARSER_H

#include "FxText/FxLexer.h"

#include <optional>
#include <vector>

namespace graphc::loader {

/// An expression as written. Means nothing yet. Of bounded depth.
struct FxExpr {
  enum class Kind {
    Name,      ///< text
    Number,    ///< text
    String,    ///< text, decoded
    Constant,  ///< text is True, False or None
    Attribute, ///< operands[0] . text
    Call,      ///< operands[0] of the others; a Keyword comes last
    Keyword,   ///< text = operands[0]
    Subscript, ///< operands[0] [ operands[1] ]
    Unary,     ///< text is the operator
    Binary,    ///< text is the operator
    List,
    Tuple,
    Dict ///< Keys and values in turn.
  } kind = Kind::Name;
  std::string text;
  std::vector<FxExpr> operands;
  unsigned line = 1, column = 1;
  /// The expression's own text: [begin, end) of the whole.
  std::size_t begin = 0, end = 0;

  bool isName(std::string_view name) const {
    return kind == Kind::Name && text == name;
  }
  bool isNone() const { return kind == Kind::Constant && text == "None"; }
};

/// `a.b.c` of names and attributes; empty for anything else.
std::string fxDottedName(const FxExpr &expr);

struct FxStatement {
  enum class Kind {
    Assign,     ///< targets = value
    Unpack,     ///< targets, = value
    Inplace,    ///< targets[0] op= value
    Release,    ///< a = b = None
    Annotation, ///< targets[0]: annotation
    Expression, ///< value
    Return,     ///< value; absent for a bare return
    Pass
  } kind = Kind::Pass;
  std::vector<std::string> targets;
  std::string annotation; ///< As written, without quotes.
  std::string op;
  std::optional<FxExpr> value;
  unsigned line = 1, column = 1;
  /// Of the comment above: `File: <path>:<line> in <function>, code: <text>`.
  std::string_view source;
};

struct FxParameter {
  std::string name;
  std::string annotation;
  unsigned line = 1;
};

/// Reads the statements of one region, one at a time. Errors are `fx-syntax`,
/// `limit` for depth; their place is "line 7, column 3".
class FxParser {
public:
  FxParser(std::string_view text, const FxRegion &region);

  /// `def name(self, ...) -> ...:`; `self` is not among the parameters.
  Result<std::vector<FxParameter>> parseHeader();
  /// The next statement; nothing at the end of the region.
  Result<std::optional<FxStatement>> next();
  /// The error of class `errorClass` at a line, which it shows.
  Error errorAt(const char *errorClass, unsigned line, unsigned column,
                std::string message, std::string help = {}) const;
  std::string_view source(const FxExpr &expr) const {
    return text.substr(expr.begin, expr.end - expr.begin);
  }

private:
  bool parseExpr(FxExpr &result);
  bool parseBinary(unsigned level, FxExpr &result);
  bool parseUnary(FxExpr &result);
  bool parsePower(FxExpr &result);
  bool parsePostfix(FxExpr &result);
  bool parsePrimary(FxExpr &result);
  bool parseArguments(FxExpr &call);
  bool parseList(std::string_view close, FxExpr &result, bool &comma);
  bool parseDict(FxExpr &result);
  bool parseExprList(FxExpr &result);
  bool parseParameter(FxParameter &parameter);
  bool parseAnnotation(std::string &annotation);
  bool parseStatement(FxStatement &statement);
  bool parseAssignment(FxStatement &statement);
  bool takeTargets(FxStatement &statement, const FxExpr &expr);
  bool endStatement();
  bool skipToolLines();

  bool fail(std::string message, std::string help = {});
  bool expected(std::string_view what);
  bool checkDepth();
  void advance();
  bool accept(std::string_view spelling);
  FxExpr start(FxExpr::Kind kind) const;

  std::string_view text;
  FxLexer lexer;
  FxToken token;
  std::size_t lastEnd = 0;
  unsigned depth = 0;
  std::size_t parts = 0; ///< Of the statement so far.
  std::optional<Error> failure;
};

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXPARSER_H
