//===- Result.cpp - Errors and their text ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Loader/Result.h"

#include "Utf8.h"

using namespace graphc;
using namespace graphc::loader;

namespace {
constexpr std::size_t maxQuoted = 200;

/// U+0080..U+009F, the control characters behind ASCII, in UTF-8.
bool isC1Control(std::string_view text) {
  return text.size() >= 2 && static_cast<unsigned char>(text[0]) == 0xC2 &&
         static_cast<unsigned char>(text[1]) < 0xA0;
}

void appendEscaped(std::string &out, unsigned char byte) {
  static constexpr char digits[] = "0123456789abcdef";
  switch (byte) {
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}
} // namespace

std::string loader::quoted(std::string_view text) {
  std::string out;
  std::size_t shown = 0;
  while (!text.empty()) {
    if (shown++ == maxQuoted) {
      out += "...";
      break;
    }
    std::size_t length = utf8Length(text);
    unsigned char first = text[0];
    if (!length || first < 0x20 || first == 0x7F || isC1Control(text)) {
      length = length ? length : 1;
      for (char byte : text.substr(0, length))
        appendEscaped(out, byte);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

bool Error::isUnsupported() const {
  return errorClass.compare(0, 12, "unsupported-") == 0 ||
         errorClass == "unknown-op" || errorClass == "pickled-weight";
}

std::string Error::format(const char *severity) const {
  std::string out =
      std::string("graphc: ") + severity + "[" + errorClass + "]: ";
  if (!file.empty())
    out += quoted(file) + ": ";
  if (!place.empty())
    out += place + ": ";
  out += message;
  for (const std::string &note : notes)
    out += "\n  note: " + note;
  if (!help.empty())
    out += "\n  help: " + help;
  return out;
}
