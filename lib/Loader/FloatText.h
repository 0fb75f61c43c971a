//===- FloatText.h - Numbers as Python reads them -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_LOADER_FLOATTEXT_H
#define GRAPHC_LIB_LOADER_FLOATTEXT_H

#include <charconv>
#include <cmath>
#include <string>

namespace graphc::loader {

/// Shortest text that reads back exactly, always with a mark of a float.
inline std::string floatText(double value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string out(buffer, end);
  if (out.find_first_of(".e") == out.npos)
    out += ".0";
  return out;
}

} // namespace graphc::loader

#endif // GRAPHC_LIB_LOADER_FLOATTEXT_H
