//===- Bisect.h - Which rewrite of a pass it is -----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_NUMERICS_BISECT_H
#define GRAPHC_LIB_NUMERICS_BISECT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <functional>
#include <optional>
#include <string>

namespace graphc {

struct Rewrite {
  /// As MLIR prints the action, with the name of the pattern.
  std::string pattern;
  std::string op;
  mlir::Location loc;
  /// Which of the attempts to apply a pattern it is.
  unsigned index = 0, total = 0;
};

/// Runs `pipeline` on copies of `before` with only the first attempts to apply
/// a pattern allowed, and finds the first one that makes the module wrong.
/// Nothing when the pass rewrites without patterns, or needs all of them.
/// `watch` is told of each pass manager, if it is there.
std::optional<Rewrite>
findRewrite(mlir::ModuleOp before, llvm::StringRef pipeline,
            const std::function<void(mlir::PassManager &)> &watch,
            llvm::function_ref<bool(mlir::ModuleOp)> isWrong);

} // namespace graphc

#endif // GRAPHC_LIB_NUMERICS_BISECT_H
