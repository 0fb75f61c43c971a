//===- Watch.cpp - Run a process and watch it -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Watch.h"

#include "BlackBox.h"
#include "Crash.h"
#include "Progress.h"

#include "graphc/Support/ErrorCatalogue.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace graphc;

static constexpr int interruptions[] = {SIGINT, SIGTERM, SIGHUP};

InterruptionGuard::InterruptionGuard() {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  for (int signal : interruptions) {
    struct sigaction inherited;
    if (!sigaction(signal, nullptr, &inherited) &&
        inherited.sa_handler != SIG_IGN)
      sigaddset(&mask, signal);
  }
  sigprocmask(SIG_BLOCK, &mask, &previous);
  signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

InterruptionGuard::~InterruptionGuard() {
  // What has come is answered; it is not to end the process now.
  signalfd_siginfo info;
  while (read(signals, &info, sizeof(info)) == sizeof(info))
    ;
  close(signals);
  sigprocmask(SIG_SETMASK, &previous, nullptr);
}

/// The exit status of `body`, with all of its output written.
static int runAndFlush(llvm::function_ref<int()> body) {
  int status = body();
  llvm::outs().flush();
  if (!llvm::outs().has_error())
    return status;
  llvm::errs() << "graphc: error[output-write]: cannot write to stdout: "
               << llvm::outs().error().message() << '\n'
               << formatHelp("output-write") << '\n';
  llvm::outs().clear_error();
  return status ? status : 1;
}

/// Forks; in the child runs `body` after `prepare` and does not return.
static pid_t forkChild(const sigset_t &mask, llvm::function_ref<void()> prepare,
                       llvm::function_ref<int()> body) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child != 0)
    return child;
  // Nobody is left to tell when the parent is killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1);
  installCrashHandlers();
  prepare();
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  std::atexit([] {
    blackBox().exited = true;
    if (const PassRun *run = currentThread().innermost())
      blackBox().culprit = *run;
  });
  // Destructors of statics have nothing left to do.
  _exit(runAndFlush(body));
}

std::optional<ChildEnd>
InterruptionGuard::runInChild(llvm::function_ref<int()> body,
                              bool mayShowProgress) {
  // The line is taken away before anything else is written: all of it comes
  // through the one who writes the line.
  int ends[2] = {-1, -1};
  if (mayShowProgress && isatty(STDERR_FILENO) && pipe2(ends, O_CLOEXEC))
    ends[0] = ends[1] = -1;
  auto prepare = [&] {
    if (ends[1] >= 0)
      dup2(ends[1], STDERR_FILENO);
  };
  pid_t child = forkChild(previous, prepare, body);
  if (ends[1] >= 0)
    close(ends[1]);
  std::optional<ChildEnd> end;
  if (child > 0)
    end = watch(child, ends[0], /*isSilent=*/false, /*patience=*/0);
  if (ends[0] >= 0)
    close(ends[0]);
  return end;
}

std::optional<ChildEnd>
InterruptionGuard::runSilently(llvm::function_ref<int()> body,
                               std::uint64_t patience) {
  auto prepare = [] {
    for (int signal : interruptions)
      ::signal(signal, SIG_IGN);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
  };
  pid_t child = forkChild(previous, prepare, body);
  if (child < 0)
    return std::nullopt;
  return watch(child, /*output=*/-1, /*isSilent=*/true, patience);
}

/// Passes on what is in the pipe; false when nothing more can come.
static bool forwardOutput(int output, ProgressLine &line) {
  char text[1 << 14];
  ssize_t size = read(output, text, sizeof(text));
  if (size <= 0)
    return size < 0 && errno == EINTR;
  line.forward({text, std::size_t(size)});
  return true;
}

ChildEnd InterruptionGuard::watch(int child, int output, bool isSilent,
                                  std::uint64_t patience) {
  constexpr std::uint64_t showAfter = 2000, stopWithin = 3000;
  const BlackBox &box = blackBox();
  std::uint64_t start = readClock(), stopped = 0;
  ChildEnd end = {};
  ProgressLine line;
  auto stop = [&](int signal) {
    stopped = readClock();
    kill(child, signal);
  };
  while (true) {
    pollfd events[] = {{signals, POLLIN, 0}, {output, POLLIN, 0}};
    poll(events, output >= 0 ? 2 : 1, /*timeout=*/100);
    if (output >= 0 && events[1].revents && !forwardOutput(output, line))
      output = -1;
    signalfd_siginfo info;
    while (read(signals, &info, sizeof(info)) == sizeof(info)) {
      int signal = info.ssi_signo;
      if (signal == SIGCHLD)
        continue;
      // From a terminal the child has it too, and does not mind.
      stop(isSilent || end.interruption ? SIGKILL : signal);
      end.interruption = signal;
    }
    if (waitpid(child, &end.status, WNOHANG) == child)
      break;
    std::uint64_t now = readClock(), elapsed = now - start;
    if (stopped && now - stopped > stopWithin)
      stop(SIGKILL);
    else if (patience && elapsed > patience)
      stop(SIGKILL);
    else if (!stopped && !isSilent && box.timeLimit && elapsed >= box.timeLimit)
      stop(timeoutSignal);
    if (output >= 0 && box.showsProgress && elapsed > showAfter)
      line.show(box, elapsed);
  }
  while (output >= 0 && forwardOutput(output, line))
    ;
  return end;
}
