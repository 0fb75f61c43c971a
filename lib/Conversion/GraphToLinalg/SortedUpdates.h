//===- SortedUpdates.h - Scattering in the order of places ------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SORTEDUPDATES_H
#define GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SORTEDUPDATES_H

#include "LinalgBuilder.h"

namespace graphc {

/// Loops over what is scattered, along `dim` in the order of the places where
/// it goes. The updates of one place are a run there, which is one thread's.
struct SortedUpdates {
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;

  LinalgBuilder &b;
  llvm::SmallVector<graph::Expr> shape;
  int64_t dim;
  /// Sorted places and where each update was, read in these loops.
  Operand places, order;

  Value getPlace(ScalarBuilder &at, llvm::ArrayRef<Value> indices) const {
    return loadElement(at, places, indices);
  }
  /// The indices with another one along the updates.
  Values moveTo(llvm::ArrayRef<Value> indices, Value index) const {
    Values moved(indices);
    moved[dim] = index;
    return moved;
  }
  /// The number of an update before they were sorted.
  Value getNumber(ScalarBuilder &at, llvm::ArrayRef<Value> indices) const {
    return at.op<mlir::arith::IndexCastOp>(at.getIndexType(),
                                           loadElement(at, order, indices));
  }

  /// Replaces an element of `into` for each run by what `body` makes of its
  /// first update or, with `last`, of its last; `placesOf` says where that is.
  Tensor run(Tensor into, bool last,
             llvm::function_ref<Values(ScalarBuilder &, llvm::ArrayRef<Value>)>
                 placesOf,
             llvm::function_ref<Value(ScalarBuilder &,
                                      llvm::ArrayRef<Value> indices, Value old)>
                 body) const;

  /// How the updates of a run combine, in values of `types`.
  struct Fold {
    llvm::SmallVector<mlir::Type> types;
    llvm::SmallVector<mlir::Attribute> neutral;
    llvm::function_ref<Values(ScalarBuilder &, llvm::ArrayRef<Value> indices,
                              mlir::ValueRange state)>
        step;
    /// Appends what a block of updates came to.
    llvm::function_ref<Values(ScalarBuilder &, mlir::ValueRange state,
                              mlir::ValueRange block)>
        merge;
  };
  /// What blocks of updates come to that are all of one run; nothing is stored
  /// for others. Empty when there are none.
  llvm::SmallVector<Tensor> foldBlocks(const Fold &fold) const;
  /// Steps over the run that starts at `indices`. What `foldBlocks` added up
  /// is taken as that, so that long runs take no long time; shorter ones
  /// combine in the order of the updates.
  Values foldRun(ScalarBuilder &at, llvm::ArrayRef<Value> indices,
                 mlir::ValueRange inits, const Fold &fold,
                 llvm::ArrayRef<Tensor> blocks) const;

private:
  /// More than most runs have.
  static constexpr int64_t blockSize = 256;

  Value isEnd(ScalarBuilder &at, llvm::ArrayRef<Value> indices,
              bool last) const;
  Value isWholeBlock(ScalarBuilder &at, llvm::ArrayRef<Value> indices) const;
  Value startsBlock(ScalarBuilder &at, llvm::ArrayRef<Value> indices) const;
  Values foldBlock(ScalarBuilder &at, llvm::ArrayRef<Value> start,
                   const Fold &fold) const;
  Values stepOrMerge(ScalarBuilder &at, llvm::ArrayRef<Value> indices,
                     mlir::ValueRange state, const Fold &fold,
                     llvm::ArrayRef<Tensor> blocks) const;
};

} // namespace graphc

#endif // GRAPHC_LIB_CONVERSION_GRAPHTOLINALG_SORTEDUPDATES_H
