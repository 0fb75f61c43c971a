//===- AfterIR.cpp - The IR that a failure leaves -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AfterIR.h"

#include "BlackBox.h"
#include "DumpFolder.h"
#include "DumpIR.h"

#include "graphc/Support/FailureDump.h"

#include "mlir/IR/Action.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Rewrite/PatternApplicator.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <new>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

using namespace mlir;
using namespace graphc;

using AfterState = BlackBox::AfterState;

/// Seconds that the fork has to print.
static constexpr unsigned printingTime = 20;
/// Bytes of its stack: printing goes as deep as regions do.
static constexpr size_t stackSize = size_t(16) << 20;
/// Bytes given back when memory has ended, for the fork to print with.
static constexpr size_t reserveSize = size_t(64) << 20;

namespace {
struct Watched {
  Operation *op = nullptr;
  std::string textName;
  std::function<void(raw_ostream &)> print;
  void *stack = nullptr, *reserve = nullptr;

  bool isAnything() const { return op || print; }
};
} // namespace

static Watched watched;
static ucontext_t printing, back;

/// Address space for the time when there is no more.
static void *mapAhead(size_t size, int protection) {
  void *memory = mmap(nullptr, size, protection,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

static void prepare() {
  blackBox().after = AfterState::Lost; // Until it is written.
  if (!watched.stack)
    watched.stack = mapAhead(stackSize, PROT_READ | PROT_WRITE);
  if (!watched.reserve)
    watched.reserve = mapAhead(reserveSize, PROT_NONE);
}

/// One rewrite is over.
static void noteRewrite() {
  BlackBox &box = blackBox();
  if (!watched.op || ++box.rewrites != box.lastRewrite)
    return;
  writeWatched();
  box.after = AfterState::LastRewrite;
  _exit(0);
}

void graphc::watchIR(Operation *op) {
  if (!isReplaying())
    return;
  while (Operation *parent = op->getParentOp())
    op = parent;
  watched.op = op;
  prepare();
  blackBox().rewrites = 0;
  op->getContext()->registerActionHandler(
      [](function_ref<void()> run, const tracing::Action &action) {
        run();
        if (isa<ApplyPatternAction>(action))
          noteRewrite();
      });
}

void graphc::watchText(StringRef name,
                       std::function<void(raw_ostream &)> print) {
  if (!isReplaying())
    return;
  watched.textName = name.str();
  watched.print = std::move(print);
  prepare();
}

void graphc::watchNothing() {
  watched.op = nullptr;
  watched.print = nullptr;
}

void graphc::writeWatched() {
  if (watched.op)
    writeModule("after.mlir", watched.op, "");
  if (watched.print)
    writeDumpFile(watched.textName, watched.print);
  if (watched.isAnything())
    blackBox().after = AfterState::AsFailed;
}

/// In the fork.
static void printAndExit() {
  writeWatched();
  _exit(blackBox().isLost ? 1 : 0);
}

/// A process that dies of what it prints is not to be told of.
static void becomePrinter() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 0);
  for (int signal :
       {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGALRM})
    ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  itimerval never = {};
  setitimer(ITIMER_REAL, &never, nullptr);
  alarm(printingTime);
  std::set_new_handler([] { _exit(1); });
  // A limit that was lowered, which a shell's is not, can be raised again.
  rlimit memory;
  if (!getrlimit(RLIMIT_AS, &memory)) {
    memory.rlim_cur = memory.rlim_max;
    setrlimit(RLIMIT_AS, &memory);
  }
}

/// False when the fork could not print.
static bool printInFork(AfterState state) {
  BlackBox &box = blackBox();
  if (!watched.stack)
    return false;
  if (watched.reserve) {
    munmap(watched.reserve, reserveSize);
    watched.reserve = nullptr;
  }
  // Not `fork`, which waits for the locks of malloc.
  pid_t child = _Fork();
  if (child < 0)
    return false;
  if (child == 0) {
    becomePrinter();
    // A handler's stack is small.
    getcontext(&printing);
    printing.uc_stack.ss_sp = watched.stack;
    printing.uc_stack.ss_size = stackSize;
    printing.uc_link = &back;
    makecontext(&printing, printAndExit, 0);
    swapcontext(&back, &printing);
    _exit(1);
  }
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  bool isWhole = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  box.after = isWhole ? state : AfterState::Lost;
  if (!isWhole)
    removeDumpFile(box.folder.get(),
                   watched.op ? StringRef("after.mlir") : watched.textName);
  return isWhole;
}

void graphc::writeWatchedFromHandler() {
  if (watched.isAnything())
    printInFork(AfterState::AtCrash);
}

static void onTimer(int) {
  static unsigned attempts = 0;
  // It is past what was watched, or in the middle of a change: then a little
  // later.
  if (!watched.isAnything() || printInFork(AfterState::AtStop) ||
      ++attempts == 5)
    _exit(0);
  itimerval soon = {{0, 0}, {0, 30000}};
  setitimer(ITIMER_REAL, &soon, nullptr);
}

void graphc::writeWatchedLater(unsigned milliseconds) {
  if (!watched.isAnything())
    _exit(0);
  struct sigaction action = {};
  action.sa_handler = onTimer;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGALRM, &action, nullptr);
  itimerval later = {};
  later.it_value.tv_sec = milliseconds / 1000;
  later.it_value.tv_usec = milliseconds % 1000 * 1000;
  setitimer(ITIMER_REAL, &later, nullptr);
}
