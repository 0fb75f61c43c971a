//===- CompilationSession.cpp - All that a compilation holds --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Support/CompilationSession.h"

#include "DiagnosticPrinter.h"
#include "StepTiming.h"
#include "TimeTrace.h"

#include "graphc/Support/ErrorCatalogue.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Support/OutputFiles.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/raw_ostream.h"

#include <future>

using namespace mlir;
using namespace graphc;

/// A pool whose threads all exist. LLVM's makes them when work comes, and one
/// that cannot be made, when memory runs out in a pass that has begun, would be
/// a fatal error of its own, told in place of what the pass ran into.
static std::unique_ptr<llvm::ThreadPoolInterface> startThreads() {
  auto pool =
      std::make_unique<llvm::DefaultThreadPool>(llvm::hardware_concurrency());
  // A thread is made for each task that no thread is free for.
  std::promise<void> all;
  std::shared_future<void> started = all.get_future().share();
  for (unsigned count = pool->getMaxConcurrency(); count != 0; --count)
    pool->async([started] { started.wait(); });
  all.set_value();
  pool->wait();
  return pool;
}

CompilationSession::CompilationSession(const DialectRegistry &registry,
                                       SessionOptions given)
    : options(std::move(given)) {
  configureFailures(options.failures);
  reportTimesOfDeath(options.timing, options.timeTrace);
  // The second run of a failure goes in the order of the text.
  bool isThreaded = !isReplaying() && !options.watch;
  context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  if (isThreaded) {
    threads = startThreads();
    context->setThreadPool(*threads);
  }
  // The dump holds the IR; a diagnostic has no room for it.
  context->printOpOnDiagnostic(false);
  // MLIR calls handlers one at a time, the newest first.
  handler =
      context->getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
        // What the user wrote is a module's text; what else is said without a
        // code is said by checks that nothing should reach.
        StringRef code = stage == "load" ? "module-text" : "internal";
        std::string text;
        llvm::raw_string_ostream os(text);
        printDiagnostic(diagnostic, code, os);
        // What ops of one place have in common is said once.
        bool isNew = said.insert(text).second;
        if (isNew)
          llvm::errs() << text;
        if (isNew && options.observer)
          options.observer->sawDiagnostic(diagnostic.getSeverity(), text);
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
          isUnsupported = isUnsupported.value_or(true) &&
                          isUnsupportedCode(getCode(diagnostic));
        return success();
      });
  recordDiagnostics(*context);
  if (options.timing)
    rootTiming = timing.getRootScope();
  if (!options.timeTrace.empty() && !isReplaying())
    startTimeTrace();
}

CompilationSession::~CompilationSession() {
  rootTiming.stop();
  if (options.timing)
    timing.print(llvm::errs());
  if (!options.timeTrace.empty() && !isReplaying())
    endTimeTrace();
  context->getDiagEngine().eraseHandler(handler);
}

LogicalResult
CompilationSession::runStage(StringRef name, Operation *module,
                             llvm::function_ref<LogicalResult()> body,
                             llvm::function_ref<void()> dump) {
  TimingScope scope = rootTiming.nest(name);
  llvm::TimeTraceScope trace(name);
  stageTiming = &scope;
  StepTiming steps(options.timing ? &timing : nullptr, scope);
  llvm::scope_exit leave([&] { stageTiming = nullptr; });
  stage = name.str();
  if (options.observer)
    options.observer->beginStage(name);
  LogicalResult result = beginStage(name, module, dump);
  if (succeeded(result)) {
    result = body();
    if (failed(result))
      recordStageFailure(("stage '" + name + "' gave no reason").str());
  }
  endStage(/*isFailed=*/failed(result));
  if (options.observer)
    options.observer->endStage(name, succeeded(result));
  return result;
}

LogicalResult
CompilationSession::runPipeline(StringRef name, ModuleOp module,
                                llvm::function_ref<void(PassManager &)> build) {
  return runStage(name, module, [&]() -> LogicalResult {
    PassManager pm(context.get(), ModuleOp::getOperationName());
    if (stageTiming)
      pm.enableTiming(*stageTiming);
    enableFailureDump(pm);
    traceTime(pm);
    if (options.watch)
      options.watch(pm);
    if (options.observer)
      options.observer->watchPasses(pm);
    build(pm);
    return pm.run(module);
  });
}

LogicalResult CompilationSession::saveModule(StringRef name, ModuleOp module) {
  if (options.savePrefix.empty())
    return success();
  llvm::Error error = writeOutput(
      options.savePrefix + "." + name.str() + ".mlir", [&](raw_ostream &os) {
        module->print(os, OpPrintingFlags().elideLargeResourceString());
      });
  if (!error)
    return success();
  reportError(std::move(error));
  return failure();
}

LogicalResult CompilationSession::finishTrace() {
  if (options.timeTrace.empty() || isReplaying())
    return success();
  // Threads hand in what they noted when they end.
  context->disableMultithreading();
  threads.reset();
  OutputFiles files;
  llvm::Error error =
      files.write(options.timeTrace, [](llvm::raw_pwrite_stream &os) {
        writeTimeTrace(os);
        return llvm::Error::success();
      });
  if (!error)
    error = files.commit();
  if (!error)
    return success();
  reportError(std::move(error));
  return failure();
}

/// An error as it is printed, with its code and the next step.
static std::string format(const llvm::ErrorInfoBase &info) {
  return formatError("graphc", getCode(info, "internal"), info.message());
}

void CompilationSession::reportError(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    std::string text = format(info);
    llvm::errs() << text << '\n';
    if (options.observer)
      options.observer->sawDiagnostic(DiagnosticSeverity::Error, text);
    // Files that cannot be written explain themselves.
    if (info.convertToErrorCode() != llvm::inconvertibleErrorCode())
      return recordRefusal(text);
    recordDiagnostic(text + "\n");
    recordStageFailure(info.message());
  });
}

void CompilationSession::reportRefusal(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    std::string text = format(info);
    llvm::errs() << text << '\n';
    if (options.observer)
      options.observer->sawDiagnostic(DiagnosticSeverity::Error, text);
    recordRefusal(text);
  });
}

llvm::Error
CompilationSession::writeOutput(StringRef output,
                                llvm::function_ref<void(raw_ostream &)> write) {
  if (isReplaying())
    return llvm::Error::success();
  OutputFiles files;
  if (llvm::Error error = files.write(output, [&](llvm::raw_pwrite_stream &os) {
        write(os);
        return llvm::Error::success();
      }))
    return error;
  return files.commit();
}
