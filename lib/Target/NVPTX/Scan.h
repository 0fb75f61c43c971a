//===- Scan.h - Loops whose carried value is a prefix -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SCAN_H
#define GRAPHC_LIB_TARGET_NVPTX_SCAN_H

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// Set by the lowering of graph ops on loops whose carried values are those of
/// a prefix: the step is associative, what it takes of an element is of the
/// same kind as what is carried.
inline constexpr llvm::StringLiteral scanAttrName = "graphc.scan";

/// A loop that carries the sum (or product, or the greatest with its place) of
/// what it has seen, and stores something for each prefix or behind the loop.
struct Scan {
  mlir::scf::ForOp loop;
  /// What the step takes besides each carried value.
  llvm::SmallVector<mlir::Value> elements;
  /// The ops of the step, in order.
  llvm::SmallVector<mlir::Operation *> step;
  /// What stands in front of the loop, and behind it, in the same block: where
  /// it begins and ends and with what, and what is stored of its results.
  llvm::SmallVector<mlir::Operation *> before, behind;

  /// Nothing unless threads can share the loop, and are better off: neighbours
  /// along it are neighbours in memory. The step of loops that are not marked
  /// is one op that is known to be associative.
  static std::optional<Scan> match(mlir::scf::ForOp loop);
  /// The same for the loop that is all that `block` does, but for what is
  /// `before` and `behind`.
  static std::optional<Scan> match(mlir::Block *block);

  /// Launches a block for each of `rows` (an index). `getRow` maps what the
  /// scan uses of the loops around it, given the number of the row.
  void
  launch(mlir::OpBuilder &builder, mlir::Value rows,
         llvm::function_ref<void(mlir::Value, mlir::IRMapping &)> getRow) const;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SCAN_H
