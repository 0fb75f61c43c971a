//===- CompilationSession.h - All that a compilation holds ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_COMPILATIONSESSION_H
#define GRAPHC_SUPPORT_COMPILATIONSESSION_H

#include "graphc/Support/CompilationObserver.h"
#include "graphc/Support/CompilationTimes.h"
#include "graphc/Support/FailureDump.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ThreadPool.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace graphc {

struct SessionOptions {
  /// Prints time and memory of every stage and pass to stderr at the end.
  bool timing = false;
  /// Where the events of stages and passes go, in the format of Chrome's
  /// tracing; empty: nowhere.
  std::string timeTrace;
  /// Where `saveModule` writes: `<prefix>.<stage>.mlir`; empty: nowhere.
  std::string savePrefix;
  FailureOptions failures;
  /// Sees every pass manager before it runs; may be empty. Its passes then run
  /// on one thread.
  std::function<void(mlir::PassManager &)> watch;
  /// Sees stages, passes and errors; null for none. Outlives the session.
  CompilationObserver *observer = nullptr;
};

/// Everything that one compilation holds: the context, its threads, the
/// diagnostics' way to stderr, timing, and the account of stages
/// that a dump needs. The destructor puts all of it back, on every way out.
class CompilationSession {
public:
  CompilationSession(const mlir::DialectRegistry &registry,
                     SessionOptions options);
  ~CompilationSession();
  CompilationSession(const CompilationSession &) = delete;
  CompilationSession &operator=(const CompilationSession &) = delete;

  mlir::MLIRContext &getContext() { return *context; }

  /// Runs `body` as the stage `name` on `module`, which may be null. A failure
  /// is recorded under the name, whether or not `body` explained itself. `dump`
  /// writes into a dump what the stage starts from when that is no module.
  mlir::LogicalResult runStage(llvm::StringRef name, mlir::Operation *module,
                               llvm::function_ref<mlir::LogicalResult()> body,
                               llvm::function_ref<void()> dump = {});

  /// Runs the passes that `build` adds as the stage `name`.
  mlir::LogicalResult
  runPipeline(llvm::StringRef name, mlir::ModuleOp module,
              llvm::function_ref<void(mlir::PassManager &)> build);

  /// Writes the IR that the stage `name` left, if that was asked for.
  mlir::LogicalResult saveModule(llvm::StringRef name, mlir::ModuleOp module);

  /// Writes the time trace, if that was asked for. Nothing more can be
  /// compiled.
  mlir::LogicalResult finishTrace();

  /// Whether all errors that MLIR reported say so.
  bool sawOnlyUnsupported() const { return isUnsupported.value_or(false); }

  /// The error with its code on stderr and in the dump; the stage failed.
  void reportError(llvm::Error error);
  /// The same for what the user has to change: nothing of graphc failed.
  void reportRefusal(llvm::Error error);

  /// Writes what `write` prints to `output`, `-` for stdout, complete or not at
  /// all.
  llvm::Error writeOutput(llvm::StringRef output,
                          llvm::function_ref<void(llvm::raw_ostream &)> write);

private:
  SessionOptions options;
  std::unique_ptr<llvm::ThreadPoolInterface> threads;
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::DiagnosticEngine::HandlerID handler = 0;
  llvm::StringSet<> said; ///< Diagnostics so far.
  CompilationTimes timing;
  std::string stage;
  /// Of the errors so far; nothing before the first one.
  std::optional<bool> isUnsupported;
  mlir::TimingScope rootTiming;
  mlir::TimingScope *stageTiming = nullptr;
};

} // namespace graphc

#endif // GRAPHC_SUPPORT_COMPILATIONSESSION_H
