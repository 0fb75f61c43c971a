//===- FxLexer.cpp - Tokens of FX text ------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxLexer.h"
#include "Characters.h"

#include <cstdint>

using namespace graphc;
using namespace graphc::loader;

using Kind = FxToken::Kind;

static bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

FxLexer::FxLexer(std::string_view text, const FxRegion &region)
    : text(text.substr(0, region.end)), region(region), at(region.begin),
      line(region.line), lineStart(region.begin) {}

FxToken FxLexer::make(Kind kind, std::size_t length) {
  FxToken token;
  token.kind = kind;
  token.text = text.substr(at, length);
  token.line = line;
  token.column = unsigned(at - lineStart) + 1;
  token.begin = at;
  at += length;
  return token;
}

/// Comments that say where a node comes from end in `# File: <path>:<line> in
/// <function>, code: <source>`; another comment line with a `#` and no file
/// (`# No stacktrace found ...`) takes it back.
void FxLexer::takeComment() {
  std::size_t end = std::min(text.find('\n', at), text.size());
  std::string_view body = text.substr(at, end - at);
  std::size_t file = body.find(" File: ");
  if (file != body.npos)
    comment = body.substr(file + 1);
  else if (body.find("No stacktrace found") != body.npos)
    comment = {};
  at = end;
}

void FxLexer::skipBlanks() {
  while (at < text.size()) {
    char c = text[at];
    if (c == '#') {
      takeComment();
    } else if (c == '\n' && brackets) {
      ++at;
      ++line;
      lineStart = at;
    } else if (isBlank(c)) {
      ++at;
    } else if (c == '\\' && text.substr(at + 1, 1) == "\n") {
      at += 2;
      ++line;
      lineStart = at;
    } else {
      return;
    }
  }
}

std::size_t FxLexer::numberLength() const {
  std::size_t length = scanNumeral(text.substr(at)).length;
  bool isImaginary = at + length < text.size() && text[at + length] == 'j';
  return length + isImaginary;
}

/// 0 for a string that does not end on its line.
std::size_t FxLexer::stringLength() const {
  char quote = text[at];
  for (std::size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == quote)
      return i + 1 - at;
  }
  return 0;
}

FxToken FxLexer::next() {
  skipBlanks();
  if (at >= text.size())
    return make(Kind::End, 0);
  char c = text[at];
  if (c == '\n') {
    FxToken token = make(Kind::Newline, 1);
    ++line;
    lineStart = at;
    return token;
  }
  if (isNameStart(c)) {
    std::size_t i = at;
    while (i < text.size() && (isNameStart(text[i]) || isDigit(text[i])))
      ++i;
    return make(Kind::Name, i - at);
  }
  if (isDigit(c) || (c == '.' && at + 1 < text.size() && isDigit(text[at + 1])))
    return make(Kind::Number, numberLength());
  if (c == '\'' || c == '"') {
    std::size_t length = stringLength();
    return length ? make(Kind::String, length) : make(Kind::Bad, 1);
  }
  static constexpr std::string_view operators[] = {
      "**=", "//=", "<<=", ">>=", "**", "//", "<<", ">>", "==", "!=", "<=",
      ">=",  "->",  "+=",  "-=",  "*=", "/=", "%=", "@=", "&=", "|=", "^="};
  for (std::string_view op : operators)
    if (text.substr(at, op.size()) == op)
      return make(Kind::Operator, op.size());
  constexpr std::string_view single = "-+*/%@&|^~<>=()[]{},.:;";
  if (single.find(c) == single.npos)
    return make(Kind::Bad, 1);
  if (c == '(' || c == '[' || c == '{')
    ++brackets;
  if ((c == ')' || c == ']' || c == '}') && brackets)
    --brackets;
  return make(Kind::Operator, 1);
}

void FxLexer::skipLine() {
  brackets = 0;
  at = std::min(text.find('\n', at), text.size());
}

bool FxLexer::skipBlock(const FxToken &token) {
  if (token.text != "\"\"" || text.substr(at, 1) != "\"")
    return false;
  std::size_t end = text.find("\"\"\"", at + 1);
  end = end == text.npos ? text.size() : end + 3;
  for (; at != end; ++at)
    if (text[at] == '\n') {
      ++line;
      lineStart = at + 1;
    }
  return true;
}

std::string_view FxLexer::lineText(unsigned wanted) const {
  std::size_t begin = region.begin;
  for (unsigned i = region.line; i < wanted && begin < text.size(); ++i)
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  std::string_view rest = text.substr(std::min(begin, text.size()));
  return rest.substr(0, rest.find('\n'));
}

//===----------------------------------------------------------------------===//
// Strings
//===----------------------------------------------------------------------===//

static void appendUtf8(std::string &out, std::uint32_t code) {
  if (code < 0x80) {
    out += char(code);
  } else if (code < 0x800) {
    out += char(0xc0 | code >> 6);
    out += char(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += char(0xe0 | code >> 12);
    out += char(0x80 | (code >> 6 & 0x3f));
    out += char(0x80 | (code & 0x3f));
  } else {
    out += char(0xf0 | code >> 18);
    out += char(0x80 | (code >> 12 & 0x3f));
    out += char(0x80 | (code >> 6 & 0x3f));
    out += char(0x80 | (code & 0x3f));
  }
}

static bool takeHex(std::string_view &rest, unsigned digits,
                    std::uint32_t &code) {
  if (rest.size() < digits)
    return false;
  code = 0;
  for (char c : rest.substr(0, digits)) {
    unsigned digit = isDigit(c)             ? unsigned(c - '0')
                     : c >= 'a' && c <= 'f' ? unsigned(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? unsigned(c - 'A' + 10)
                                            : 16u;
    if (digit == 16)
      return false;
    code = code << 4 | digit;
  }
  rest.remove_prefix(digits);
  return code < 0x110000 && (code < 0xd800 || code > 0xdfff);
}

Result<std::string> loader::decodeFxString(std::string_view token) {
  std::string_view rest = token.substr(1, token.size() - 2);
  std::string out;
  constexpr std::string_view plain = "\\'\"nrtabfv0";
  constexpr std::string_view values("\\'\"\n\r\t\a\b\f\v\0", 11);
  while (!rest.empty()) {
    if (rest[0] != '\\') {
      out += rest[0];
      rest.remove_prefix(1);
      continue;
    }
    char escape = rest.size() > 1 ? rest[1] : '\0';
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 2));
    std::size_t index = escape ? plain.find(escape) : plain.npos;
    std::uint32_t code;
    if (index != plain.npos) {
      out += values[index];
    } else if ((escape == 'x' && takeHex(rest, 2, code)) ||
               (escape == 'u' && takeHex(rest, 4, code)) ||
               (escape == 'U' && takeHex(rest, 8, code))) {
      appendUtf8(out, code);
    } else {
      return Error{"fx-syntax",
                   "",
                   "",
                   std::string("the escape \\") + escape +
                       " in a string is not supported",
                   {},
                   ""};
    }
  }
  return out;
}
