//===- Windows.h - How convolutions read images ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_KERNEL_IR_WINDOWS_H
#define GRAPHC_DIALECTS_KERNEL_IR_WINDOWS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Value.h"

namespace graphc::kernel {

/// A loop times a factor.
struct AffineTerm {
  unsigned loop;
  std::int64_t factor;
};

/// `expr` as a sum of loops times positive factors: what a window reads is
/// output * stride + tap * dilation.
std::optional<llvm::SmallVector<AffineTerm>> splitSum(mlir::AffineExpr expr);

/// The elements that stand in front of `value`, by dimension, if that is
/// nothing or a static padding by zeros; `value` becomes what is padded.
std::optional<llvm::SmallVector<std::int64_t>>
lookThroughPadding(mlir::Value &value);

} // namespace graphc::kernel

#endif // GRAPHC_DIALECTS_KERNEL_IR_WINDOWS_H
