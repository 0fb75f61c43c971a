//===- ProgressLine.h - How far the search is -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_PROGRESSLINE_H
#define GRAPHC_LIB_REDUCE_PROGRESSLINE_H

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <string>

namespace graphc::reduce {

/// One line on stderr that is written again and again, where stderr is a
/// terminal; with `isVerbose` a line for each step, wherever it is.
class ProgressLine {
public:
  explicit ProgressLine(bool isVerbose);
  ~ProgressLine() { clear(); }

  /// Something smaller was found: what did it, and what it is now.
  void step(llvm::StringRef reduction, std::string subject, size_t bytes);
  /// Shows the line, at most a few times a second.
  void show(unsigned numQueries);
  void clear();

private:
  using Clock = std::chrono::steady_clock;
  bool isVerbose, isTerminal, isShown = false;
  Clock::time_point begin, last;
  std::string subject;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_PROGRESSLINE_H
