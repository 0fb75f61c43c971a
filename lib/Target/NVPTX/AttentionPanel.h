//===- AttentionPanel.h - Tiles of attention in shared memory ---*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_ATTENTIONPANEL_H
#define GRAPHC_LIB_TARGET_NVPTX_ATTENTIONPANEL_H

#include "Pieces.h"
#include "Slices.h"

namespace graphc::nvptx {

/// A tile of queries, keys or values in shared memory: for every position a
/// line of the head, 16-bit elements. Lines are cut into blocks of 128 bytes;
/// in a block line after line, the pieces of a line permuted so that ldmatrix
/// has no conflicts of banks. All addresses of a thread are then a few that
/// depend on it and constants, which instructions hold: there are too many for
/// registers. Of f32 there is such a tile for each slice (see Slices.h), one
/// behind the other; on their way they are in registers.
class AttentionPanel {
public:
  /// Of an operand of `product` that is queries or keys, whose pieces run along
  /// the depth, or values, whose pieces run along the columns. `size` is that
  /// of a head, `lines` a multiple of 16.
  AttentionPanel(codegen::LaneEmitter &lanes, ProductLoops &loops,
                 const Product &product, bool isLeft, bool isValues,
                 std::int64_t size, std::int64_t lines);

  std::int64_t getBytes() const { return slices() * sliceBytes(); }
  /// Elements are cut into slices.
  bool isSliced() const { return reader.getElementType().isF32(); }
  /// Of a right operand, as products take them.
  std::int64_t getColumns() const {
    return isValues ? llvm::alignTo(size, 16) : lines;
  }

  /// The panel is at `panel`, a pointer; the thread is number `thread` (i32) of
  /// `threads`; the loops of the batch are set in `iteration`; there are
  /// `count` positions, an index; the rows of a left operand that the warp
  /// multiplies begin at line `firstRow` (i32, a multiple of 16); the part of
  /// the head that the panel holds begins at `firstElement` (i32, a multiple of
  /// 8, null for 0).
  void begin(mlir::Value panel, mlir::Value thread, std::int64_t threads,
             const ProductLoops::Indices &iteration, mlir::Value count,
             mlir::Value firstRow, mlir::Value firstElement = {});
  /// Begins to bring the lines from position `first` (i32) on. Those behind the
  /// last one are values of zero, or any queries and keys; `areWhole`: there
  /// are none.
  void bring(mlir::Value first, bool areWhole);
  /// Stores what was brought to registers. Nobody reads the panel any more.
  void deliver();
  /// Both, for panels that need not come while others are multiplied.
  void bringNow(mlir::Value first, bool areWhole);

  /// Fragments of this lane: the four words of the warp's 16 rows; two words
  /// for each of twice 8 columns, which are keys or elements of values. `step`
  /// counts steps of the depth of a product.
  llvm::SmallVector<mlir::Value> loadRows(std::int64_t step,
                                          unsigned slice = 0);
  llvm::SmallVector<mlir::Value>
  loadColumns(std::int64_t column, std::int64_t step, unsigned slice = 0);

private:
  /// What a thread brings of a block in each pass, all threads taking
  /// neighbouring pieces of some lines.
  struct Share {
    std::int64_t pieces = 0, linesOfPass = 0;
    mlir::Value line, piece; ///< i32
    mlir::Value source;      ///< Of the first block, position 0.
    mlir::Value target;      ///< Of the first block and pass.
  };

  /// Elements of a piece that were read, and where they go.
  struct Fetched {
    mlir::Value elements, target;
  };

  std::int64_t blocks() const;
  std::int64_t slices() const { return isSliced() ? sliceCount : 1; }
  std::int64_t sliceBytes() const { return blocks() * lines * lineBytes; }
  mlir::Value readPiece(mlir::Value from, mlir::Value isThere);
  std::int64_t piecesOf(std::int64_t block) const;
  /// The element that is number `element` (i32) of the panel.
  mlir::Value toElement(mlir::Value element);
  mlir::Value getSource(mlir::Value position, mlir::Value element);
  Share getShare(std::int64_t pieces);
  bool isStrided();
  /// Elements from one position to the next, an i64.
  mlir::Value getStride();
  void copyBlock(const Share &share, std::int64_t block, mlir::Value first,
                 bool areWhole);
  void readBlock(const Share &share, std::int64_t block, mlir::Value first);
  /// `place` and so many lines.
  mlir::Value further(mlir::Value place, std::int64_t count);
  mlir::Value getPlace(mlir::Value line, mlir::Value piece);
  void placeFragments(mlir::Value firstRow);
  llvm::SmallVector<mlir::Value> load(std::int64_t line, std::int64_t piece,
                                      unsigned slice);
  mlir::Value isBelow(mlir::Value a, mlir::Value b);

  codegen::LaneEmitter &lanes;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  WarpgroupEmitter i32;
  PieceReader reader;
  mlir::linalg::LinalgOp op;
  mlir::OpOperand *operand;
  bool isLeft, isValues;
  unsigned positionDim, elementDim; ///< Loops of `op`.
  std::int64_t size, lines;

  mlir::Value panel, thread, count, firstElement;
  std::int64_t threads = 0;
  ProductLoops::Indices iteration;
  /// Of whole blocks, and of the last where that has fewer pieces.
  Share whole, last;
  mlir::Value base; ///< Position 0, element 0 in memory.
  llvm::SmallVector<Fetched> fetched;
  /// Where this lane's line of a fragment begins, by the pair of pieces.
  llvm::SmallVector<mlir::Value> fragments;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_ATTENTIONPANEL_H
