//===- graphc-opt.cpp - Run graphc passes one at a time -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Pipelines/Registration.h"
#include "graphc/Support/FailureDump.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
namespace cl = llvm::cl;

static cl::opt<std::string>
    dumpDirectory("dump-dir", cl::ZeroOrMore,
                  cl::desc("Where to keep failures; empty: nowhere"));
static cl::opt<std::string> failAt("fail-at-pass", cl::ZeroOrMore,
                                   cl::desc("Let this pass fail"));
static cl::opt<std::string> crashAt("crash-at-pass", cl::ZeroOrMore,
                                    cl::desc("Let this pass crash"));

static LogicalResult run(int argc, char **argv) {
  DialectRegistry registry;
  graphc::registerDialects(registry);
  graphc::registerPasses();
  auto [input, output] =
      registerAndParseCLIOptions(argc, argv, "graphc pass driver\n", registry);

  graphc::FailureOptions failures;
  graphc::chooseDumpDirectory(failures, dumpDirectory.getNumOccurrences(),
                              dumpDirectory, /*fallback=*/"");
  failures.failAt = failAt;
  failures.crashAt = crashAt;
  failures.input = input;
  failures.output = output;
  graphc::configureFailures(failures);
  if (failed(graphc::beginStage("graphc-opt", nullptr)))
    return failure();

  MlirOptMainConfig given = MlirOptMainConfig::createFromCLOptions();
  MlirOptMainConfig config = given;
  config.setPassPipelineSetupFn([&](PassManager &pm) {
    if (graphc::isReplaying())
      pm.getContext()->disableMultithreading();
    graphc::recordDiagnostics(*pm.getContext());
    graphc::enableFailureDump(pm);
    return given.setupPassPipeline(pm);
  });

  std::string error;
  auto buffer = openInputFile(input, &error);
  if (!buffer) {
    llvm::errs() << "graphc-opt: " << error << '\n';
    return failure();
  }
  // The second run writes nothing but the dump. A ToolOutputFile would remove
  // what it was given, were it /dev/null.
  if (graphc::isReplaying()) {
    llvm::raw_null_ostream nothing;
    return MlirOptMain(nothing, std::move(buffer), registry, config);
  }
  auto file = openOutputFile(output, &error);
  if (!file) {
    llvm::errs() << "graphc-opt: " << error << '\n';
    return failure();
  }
  if (failed(MlirOptMain(file->os(), std::move(buffer), registry, config)))
    return failure();
  file->keep();
  return success();
}

int main(int argc, char **argv) {
  return graphc::supervise(argc, argv,
                           [&] { return asMainReturnCode(run(argc, argv)); });
}
