//===- ContractionShape.h - The loops of a matrix product -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_CONTRACTIONSHAPE_H
#define GRAPHC_LIB_TARGET_CPU_CONTRACTIONSHAPE_H

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc::cpu {

/// The product in the body of a contraction kernel, seen as
///
///   C[outer.., m.., n] += A[outer.., m.., k..] * B[outer.., k.., n]
///
/// `n` is the loop that vectors run along; B is the operand that varies with
/// it, whichever side it stands on. Loops of one iteration are in no list.
struct ContractionShape {
  mlir::linalg::LinalgOp op;
  mlir::OpOperand *a = nullptr, *b = nullptr;
  unsigned n = 0;
  llvm::SmallVector<unsigned> m, outer, k;
  mlir::Type accumulator;
  /// Static sizes of all loops, or kDynamic.
  llvm::SmallVector<std::int64_t> sizes;
  /// B is packed by graphc-pack-constants in panels of this many columns.
  std::optional<std::int64_t> panel;
  bool isPairPacked = false;

  /// Nothing when the body holds no product that tiles fit.
  static std::optional<ContractionShape> get(kernel::RegionOp region);

  /// Product of the sizes of `loops`, if static.
  std::optional<std::int64_t> extent(llvm::ArrayRef<unsigned> loops) const;
  /// The position of `operand` among the operands of the region.
  static unsigned getArgument(mlir::OpOperand *operand) {
    return mlir::cast<mlir::BlockArgument>(operand->get()).getArgNumber();
  }
  mlir::AffineMap getMap(mlir::OpOperand *operand) const {
    return mlir::cast<mlir::linalg::LinalgOp>(operand->getOwner())
        .getMatchingIndexingMap(operand);
  }
  /// The last dimension of `operand` runs along `loop`.
  bool isLast(mlir::OpOperand *operand, unsigned loop) const;
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_CONTRACTIONSHAPE_H
