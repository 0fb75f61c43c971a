//===- Program.h - Runs the entry of a module at any stage ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_NUMERICS_PROGRAM_H
#define GRAPHC_LIB_NUMERICS_PROGRAM_H

#include "Compare.h"

#include "graphc/Import/Signature.h"
#include "graphc/Interpreter/Interpreter.h"

#include "dialects/Graph/IR/Graph.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include <optional>
#include <variant>

namespace graphc {

/// The inputs of a program and what every stage of it has in common.
struct ProgramInputs {
  /// Of the module, if it has one.
  std::optional<Signature> signature;
  /// In the order of the lowered entry's index arguments.
  std::vector<std::string> symbols;
  llvm::StringMap<int64_t> values;
  /// The tensors, row-major.
  std::vector<interpreter::Array> tensors;
  /// The types of results on tensors; null where they are not known.
  std::vector<mlir::Type> results;
  /// Constants at their planned offsets, kept for when the module has given
  /// them away.
  mutable interpreter::Memory weights;
};

/// What a run gave: outputs in row-major order, or why there are none.
struct ProgramResult {
  std::vector<interpreter::Array> outputs;
  std::optional<interpreter::Error> error;
  /// Graph ops that have no evaluator.
  std::vector<std::string> lowered;
};

/// The function to run: the entry that graphc-make-entry makes, `@main`,
/// or else the first one with a body.
mlir::FunctionOpInterface findEntry(mlir::ModuleOp module);

/// Whether `function` has the calling convention of the entry in Runtime.h.
bool isRuntimeEntry(mlir::FunctionOpInterface function);

/// What the caller gives for one input.
using GivenInput = std::variant<std::monostate, int64_t, interpreter::Array>;

/// Reads a directory as graphc-run takes it: inputs in the caller's order.
/// Nothing on an error, which `reason` tells.
std::optional<std::vector<GivenInput>> readInputs(llvm::StringRef directory,
                                                  mlir::MLIRContext *context,
                                                  std::string &reason);

/// The file of input number `index`, `000.bin`.
std::string getInputFileName(size_t index);
/// The manifest of such a directory for inputs that were made.
void writeManifest(const ProgramInputs &inputs, llvm::raw_ostream &os);

/// What a dump keeps of a check beside its inputs, so that a replay finds the
/// same difference.
struct SavedCheck {
  llvm::StringMap<int64_t> symbols;
  /// Of the outputs.
  std::vector<Tolerance> tolerances;
  /// From `weights.bin`, for a module that has given them away; or null.
  interpreter::Memory weights;
};
/// From `check.json` of a directory; empty when there is none.
SavedCheck readSavedCheck(llvm::StringRef directory);
void writeSavedCheck(const SavedCheck &saved, llvm::raw_ostream &os);

/// The `given` inputs, and random ones for what is not given, that fit the
/// entry as it is now; `symbols` are sizes that are known. Random integers are
/// below `limit`. Nothing when the types or the sizes cannot be had; `reason`
/// says why.
std::optional<ProgramInputs> makeInputs(mlir::ModuleOp module,
                                        llvm::ArrayRef<GivenInput> given,
                                        const llvm::StringMap<int64_t> &symbols,
                                        uint64_t seed, int64_t limit,
                                        std::string &reason);

/// Runs the entry, whatever calling convention it has by now.
/// \param callCode as that of interpreter::Options.
ProgramResult
runProgram(mlir::ModuleOp module, const ProgramInputs &inputs,
           interpreter::Observer *observer,
           decltype(interpreter::Options::callCode) callCode = {});

} // namespace graphc

#endif // GRAPHC_LIB_NUMERICS_PROGRAM_H
