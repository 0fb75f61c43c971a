//===- CompilationTimes.h - Time and memory of stages -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_COMPILATIONTIMES_H
#define GRAPHC_SUPPORT_COMPILATIONTIMES_H

#include "mlir/Support/Timing.h"

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace graphc {

/// A tree of stages and passes, each with the time during which it ran on any
/// thread, and with the peak of the process's resident memory: where it stood
/// when the row ended, and by how much it rose while the row ran.
class CompilationTimes : public mlir::TimingManager {
public:
  ~CompilationTimes() override;
  void print(llvm::raw_ostream &os) const;
  /// Puts a row below the one that was started last, for what another clock has
  /// timed.
  void addRow(llvm::StringRef name, double seconds);
  /// Of the rows below the one that was started last, prints those that count,
  /// the longest first.
  void summarizeChildren();

protected:
  std::optional<void *> rootTimer() override { return &root; }
  void startTimer(void *handle) override;
  void stopTimer(void *handle) override;
  void *nestTimer(void *handle, const void *id,
                  llvm::function_ref<std::string()> name) override;
  void hideTimer(void *handle) override;

private:
  struct Row {
    std::string name;
    const void *id = nullptr;
    bool isHidden = false;
    /// Of another clock: its memory is not known.
    bool isTimeOnly = false;
    bool isSummarized = false;
    /// How many threads are in it.
    unsigned running = 0;
    double start = 0, seconds = 0;
    double startMiB = 0, peakMiB = 0, grownMiB = 0;
    std::vector<Row *> children;
  };
  void printRow(const Row &row, unsigned depth, llvm::raw_ostream &os) const;
  void printSummary(const Row &row, unsigned depth,
                    llvm::raw_ostream &os) const;

  std::mutex mutex;
  Row *lastStarted = nullptr;
  std::deque<Row> rows; ///< All but the root; their places never change.
  Row root;
};

} // namespace graphc

#endif // GRAPHC_SUPPORT_COMPILATIONTIMES_H
