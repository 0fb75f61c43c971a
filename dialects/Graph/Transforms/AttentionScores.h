//===- AttentionScores.h - Softmax over products of queries and keys *- C++
//-*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_ATTENTIONSCORES_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_ATTENTIONSCORES_H

#include "Matchers.h"

namespace graphc::graph {

/// All but the last two sizes.
llvm::ArrayRef<Expr> getLead(mlir::Value value);

/// Whether `reshape` merges or splits batch dimensions only.
bool keepsMatrices(ReshapeOp reshape);

/// What copies, casts between floats and batch reshapes were applied to, while
/// nothing else uses it.
mlir::Value peelToMatrices(mlir::Value value);

/// `condition ? scores : -inf`, or what is as good: the condition, true where
/// scores are kept.
mlir::Value matchSelectMask(SelectOp select, mlir::Value &scores);

/// softmax(scale * query * key^T + mask), its matrices taken apart.
struct Scores {
  /// Follows `value` down to the product of queries and keys.
  bool match(mlir::Value value);

  MatmulOp product;
  double scale = 1;
  mlir::Value mask;
  /// The batch shape that the mask broadcasts to.
  llvm::SmallVector<Expr> maskLead;

private:
  bool matchMasked(mlir::Value value, mlir::Value rest, mlir::Value newMask);
};

/// A softmax, perhaps one that knows empty rows.
struct Weights {
  SoftmaxOp softmax;
  /// Rows of -inf give 0.
  bool isSafe = false;
};
Weights matchWeights(mlir::Value value);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_ATTENTIONSCORES_H
