//===- Watch.h - Run a process and watch it ---------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_WATCH_H
#define GRAPHC_LIB_SUPPORT_WATCH_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <csignal>
#include <cstdint>
#include <optional>

namespace graphc {

/// How a watched process ended.
struct ChildEnd {
  int status; ///< As `waitpid` says.
  /// The last interruption that came meanwhile; 0 for none.
  int interruption = 0;
};

/// Holds back interruptions, so that they end what this process watches rather
/// than itself, until it goes out of scope.
class InterruptionGuard {
public:
  InterruptionGuard();
  ~InterruptionGuard();
  InterruptionGuard(const InterruptionGuard &) = delete;
  InterruptionGuard &operator=(const InterruptionGuard &) = delete;

  /// Runs `body` in a child process. Interruptions and the time limit in the
  /// box are passed on to it, and what it is doing is shown on a terminal.
  /// Nothing when no process can be made.
  std::optional<ChildEnd> runInChild(llvm::function_ref<int()> body,
                                     bool mayShowProgress);

  /// The same for a process that nobody hears of: its output is dropped, it
  /// does not notice interruptions, and it is killed at the first one or after
  /// `patience` milliseconds.
  std::optional<ChildEnd> runSilently(llvm::function_ref<int()> body,
                                      std::uint64_t patience);

private:
  ChildEnd watch(int child, int output, bool isSilent, std::uint64_t patience);

  sigset_t previous;
  int signals;
};

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_WATCH_H
