//===- FxLexer.h - Tokens of FX text ---------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FXTEXT_FXLEXER_H
#define GRAPHC_LIB_LOADER_FXTEXT_FXLEXER_H

#include "graphc/Loader/Result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace graphc::loader {

struct FxToken {
  enum class Kind {
    End,
    Newline, ///< The end of a statement.
    Name,
    Number, ///< Digits as written, with `j` where imaginary.
    String, ///< With its quotes.
    Operator,
    Bad ///< Something that starts no token.
  } kind = Kind::End;
  std::string_view text;
  /// Counted from 1 in the whole text.
  unsigned line = 1, column = 1;
  /// Offset in the whole text.
  std::size_t begin = 0;

  bool is(std::string_view spelling) const {
    return (kind == Kind::Operator || kind == Kind::Name) && text == spelling;
  }
  std::size_t end() const { return begin + text.size(); }
};

/// A stretch of lines of a text.
struct FxRegion {
  std::size_t begin = 0, end = 0;
  unsigned line = 1; ///< Of `begin`, counted from 1.
};

/// Splits a region into tokens. Inside brackets newlines are blanks. Comments
/// are blanks too, but the last `# File:` one is kept.
class FxLexer {
public:
  FxLexer(std::string_view text, const FxRegion &region);

  FxToken next();
  /// Drops the rest of the line, and brackets with it.
  void skipLine();
  /// After a token `""`: if a third quote follows, drops everything up to the
  /// next `"""`.
  bool skipBlock(const FxToken &token);

  /// Text of the last comment that names a place in the model's source, from
  /// `File:` on; empty for none.
  std::string_view sourceComment() const { return comment; }
  std::string_view lineText(unsigned line) const;

private:
  FxToken make(FxToken::Kind kind, std::size_t length);
  void skipBlanks();
  void takeComment();
  std::size_t numberLength() const;
  std::size_t stringLength() const;

  std::string_view text; ///< Up to the end of the region.
  FxRegion region;
  std::size_t at;
  unsigned line;
  std::size_t lineStart;
  unsigned brackets = 0;
  std::string_view comment;
};

/// The value of a String token; nothing for an escape outside the grammar.
Result<std::string> decodeFxString(std::string_view token);

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FXTEXT_FXLEXER_H
