//===- FmaOperand.h - Panels that threads multiply --------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_FMAOPERAND_H
#define GRAPHC_LIB_TARGET_NVPTX_FMAOPERAND_H

#include "PiecePanel.h"

namespace graphc::nvptx {

/// A panel of `lines` rows or columns with `depth` elements each, in the type
/// of the sums and with the depth outermost, so that threads read neighbouring
/// lines of a step at once. Pieces that run along the depth are transposed on
/// their way: through registers, as shared memory would be busy with copies of
/// single elements.
class FmaOperand : public PiecePanel {
public:
  FmaOperand(codegen::LaneEmitter &lanes, ProductLoops &loops,
             const Product &product, bool isLeft, mlir::FloatType sumType,
             std::int64_t lines, std::int64_t depth);

  std::int64_t getBytes() const override { return depth * pitch(); }
  void begin(mlir::Value thread, std::int64_t threads,
             const ProductLoops::Indices &iteration, mlir::Value firstLine,
             mlir::Value numLines, mlir::Value numDepth) override;
  llvm::SmallVector<mlir::Value> fetch(mlir::Value panel,
                                       mlir::Value depth) override;
  void finish(mlir::Value panel, mlir::ValueRange pieces) override;
  llvm::SmallVector<mlir::Type> getPendingTypes() override;
  /// Whether pieces are copied asynchronously; else `fetch` gives all of them.
  bool isCopied() const;
  /// The two halves of `fetch`: what comes back, and copy `i` of so many.
  llvm::SmallVector<mlir::Value> read(mlir::Value depth);
  std::int64_t getCopies() const { return isCopied() ? getPieces() : 0; }
  void copy(mlir::Value panel, mlir::Value depth, std::int64_t i);

  /// Elements of an access of 16 bytes.
  std::int64_t getWidth() const { return width; }
  /// Bytes from the panel's start to that line and step, both i32.
  mlir::Value getOffset(mlir::Value line, mlir::Value step);
  /// So many lines, from `line` lines and `step` steps behind `start` on.
  mlir::Value load(mlir::Value start, std::int64_t line, std::int64_t step);

private:
  /// Bytes from one step to the next: of four in a row, no two begin at the
  /// same bank.
  std::int64_t pitch() const { return lines * elementBytes + pieceBytes; }
  std::pair<mlir::Value, mlir::Value>
  getPlaceAlongDepth(mlir::Value number) override;
  /// Where element `i` of the piece of that line and depth is.
  mlir::Value locate(mlir::Value panel, mlir::Value line, mlir::Value depth,
                     std::int64_t i);

  mlir::FloatType sumType;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_FMAOPERAND_H
