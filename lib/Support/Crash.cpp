//===- Crash.cpp - Signals and fatal errors of LLVM -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Crash.h"

#include "AfterIR.h"
#include "BlackBox.h"

#include "llvm/Support/ErrorHandling.h"

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <new>

#include <execinfo.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace graphc;
using Outcome = BlackBox::Outcome;

/// The thread whose end the box tells; 0 before any.
static std::atomic<pid_t> teller = 0;

/// Lets one thread tell its end. Others, which may come to theirs at the same
/// time, wait for the process to go; the same thread comes back only when
/// telling itself failed.
static void claimEnd() {
  pid_t nobody = 0, self = gettid();
  if (teller.compare_exchange_strong(nobody, self))
    return;
  if (nobody == self)
    _exit(1);
  while (true)
    pause();
}

/// What the calling thread was in becomes the culprit. Safe in a signal
/// handler: plain stores into mapped memory.
static void leaveTraces(Outcome outcome) {
  BlackBox &box = blackBox();
  box.outcome = outcome;
  if (const PassRun *run = currentThread().innermost())
    box.culprit = *run;
  box.frameCount = backtrace(box.frames, std::size(box.frames));
  writeWatchedFromHandler();
}

static void onSignal(int signal) {
  claimEnd();
  blackBox().signal = signal;
  leaveTraces(Outcome::Crashed);
  _exit(1);
}

static void onFatalError(void *, const char *reason, bool) {
  claimEnd();
  blackBox().reason.set(reason);
  leaveTraces(Outcome::Fatal);
  _exit(1);
}

static void onOutOfMemory() {
  claimEnd();
  leaveTraces(Outcome::OutOfMemory);
  _exit(1);
}

static void onBadAllocation(void *, const char *, bool) { onOutOfMemory(); }

//===----------------------------------------------------------------------===//
// Being stopped
//===----------------------------------------------------------------------===//

/// Asks a thread for its stack.
static constexpr int stackSignal = SIGUSR1;

static void onStackSignal(int) {
  if (!teller)
    return;
  BlackBox &box = blackBox();
  box.frameCount = backtrace(box.frames, std::size(box.frames));
  _exit(1);
}

/// The signal may have come to any thread. The stack is to be that of the one
/// to blame.
static void onStop(int signal) {
  claimEnd();
  BlackBox &box = blackBox();
  box.signal = signal;
  box.outcome =
      signal == timeoutSignal ? Outcome::TimedOut : Outcome::Interrupted;
  blameLongestRun(box);
  const ThreadRecord *thread = findLongestRun(box);
  if (thread && thread->id != gettid() &&
      syscall(SYS_tgkill, getpid(), thread->id, stackSignal) == 0) {
    timespec patience = {1, 0};
    nanosleep(&patience, nullptr);
    _exit(1);
  }
  onStackSignal(stackSignal);
}

/// Who read the output went away. Where that is who read the messages, there
/// may still be a failure to tell of; otherwise nobody wants the rest.
static void onBrokenPipe(int signal) {
  pollfd messages = {STDERR_FILENO, 0, 0};
  if (poll(&messages, 1, 0) == 1 && messages.revents & POLLERR)
    return;
  ::signal(signal, SIG_DFL);
  raise(signal);
}

void graphc::installCrashHandlers() {
  // The first call loads a library, which a handler must not.
  void *frame[1];
  backtrace(frame, 1);
  currentThread();

  // Enough for a handler after the stack has overflowed.
  static char alternate[1 << 16];
  stack_t stack = {};
  stack.ss_sp = alternate;
  stack.ss_size = sizeof(alternate);
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS})
    sigaction(signal, &action, nullptr);
  action.sa_handler = onBrokenPipe;
  sigaction(SIGPIPE, &action, nullptr);
  action.sa_handler = onStackSignal;
  sigaction(stackSignal, &action, nullptr);
  action.sa_handler = onStop;
  // One Ctrl-C may come twice, from the terminal and from who watches.
  for (int signal : {SIGINT, SIGTERM, SIGHUP, timeoutSignal})
    sigaddset(&action.sa_mask, signal);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, timeoutSignal}) {
    struct sigaction inherited;
    // Who started this in the background wants no Ctrl-C to reach it.
    if (!sigaction(signal, nullptr, &inherited) &&
        inherited.sa_handler != SIG_IGN)
      sigaction(signal, &action, nullptr);
  }

  std::set_new_handler(onOutOfMemory);
  llvm::install_fatal_error_handler(onFatalError);
  llvm::install_bad_alloc_error_handler(onBadAllocation);
}

void graphc::crashOnPurpose() {
  *static_cast<volatile int *>(nullptr) = 0;
  std::abort();
}

void graphc::exhaustOnPurpose() {
  // The machine is not to run out of it.
  rlimit memory;
  getrlimit(RLIMIT_AS, &memory);
  memory.rlim_cur = 1;
  setrlimit(RLIMIT_AS, &memory);
  while (true)
    static_cast<void>(::operator new(1 << 20));
}

void graphc::hangOnPurpose() {
  while (true)
    pause();
}
