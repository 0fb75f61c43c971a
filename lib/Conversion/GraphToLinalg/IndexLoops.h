//===- IndexLoops.h - The loops of advanced indexing ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_INDEXLOOPS_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_INDEXLOOPS_H

#include "LinalgBuilder.h"

namespace graphc {

/// An i64 index as an index value in [0, size): negative ones count from the
/// end when `wraps`, the rest is clamped.
mlir::Value buildPlace(ScalarBuilder &at, LinalgBuilder &b, mlir::Value index,
                       graph::Expr size, bool wraps);

/// Makes the run fail unless all of `index` (broadcast to `shape`) is in range.
void checkIndex(LinalgBuilder &b, mlir::Value index,
                llvm::ArrayRef<graph::Expr> shape, graph::Expr size,
                bool wraps);

/// The loops of the linalg.generic that is being built.
llvm::SmallVector<mlir::Value> getLoopIndices(ScalarBuilder &at, int64_t rank);

/// Loops over the elements that `input[indices]` picks: the dimensions that are
/// not indexed, with the broadcast shape of the indices as a block among them.
/// Checks the indices when it is made.
struct IndexLoops {
  /// Negative indices count from the end when `wraps`.
  IndexLoops(LinalgBuilder &b, mlir::Value input, mlir::ValueRange indices,
             llvm::ArrayRef<int64_t> dims, bool wraps);

  /// Where in the input an element is, given its loops and its indices.
  llvm::SmallVector<mlir::Value>
  getPlaces(ScalarBuilder &at, LinalgBuilder &b,
            llvm::ArrayRef<mlir::Value> loops,
            llvm::ArrayRef<mlir::Value> indices) const;

  llvm::SmallVector<graph::Expr> shape;
  /// The indices, read in these loops.
  llvm::SmallVector<Operand> operands;
  /// The shape of the block, and its first dimension in `shape`.
  llvm::SmallVector<graph::Expr> block;
  int64_t blockStart = 0;
  bool wraps;

private:
  llvm::SmallVector<graph::Expr> inputShape;
  llvm::ArrayRef<int64_t> dims;
};

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_INDEXLOOPS_H
