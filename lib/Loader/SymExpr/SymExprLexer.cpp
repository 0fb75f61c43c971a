//===- SymExprLexer.cpp - Tokens of symbolic expressions ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SymExpr/SymExprLexer.h"

#include "Characters.h"

#include <cstring>

using namespace graphc::loader;
using namespace graphc::loader::symexpr;

Token Lexer::take(TokenKind kind, std::size_t length) {
  Token token{kind, text.substr(at, length), at};
  at += length;
  return token;
}

Token Lexer::number() {
  Numeral numeral = scanNumeral(text.substr(at));
  return take(numeral.isFloat ? TokenKind::Float : TokenKind::Integer,
              numeral.length);
}

Token Lexer::next() {
  while (at < text.size() && std::strchr(" \t\r\n", text[at]) && text[at])
    ++at;
  if (at == text.size())
    return {TokenKind::End, "", at};
  char c = text[at];
  if (isNameStart(c)) {
    std::size_t i = at;
    while (i < text.size() && (isNameStart(text[i]) || isDigit(text[i])))
      ++i;
    return take(TokenKind::Name, i - at);
  }
  if (isDigit(c) || (c == '.' && at + 1 < text.size() && isDigit(text[at + 1])))
    return number();
  if (c == '\'' || c == '"') {
    std::size_t end = text.find(c, at + 1);
    if (end == text.npos)
      return take(TokenKind::Bad, text.size() - at);
    Token token = take(TokenKind::String, end + 1 - at);
    token.text = token.text.substr(1, token.text.size() - 2);
    return token;
  }
  for (std::string_view two : {"**", "//", "<<", ">>", "==", "!=", "<=", ">="})
    if (text.substr(at, 2) == two)
      return take(TokenKind::Operator, 2);
  if (c && std::strchr("+-*/%()<>&|^~,=", c))
    return take(TokenKind::Operator, 1);
  return take(TokenKind::Bad, 1);
}
