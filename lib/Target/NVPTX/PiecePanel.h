//===- PiecePanel.h - Panels that come in pieces of 16 bytes ----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_PIECEPANEL_H
#define GRAPHC_LIB_TARGET_NVPTX_PIECEPANEL_H

#include "PanelProduct.h"
#include "SplitCopies.h"

namespace graphc::nvptx {

/// A panel of `lines` rows or columns with `depth` elements each, whose pieces
/// the threads of a block share. What becomes of them, and where they lie, is
/// for those who derive from it.
class PiecePanel : public Panel {
public:
  void begin(mlir::Value thread, std::int64_t threads,
             const ProductLoops::Indices &iteration, mlir::Value firstLine,
             mlir::Value numLines, mlir::Value numDepth) override;
  const PieceAccess &getAccess() const { return reader.getAccess(); }

protected:
  /// Elements have `elementBytes` in shared memory.
  PiecePanel(codegen::LaneEmitter &lanes, ProductLoops &loops,
             const Product &product, bool isLeft, std::int64_t elementBytes,
             std::int64_t lines, std::int64_t depth);
  /// Lets what a step along a depth of several loops needs be computed apart
  /// from the line's part, where pieces allow it.
  void splitDepth(codegen::LaneEmitter &lanes);

  bool alongDepth() const { return getAccess().major == Major::Depth; }
  /// Pieces of one thread; threads without any are possible.
  std::int64_t getPieces() const;
  /// Line and depth of piece `i` of this thread, both i32, within the panel.
  std::pair<mlir::Value, mlir::Value> getPlace(std::int64_t i);
  /// The same within the whole operand, as indices; `from` is the panel's
  /// depth.
  std::pair<mlir::Value, mlir::Value> getSource(std::int64_t i,
                                                mlir::Value from);
  /// The place of a piece along the depth, by its number in the panel.
  virtual std::pair<mlir::Value, mlir::Value>
  getPlaceAlongDepth(mlir::Value number) = 0;
  /// What reads of all pieces give.
  llvm::SmallVector<mlir::Type> getPieceTypes() const;

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

private:
  mlir::Value getLine(mlir::Value line);
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_PIECEPANEL_H
