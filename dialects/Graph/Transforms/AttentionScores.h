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

/// What scores are masked with, at one place.
struct ScoreMask {
  mlir::Value value;
  /// A bool that hides where it is true.
  bool isNegated = false;
  /// What it hides has a finite score, which others may come to as well.
  bool isFinite = false;
  /// The batch shape that it broadcasts to.
  llvm::SmallVector<Expr> lead;
};

/// softcap * tanh(scale * query * key^T / softcap) + masks, or without softcap,
/// its matrices taken apart.
struct Scores {
  /// Follows `value` down to the product of queries and keys. `isShared`: it
  /// has another use, which goes, too.
  bool match(mlir::Value value, bool isShared = false);

  MatmulOp product;
  double scale = 1;
  std::optional<double> softcap;
  /// The last to be applied first.
  llvm::SmallVector<ScoreMask> masks;

private:
  bool matchMasked(mlir::Value value, mlir::Value rest, ScoreMask mask);
  bool matchSelect(mlir::Value value);
  bool matchTanh(mlir::Value value);
};

/// One mask of all, built for scores of a batch shape.
struct MergedMask {
  mlir::Value value; ///< Null: nothing but `isCausal` hides.
  bool isCausal = false;
  llvm::SmallVector<Expr> lead;
};
/// None where masks do not fit together, or `element` and f32 are not what they
/// hold.
std::optional<MergedMask> mergeMasks(mlir::PatternRewriter &rewriter,
                                     Scores &scores, mlir::Type element);

/// A softmax, perhaps one that knows empty rows.
struct Weights {
  SoftmaxOp softmax;
  /// Rows of -inf give 0.
  bool isSafe = false;
};
Weights matchWeights(mlir::Value value);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_ATTENTIONSCORES_H
