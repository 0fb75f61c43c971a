//===- CompilationSession.cpp - All that a compilation holds --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/CompilationSession.h"

#include "DiagnosticPrinter.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

#include <unistd.h>

using namespace mlir;
using namespace graphc;

CompilationSession::CompilationSession(const DialectRegistry &registry,
                                       SessionOptions given)
    : options(std::move(given)) {
  configureFailures(options.failures);
  // The second run of a failure goes in the order of the text.
  bool isThreaded = !isReplaying();
  context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  if (isThreaded) {
    threads =
        std::make_unique<llvm::DefaultThreadPool>(llvm::hardware_concurrency());
    context->setThreadPool(*threads);
  }
  // The dump holds the IR; a diagnostic has no room for it.
  context->printOpOnDiagnostic(false);
  // MLIR calls handlers one at a time, the newest first.
  handler =
      context->getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
        printDiagnostic(diagnostic, llvm::errs());
        return success();
      });
  recordDiagnostics(*context);
  if (options.timing) {
    timing.setEnabled(true);
    timing.setDisplayMode(DefaultTimingManager::DisplayMode::Tree);
    rootTiming = timing.getRootScope();
  }
}

CompilationSession::~CompilationSession() {
  rootTiming.stop();
  for (const std::string &path : scratch)
    unlink(path.c_str());
  context->getDiagEngine().eraseHandler(handler);
}

LogicalResult
CompilationSession::runStage(StringRef name, Operation *module,
                             llvm::function_ref<LogicalResult()> body) {
  TimingScope scope = rootTiming.nest(name);
  stageTiming = &scope;
  llvm::scope_exit leave([&] { stageTiming = nullptr; });
  if (failed(beginStage(name, module)))
    return failure();
  if (failed(body())) {
    recordStageFailure(("stage '" + name + "' gave no reason").str());
    return failure();
  }
  return success();
}

LogicalResult CompilationSession::runPipeline(
    StringRef name, ModuleOp module,
    llvm::function_ref<void(OpPassManager &)> build) {
  LogicalResult result = runStage(name, module, [&]() -> LogicalResult {
    PassManager pm(context.get(), ModuleOp::getOperationName());
    if (stageTiming)
      pm.enableTiming(*stageTiming);
    enableFailureDump(pm);
    build(pm);
    return pm.run(module);
  });
  if (succeeded(result) && !options.savePrefix.empty())
    if (llvm::Error error = writeOutput(
            options.savePrefix + "." + name.str() + ".mlir",
            [&](raw_ostream &os) {
              module->print(os, OpPrintingFlags().elideLargeResourceString());
            }))
      reportError(std::move(error));
  return result;
}

void CompilationSession::reportError(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [](const llvm::ErrorInfoBase &info) {
    std::string text = "graphc: error: " + info.message() + "\n";
    llvm::errs() << text;
    recordDiagnostic(text);
  });
}

/// Writes into `path` and reports what went wrong.
static std::error_code
writeInto(StringRef path, llvm::function_ref<void(raw_ostream &)> write) {
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (error)
    return error;
  write(os);
  os.close();
  error = os.error();
  os.clear_error();
  return error;
}

static llvm::Error describe(StringRef output, std::error_code error) {
  if (!error)
    return llvm::Error::success();
  return llvm::createStringError(error, "cannot write '%s': %s",
                                 output.str().c_str(), error.message().c_str());
}

llvm::Expected<std::string>
CompilationSession::makeScratchFile(StringRef output) {
  SmallString<256> path;
  int descriptor;
  std::error_code error = llvm::sys::fs::createUniqueFile(
      output + ".%%%%%%.tmp", descriptor, path, llvm::sys::fs::OF_None,
      llvm::sys::fs::all_read | llvm::sys::fs::all_write);
  if (error)
    return describe(output, error);
  close(descriptor);
  removeOnFailure(path);
  scratch.push_back(path.str().str());
  return scratch.back();
}

llvm::Error
CompilationSession::writeOutput(StringRef output,
                                llvm::function_ref<void(raw_ostream &)> write) {
  if (isReplaying())
    return llvm::Error::success();
  // A device or pipe must not be replaced by a file.
  if (output != "-" && llvm::sys::fs::exists(output) &&
      !llvm::sys::fs::is_regular_file(output))
    return describe(output, writeInto(output, write));
  if (output == "-") {
    write(llvm::outs());
    llvm::outs().flush();
    if (!llvm::outs().has_error())
      return llvm::Error::success();
    std::error_code error = llvm::outs().error();
    llvm::outs().clear_error();
    return llvm::createStringError(error, "cannot write to stdout");
  }
  llvm::Expected<std::string> path = makeScratchFile(output);
  if (!path)
    return path.takeError();
  std::error_code error = writeInto(*path, write);
  if (!error)
    error = llvm::sys::fs::rename(*path, output);
  if (error)
    return describe(output, error);
  scratch.pop_back();
  return llvm::Error::success();
}
