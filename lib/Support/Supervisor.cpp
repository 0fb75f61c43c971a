//===- Supervisor.cpp - Watch over a compilation --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/FailureDump.h"

#include "BlackBox.h"
#include "DumpFolder.h"
#include "EventLog.h"
#include "FailureReportWriter.h"
#include "ReplayScript.h"
#include "Watch.h"

#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/OutputFiles.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace graphc;
using llvm::StringRef;

using Outcome = BlackBox::Outcome;

/// A child that was killed could not say where it was.
static void noteDeath(BlackBox &box, int signal) {
  bool isStopped =
      box.outcome == Outcome::TimedOut || box.outcome == Outcome::Interrupted;
  if (isStopped) // It had no time to give its stack.
    return;
  box.outcome = Outcome::Crashed;
  box.signal = signal;
  blameLongestRun(box);
}

static void removeScratch() {
  BlackBox &box = blackBox();
  for (const auto &path : box.scratch)
    if (!path.empty())
      unlink(path.text);
}

static void warnOfLoss(StringRef folder) {
  llvm::errs() << "graphc: warning: cannot write to '" << folder
               << "': the failure is not kept\n";
}

/// Milliseconds that a second run of what came to no end goes on for, to show
/// what it was doing: as long as the first one, within reason.
static std::uint32_t timeToGoOn(const BlackBox &first) {
  constexpr std::uint64_t least = 50, most = 1000;
  return std::clamp(first.elapsedInPlace, least, most);
}

/// The second run starts from the box of a new process; the story of the first
/// one is kept in `first`.
///
/// `lastRewrite` is that of the pass behind which to write the IR; 0 for its
/// end.
static std::optional<ChildEnd> runAgain(const BlackBox &first, StringRef folder,
                                        std::uint32_t lastRewrite,
                                        InterruptionGuard &guard,
                                        llvm::function_ref<int()> body) {
  BlackBox &box = blackBox();
  std::memset(static_cast<void *>(&box), 0, sizeof(BlackBox));
  box.replaying = true;
  box.wantedStage = first.stage;
  box.wantedRun = first.culprit;
  box.stopAtPlace = first.outcome == Outcome::TimedOut ||
                    first.outcome == Outcome::Interrupted;
  box.goOnFor = timeToGoOn(first);
  box.lastRewrite = lastRewrite;
  box.folder.set(folder);
  // On one thread it takes longer.
  auto end = guard.runSilently(body, 10000 + 4 * first.elapsed);
  if (end && !end->interruption && WIFSIGNALED(end->status)) {
    // It hangs, too, perhaps on another operation.
    box.outcome = first.outcome;
    blameLongestRun(box);
  }
  removeScratch();
  return end;
}

/// Of several operations that a pass fails on, threads may have come to another
/// one first. One thread always comes to the same one first, as the replay
/// does.
static bool failedElsewhere(const BlackBox &first, const BlackBox &second) {
  return !second.isWritten && !first.culprit.pass.empty() &&
         second.outcome == first.outcome && !second.culprit.pass.empty() &&
         !second.culprit.isSame(first.culprit);
}

/// Makes the directory and lets the compilation run again to fill in the IR.
static void dumpFailure(llvm::ArrayRef<char *> commandLine,
                        InterruptionGuard &guard,
                        llvm::function_ref<int()> body) {
  BlackBox &box = blackBox();
  std::string folder = makeDumpFolder(box);
  if (folder.empty())
    return warnOfLoss(box.dumpRoot.get());
  auto first = std::make_unique<BlackBox>();
  std::memcpy(static_cast<void *>(first.get()), &box, sizeof(BlackBox));
  std::optional<ChildEnd> end = runAgain(*first, folder, 0, guard, body);
  if (end && !end->interruption && failedElsewhere(*first, box)) {
    llvm::errs() << "graphc: note: " << first->culprit.op.get()
                 << " was not the first to fail; " << box.culprit.op.get()
                 << " is what is kept\n";
    first->alsoFailed = first->culprit;
    first->culprit = box.culprit;
    if (!box.reason.empty())
      first->reason = box.reason;
    end = runAgain(*first, folder, 0, guard, body);
  }
  first->after = box.after;
  first->rewrites = box.rewrites;
  // What it left cannot be printed, so take what was there a moment before.
  if (box.after == BlackBox::AfterState::Lost && box.rewrites && end &&
      !end->interruption && !isEndless(*first)) {
    end = runAgain(*first, folder, first->rewrites, guard, body);
    first->after = box.after;
  }
  bool isLost = box.isLost;
  std::memcpy(static_cast<void *>(&box), first.get(), sizeof(BlackBox));
  if (end && end->interruption && box.outcome == Outcome::Interrupted) {
    llvm::sys::fs::remove_directories(folder);
    return;
  }
  if (isLost || !fillDumpFolder(box, folder, commandLine)) {
    llvm::sys::fs::remove_directories(folder);
    return warnOfLoss(folder);
  }
  llvm::errs() << "graphc: note: the failure is kept in " << folder
               << "; do it again with: sh " << quoteWord(folder + "/replay.sh")
               << '\n';
}

/// The times that the process did not come to report.
static void reportTimes(const BlackBox &box) {
  if (box.showsTimes)
    printEventTimes(llvm::errs());
  if (box.tracePath.empty())
    return;
  OutputFiles files;
  llvm::Error error =
      files.write(box.tracePath.get(), [](llvm::raw_pwrite_stream &os) {
        writeEventLog(os);
        return llvm::Error::success();
      });
  if (!error)
    error = files.commit();
  if (error)
    llvm::errs() << "graphc: warning: " << llvm::toString(std::move(error))
                 << '\n';
}

/// The exit status that a shell expects when the user ended the compilation.
static int interruptedStatus(int signal) { return 128 + signal; }

int graphc::supervise(int argc, char **argv, llvm::function_ref<int()> body) {
  // For debuggers.
  if (llvm::sys::Process::GetEnv("GRAPHC_IN_PROCESS"))
    return body();
  shareBlackBox();
  shareEventLog();
  // Files that grow over a limit are errors like others, and so is who does not
  // read the messages. A file must not become one of the standard streams.
  signal(SIGXFSZ, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  llvm::scope_exit forget([] { llvm::errs().clear_error(); });
  if (llvm::sys::Process::FixupStandardFileDescriptors())
    return 1;
  InterruptionGuard guard;
  BlackBox &box = blackBox();
  std::uint64_t start = readClock();
  std::optional<ChildEnd> end =
      guard.runInChild(body, /*mayShowProgress=*/true);
  if (!end)
    return body();
  box.elapsed = readClock() - start;
  int status = end->status;
  if (WIFSIGNALED(status)) {
    int signal = WTERMSIG(status);
    if (signal == SIGPIPE || end->interruption) {
      removeScratch();
      return end->interruption ? interruptedStatus(end->interruption) : 1;
    }
    noteDeath(box, signal);
  }
  bool isExplained = box.outcome == Outcome::None ||
                     box.outcome == Outcome::Refused ||
                     box.outcome == Outcome::Failed;
  // Help and wrong usage are over before the first stage.
  if (box.exited && !box.stage.empty() && box.outcome == Outcome::None) {
    box.outcome = Outcome::Failed;
    box.reason.set("a library called exit");
    isExplained = false;
  }
  if (!isExplained) {
    bool isStopped =
        box.outcome == Outcome::TimedOut || box.outcome == Outcome::Interrupted;
    StringRef code = box.outcome == Outcome::Fatal         ? "fatal"
                     : box.outcome == Outcome::OutOfMemory ? "out-of-memory"
                     : isStopped                           ? "stopped"
                                                           : "crash";
    llvm::errs() << "graphc: error[" << code << "]: " << describeFailure(box)
                 << '\n'
                 << formatHelp(code) << '\n';
    reportTimes(box);
    if (!box.report.empty())
      llvm::errs() << "graphc: note: no report was written to '"
                   << box.report.get() << "'\n";
  }
  int exitStatus = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  exitStatus = exitStatus > 3 ? 1 : exitStatus;
  if (box.outcome == Outcome::Interrupted)
    exitStatus = interruptedStatus(box.signal);
  if (exitStatus != 0)
    removeScratch();
  if (exitStatus != 0 && box.outcome != Outcome::None)
    if (auto report = llvm::sys::Process::GetEnv("GRAPHC_FAILURE_REPORT"))
      writeFailureReport(box, *report);
  // An interruption before the first stage interrupts nothing.
  bool isNothing = box.outcome == Outcome::None ||
                   (box.outcome == Outcome::Interrupted && box.stage.empty());
  bool isWanted =
      !isNothing && (box.outcome != Outcome::Refused || box.dumpRefusals);
  if (exitStatus != 0 && isWanted && box.dumpEnabled)
    dumpFailure(llvm::ArrayRef<char *>(argv, argc), guard, body);
  return exitStatus;
}
