//===- Faults.h - Errors of the compiler, on purpose ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fault is an error in one pass that only some programs meet. The tools that
// find errors are tested on them.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_TESTING_FAULTS_H
#define GRAPHC_TESTING_FAULTS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace llvm {
class Function;
class Module;
class PassInstrumentationCallbacks;
} // namespace llvm

namespace graphc {

struct Fault {
  enum class Kind { Failure, Crash, WrongNumber };

  llvm::StringLiteral name;
  /// The argument of the pass that has the error, or one of the stages
  /// `translate` and `emit`, or a pass of LLVM written `llvm:gvn`.
  llvm::StringLiteral pass;
  Kind kind;
  llvm::StringLiteral description;
  /// Looks for the fault's pattern in what the pass left, and where it is fails
  /// with a diagnostic, crashes, or makes the code wrong. Elsewhere it
  /// succeeds. The op is what the pass ran on.
  llvm::LogicalResult (*apply)(mlir::Operation *op) = nullptr;
  /// The same for LLVM IR, behind a stage or a pass of LLVM.
  llvm::Error (*applyToLLVM)(llvm::Module &module) = nullptr;
  /// A rewrite that joins the patterns of the pass, which is `canonicalize`:
  /// succeeds where it changed `op`.
  llvm::LogicalResult (*rewrite)(mlir::PatternRewriter &rewriter,
                                 mlir::Operation *op) = nullptr;
  /// Makes LLVM IR wrong behind a stage or a pass of LLVM: true where it found
  /// its pattern.
  bool (*change)(llvm::Function &function) = nullptr;
};

/// The faults of FailureFaults.cpp and CodeFaults.cpp, which fail or crash.
llvm::ArrayRef<Fault> failureFaults();
llvm::ArrayRef<Fault> codeFaults();
/// The faults of NumericFaults.cpp and NumericCodeFaults.cpp, which compute
/// wrong numbers: graph to kernels, and buffers to LLVM.
llvm::ArrayRef<Fault> numericFaults();
llvm::ArrayRef<Fault> numericCodeFaults();

std::vector<const Fault *> listFaults();
/// A line for each: name, kind, the pass that has it, description.
void printFaults(llvm::raw_ostream &os);
/// Null when there is none.
const Fault *findFault(llvm::StringRef name);
/// What is wrong with `name` as a fault's; empty: nothing.
std::string checkFaultName(llvm::StringRef name);

/// Writes the fault's name into the module, so that its passes have it wherever
/// they run: also when a dump of the module is replayed or reduced. No name:
/// nothing happens.
void markFault(mlir::ModuleOp module, llvm::StringRef name);
/// The same before the first pass of `pm`; call it before anything else
/// watches.
void markFault(mlir::PassManager &pm, llvm::StringRef name);

/// Makes the passes of `pm` have the fault that their module names. A pass has
/// it on its first run on an op, as a part of that run: whoever watches `pm`
/// and is told of the end of the pass sees what the fault did. Call it when all
/// others watch.
/// \param again the passes run on a copy, on which they have run before.
void seedFaults(mlir::PassManager &pm, bool again = false);

/// Applies the fault `name` if it is one of `stage`.
llvm::Error seedFault(llvm::StringRef stage, llvm::StringRef name,
                      llvm::Module &module);

/// Applies the fault `name` behind the first run of its pass of LLVM that
/// leaves the pattern.
void seedFault(llvm::PassInstrumentationCallbacks &callbacks,
               llvm::StringRef name);

} // namespace graphc

#endif // GRAPHC_TESTING_FAULTS_H
