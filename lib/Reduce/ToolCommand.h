//===- ToolCommand.h - The command that fails -----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_REDUCE_TOOLCOMMAND_H
#define GRAPHC_LIB_REDUCE_TOOLCOMMAND_H

#include "Query.h"

namespace graphc::reduce {

/// A command line of graphc or graphc-opt, made into ones for candidates.
class ToolCommand {
public:
  /// `tools` is the folder of both.
  explicit ToolCommand(std::string tools) : tools(std::move(tools)) {}

  /// Takes the tool and the options that matter from `given`, whose input is
  /// `input`.
  void take(llvm::ArrayRef<std::string> given, llvm::StringRef input);
  /// Candidates are to be checked for wrong numbers.
  void checkNumbers() { isNumeric = true; }
  bool isChecked() const { return isNumeric; }
  /// Takes the numbers' inputs from where the command line has them; otherwise
  /// they are random.
  void keepInputs() { keepsInputs = true; }
  bool hasInputs() const { return !inputs.empty(); }

  /// `pipeline` on a module.
  Command passes(llvm::StringRef pipeline) const;
  /// graphc, up to the form `emitted`.
  Command compilation(llvm::StringRef emitted) const;
  /// The same on what is no module: `{}` is a file or `input` is.
  Command program(llvm::StringRef input) const;
  /// What was given.
  Command tool() const;

  /// Seconds of `--time-limit`; 0: none was given.
  double getTimeLimit() const { return timeLimit; }
  /// The value of an option that is kept; empty: not given.
  std::string getValue(llvm::StringRef option) const;
  const std::vector<std::string> &getWords() const { return words; }

private:
  void addChecks(Command &command, bool isOfPasses) const;

  std::string tools;
  bool isOpt = false, isNumeric = false, keepsInputs = false;
  std::vector<std::string> words;
  std::string emitted = "obj", inputs, seed;
  double timeLimit = 0;
};

} // namespace graphc::reduce

#endif // GRAPHC_LIB_REDUCE_TOOLCOMMAND_H
