//===- graphc-reduce.cpp - Shrink a module that fails ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Reduce/Reduce.h"

#include "graphc/Support/CodedError.h"
#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ParseOptions.h"
#include "graphc/Support/Version.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/raw_ostream.h"

using namespace graphc;
namespace cl = llvm::cl;
using llvm::StringRef;

namespace {
/// Made after the options of LLVM's libraries are gone from the parser.
struct CommandLine {
  cl::OptionCategory category{"graphc-reduce options"};
  cl::opt<std::string> input{cl::Positional, cl::cat(category),
                             cl::desc("INPUT")};
  cl::opt<std::string> output{
      "o", cl::cat(category), cl::value_desc("file"),
      cl::desc("Where the result goes: a file, or a new folder when it has no "
               "extension (default: reduced)"),
      cl::init("reduced")};
  cl::opt<std::string> script{
      "test", cl::cat(category), cl::value_desc("script"),
      cl::desc("Exits with 0 when its argument, a file, is wanted")};
  cl::opt<bool> wrongNumber{
      "wrong-number", cl::cat(category),
      cl::desc("Keep the pass that changes what is computed, and how")};
  cl::opt<unsigned> timeLimit{"time-limit", cl::cat(category),
                              cl::desc("Seconds for all of it (default: 300)"),
                              cl::init(300)};
  cl::opt<unsigned> queryTimeLimit{
      "query-time-limit", cl::cat(category),
      cl::desc("Seconds for one compilation (default: 30; 5 for what hangs)"),
      cl::init(0)};
  cl::opt<unsigned> memoryLimit{
      "query-memory-limit", cl::cat(category),
      cl::desc("MiB for one compilation (default: 8192)"), cl::init(8192)};
  cl::opt<unsigned> jobs{
      "jobs", cl::cat(category), cl::init(0),
      cl::desc("Compilations at a time (default: the number of cores)")};
  cl::opt<bool> resume{"resume", cl::cat(category),
                       cl::desc("Go on from the file that -o names")};
  cl::alias shortJobs{"j", cl::cat(category), cl::desc("As --jobs"),
                      cl::aliasopt(jobs)};
  cl::opt<bool> verbose{"verbose", cl::cat(category),
                        cl::desc("Say what every step came to")};
};
} // namespace

static int usageError(const llvm::Twine &message) {
  llvm::errs()
      << formatError(
             "graphc-reduce", "usage", message,
             "graphc-reduce DIR|FILE.mlir|PROGRAM [-o OUT] "
             "[options] [-- [graphc|graphc-opt] OPTIONS]; see graphc-reduce "
             "--help")
      << '\n';
  return 2;
}

static int run(int argc, char **argv) {
  cl::ResetCommandLineParser();
  static CommandLine given;
  cl::HideUnrelatedOptions(given.category);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) {
    os << "graphc-reduce " << version << " (LLVM " << LLVM_VERSION_STRING
       << ")\n";
  });
  char **end = std::find_if(argv + 1, argv + argc, [](const char *word) {
    return StringRef(word) == "--";
  });
  if (std::string problem =
          parseOptions(end - argv, argv, "graphc-reduce: shrinks what fails\n");
      !problem.empty())
    return usageError(problem);
  ReduceOptions options;
  options.input = given.input;
  options.output = given.output;
  options.script = given.script;
  options.wrongNumber = given.wrongNumber;
  options.timeLimit = std::chrono::seconds(given.timeLimit);
  options.queryTimeLimit = std::chrono::seconds(given.queryTimeLimit);
  options.memoryLimit = uint64_t(given.memoryLimit) << 20;
  options.jobs = given.jobs
                     ? unsigned(given.jobs)
                     : llvm::hardware_concurrency().compute_thread_count();
  options.resume = given.resume;
  options.verbose = given.verbose;
  if (end != argv + argc)
    options.command.assign(end + 1, argv + argc);
  static int anchor;
  options.tools = llvm::sys::path::parent_path(
                      llvm::sys::fs::getMainExecutable(argv[0], &anchor))
                      .str();
  if (options.input.empty())
    return usageError("no input");
  if (options.wrongNumber && !options.script.empty())
    return usageError("--test says what is wanted; leave --wrong-number out");
  bool isThere = llvm::sys::fs::exists(options.output);
  if (isThere && !options.resume)
    return usageError(
        "'" + options.output +
        "' exists; give another -o, or --resume to go on from it");
  if (!isThere && options.resume)
    return usageError("'" + options.output + "' is not there to go on from");
  llvm::Expected<int> signal = reduceFailure(options);
  if (!signal) {
    llvm::handleAllErrors(
        signal.takeError(), [](const llvm::ErrorInfoBase &info) {
          llvm::errs() << formatError("graphc-reduce", getCode(info, "reduce"),
                                      info.message())
                       << '\n';
        });
    return 1;
  }
  // As shells say it.
  return *signal ? 128 + *signal : 0;
}

int main(int argc, char **argv) { return run(argc, argv); }
