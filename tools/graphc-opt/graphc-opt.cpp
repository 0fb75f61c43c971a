//===- graphc-opt.cpp - Run graphc passes one at a time -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Numerics/Numerics.h"
#include "graphc/Pipelines/Pipelines.h"
#include "graphc/Pipelines/Registration.h"
#include "graphc/Support/FailureDump.h"
#include "graphc/Support/Pipeline.h"
#include "graphc/Testing/Faults.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
namespace cl = llvm::cl;

/// All of a run is one stage.
static constexpr StringLiteral stageName = "graphc-opt";

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
                                   cl::desc("Put this fault behind its pass"));

/// Status 2 of a command line that names no pass.
static bool checkName(StringRef option, StringRef name) {
  if (name.empty() || name == stageName || PassInfo::lookup(name))
    return true;
  MLIRContext context;
  PassManager pm(&context);
  std::vector<std::string> known = {stageName.str()};
  graphc::buildCPUPipeline(pm, {});
  llvm::append_range(known, graphc::listPassArguments(pm));
  llvm::errs() << "graphc-opt: error: " << option << ": no pass is named '"
               << name << "'" << graphc::suggestNames(name, known) << '\n';
  return false;
}

static int run(int argc, char **argv) {
  DialectRegistry registry;
  graphc::registerDialects(registry);
  graphc::registerPasses();
  auto [input, output] =
      registerAndParseCLIOptions(argc, argv, "graphc pass driver\n", registry);

  if (!checkName("--fail-at-pass", failAt) ||
      !checkName("--crash-at-pass", crashAt) ||
      !checkName("--hang-at-pass", hangAt) ||
      !checkName("--exhaust-at-pass", exhaustAt))
    return 2;
  if (!graphc::isTimeLimit(timeLimit)) {
    llvm::errs() << "graphc-opt: error: " << graphc::timeLimitUsage << '\n';
    return 2;
  }
  if (seeded == "help") {
    graphc::printFaults(llvm::outs());
    return 0;
  }
  if (std::string problem = graphc::checkFaultName(seeded); !problem.empty()) {
    llvm::errs() << "graphc-opt: error: --seed-fault: " << problem << '\n';
    return 2;
  }
  graphc::FailureOptions failures;
  graphc::chooseDumpDirectory(failures, dumpDirectory.getNumOccurrences(),
                              dumpDirectory, /*fallback=*/"");
  failures.dumpWeights = dumpWeights;
  failures.failAt = failAt;
  failures.crashAt = crashAt;
  failures.hangAt = hangAt;
  failures.exhaustAt = exhaustAt;
  failures.timeLimit = timeLimit;
  failures.input = input;
  failures.output = output;
  graphc::configureFailures(failures);
  if (failed(graphc::beginStage(stageName, nullptr)))
    return 1;

  graphc::NumericCheck numerics({numericsSeed, numericsInputs});
  MlirOptMainConfig given = MlirOptMainConfig::createFromCLOptions();
  MlirOptMainConfig config = given;
  config.setPassPipelineSetupFn([&](PassManager &pm) {
    if (graphc::isReplaying() || verifyNumerics)
      pm.getContext()->disableMultithreading();
    graphc::recordDiagnostics(*pm.getContext());
    graphc::enableFailureDump(pm);
    if (verifyNumerics)
      numerics.watch(pm);
    if (failed(given.setupPassPipeline(pm)))
      return failure();
    graphc::seedFault(pm, seeded);
    return success();
  });

  std::string error;
  auto buffer = openInputFile(input, &error);
  if (!buffer) {
    llvm::errs() << "graphc-opt: " << error << '\n';
    return 1;
  }
  // The second run writes nothing but the dump. A ToolOutputFile would remove
  // what it was given, were it /dev/null.
  if (graphc::isReplaying()) {
    llvm::raw_null_ostream nothing;
    return asMainReturnCode(
        MlirOptMain(nothing, std::move(buffer), registry, config));
  }
  auto file = openOutputFile(output, &error);
  if (!file) {
    llvm::errs() << "graphc-opt: " << error << '\n';
    return 1;
  }
  LogicalResult result =
      MlirOptMain(file->os(), std::move(buffer), registry, config);
  if (verifyNumerics && !numerics.hasFailed())
    llvm::errs() << "graphc-opt: " << numerics.summarize() << '\n';
  if (failed(result) || numerics.hasFailed() ||
      failed(graphc::checkInjections()))
    return 1;
  file->keep();
  return 0;
}

int main(int argc, char **argv) {
  return graphc::supervise(argc, argv, [&] { return run(argc, argv); });
}
