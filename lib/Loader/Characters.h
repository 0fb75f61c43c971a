//===- Characters.h - Letters, digits and numerals --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_CHARACTERS_H
#define GRAPHC_LIB_LOADER_CHARACTERS_H

#include <cstddef>
#include <string_view>

namespace graphc::loader {

inline bool isNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }

inline bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

struct Numeral {
  std::size_t length;
  bool isFloat;
};

/// The decimal number, as Python writes it, at the start of `text`.
inline Numeral scanNumeral(std::string_view text) {
  std::size_t i = 0;
  bool isFloat = false;
  auto skipDigits = [&] {
    while (i < text.size() && isDigit(text[i]))
      ++i;
  };
  skipDigits();
  if (i < text.size() && text[i] == '.') {
    isFloat = true;
    ++i;
    skipDigits();
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    std::size_t exponent = i + 1;
    if (exponent < text.size() &&
        (text[exponent] == '+' || text[exponent] == '-'))
      ++exponent;
    if (exponent < text.size() && isDigit(text[exponent])) {
      isFloat = true;
      i = exponent;
      skipDigits();
    }
  }
  return {i, isFloat};
}

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_CHARACTERS_H
