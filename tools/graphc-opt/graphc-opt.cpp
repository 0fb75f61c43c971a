//===- graphc-opt.cpp - Run graphc passes one at a time -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RunModule.h"

#include "graphc/Numerics/Numerics.h"
#include "graphc/Pipelines/Pipelines.h"
#include "graphc/Pipelines/Registration.h"
#include "graphc/Support/CompilationSession.h"
#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/OutputFiles.h"
#include "graphc/Support/ParseOptions.h"
#include "graphc/Support/Pipeline.h"
#include "graphc/Testing/Faults.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
namespace cl = llvm::cl;

static cl::opt<std::string>
    dumpDirectory("dump-dir", cl::ZeroOrMore,
                  cl::desc("Where to keep failures; empty: nowhere"));
static cl::opt<bool>
    dumpWeights("dump-weights", cl::ZeroOrMore,
                cl::desc("Keep the values of constants with a failure"));
static cl::opt<std::string> failAt("fail-at-pass", cl::ZeroOrMore,
                                   cl::desc("Let this pass fail"));
static cl::opt<std::string> crashAt("crash-at-pass", cl::ZeroOrMore,
                                    cl::desc("Let this pass crash"));
static cl::opt<std::string> hangAt("hang-at-pass", cl::ZeroOrMore,
                                   cl::desc("Let this pass never end"));
static cl::opt<std::string>
    exhaustAt("exhaust-at-pass", cl::ZeroOrMore,
              cl::desc("Let this pass run out of memory"));
static cl::opt<double>
    timeLimit("time-limit", cl::ZeroOrMore, cl::init(0),
              cl::desc("Seconds after which a run fails; 0: none"));
static cl::opt<bool>
    verifyNumerics("verify-numerics", cl::ZeroOrMore,
                   cl::desc("Find the first pass that changes what is "
                            "computed, on random inputs"));
static cl::opt<uint64_t> numericsSeed("numerics-seed", cl::ZeroOrMore,
                                      cl::desc("Of the random inputs"));
static cl::opt<std::string>
    numericsInputs("numerics-inputs", cl::ZeroOrMore,
                   cl::desc("Folder of inputs for --verify-numerics"));
static cl::opt<std::string> seeded("seed-fault", cl::ZeroOrMore, cl::Hidden,
                                   cl::desc("Let a pass have this fault"));

static cl::opt<std::string> inputFile(cl::Positional, cl::desc("<input file>"),
                                      cl::init("-"));
static cl::opt<std::string> outputFile("o", cl::ZeroOrMore, cl::init("-"),
                                       cl::desc("Output filename"),
                                       cl::value_desc("filename"));

static int printError(StringRef code, const Twine &message) {
  llvm::errs() << graphc::formatError("graphc-opt", code, message) << '\n';
  return 1;
}

static int usageError(const Twine &message) {
  llvm::errs() << graphc::formatError("graphc-opt", "usage", message,
                                      "graphc-opt MODULE.mlir --PASS ... -o "
                                      "FILE; see graphc-opt --help")
               << '\n';
  return 2;
}

/// Saved programs, which graphc reads: zip archives and pickles.
static bool isProgram(StringRef text) {
  return text.starts_with("PK\3\4") || text.starts_with("\x80");
}

/// What is wrong with the name of a pass that is to fail.
static std::string checkName(StringRef option, StringRef name) {
  std::vector<std::string> known = {"load", graphc::optStage.str()};
  if (name.empty() || llvm::is_contained(known, name) || PassInfo::lookup(name))
    return "";
  MLIRContext context;
  PassManager pm(&context);
  graphc::buildCPUPipeline(pm, {});
  llvm::append_range(known, graphc::listPassArguments(pm));
  return (option + ": no pass is named '" + name + "'" +
          graphc::suggestNames(name, known))
      .str();
}

/// What is wrong with the options; nothing if all is well.
static std::string checkOptions() {
  std::pair<StringRef, StringRef> asked[] = {{"--fail-at-pass", failAt},
                                             {"--crash-at-pass", crashAt},
                                             {"--hang-at-pass", hangAt},
                                             {"--exhaust-at-pass", exhaustAt}};
  for (auto [option, name] : asked)
    if (std::string problem = checkName(option, name); !problem.empty())
      return problem;
  if (!graphc::isTimeLimit(timeLimit))
    return graphc::timeLimitUsage;
  std::string problem = graphc::checkFaultName(seeded);
  return problem.empty() || seeded == "help" ? "" : "--seed-fault: " + problem;
}

static graphc::FailureOptions takeFailureOptions() {
  graphc::FailureOptions failures;
  graphc::chooseDumpDirectory(failures, dumpDirectory.getNumOccurrences(),
                              dumpDirectory, /*fallback=*/"");
  failures.dumpWeights = dumpWeights || verifyNumerics;
  failures.failAt = failAt;
  failures.crashAt = crashAt;
  failures.hangAt = hangAt;
  failures.exhaustAt = exhaustAt;
  failures.timeLimit = timeLimit;
  failures.input = inputFile;
  failures.output = outputFile;
  return failures;
}

/// With MLIR's own way of printing diagnostics, or of expecting them.
static LogicalResult runMlirOpt(std::unique_ptr<llvm::MemoryBuffer> input,
                                DialectRegistry &registry,
                                const MlirOptMainConfig &config,
                                llvm::raw_ostream &output) {
  graphc::configureFailures(takeFailureOptions());
  if (failed(graphc::beginStage(graphc::optStage, nullptr)))
    return failure();
  return MlirOptMain(output, std::move(input), registry, config);
}

/// The exit status.
static int runPasses(std::unique_ptr<llvm::MemoryBuffer> input,
                     DialectRegistry &registry, llvm::raw_ostream &output) {
  graphc::NumericOptions check;
  check.seed = numericsSeed;
  check.directory = numericsInputs;
  check.watchAgain = [](PassManager &pm) {
    graphc::seedFaults(pm, /*again=*/true);
  };
  graphc::NumericCheck numerics(std::move(check));
  MlirOptMainConfig given = MlirOptMainConfig::createFromCLOptions();
  MlirOptMainConfig config = given;
  bool isPlain = graphc::isPlainRun(config);
  config.setPassPipelineSetupFn([&](PassManager &pm) {
    if (graphc::isReplaying() || verifyNumerics)
      pm.getContext()->disableMultithreading();
    if (!isPlain)
      graphc::recordDiagnostics(*pm.getContext());
    graphc::markFault(pm, seeded);
    graphc::enableFailureDump(pm);
    if (verifyNumerics)
      numerics.watch(pm);
    if (failed(given.setupPassPipeline(pm)))
      return failure();
    graphc::seedFaults(pm);
    return success();
  });
  std::string misuse;
  LogicalResult result = failure();
  if (isPlain) {
    graphc::SessionOptions options;
    options.failures = takeFailureOptions();
    graphc::CompilationSession session(registry, options);
    result =
        graphc::runModule(session, std::move(input), config, output, misuse);
  } else {
    result = runMlirOpt(std::move(input), registry, config, output);
  }
  if (!misuse.empty())
    return usageError(StringRef(misuse).trim());
  if (verifyNumerics && !numerics.hasFailed())
    llvm::errs() << "graphc-opt: " << numerics.summarize() << '\n';
  bool isDone = succeeded(result) && !numerics.hasFailed() &&
                succeeded(graphc::checkInjections());
  return isDone ? 0 : 1;
}

static int run(int argc, char **argv) {
  DialectRegistry registry;
  graphc::registerDialects(registry);
  graphc::registerPasses();
  std::string overview = registerCLIOptions("graphc pass driver\n", registry);
  if (std::string problem = graphc::parseOptions(argc, argv, overview);
      !problem.empty())
    return usageError(problem);
  if (std::string problem = checkOptions(); !problem.empty())
    return usageError(problem);
  if (seeded == "help") {
    graphc::printFaults(llvm::outs());
    return 0;
  }
  std::string error;
  auto input = openInputFile(inputFile, &error);
  if (!input)
    return printError("input-open", error);
  if (isProgram(input->getBuffer()))
    return printError("input-kind",
                      inputFile +
                          ": a saved program, expected a module in "
                          "text; graphc " +
                          inputFile + " --emit=graph prints it as one");
  // The second run writes nothing but the dump.
  if (graphc::isReplaying()) {
    llvm::raw_null_ostream nothing;
    return runPasses(std::move(input), registry, nothing);
  }
  std::optional<int> status;
  graphc::OutputFiles files;
  llvm::Error written =
      files.write(outputFile, [&](llvm::raw_pwrite_stream &output) {
        status = runPasses(std::move(input), registry, output);
        return llvm::Error::success();
      });
  if (!written && status == 0)
    written = files.commit();
  if (written)
    return printError("output-write", llvm::toString(std::move(written)));
  return *status;
}

int main(int argc, char **argv) {
  return graphc::supervise(argc, argv, [&] { return run(argc, argv); });
}
