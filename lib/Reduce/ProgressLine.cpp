//===- ProgressLine.cpp - How far the search is ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgressLine.h"

#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

using namespace graphc::reduce;

ProgressLine::ProgressLine(bool isVerbose)
    : isVerbose(isVerbose), isTerminal(isatty(STDERR_FILENO)),
      begin(Clock::now()), last(begin) {}

void ProgressLine::step(llvm::StringRef reduction, std::string text,
                        size_t bytes) {
  subject = std::move(text);
  if (!isVerbose || reduction.empty())
    return;
  clear();
  llvm::errs() << "graphc-reduce: " << reduction << ": " << subject << ", "
               << bytes << " bytes\n";
}

void ProgressLine::show(unsigned numQueries) {
  auto now = Clock::now();
  if (!isTerminal || now - last < std::chrono::milliseconds(200))
    return;
  last = now;
  isShown = true;
  auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now - begin).count();
  llvm::errs() << "\r\033[K" << subject << " left, " << numQueries
               << " compilations, " << seconds
               << " s (Ctrl-C keeps what is there)";
}

void ProgressLine::clear() {
  if (isShown)
    llvm::errs() << "\r\033[K";
  isShown = false;
}
