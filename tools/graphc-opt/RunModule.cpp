//===- RunModule.cpp - Passes on one module -------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RunModule.h"

#include "graphc/Support/CompilationSession.h"

#include "mlir/Debug/CLOptionsSetup.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "mlir/Tools/ParseUtilities.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace graphc;

bool graphc::isPlainRun(const MlirOptMainConfig &config) {
  return !config.shouldVerifyDiagnostics() && !config.shouldVerifyRoundtrip() &&
         !config.shouldEmitBytecode() && !config.shouldShowDialects() &&
         config.inputSplitMarker().empty() && config.getIrdlFile().empty() &&
         config.getReproducerFilename().empty() && !config.shouldEmitRemarks();
}

namespace {
/// What a text says beside its operations.
struct Resources {
  FallbackAsmResourceMap others;
  PassReproducerOptions reproducer;
};
} // namespace

static OwningOpRef<Operation *> parse(MLIRContext &context,
                                      std::unique_ptr<llvm::MemoryBuffer> input,
                                      const MlirOptMainConfig &config,
                                      Resources &resources) {
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(input), SMLoc());
  ParserConfig parserConfig(&context, config.shouldVerifyOnParsing(),
                            &resources.others);
  if (config.shouldRunReproducer())
    resources.reproducer.attachResourceParser(parserConfig);
  return parseSourceFileForTool(sources, parserConfig,
                                !config.shouldUseExplicitModule());
}

/// What is wrong with the passes asked for is said without a place.
static LogicalResult setUp(PassManager &pm, const MlirOptMainConfig &config,
                           std::string &misuse) {
  std::string said;
  LogicalResult result = failure();
  {
    ScopedDiagnosticHandler hear(pm.getContext(), [&](Diagnostic &diagnostic) {
      said += (said.empty() ? "" : "\n") + diagnostic.str();
      return success();
    });
    result = config.setupPassPipeline(pm);
  }
  if (failed(result)) {
    misuse = said.empty() ? "the passes asked for make no pipeline" : said;
    recordRefusal(misuse);
  }
  return result;
}

LogicalResult graphc::runModule(CompilationSession &session,
                                std::unique_ptr<llvm::MemoryBuffer> input,
                                const MlirOptMainConfig &config,
                                llvm::raw_ostream &output,
                                std::string &misuse) {
  MLIRContext &context = session.getContext();
  tracing::InstallDebugHandler actions(context, config.getDebugConfig());
  context.allowUnregisteredDialects(config.shouldAllowUnregisteredDialects());
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope scope = timing.getRootScope();
  Resources resources;
  OwningOpRef<Operation *> module;
  if (failed(session.runStage("load", nullptr, [&]() -> LogicalResult {
        TimingScope parsing = scope.nest("Parser");
        module = parse(context, std::move(input), config, resources);
        if (!module) {
          recordRefusal("the text is no valid module");
          return failure();
        }
        dumpProgram(*module);
        return success();
      })))
    return failure();
  return session.runStage(optStage, *module, [&]() -> LogicalResult {
    PassManager pm(&context, (*module)->getName().getStringRef(),
                   PassManager::Nesting::Implicit);
    pm.enableVerifier(config.shouldVerifyPasses());
    if (failed(applyPassManagerCLOptions(pm)))
      return failure();
    pm.enableTiming(scope);
    if (config.shouldRunReproducer() && failed(resources.reproducer.apply(pm)))
      return failure();
    if (failed(setUp(pm, config, misuse)))
      return failure();
    if (config.shouldDumpPassPipeline()) {
      pm.dump();
      llvm::errs() << '\n';
    }
    if (failed(pm.run(*module)))
      return failure();
    TimingScope printing = scope.nest("Output");
    AsmState state(*module, OpPrintingFlags(), nullptr, &resources.others);
    (*module)->print(output, state);
    output << '\n';
    return success();
  });
}
