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

/// A loop that carries the sum (or product, or greatest) of what it has seen
/// and stores something for each prefix.
struct Scan {
  mlir::scf::ForOp loop;
  mlir::Operation *combiner;
  mlir::Value element; ///< What the combiner takes besides the carried value.

  /// Nothing unless threads can share the loop, and are better off: neighbours
  /// along it are neighbours in memory.
  static std::optional<Scan> match(mlir::scf::ForOp loop);

  /// Launches a block for each of `rows` (an index). `getRow` maps what `loop`
  /// uses of the loops around it, given the number of the row.
  void
  launch(mlir::OpBuilder &builder, mlir::Value rows,
         llvm::function_ref<void(mlir::Value, mlir::IRMapping &)> getRow) const;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SCAN_H
