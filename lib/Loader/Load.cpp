//===- Load.cpp - Telling kinds of input apart ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "File.h"
#include "FxText/FxText.h"
#include "Pt2/Pt2.h"
#include "SavedArgs/SavedArgs.h"
#include "Zip/Zip.h"

#include "graphc/Loader/Program.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

namespace {
/// True for a line that starts, after blanks, with `def forward(`.
bool hasForward(std::string_view text) {
  constexpr std::string_view head = "def forward(";
  for (std::size_t at = text.find(head); at != text.npos;
       at = text.find(head, at + 1)) {
    std::size_t line = at;
    while (line > 0 && (text[line - 1] == ' ' || text[line - 1] == '\t'))
      --line;
    if (line == 0 || text[line - 1] == '\n' || text[line - 1] == '\r')
      return true;
  }
  return false;
}

bool looksLikePickle(const Bytes &bytes) {
  // Protocols out of range are the pickle reader's to name.
  return bytes.size >= 2 && bytes.data[0] == 0x80 && bytes.data[1] < 0x20;
}

bool looksLikeText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char byte) {
    return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' &&
           byte != '\f';
  });
}

std::string firstBytes(const Bytes &bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size, 8); ++i) {
    out += i ? " " : "";
    out += digits[bytes.data[i] >> 4];
    out += digits[bytes.data[i] & 15];
  }
  return out;
}

Error emptyInput() {
  Error error;
  error.errorClass = "input-empty";
  error.message = "the file is empty";
  error.help = "the writer may have failed; save the program again";
  return error;
}

Error unknownKind(const Bytes &bytes) {
  Error error;
  error.errorClass = "input-kind";
  error.message = looksLikeText(bytes.text().substr(0, 4096))
                      ? "text without a `def forward(` line"
                      : "not a known kind of file";
  error.message += ", first bytes " + firstBytes(bytes) +
                   "; expected a .pt2 export archive (a zip), a saved-args "
                   "pickle or FX text with `def forward(`";
  return error;
}

Result<Program> dispatch(const Bytes &bytes, const LoadOptions &options) {
  if (bytes.size == 0)
    return emptyInput();
  if (looksLikePickle(bytes))
    return readSavedArgs(bytes, options);
  if (looksLikeZip(bytes))
    return readPt2(bytes, options);
  // The text reader bounds the length itself and says which limit was passed.
  if (hasForward(bytes.text().substr(0, options.maxTextBytes + 1)))
    return readFxText(bytes, options);
  return unknownKind(bytes);
}

Result<Program> loadBytes(const Bytes &bytes, const LoadOptions &options) {
  Result<Program> program = dispatch(bytes, options);
  if (!program) {
    if (program.error().file.empty())
      program.error().file = bytes.file;
    return program;
  }
  program->file = bytes.file;
  for (Error &warning : program->warnings)
    if (warning.file.empty())
      warning.file = bytes.file;
  return program;
}
} // namespace

Result<Program> loader::load(const std::string &path,
                             const LoadOptions &options) {
  Result<Bytes> bytes = mapFile(path);
  if (!bytes)
    return bytes.error();
  return loadBytes(*bytes, options);
}

Result<Program> loader::loadBuffer(std::shared_ptr<const void> owner,
                                   const std::uint8_t *data, std::size_t size,
                                   const std::string &name,
                                   const LoadOptions &options) {
  Bytes bytes;
  bytes.owner = std::move(owner);
  bytes.data = data;
  bytes.size = size;
  bytes.file = name;
  return loadBytes(bytes, options);
}
