//===- ParseOptions.cpp - What is wrong with a command line ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/ParseOptions.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <sys/mman.h>
#include <unistd.h>

using namespace graphc;
using llvm::StringRef;

/// What `body` writes to stderr: options of the wrong kind report themselves
/// there, whatever stream the parser is given.
static std::string captureErrors(llvm::function_ref<void()> body) {
  int memory = memfd_create("errors", MFD_CLOEXEC);
  int before = dup(STDERR_FILENO);
  if (memory < 0 || before < 0) {
    body();
    return "";
  }
  llvm::errs().flush();
  dup2(memory, STDERR_FILENO);
  body();
  llvm::errs().flush();
  dup2(before, STDERR_FILENO);
  close(before);
  std::string text(lseek(memory, 0, SEEK_END), '\0');
  ssize_t size = pread(memory, text.data(), text.size(), 0);
  text.resize(size < 0 ? 0 : size);
  close(memory);
  return text;
}

/// "for the --emit option: Cannot find option named 'x'!" with the values that
/// there are.
static std::string listValues(StringRef problem,
                              llvm::ArrayRef<NamedValues> named) {
  StringRef option = problem.split("for the --").second.split(" option").first;
  for (const NamedValues &known : named) {
    if (known.option != option)
      continue;
    StringRef value = problem.split(" named '").second.split('\'').first;
    std::string text =
        ("--" + option + ": no value is named '" + value + "'; known are ")
            .str();
    for (unsigned i = 0; i < known.values->getNumOptions(); ++i)
      text += (i ? ", " : "") + known.values->getOption(i).str();
    return text;
  }
  return problem.str();
}

std::string graphc::parseOptions(int argc, const char *const *argv,
                                 StringRef overview,
                                 llvm::ArrayRef<NamedValues> named) {
  std::string messages;
  bool isGood = false;
  messages = captureErrors([&] {
    std::string direct;
    llvm::raw_string_ostream os(direct);
    isGood = llvm::cl::ParseCommandLineOptions(argc, argv, overview, &os);
    llvm::errs() << direct;
  });
  if (isGood)
    return "";
  auto [first, rest] = StringRef(messages).split('\n');
  // Programs are named by their paths.
  first.consume_front(llvm::sys::path::filename(argv[0]));
  first.consume_front(": ");
  std::string problem = listValues(first.split("  Try: ").first, named);
  StringRef meant = rest.split("Did you mean '").second.split('\'').first;
  if (!meant.empty())
    problem += " Did you mean '" + meant.str() + "'?";
  return problem.empty() ? "the options cannot be read" : problem;
}
