//===- Progress.cpp - What a compilation is doing -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Progress.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <sys/ioctl.h>
#include <unistd.h>

using namespace graphc;
using llvm::StringRef;

/// A wider line would wrap, and could not be written again.
static std::size_t terminalWidth() {
  winsize size;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 20)
    return 79;
  return size.ws_col - 1;
}

void ProgressLine::forward(StringRef text) {
  if (text.empty())
    return;
  hide();
  llvm::errs() << text;
  isWithinLine = text.back() != '\n';
}

void ProgressLine::show(const BlackBox &box, std::uint64_t elapsed) {
  if (isWithinLine || box.stage.empty())
    return;
  std::string line =
      "graphc: " + std::to_string(elapsed / 1000) + " s: " + box.stage.text;
  if (const ThreadRecord *thread = findLongestRun(box)) {
    const PassRun *run = thread->innermost();
    if (run)
      line += ", " + run->pass.get().str() + " on " + run->op.get().str();
  }
  // Names come from the input.
  for (char &c : line)
    c = llvm::isPrint(c) ? c : '?';
  line.resize(std::min(line.size(), terminalWidth()));
  llvm::errs() << "\r\033[K" << line;
  isShown = true;
}

void ProgressLine::hide() {
  if (isShown)
    llvm::errs() << "\r\033[K";
  isShown = false;
}
