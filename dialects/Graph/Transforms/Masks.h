//===- Masks.h - What attention masks let through ---------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_MASKS_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_MASKS_H

#include "mlir/IR/PatternMatch.h"

namespace graphc::graph {

/// Whether every row of the bool or float mask surely leaves something to be
/// seen. Rows without elements do not count. `isNegated`: of a bool mask that
/// hides where it is true.
bool everyRowSees(mlir::Value mask, bool isNegated = false);

/// Whether the mask, bool or float, hides exactly the keys after the query's
/// position, counted from the first. `shape` is `[L, S]`, its last sizes when
/// they are not broadcast.
bool isCausal(mlir::Value mask);

/// Whether the mask hides nothing and adds nothing.
bool hidesNothing(mlir::Value mask);

/// The bool mask that `mask` spells with 0 and -inf, or `mask`. A large finite
/// number stands for -inf only where no other mask hides what is left of a row,
/// `isAlone`.
mlir::Value getMask(mlir::PatternRewriter &rewriter, mlir::Value mask,
                    bool isAlone);

void populateSimplifyMasks(mlir::RewritePatternSet &patterns);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_MASKS_H
