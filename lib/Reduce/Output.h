//===- Output.h - Where the result goes -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_OUTPUT_H
#define GRAPHC_LIB_REDUCE_OUTPUT_H

#include "Start.h"

#include "llvm/Support/Error.h"

namespace graphc::reduce {

/// The result's file, alone or in a folder with what to do with it.
class Output {
public:
  /// `path` is a file when it has an extension, which becomes that of `start`'s
  /// text, or else a folder. What is there stays, unless a search goes on.
  static llvm::Expected<Output> create(llvm::StringRef path, bool resumes,
                                       const Start &start,
                                       const ReduceOptions &options);

  llvm::StringRef getFile() const { return file; }
  /// Makes `text` the result.
  llvm::Error save(llvm::StringRef text) const;
  /// Writes README.txt and replay.sh into the folder, if it is one.
  llvm::Error finish(llvm::StringRef found) const;
  /// The command that shows the failure again, from where the file is.
  std::string describeCommand(llvm::StringRef input) const;

private:
  Output(const Start &start, const ReduceOptions &options)
      : start(&start), options(&options) {}

  const Start *start;
  const ReduceOptions *options;
  std::string folder, file;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_OUTPUT_H
