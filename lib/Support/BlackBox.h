//===- BlackBox.h - What a process leaves when it dies -------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory shared between the process that compiles and the one that watches it.
// The compiling process writes what it is doing; when it fails or dies the
// watching process reads it. Fixed sizes and no pointers into a heap, so that a
// signal handler can write it.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_SUPPORT_BLACKBOX_H
#define GRAPHC_LIB_SUPPORT_BLACKBOX_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <atomic>
#include <climits>
#include <cstdint>
#include <cstring>
#include <mutex>

namespace graphc {

/// Text of bounded size; longer text is cut.
template <std::size_t Size>
struct FixedText {
  char text[Size];

  void set(llvm::StringRef value) {
    std::size_t length = value.size() < Size - 1 ? value.size() : Size - 1;
    std::memcpy(text, value.data(), length);
    text[length] = 0;
  }
  llvm::StringRef get() const { return text; }
  bool empty() const { return !text[0]; }
};

/// One run of one pass, named so that a second compilation finds it again
/// whatever the order of threads was.
struct PassRun {
  FixedText<128> pass;
  FixedText<256> op;        ///< `func.func @main`
  std::uint32_t occurrence; ///< Counts the runs of this pass on this op.

  bool isSame(const PassRun &other) const {
    return pass.get() == other.pass.get() && op.get() == other.op.get() &&
           occurrence == other.occurrence;
  }
};

/// The passes that a thread is in, the innermost last.
struct ThreadRecord {
  static constexpr std::uint32_t maxDepth = 4;
  std::int32_t id; ///< The kernel's.
  std::uint32_t depth;
  PassRun runs[maxDepth];
  std::uint64_t since[maxDepth]; ///< `readClock` when the run began.

  /// The innermost pass that there is room for; null outside of passes.
  const PassRun *innermost() const {
    return depth && depth <= maxDepth ? &runs[depth - 1] : nullptr;
  }
};

struct BlackBox {
  enum class Outcome : std::uint32_t {
    None,    ///< Nothing to report: success, or wrong usage.
    Refused, ///< The input was refused with a structured error.
    Failed,  ///< A stage or a pass failed.
    Fatal,   ///< LLVM gave up.
    Crashed, ///< A signal.
    OutOfMemory,
    TimedOut,    ///< `--time-limit`.
    Interrupted, ///< Ctrl-C and its likes.
  };

  //===--- Asked of the process: a second run that writes the dump
  //---------===//

  bool replaying;
  /// The stage and, in it, the pass before which to write the IR. No pass: the
  /// IR at the start of the stage.
  FixedText<64> wantedStage;
  PassRun wantedRun;
  FixedText<PATH_MAX> folder;
  /// The first run came to no end: stop when the IR is written.
  bool stopAtPlace;
  /// The IR before the wanted place is written.
  bool isWritten;
  /// A file could not be written as a whole.
  bool isLost;
  /// Milliseconds that what came to no end may go on for until its IR is
  /// written.
  std::uint32_t goOnFor;
  /// How after.mlir came about.
  enum class AfterState : std::uint32_t {
    None,        ///< The run did not come so far.
    Lost,        ///< It is not written, or nothing could write it.
    AsFailed,    ///< It failed in words.
    AtCrash,     ///< A fork printed it where the process died.
    AtStop,      ///< The same of what comes to no end.
    LastRewrite, ///< As it was behind the last whole rewrite.
    Again,       ///< The second run did not fail.
  } after;
  /// How many rewrites the run has tried, and the one behind which to write
  /// what it left; 0: at the end.
  std::uint32_t rewrites, lastRewrite;

  //===--- Said by the process
  //---------------------------------------------===//

  FixedText<PATH_MAX> dumpRoot;
  bool dumpEnabled;
  bool dumpRefusals;
  bool dumpWeights;
  FixedText<128> failAt, crashAt, hangAt, exhaustAt;
  std::uint64_t timeLimit; ///< Milliseconds; 0 for none.
  bool showsProgress;
  bool showsTimes;
  FixedText<PATH_MAX> tracePath;
  FixedText<PATH_MAX> input, output, report;
  FixedText<1024> target;

  FixedText<64> stage;
  /// A part of the stage; empty for most.
  FixedText<64> step;
  std::uint64_t stageSince;
  /// The process called exit; a watched one does so for nothing but help.
  bool exited;
  /// The stage had IR when it began.
  bool stageHasIR;
  Outcome outcome;
  bool invalidIR;
  int signal;
  PassRun culprit;
  /// Where threads met the failure that is told of another operation.
  PassRun alsoFailed;
  /// Milliseconds from the start to the end, and in the culprit.
  std::uint64_t elapsed, elapsedInPlace;
  FixedText<1024> reason;
  /// The pass or stage changed what is computed: where, and what differs.
  bool isWrongNumber;
  FixedText<256> wrongFunction, wrongOp, wrongNode;
  FixedText<32> difference;
  std::uint32_t frameCount;
  void *frames[64];

  /// Files to remove when the process dies; empty ones are free.
  FixedText<PATH_MAX> scratch[8];

  std::uint32_t diagnosticsSize;
  char diagnostics[1 << 16];

  std::atomic<std::uint32_t> threadCount;
  static constexpr std::uint32_t maxThreads = 256;
  ThreadRecord threads[maxThreads];

  /// Of the second run: else it is wanted of the stage.
  bool isInPassWanted() const { return !wantedRun.pass.empty(); }
  /// Else it is about the stage.
  bool isInPass() const { return !culprit.pass.empty(); }

  llvm::ArrayRef<ThreadRecord> getThreads() const {
    std::uint32_t count = threadCount.load();
    return {threads, count < maxThreads ? count : maxThreads};
  }
};

/// The process's box. Shared with the watching process when there is one.
BlackBox &blackBox();
/// Held while a failure is told: several threads may come to one, and the first
/// one counts.
std::mutex &boxMutex();
/// Gives the process a box that its children share.
void shareBlackBox();

/// Milliseconds of a clock that only goes forward. Safe in a signal handler.
std::uint64_t readClock();

/// The thread that is in one pass for the longest time; null when none is in
/// any. Of a process that is stopped it holds the likeliest culprit.
const ThreadRecord *findLongestRun(const BlackBox &box);
/// Makes that pass, or else the stage, the culprit.
void blameLongestRun(BlackBox &box);

/// The record of the calling thread.
ThreadRecord &currentThread();

} // namespace graphc

#endif // GRAPHC_LIB_SUPPORT_BLACKBOX_H
