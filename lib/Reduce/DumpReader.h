//===- DumpReader.h - What a folder of a failure says --------- -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_DUMPREADER_H
#define GRAPHC_LIB_REDUCE_DUMPREADER_H

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace graphc::reduce {

struct Dump {
  /// Empty when there was no IR.
  std::string module;
  /// The pass that failed as a pipeline; empty for a stage.
  std::string pipeline;
  std::string input;
  /// The pass that failed; empty for a stage.
  std::string pass;
  /// The command line, its first word the tool.
  std::vector<std::string> command;
  /// How numbers differ; empty when that is not the failure.
  std::string difference;
  /// It ran into a time limit, or somebody did not want to wait.
  bool isEndless = false;
  /// Bytes of address space under which memory ended; 0: no matter.
  uint64_t memoryLimit = 0;
};

llvm::Expected<Dump> readDump(llvm::StringRef folder);

/// The words of a line of a shell, in which only single quotes mean something.
std::vector<std::string> splitWords(llvm::StringRef line);

/// The pipeline for `--run-reproducer` in the text of a module; empty: none.
std::string findPipeline(llvm::StringRef text);

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_DUMPREADER_H
