//===- MmaOperand.h - Panels of operands in shared memory -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H
#define GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H

#include "PanelProduct.h"
#include "SplitCopies.h"

namespace graphc::nvptx {

/// A panel of `lines` rows or columns with `depth` elements each, as lines in
/// shared memory whose pieces are permuted so that ldmatrix has no conflicts of
/// banks.
class MmaOperand : public Panel {
public:
  MmaOperand(codegen::LaneEmitter &lanes, ProductLoops &loops,
             const Product &product, bool isLeft, std::int64_t lines,
             std::int64_t depth);

  std::int64_t getBytes() const override {
    return lines * depth * elementBytes;
  }
  const PieceAccess &getAccess() const { return reader.getAccess(); }

  void begin(mlir::Value thread, std::int64_t threads,
             const ProductLoops::Indices &iteration, mlir::Value firstLine,
             mlir::Value numLines, mlir::Value numDepth) override;
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
  /// Line and depth of piece `i` of this thread, both i32, within the panel.
  std::pair<mlir::Value, mlir::Value> getPlace(std::int64_t i);
  /// Bytes from the panel's start to the piece of that line and depth.
  mlir::Value getOffset(mlir::Value line, mlir::Value depth);
  /// The same for line `row` and piece `piece` of what is stored.
  mlir::Value permute(mlir::Value row, mlir::Value piece);
  /// This lane's word of the matrix of 8 lines from `line` and a piece from
  /// `depth` on, where elements have four bytes and the depth is outermost.
  mlir::Value loadWord(mlir::Value panel, mlir::Value lane, mlir::Value line,
                       std::int64_t depth);
  std::int64_t getPieces() const;
  bool alongDepth() const { return getAccess().major == Major::Depth; }

  void fetchSplit(mlir::Value panel, mlir::Value depth);

  ProductLoops &loops;
  const Product &product;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  WarpgroupEmitter i32;
  std::int64_t elementBytes, width; ///< Elements of a piece.
  PieceReader reader;
  std::int64_t lines, depth;

  std::optional<SplitCopies> split;
  /// Of this thread's pieces, where they are split.
  llvm::SmallVector<SplitCopies::Line> splitLines;
  mlir::Value thread, firstLine;
  std::int64_t threads = 0;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H
