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

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace graphc::reduce {

/// A command line in which `{}` stands for the candidate's file and `{out}` for
/// a file that the command may write.
struct Command {
  std::vector<std::string> words;
  std::string describe(llvm::StringRef input) const;
};

struct QueryOptions {
  /// Exits with 0 for a candidate that is wanted, which is its one argument.
  /// When it is there, nothing else decides.
  std::string script;
  unsigned jobs = 1;
  std::chrono::milliseconds timeLimit{30000};
  uint64_t memoryLimit = uint64_t(8) << 30;
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
  /// Ends no later than `when`.
  void setDeadline(std::chrono::steady_clock::time_point when) {
    deadline = when;
  }
  bool isLate() const {
    return deadline && std::chrono::steady_clock::now() >= *deadline;
  }
  unsigned getJobs() const { return options.jobs; }
  void setTimeLimit(std::chrono::milliseconds limit) {
    options.timeLimit = limit;
  }
  unsigned getNumQueries() const { return numQueries; }
  const Command &getCommand() const { return command; }

private:
  struct Process {
    int pid = -1;
    size_t index = 0;
    std::chrono::steady_clock::time_point end;
    std::string input, output, report;
  };
  std::optional<Process> start(llvm::StringRef text, size_t index);
  /// Reaps `process` when it has ended or its time is over.
  bool poll(Process &process, int &status);
  void discard(Process &process);
  std::optional<Signature> takeSignature(Process &process, int status);

  Command command;
  std::string scratch;
  QueryOptions options;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  unsigned numQueries = 0;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_QUERY_H
