//===- SourceInfo.cpp - Source locations of exported nodes ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/GraphReader.h"

#include <charconv>

using namespace graphc;
using namespace graphc::loader;

namespace {
std::string_view trimmed(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes the first line off `text`.
std::string_view takeLine(std::string_view &text) {
  std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

struct Frame {
  std::string_view file;
  unsigned line = 0;
};

/// Reads `File "model.py", line 12, in forward`.
std::optional<Frame> readFrame(std::string_view line) {
  constexpr std::string_view head = "File \"", middle = "\", line ";
  line = trimmed(line);
  if (line.substr(0, head.size()) != head)
    return std::nullopt;
  line.remove_prefix(head.size());
  std::size_t end = line.find(middle);
  if (end == line.npos)
    return std::nullopt;
  Frame frame;
  frame.file = line.substr(0, end);
  line.remove_prefix(end + middle.size());
  std::from_chars(line.data(), line.data() + line.size(), frame.line);
  return frame;
}

/// Frames that tell a user little: torch's own code and generated code.
bool isInsideTorch(std::string_view file) {
  return file.substr(0, 1) == "<" || file.substr(0, 6) == "torch/" ||
         file.find("/torch/nn/") != file.npos ||
         file.find("-packages/torch/") != file.npos;
}
} // namespace

void loader::readStackTrace(std::string_view stackTrace, SourceInfo &source) {
  bool inTorch = true;
  while (!stackTrace.empty()) {
    std::optional<Frame> frame = readFrame(takeLine(stackTrace));
    if (!frame)
      continue;
    bool frameInTorch = isInsideTorch(frame->file);
    if (frameInTorch && !inTorch)
      continue;
    inTorch = frameInTorch;
    source.file = frame->file;
    source.fileLine = frame->line;
    // The code stands on the next line, unless Python did not find it.
    std::string_view rest = stackTrace;
    std::string_view code = takeLine(rest);
    source.code = readFrame(code) ? std::string_view() : trimmed(code);
  }
}

void loader::readModuleStack(std::string_view modules, SourceInfo &source) {
  std::string_view last = modules.substr(modules.rfind(';') + 1);
  std::size_t first = last.find(','), end = last.rfind(',');
  if (first != last.npos && end > first)
    source.modulePath = trimmed(last.substr(first + 1, end - first - 1));
}
