//===- Histogram.h - Loops that count --------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_HISTOGRAM_H
#define GRAPHC_LIB_TARGET_NVPTX_HISTOGRAM_H

#include "Atomics.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc::nvptx {

/// Loops whose iterations each add a small integer to one of some counters.
class Histogram {
public:
  /// Nothing unless the body of the innermost of `loops`, besides reading, has
  /// one update, of counters that shared memory can hold as far as their type
  /// tells. Stores that `isStatus` names may stand beside it.
  static std::optional<Histogram>
  match(llvm::ArrayRef<mlir::scf::ForOp> loops,
        llvm::function_ref<bool(mlir::memref::StoreOp)> isStatus);

  /// An i1 at the insertion point: whether counters are so few, and updates so
  /// many, that they are better made in shared memory first. `total` is the
  /// number of iterations.
  mlir::Value isWorthIt(mlir::OpBuilder &builder, mlir::Value total) const;

  /// Launches blocks that count in shared memory, each a part of the
  /// iterations, and add up what they have. `getIndices` gives the values of
  /// the loops' variables in an iteration, given its number. The loops stay.
  void launch(mlir::OpBuilder &builder, mlir::Value total,
              llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value)>
                  getIndices) const;

private:
  friend class HistogramEmitter;

  llvm::SmallVector<mlir::scf::ForOp> loops;
  Update update;
  /// What says whether 1 is added, or null if it always is, or `update.value`
  /// if `addsOne` is false.
  mlir::Value condition;
  bool addsOne = false;
  /// Loads of which neighbouring iterations read neighbours.
  llvm::SmallVector<mlir::memref::LoadOp> wideLoads;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_HISTOGRAM_H
