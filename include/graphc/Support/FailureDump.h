//===- FailureDump.h - A directory for every failure ---------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_FAILUREDUMP_H
#define GRAPHC_SUPPORT_FAILUREDUMP_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <string>

namespace graphc {

/// Runs `body`, which is all of a tool's `main`, in a child process and returns
/// its exit status: 0 to 3 whatever happens in it, never death by a signal; or
/// 128 and the signal's number when the user interrupts it.
///
/// When the child fails in a stage or pass, dies or is stopped, `body` runs a
/// second time, on one thread, only to write the IR from before the failure
/// into the new directory. So a compilation that succeeds pays for nothing but
/// the fork.
int supervise(int argc, char **argv, llvm::function_ref<int()> body);

struct FailureOptions {
  /// Where directories of failures are made; empty: none are.
  std::string dumpDirectory;
  /// Also for inputs that were refused with a structured error, which explain
  /// themselves.
  bool dumpRefusals = false;
  /// Keeps the values of weights, too.
  bool dumpWeights = false;
  /// A pass argument or the name of a stage that is to fail or to crash.
  std::string failAt, crashAt;
  /// The same for one that is never to end, or to run out of memory.
  std::string hangAt, exhaustAt;
  /// Seconds after which a compilation counts as failed; 0 for none.
  double timeLimit = 0;
  /// Says on a terminal what a compilation of some seconds is doing.
  bool showsProgress = false;
  /// For the replay: the input as given and the output's name.
  std::string input, output;
  /// The folder of a report, which a process that dies does not write.
  std::string report;
  /// The target in words, for README.txt.
  std::string target;
};

/// The options that `--dump-dir`, when given, and GRAPHC_DUMP_DIR stand for.
/// `fallback` is where dumps go when neither is there.
void chooseDumpDirectory(FailureOptions &options, bool given,
                         llvm::StringRef value, llvm::StringRef fallback);

/// Whether `--time-limit` can be that many seconds; if not, what is wrong.
bool isTimeLimit(double seconds);
inline constexpr char timeLimitUsage[] =
    "--time-limit takes seconds, from 0 to a million";

void configureFailures(const FailureOptions &options);

/// Lets the watching process print times, and write a trace, of a process that
/// dies before it can do so.
void reportTimesOfDeath(bool shows, llvm::StringRef tracePath);

/// Watches every pass that `pm` runs. `pm` must outlive its run.
void enableFailureDump(mlir::PassManager &pm);

/// Begins the stage `name`. `module` is the IR that it starts from, or null;
/// then `dump`, if any, writes into a dump what it starts from. Fails, or
/// crashes, when that was asked for; the caller then gives up.
mlir::LogicalResult beginStage(llvm::StringRef name, mlir::Operation *module,
                               llvm::function_ref<void()> dump = {});

/// For the `dump` of a stage: when it fails, dies or comes to no end, `print`
/// writes the file `name` of the dump. Until the stage ends.
void keepAfterFailure(llvm::StringRef name,
                      std::function<void(llvm::raw_ostream &)> print);
/// Begins a step of the current stage, of which failures then speak; fails or
/// crashes when that was asked for.
llvm::Error beginStep(llvm::StringRef name);
/// The step is over, and nothing failed in it.
void endStep();
/// The current stage is over; one that failed leaves its IR in the dump.
void endStage(bool isFailed);

/// Fails, with a message, when what was asked to fail or to crash has not run;
/// `ahead` are the stages that are still to come.
mlir::LogicalResult checkInjections(llvm::ArrayRef<llvm::StringRef> ahead = {});

/// Says that the current stage failed outside of a pass, `reason` in one line.
/// A failed pass has said so itself.
void recordStageFailure(llvm::StringRef reason);
/// Says that the pass that runs on `op` did what it must not, although it
/// reported no failure itself.
void recordPassFailure(mlir::Operation *op, llvm::StringRef reason);
/// Where a pass or stage changed what is computed.
struct WrongNumber {
  /// The function, and the op and the FX node of the first value that differs;
  /// empty where that is not known.
  std::string function, op, node;
  /// `value`, `integer`, `nan`, `infinity`, `shape` or `error`.
  std::string difference;
};
/// Says, before the failure is recorded, that it is one of numbers: its replay
/// checks them, on the inputs that the dump holds.
void recordWrongNumber(const WrongNumber &wrong);
/// Says that the input was refused with a structured error.
void recordRefusal(llvm::StringRef message);
/// Keeps the text of a diagnostic for diagnostics.txt.
void recordDiagnostic(llvm::StringRef text);
/// Keeps every diagnostic of `context`; other handlers still see them.
void recordDiagnostics(mlir::MLIRContext &context);

/// True in the second run, which writes no results but the dump's files.
bool isReplaying();
/// In the second run, writes a file into the dump, or into a folder of it.
void writeDumpFile(llvm::StringRef name,
                   llvm::function_ref<void(llvm::raw_ostream &)> write);

/// In the second run, of a compilation that starts from a module: writes
/// program.mlir, without values, and weights.txt.
void dumpProgram(mlir::Operation *module);

/// Removes `path` when the process does not end well, until it is forgotten.
void removeOnFailure(llvm::StringRef path);
void forgetFile(llvm::StringRef path);

} // namespace graphc

#endif // GRAPHC_SUPPORT_FAILUREDUMP_H
