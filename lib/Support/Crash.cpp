//===- Crash.cpp - Signals and fatal errors of LLVM -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Crash.h"

#include "BlackBox.h"

#include "llvm/Support/ErrorHandling.h"

#include <csignal>
#include <cstdlib>

#include <execinfo.h>
#include <unistd.h>

using namespace graphc;

/// What the calling thread was in becomes the culprit. Safe in a signal
/// handler: plain stores into mapped memory.
static void leaveTraces(BlackBox::Outcome outcome) {
  BlackBox &box = blackBox();
  box.outcome = outcome;
  ThreadRecord &thread = currentThread();
  if (thread.depth && thread.depth <= ThreadRecord::maxDepth)
    box.culprit = thread.runs[thread.depth - 1];
  box.frameCount = backtrace(box.frames, std::size(box.frames));
}

static void onSignal(int signal) {
  static volatile sig_atomic_t isHandling = 0;
  if (isHandling) // Another thread, or the handler itself.
    _exit(1);
  isHandling = 1;
  blackBox().signal = signal;
  leaveTraces(BlackBox::Outcome::Crashed);
  _exit(1);
}

static void onFatalError(void *, const char *reason, bool) {
  blackBox().reason.set(reason);
  leaveTraces(BlackBox::Outcome::Fatal);
  _exit(1);
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

  llvm::install_fatal_error_handler(onFatalError);
  llvm::install_bad_alloc_error_handler(onFatalError);
}

void graphc::crashOnPurpose() {
  *static_cast<volatile int *>(nullptr) = 0;
  std::abort();
}
