//===- State.h - What is known of one program -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_NUMERICS_STATE_H
#define GRAPHC_LIB_NUMERICS_STATE_H

#include "graphc/Numerics/Numerics.h"

#include "Compare.h"
#include "Program.h"

#include "graphc/Support/FailureDump.h"

struct graphc::NumericCheck::State {
  explicit State(NumericOptions options) : options(std::move(options)) {}

  /// Before the first pass: makes inputs and learns what rounding does.
  void begin(mlir::ModuleOp module);
  void check(mlir::Pass *pass, mlir::Operation *op);
  void report(mlir::Pass *pass, mlir::Operation *op, mlir::ModuleOp module,
              const ProgramResult &result);
  void pointAt(mlir::InFlightDiagnostic &diagnostic, mlir::ModuleOp module);
  bool isWrong(const ProgramResult &result) const;
  void nameRewrite(mlir::InFlightDiagnostic &diagnostic, mlir::Pass *pass,
                   mlir::Operation *op);
  /// Adds the first output that differs, or why the run failed.
  void describeResult(mlir::InFlightDiagnostic &diagnostic,
                      const ProgramResult &result, mlir::Location loc);
  void reportNonFinite(mlir::ModuleOp module);
  /// Keeps `module` as the last one that was checked.
  void keep(mlir::ModuleOp module) { last = module.clone(); }

  NumericOptions options;
  bool hasBegun = false, hasFailed = false;
  /// Passes that are not to be checked have run since `outputs` and `last`.
  bool isStale = false;
  bool isWanted(llvm::StringRef pass) const {
    return options.passes.empty() || llvm::is_contained(options.passes, pass);
  }
  /// Computes `outputs` again before a pass that is to be checked.
  void refresh(mlir::ModuleOp module);
  /// In the run that writes a dump: inputs and tolerances for a replay.
  void writeInputs() const;
  std::optional<ProgramInputs> inputs;
  std::vector<interpreter::Array> outputs;
  std::vector<Tolerance> tolerances;
  mlir::OwningOpRef<mlir::ModuleOp> last;

  unsigned checked = 0;
  /// The first reason why a pass was not checked, and behind which pass; how
  /// many were not since the last one that was.
  std::string reason, reasonPass;
  unsigned skipped = 0;
  std::vector<std::string> lowered;
  std::string unstable;
  /// What the report of a failure says.
  WrongNumber wrong;
};

#endif // GRAPHC_LIB_NUMERICS_STATE_H
