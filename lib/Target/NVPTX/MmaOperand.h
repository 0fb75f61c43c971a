//===- MmaOperand.h - Panels of operands in shared memory -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H
#define GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H

#include "PiecePanel.h"

namespace graphc::nvptx {

/// A panel of `lines` rows or columns with `depth` elements each, as lines in
/// shared memory whose pieces are permuted so that ldmatrix has no conflicts of
/// banks.
class MmaOperand : public PiecePanel {
public:
  MmaOperand(codegen::LaneEmitter &lanes, ProductLoops &loops,
             const Product &product, bool isLeft, std::int64_t lines,
             std::int64_t depth);

  std::int64_t getBytes() const override {
    return lines * depth * elementBytes;
  }
  llvm::SmallVector<mlir::Value> fetch(mlir::Value panel,
                                       mlir::Value depth) override;
  void finish(mlir::Value panel, mlir::ValueRange pieces) override;
  llvm::SmallVector<mlir::Type> getPendingTypes() override;

  /// The fragments of 16 lines from `line` (an i32) on at part `step` of the
  /// depth: the four words of a left operand's 16 rows, or two words for each
  /// of twice 8 columns.
  llvm::SmallVector<mlir::Value> loadFragments(mlir::Value panel,
                                               mlir::Value lane,
                                               mlir::Value line,
                                               std::int64_t step);

private:
  std::pair<mlir::Value, mlir::Value>
  getPlaceAlongDepth(mlir::Value number) override;
  /// Bytes from the panel's start to the piece of that line and depth.
  mlir::Value getOffset(mlir::Value line, mlir::Value depth);
  /// The same for line `row` and piece `piece` of what is stored.
  mlir::Value permute(mlir::Value row, mlir::Value piece);
  /// This lane's word of the matrix of 8 lines from `line` and a piece from
  /// `depth` on, where elements have four bytes and the depth is outermost.
  mlir::Value loadWord(mlir::Value panel, mlir::Value lane, mlir::Value line,
                       std::int64_t depth);

  void fetchSplit(mlir::Value panel, mlir::Value depth);
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H
