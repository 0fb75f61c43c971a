//===- CompilationObserver.h - Who sees a compilation go on -----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_SUPPORT_COMPILATIONOBSERVER_H
#define GRAPHC_SUPPORT_COMPILATIONOBSERVER_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

namespace graphc {

/// Sees the stages, passes and messages of a session and changes nothing.
class CompilationObserver {
public:
  virtual ~CompilationObserver() = default;
  virtual void beginStage(llvm::StringRef name) {}
  /// Always follows `beginStage`, unless the process dies.
  virtual void endStage(llvm::StringRef name, bool isDone) {}
  /// Before the passes of a stage run, on as many threads as ever.
  virtual void watchPasses(mlir::PassManager &pm) {}
  /// `text` as it went to stderr, with its code and notes.
  virtual void sawDiagnostic(mlir::DiagnosticSeverity severity,
                             llvm::StringRef text) {}
};

} // namespace graphc

#endif // GRAPHC_SUPPORT_COMPILATIONOBSERVER_H
