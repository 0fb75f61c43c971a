//===- Numerics.h - Finds the pass that changes numbers ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// After every pass the program is interpreted on the same inputs. The first
// pass behind which outputs differ by more than rounding explains is reported,
// with the op whose value differs and the node and line of the model.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_NUMERICS_NUMERICS_H
#define GRAPHC_NUMERICS_NUMERICS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace graphc {

struct NumericOptions {
  /// Of the random inputs.
  uint64_t seed = 0;
  /// Where the inputs are; empty: random ones.
  std::string directory;
  /// The passes to check, and the stages `translate` and `emit`; empty: all.
  std::vector<std::string> passes;
  /// Watches a pass that is run again to find the rewrite; may be empty.
  std::function<void(mlir::PassManager &)> watchAgain;
  /// Reports the first op that makes NaN or infinity from finite numbers, too.
  bool reportNonFinite = true;
};

/// What is known of one program over all of its pass managers.
class NumericCheck {
public:
  explicit NumericCheck(NumericOptions options);
  ~NumericCheck();

  /// Watches the passes of `pm`, which must run on one thread. The module must
  /// not change between pass managers.
  void watch(mlir::PassManager &pm);
  /// Checks LLVM IR that `module` was translated to. False when it computes
  /// something else, which has been reported as an error.
  bool checkTranslation(mlir::ModuleOp module, const llvm::Module &translated);
  /// Checks what LLVM's passes made of `before`, and finds the one that changed
  /// what is computed. `optimize` runs them.
  bool checkOptimization(mlir::ModuleOp module, const llvm::Module &before,
                         const llvm::Module &after,
                         llvm::function_ref<void(llvm::Module &)> optimize);
  /// Runs machine code of `optimized`, on this processor and in a process of
  /// its own, and finds the function whose code computes something else.
  bool checkCode(mlir::ModuleOp module, const llvm::Module &optimized,
                 const llvm::TargetMachine &machine);
  /// Whether a pass was found to change what is computed. It has been reported
  /// as an error and recorded as failed.
  bool hasFailed() const;
  /// One line: how many passes were checked, and what could not be.
  std::string summarize() const;

  struct State;

private:
  std::unique_ptr<State> state;
};

} // namespace graphc

#endif // GRAPHC_NUMERICS_NUMERICS_H
