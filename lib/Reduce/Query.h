//===- Query.h - Whether a candidate still fails -------------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_QUERY_H
#define GRAPHC_LIB_REDUCE_QUERY_H

#include "Signature.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace graphc::reduce {

/// A command line in which `{}` stands for the candidate's file and `{out}` for
/// a file that the command may write.
struct Command {
  std::vector<std::string> words;
  /// Of candidates' files: what the tools tell forms of programs by.
  std::string extension = ".mlir";

  std::string describe(llvm::StringRef input) const;
  /// Whether the command line has `option`, with a value or without.
  bool has(llvm::StringRef option) const;
};

struct QueryOptions {
  /// Exits with 0 for a candidate that is wanted, which is its one argument.
  /// When it is there, nothing else decides.
  std::string script;
  unsigned jobs = 1;
  std::chrono::milliseconds timeLimit{30000};
  uint64_t memoryLimit = uint64_t(8) << 30;
  /// Nothing runs for longer than that.
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::time_point::max();
};

/// Runs commands in processes of their own, several at a time, each with limits
/// of time and memory.
class QueryRunner {
public:
  /// `scratch` is a folder of its own.
  QueryRunner(Command command, std::string scratch, QueryOptions options)
      : command(std::move(command)), scratch(std::move(scratch)),
        options(std::move(options)) {}

  /// How `text` fails; nothing when it does not.
  std::optional<Signature> run(llvm::StringRef text);
  /// The index of the first of `texts` that fails as `wanted`, or that the
  /// script wants. Later ones are given up when an earlier one does.
  std::optional<size_t> findFirst(llvm::ArrayRef<std::string> texts,
                                  const Signature &wanted);
  void setDeadline(std::chrono::steady_clock::time_point when) {
    options.deadline = when;
  }
  /// The time is over, or somebody wants an end.
  bool isLate() const;
  unsigned getJobs() const { return options.jobs; }
  unsigned getNumQueries() const { return numQueries; }
  const Command &getCommand() const { return command; }
  /// Called every now and then while processes run.
  void setIdle(llvm::function_ref<void()> callback) { idle = callback; }

private:
  struct Process {
    int pid = -1;
    size_t index = 0;
    std::chrono::steady_clock::time_point end;
    std::string input, output, report;
  };
  std::optional<Process> start(llvm::StringRef text, size_t index);
  std::vector<std::string> wordsFor(const Process &process) const;
  /// Reaps `process` when it has ended or its time is over.
  bool poll(Process &process, int &status);
  void discard(Process &process);
  std::optional<Signature> takeSignature(Process &process, int status);
  void wait() const;

  Command command;
  std::string scratch;
  QueryOptions options;
  llvm::function_ref<void()> idle;
  unsigned numQueries = 0;
};

/// From here on SIGINT, SIGTERM and SIGHUP make all queries late; a second one
/// ends the process.
class InterruptionScope {
public:
  InterruptionScope();
  ~InterruptionScope();
  /// The signal that came; 0: none.
  static int getSignal();
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_QUERY_H
