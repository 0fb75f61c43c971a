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

#include "mlir/IR/Operation.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace graphc {

struct Fault {
  enum class Kind { Failure, Crash, WrongNumber };

  llvm::StringLiteral name;
  /// The argument of the pass that has the error, or one of the stages
  /// `import` (before the first pass), `translate` and `emit`.
  llvm::StringLiteral after;
  Kind kind;
  llvm::StringLiteral description;
  /// Looks for the fault's pattern in what the pass left, and where it is fails
  /// with a diagnostic, crashes, or makes the code wrong. Elsewhere it
  /// succeeds. The op is what the pass ran on.
  llvm::LogicalResult (*apply)(mlir::Operation *op) = nullptr;
  /// The same for the stages `translate` and `emit`.
  llvm::Error (*applyToLLVM)(llvm::Module &module) = nullptr;
};

/// The faults of FailureFaults.cpp and CodeFaults.cpp, which fail or crash.
llvm::ArrayRef<Fault> failureFaults();
llvm::ArrayRef<Fault> codeFaults();
/// The faults of NumericFaults.cpp, which compute wrong numbers.
llvm::ArrayRef<Fault> numericFaults();

std::vector<const Fault *> listFaults();
/// A line for each: name, kind, the pass it follows, description.
void printFaults(llvm::raw_ostream &os);
/// Null when there is none.
const Fault *findFault(llvm::StringRef name);
/// What is wrong with `name` as a fault's; empty: nothing.
std::string checkFaultName(llvm::StringRef name);

/// Puts a pass that applies the fault `name` behind the first run of its pass
/// in `pm`, if there is one; once in a process. No name: nothing happens.
void seedFault(mlir::OpPassManager &pm, llvm::StringRef name);
/// Applies the fault `name` if it is one of `stage`.
llvm::Error seedFault(llvm::StringRef stage, llvm::StringRef name,
                      llvm::Module &module);

} // namespace graphc

#endif // GRAPHC_TESTING_FAULTS_H
