//===- ToolCommand.cpp - The command that fails ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ToolCommand.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace graphc::reduce;
using llvm::ArrayRef;
using llvm::StringRef;

/// Options of graphc that a query sets itself, with the word behind them.
static bool isOwnOption(StringRef word) {
  for (StringRef option :
       {"-dump-dir", "-emit", "-time", "-time-trace", "-save-temps",
        "-fill-elided", "-keep-weights", "-dump-weights", "-check-passes",
        "-verify-numerics"})
    if (word == option || word.starts_with((option + "=").str()))
      return true;
  return false;
}

/// Whether a pass or stage is to fail, which holds for any command.
static bool isCondition(StringRef word) {
  for (StringRef option : {"fail-at-pass=", "crash-at-pass=", "hang-at-pass="})
    if (word.ltrim('-').starts_with(option))
      return true;
  return false;
}

void ToolCommand::take(ArrayRef<std::string> given, StringRef input) {
  words.clear();
  if (!given.empty() && !StringRef(given.front()).starts_with("-")) {
    isOpt = llvm::sys::path::filename(given.front()) == "graphc-opt";
    given = given.drop_front();
  }
  for (size_t i = 0; i < given.size(); ++i) {
    StringRef word = given[i];
    StringRef plain = word;
    if (plain.starts_with("--"))
      plain = plain.drop_front();
    StringRef value = plain.split('=').second;
    if (plain == "-check-passes" || plain == "-verify-numerics")
      isNumeric = true;
    if (plain.starts_with("-emit="))
      emitted = value.str();
    else if (plain.starts_with("-time-limit="))
      value.getAsDouble(timeLimit);
    else if (plain.starts_with("-check-inputs=") ||
             plain.starts_with("-numerics-inputs="))
      inputs = value.str();
    else if (plain.starts_with("-numerics-seed="))
      seed = value.str();
    else if (word == "-o" && i + 1 < given.size()) {
      StringRef extension = llvm::sys::path::extension(given[++i]);
      emitted = extension == ".so"   ? "so"
                : extension == ".s"  ? "asm"
                : extension == ".ll" ? "llvm"
                                     : emitted;
    } else if (word != input && !isOwnOption(plain))
      words.push_back(word.str());
  }
}

void ToolCommand::addChecks(Command &command, bool isOfPasses) const {
  if (!isNumeric)
    return;
  command.words.push_back(isOfPasses ? "--verify-numerics" : "--check-passes");
  if (keepsInputs && !inputs.empty())
    command.words.push_back(
        (isOfPasses ? "--numerics-inputs=" : "--check-inputs=") + inputs);
  if (isOfPasses && !seed.empty())
    command.words.push_back("--numerics-seed=" + seed);
}

Command ToolCommand::passes(StringRef pipeline) const {
  Command command{
      {tools + "/graphc-opt", "{}", "--pass-pipeline=" + pipeline.str(),
       "--mlir-disable-threading", "--dump-dir=", "-o", "/dev/null"}};
  llvm::copy_if(words, std::back_inserter(command.words), isCondition);
  addChecks(command, /*isOfPasses=*/true);
  return command;
}

Command ToolCommand::program(StringRef input) const {
  Command command{{tools + "/graphc", input.str(),
                   "--dump-dir=", "--emit=" + emitted, "-o", "{out}"}};
  llvm::append_range(command.words, words);
  addChecks(command, /*isOfPasses=*/false);
  return command;
}

Command ToolCommand::compilation(StringRef emit) const {
  Command command{{tools + "/graphc", "{}", "--fill-elided",
                   "--dump-dir=", ("--emit=" + emit).str(), "-o", "{out}"}};
  llvm::append_range(command.words, words);
  addChecks(command, /*isOfPasses=*/false);
  return command;
}

Command ToolCommand::tool() const {
  if (!isOpt)
    return compilation(emitted);
  Command command{
      {tools + "/graphc-opt", "{}", "--dump-dir=", "-o", "/dev/null"}};
  llvm::append_range(command.words, words);
  addChecks(command, /*isOfPasses=*/true);
  return command;
}

std::string ToolCommand::getValue(StringRef option) const {
  for (StringRef word : words) {
    word.consume_front("-");
    if (word.consume_front(option) && word.consume_front("="))
      return word.str();
  }
  return "";
}
