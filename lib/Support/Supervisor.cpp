//===- Supervisor.cpp - Watch over a compilation --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/FailureDump.h"

#include "BlackBox.h"
#include "Crash.h"
#include "DumpFolder.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace graphc;
using llvm::StringRef;

/// Runs `body` in a child process; its wait status, or nothing when no process
/// can be made. `isSilent` is for the run that only writes the dump.
static std::optional<int> runInChild(llvm::function_ref<int()> body,
                                     bool isSilent) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0)
    return std::nullopt;
  if (child == 0) {
    // Nobody is left to tell when the parent is killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    installCrashHandlers();
    std::atexit([] { blackBox().exited = true; });
    if (isSilent) {
      int null = open("/dev/null", O_WRONLY);
      dup2(null, STDOUT_FILENO);
      dup2(null, STDERR_FILENO);
    }
    int status = body();
    llvm::outs().flush();
    if (llvm::outs().has_error()) {
      llvm::errs() << "graphc: error: cannot write to stdout: "
                   << llvm::outs().error().message() << '\n';
      llvm::outs().clear_error();
      status = status ? status : 1;
    }
    // Destructors of statics have nothing left to do.
    _exit(status);
  }
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  return status;
}

/// A child that the kernel killed could not say where it was.
static void noteDeath(int signal) {
  BlackBox &box = blackBox();
  box.outcome = BlackBox::Outcome::Crashed;
  box.signal = signal;
  std::uint32_t count =
      std::min<std::uint32_t>(box.threadCount.load(), BlackBox::maxThreads);
  for (std::uint32_t i = 0; i < count; ++i) {
    ThreadRecord &thread = box.threads[i];
    if (thread.depth && thread.depth <= ThreadRecord::maxDepth)
      box.culprit = thread.runs[thread.depth - 1];
  }
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

/// Makes the directory and lets the compilation run again to fill in the IR.
static void dumpFailure(llvm::ArrayRef<char *> commandLine,
                        llvm::function_ref<int()> body) {
  BlackBox &box = blackBox();
  std::string folder = makeDumpFolder(box);
  if (folder.empty())
    return warnOfLoss(box.dumpRoot.get());
  // The second run starts from the box of a new process and leaves the story of
  // the first one alone.
  auto first = std::make_unique<BlackBox>();
  std::memcpy(static_cast<void *>(first.get()), &box, sizeof(BlackBox));
  std::memset(static_cast<void *>(&box), 0, sizeof(BlackBox));
  box.replaying = true;
  box.wantedStage = first->stage;
  box.wantedRun = first->culprit;
  box.folder.set(folder);
  runInChild(body, /*isSilent=*/true);
  removeScratch();
  std::memcpy(static_cast<void *>(&box), first.get(), sizeof(BlackBox));
  if (!fillDumpFolder(box, folder, commandLine)) {
    llvm::sys::fs::remove_directories(folder);
    return warnOfLoss(folder);
  }
  llvm::errs() << "graphc: note: the failure is kept in " << folder
               << "; do it again with: sh " << folder << "/replay.sh\n";
}

/// Somebody wanted the compilation to end.
static bool isInterruption(int signal) {
  return signal == SIGINT || signal == SIGTERM || signal == SIGHUP ||
         signal == SIGPIPE;
}

int graphc::supervise(int argc, char **argv, llvm::function_ref<int()> body) {
  // For debuggers.
  if (llvm::sys::Process::GetEnv("GRAPHC_IN_PROCESS"))
    return body();
  shareBlackBox();
  std::optional<int> status = runInChild(body, /*isSilent=*/false);
  if (!status)
    return body();
  BlackBox &box = blackBox();
  if (WIFSIGNALED(*status)) {
    if (isInterruption(WTERMSIG(*status))) {
      removeScratch();
      return 1;
    }
    noteDeath(WTERMSIG(*status));
  }
  using Outcome = BlackBox::Outcome;
  bool isExplained =
      box.outcome != Outcome::Crashed && box.outcome != Outcome::Fatal;
  // Help and wrong usage are over before the first stage.
  if (box.exited && !box.stage.empty() && box.outcome == Outcome::None) {
    box.outcome = Outcome::Failed;
    box.reason.set("a library called exit");
    isExplained = false;
  }
  if (!isExplained)
    llvm::errs() << "graphc: error: " << describeFailure(box) << '\n';
  int exitStatus = WIFEXITED(*status) ? WEXITSTATUS(*status) : 1;
  exitStatus = exitStatus > 3 ? 1 : exitStatus;
  if (exitStatus != 0)
    removeScratch();
  bool isWanted = box.outcome != Outcome::None &&
                  (box.outcome != Outcome::Refused || box.dumpRefusals);
  if (exitStatus != 0 && isWanted && box.dumpEnabled)
    dumpFailure(llvm::ArrayRef<char *>(argv, argc), body);
  return exitStatus;
}
