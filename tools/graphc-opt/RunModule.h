//===- RunModule.h - Passes on one module -----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TOOLS_GRAPHC_OPT_RUNMODULE_H
#define GRAPHC_TOOLS_GRAPHC_OPT_RUNMODULE_H

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

namespace graphc {
class CompilationSession;

/// The stage that all passes of a run are.
inline constexpr llvm::StringLiteral optStage = "graphc-opt";

/// Whether `config` asks for nothing that only MlirOptMain does: text in
/// several parts, expected diagnostics, bytecode.
bool isPlainRun(const mlir::MlirOptMainConfig &config);

/// What MlirOptMain does in a plain run, as the stages `load` and `graphc-opt`
/// of `session`, whose errors have codes. `misuse` is why the passes asked for
/// make no pipeline, if they make none.
mlir::LogicalResult runModule(CompilationSession &session,
                              std::unique_ptr<llvm::MemoryBuffer> input,
                              const mlir::MlirOptMainConfig &config,
                              llvm::raw_ostream &output, std::string &misuse);

} // namespace graphc

#endif // GRAPHC_TOOLS_GRAPHC_OPT_RUNMODULE_H
