//===- Reduce.h - Smaller modules that fail the same way ------ -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_REDUCE_REDUCE_H
#define GRAPHC_REDUCE_REDUCE_H

#include "llvm/Support/Error.h"

#include <chrono>
#include <string>
#include <vector>

namespace graphc {

struct ReduceOptions {
  /// A folder of a failure, a module, or a saved program.
  std::string input;
  /// Where the result goes, from the first step on: a file, or a new folder
  /// when it has no extension.
  std::string output;
  /// The folder of graphc and graphc-opt.
  std::string tools;
  /// `graphc` or `graphc-opt` and their options; empty: found from the input.
  std::vector<std::string> command;
  /// Exits with 0 when its argument, a file, is wanted.
  std::string script;
  /// Keeps what a pass computes wrong, whatever else the command is about.
  bool wrongNumber = false;
  std::chrono::seconds timeLimit{300};
  /// 0: 30 s, or less for what hangs.
  std::chrono::seconds queryTimeLimit{0};
  unsigned jobs = 1;
  uint64_t memoryLimit = uint64_t(8) << 30;
  /// Goes on from `output`.
  bool resume = false;
  bool verbose = false;
};

/// Writes something smaller that fails as `options.input` does to
/// `options.output`, and says on stdout what came of it. The signal with which
/// the user ended the search; 0: none.
llvm::Expected<int> reduceFailure(const ReduceOptions &options);

} // namespace graphc

#endif // GRAPHC_REDUCE_REDUCE_H
