//===- FormAttention.h - Attention as one kernel ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_FORMATTENTION_H
#define GRAPHC_LIB_TRANSFORMS_FORMATTENTION_H

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"

namespace graphc {

/// The linalg ops of one attention in program order, and the loops of its
/// scores: rows.., query, key.
struct AttentionGroup {
  llvm::SmallVector<mlir::linalg::LinalgOp> ops;
  unsigned rank = 0;
};

/// Every attention of `block` that is still whole: the ops that the lowering
/// marked with one `graphc.group`, from the scores (`graphc.attention`) to the
/// weighted values, and a permutation of the result.
llvm::SmallVector<AttentionGroup> findAttentions(mlir::Block &block);

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_FORMATTENTION_H
