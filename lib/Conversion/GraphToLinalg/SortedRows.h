//===- SortedRows.h - Sorting that threads share ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SORTEDROWS_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SORTEDROWS_H

#include "LinalgBuilder.h"

namespace graphc {

/// A sort of a tensor without dimensions: itself and index 0.
llvm::SmallVector<mlir::Value> buildSortedScalar(LinalgBuilder &b,
                                                 mlir::Value input);

/// Makes the run fail when more elements are asked for than there are, which
/// shows at run time where sizes are open.
void checkCount(LinalgBuilder &b, graph::TopkOp op);

/// The first `count` elements along dimension `dim` of what is sorted along it,
/// stably, and the places (i64) where they were.
struct SortedRows {
  Tensor values, indices;

  static SortedRows build(LinalgBuilder &b, const Operand &input,
                          llvm::ArrayRef<graph::Expr> shape, int64_t dim,
                          graph::Expr count, bool descending);
};

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SORTEDROWS_H
