//===- Query.cpp - Whether a candidate still fails ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Query.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace graphc;
using namespace graphc::reduce;
using llvm::StringRef;
using Clock = std::chrono::steady_clock;

std::string Command::describe(StringRef input) const {
  std::string text;
  for (StringRef word : words) {
    std::string quoted = word == "{}"      ? input.str()
                         : word == "{out}" ? "/dev/null"
                                           : word.str();
    bool isPlain = llvm::all_of(quoted, [](char c) {
      return llvm::isAlnum(c) || StringRef("-_./=,:+@%").contains(c);
    });
    text += text.empty() ? "" : " ";
    text += isPlain ? quoted : "'" + quoted + "'";
  }
  return text;
}

bool Command::has(StringRef option) const {
  return llvm::any_of(words, [&](StringRef word) {
    word.consume_front("-");
    StringRef name = option.drop_front();
    return word == name || word.starts_with((name + "=").str());
  });
}

//===----------------------------------------------------------------------===//
// Interruptions
//===----------------------------------------------------------------------===//

static volatile std::sig_atomic_t interruption = 0;
static constexpr int interruptions[] = {SIGINT, SIGTERM, SIGHUP};

InterruptionScope::InterruptionScope() {
  struct sigaction action = {};
  action.sa_handler = [](int signal) { interruption = signal; };
  // The second one is not asked for patience.
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  for (int signal : interruptions) {
    struct sigaction inherited;
    if (!sigaction(signal, nullptr, &inherited) &&
        inherited.sa_handler != SIG_IGN)
      sigaction(signal, &action, nullptr);
  }
}

InterruptionScope::~InterruptionScope() {
  for (int number : interruptions) {
    struct sigaction current;
    if (!sigaction(number, nullptr, &current) && current.sa_handler != SIG_IGN)
      signal(number, SIG_DFL);
  }
}

int InterruptionScope::getSignal() { return interruption; }

//===----------------------------------------------------------------------===//
// Processes
//===----------------------------------------------------------------------===//

bool QueryRunner::isLate() const {
  return interruption || Clock::now() >= options.deadline;
}

static void limit(decltype(RLIMIT_AS) resource, rlim_t value) {
  rlimit bounds = {value, value};
  setrlimit(resource, &bounds);
}

/// In the child: becomes the command, or ends.
[[noreturn]] static void become(std::vector<std::string> &words,
                                StringRef report, const QueryOptions &options) {
  setpgid(0, 0);
  // Nobody is left to ask when the parent is killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int null = open("/dev/null", O_RDWR);
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    dup2(null, stream);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_AS, options.memoryLimit);
  // Threads may use more time than passes.
  limit(RLIMIT_CPU, 10 + 4 * options.timeLimit.count() / 1000);
  setenv("GRAPHC_FAILURE_REPORT", report.str().c_str(), 1);
  unsetenv("GRAPHC_DUMP_DIR");
  std::vector<char *> argv;
  for (std::string &word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  _exit(127);
}

/// The tools stop themselves, so that they can say where they were; those that
/// do not are killed somewhat later.
static constexpr std::chrono::seconds patience{5};

std::vector<std::string> QueryRunner::wordsFor(const Process &process) const {
  if (!options.script.empty())
    return {options.script, process.input};
  std::vector<std::string> words;
  for (const std::string &word : command.words)
    words.push_back(word == "{}"      ? process.input
                    : word == "{out}" ? process.output
                                      : word);
  if (!command.has("--time-limit"))
    words.push_back("--time-limit=" +
                    std::to_string(options.timeLimit.count() / 1000.0));
  return words;
}

std::optional<QueryRunner::Process> QueryRunner::start(StringRef text,
                                                       size_t index) {
  Process process;
  process.index = index;
  std::string stem = scratch + "/" + std::to_string(numQueries++);
  process.input = stem + command.extension;
  process.output = stem + ".out";
  process.report = stem + ".json";
  std::error_code error;
  llvm::raw_fd_ostream os(process.input, error);
  if (error)
    return std::nullopt;
  os << text;
  os.close();
  if (os.has_error()) {
    os.clear_error();
    return std::nullopt;
  }
  std::vector<std::string> words = wordsFor(process);
  process.pid = fork();
  if (process.pid < 0)
    return std::nullopt;
  if (process.pid == 0)
    become(words, process.report, options);
  setpgid(process.pid, process.pid);
  process.end = Clock::now() + options.timeLimit;
  if (options.script.empty())
    process.end += patience;
  return process;
}

bool QueryRunner::poll(Process &process, int &status) {
  pid_t done = waitpid(process.pid, &status, WNOHANG);
  if (done == process.pid)
    return true;
  if (Clock::now() < process.end && !isLate())
    return false;
  discard(process);
  status = -1;
  return true;
}

static void removeFiles(StringRef input, StringRef output, StringRef report) {
  for (StringRef path : {input, output, report})
    llvm::sys::fs::remove(path);
  // What graphc writes beside an object.
  for (StringRef extension : {".h", ".safetensors"})
    llvm::sys::fs::remove(output.drop_back(strlen(".out")) + extension);
}

void QueryRunner::discard(Process &process) {
  kill(-process.pid, SIGKILL);
  kill(process.pid, SIGKILL);
  waitpid(process.pid, nullptr, 0);
  removeFiles(process.input, process.output, process.report);
}

std::optional<Signature> QueryRunner::takeSignature(Process &process,
                                                    int status) {
  if (status == -1) // Late.
    return std::nullopt;
  std::optional<Signature> signature;
  if (!options.script.empty()) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
      signature.emplace();
  } else if (auto report = readFailureReport(process.report)) {
    signature.emplace(*report);
  }
  removeFiles(process.input, process.output, process.report);
  return signature;
}

void QueryRunner::wait() const {
  if (idle)
    idle();
  usleep(500);
}

std::optional<Signature> QueryRunner::run(StringRef text) {
  std::optional<Process> process = start(text, 0);
  if (!process)
    return std::nullopt;
  int status;
  while (!poll(*process, status))
    wait();
  return takeSignature(*process, status);
}

std::optional<size_t> QueryRunner::findFirst(llvm::ArrayRef<std::string> texts,
                                             const Signature &wanted) {
  std::vector<Process> running;
  size_t next = 0;
  std::optional<size_t> first;
  while (next < texts.size() || !running.empty()) {
    while (next < texts.size() && running.size() < options.jobs && !first &&
           !isLate()) {
      std::optional<Process> process = start(texts[next], next);
      ++next;
      if (process)
        running.push_back(std::move(*process));
    }
    bool isIdle = true;
    for (size_t i = 0; i < running.size();) {
      int status;
      bool isLater = first && running[i].index > *first;
      if (isLater) {
        discard(running[i]);
      } else if (poll(running[i], status)) {
        std::optional<Signature> found = takeSignature(running[i], status);
        bool isWanted = found && (!options.script.empty() || *found == wanted);
        if (isWanted)
          first = running[i].index;
      } else {
        ++i;
        continue;
      }
      running.erase(running.begin() + i);
      isIdle = false;
    }
    if (running.empty() && (first || isLate()))
      break;
    if (isIdle)
      wait();
  }
  return first;
}
