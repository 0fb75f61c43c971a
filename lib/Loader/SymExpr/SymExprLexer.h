//===- SymExprLexer.h - Tokens of symbolic expressions ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_SYMEXPR_SYMEXPRLEXER_H
#define GRAPHC_LIB_LOADER_SYMEXPR_SYMEXPRLEXER_H

#include <cstddef>
#include <string_view>

namespace graphc::loader::symexpr {

enum class TokenKind { End, Name, Integer, Float, String, Operator, Bad };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text;
  std::size_t position = 0;
};

/// Tokens of `text`, which must outlive them; behind the last one, End again
/// and again. What begins no token is Bad, a character at a time.
class Lexer {
public:
  explicit Lexer(std::string_view text) : text(text) {}
  Token next();

private:
  Token take(TokenKind kind, std::size_t length);
  Token number();

  std::string_view text;
  std::size_t at = 0;
};

} // namespace graphc::loader::symexpr

#endif // GRAPHC_LIB_LOADER_SYMEXPR_SYMEXPRLEXER_H
