//===- PickleOpcodes.cpp - Pickles taken apart ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FileSubject.h"

#include "llvm/Support/Endian.h"

using namespace graphc::reduce;
using llvm::StringRef;

namespace {
/// How an opcode's argument ends.
struct Form {
  /// Bytes of it, or of the length before it.
  unsigned size = 0;
  bool isCounted = false;
  /// Lines instead.
  unsigned lines = 0;
};
} // namespace

/// The protocol's table, of the opcodes that have an argument.
static Form formOf(unsigned char opcode) {
  switch (opcode) {
  case 'I':
  case 'F':
  case 'L':
  case 'S':
  case 'V':
  case 'P':
  case 'p':
  case 'g':
    return {0, false, 1};
  case 'c':
  case 'i':
    return {0, false, 2};
  case 'K':
  case 'h':
  case 'q':
  case 0x80: // PROTO
  case 0x82: // EXT1
    return {1};
  case 'M':
  case 0x83: // EXT2
    return {2};
  case 'J':
  case 'j':
  case 'r':
  case 0x84: // EXT4
    return {4};
  case 'G':
  case 0x95: // FRAME
    return {8};
  case 'U':
  case 'C':
  case 0x8c: // SHORT_BINUNICODE
  case 0x8a: // LONG1
    return {1, true};
  case 'T':
  case 'X':
  case 'B':
  case 0x8b: // LONG4
    return {4, true};
  case 0x8d: // BINUNICODE8
  case 0x8e: // BINBYTES8
  case 0x96: // BYTEARRAY8
    return {8, true};
  }
  return {};
}

/// Where the opcode at `at` ends; npos when it does not.
static size_t findEnd(StringRef bytes, size_t at) {
  Form form = formOf(bytes[at]);
  size_t end = at + 1;
  for (unsigned i = 0; i < form.lines; ++i) {
    size_t line = bytes.find('\n', end);
    if (line == StringRef::npos)
      return line;
    end = line + 1;
  }
  if (form.size > bytes.size() - end)
    return StringRef::npos;
  uint64_t count = 0;
  for (unsigned i = form.isCounted ? form.size : 0; i-- > 0;)
    count = count << 8 | static_cast<unsigned char>(bytes[end + i]);
  end += form.size;
  return count > bytes.size() - end ? StringRef::npos : end + count;
}

std::vector<size_t> graphc::reduce::splitPickle(StringRef bytes) {
  std::vector<size_t> starts;
  if (!bytes.starts_with("\x80"))
    return starts;
  size_t at = 0;
  while (at < bytes.size()) {
    starts.push_back(at);
    size_t end = findEnd(bytes, at);
    if (end == StringRef::npos)
      break;
    at = end;
  }
  starts.push_back(bytes.size());
  return starts;
}
