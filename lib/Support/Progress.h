//===- Progress.h - What a compilation is doing -----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_PROGRESS_H
#define GRAPHC_LIB_SUPPORT_PROGRESS_H

#include "BlackBox.h"

namespace graphc {

/// A line on a terminal that is written again and again and is gone in the end.
/// All else that goes to the terminal goes through it, or behind `hide`.
class ProgressLine {
public:
  ~ProgressLine() { hide(); }
  /// Passes `text` on.
  void forward(llvm::StringRef text);
  /// Shows what `box` says, `elapsed` milliseconds after the start.
  void show(const BlackBox &box, std::uint64_t elapsed);
  void hide();

private:
  bool isShown = false;
  /// What was passed on ended within a line, where ours has no place.
  bool isWithinLine = false;
};

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_PROGRESS_H
