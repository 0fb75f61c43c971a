//===- RowReductions.h - What threads combine of a row ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_ROWREDUCTIONS_H
#define GRAPHC_LIB_TARGET_NVPTX_ROWREDUCTIONS_H

#include "../Codegen/LaneEmitter.h"
#include "../Codegen/Reductions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace graphc::nvptx {

/// A reduction whose parts can be combined in any grouping, though in one
/// order. Its values are those of its results, in a vector of lanes or as
/// scalars.
class RowReduction {
public:
  /// Nothing for a body that combines in a way that is not understood.
  static std::optional<RowReduction> match(mlir::linalg::LinalgOp op);
  /// A sum of squares of x - p, where p is an input that is one per row (of
  /// `rowDims` dimensions) and x needs none of `before`. It can be told before
  /// p is known from the moments of x: their mean, the sum of squares of
  /// x - mean, how many there are; the last is a scalar also among lanes.
  static std::optional<RowReduction>
  matchMoments(mlir::linalg::LinalgOp op, unsigned rowDims,
               llvm::ArrayRef<mlir::linalg::LinalgOp> before);

  mlir::linalg::LinalgOp getOp() const { return op; }
  bool isOfMoments() const { return bool(centred); }
  unsigned getNumValues() const {
    return isOfMoments() ? 3 : op->getNumResults();
  }
  mlir::Type getElementType(unsigned value) const {
    return mlir::getElementTypeOrSelf(
        op->getResult(isOfMoments() ? 0 : value).getType());
  }
  /// True when it only adds floats, whose error grows with how many there are.
  bool isSumOfFloats() const;

  /// Scalars that change nothing; `iteration` is of the row.
  llvm::SmallVector<mlir::Value>
  getNeutral(codegen::LaneEmitter &lanes,
             llvm::ArrayRef<codegen::LaneValue> iteration) const;
  /// `later` comes after `earlier`; both scalars or both vectors.
  llvm::SmallVector<mlir::Value> combine(mlir::OpBuilder &builder,
                                         mlir::ValueRange earlier,
                                         mlir::ValueRange later) const;
  /// The lanes of `vectors` combined to scalars.
  llvm::SmallVector<mlir::Value> combineLanes(mlir::OpBuilder &builder,
                                              mlir::ValueRange vectors) const;

  /// Moments with those of x at each of `iterations` in them.
  llvm::SmallVector<mlir::Value>
  addToMoments(codegen::LaneEmitter &lanes,
               llvm::ArrayRef<llvm::SmallVector<codegen::LaneValue>> iterations,
               mlir::ValueRange moments) const;
  /// The sum of squares of x - p, now that p is known.
  mlir::Value getSquares(codegen::LaneEmitter &lanes,
                         llvm::ArrayRef<codegen::LaneValue> iteration,
                         mlir::ValueRange moments) const;

private:
  explicit RowReduction(mlir::linalg::LinalgOp op) : op(op) {}
  llvm::SmallVector<mlir::Value> combineMoments(mlir::OpBuilder &builder,
                                                mlir::ValueRange earlier,
                                                mlir::ValueRange later) const;
  llvm::SmallVector<mlir::Value> select(mlir::OpBuilder &builder,
                                        mlir::ValueRange earlier,
                                        mlir::ValueRange later) const;

  mlir::Location getLoc() const { return op->getLoc(); }

  mlir::linalg::LinalgOp op;
  /// One per result; none for a selection, which keeps an element and where it
  /// was found and can be combined only by its own body.
  llvm::SmallVector<codegen::Accumulator> accumulators;
  /// Of moments: x - p, in the body of `op`.
  mlir::arith::SubFOp centred;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_ROWREDUCTIONS_H
