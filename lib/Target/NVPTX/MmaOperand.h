//===- MmaOperand.h - Panels of operands in shared memory -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H
#define GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H

#include "Mma.h"
#include "Product.h"
#include "Warpgroup.h"

namespace graphc::nvptx {

/// How an operand of a product is brought to shared memory, in pieces of 16
/// bytes.
struct PieceAccess {
  /// Pieces run along the depth or, where a transposing ldmatrix undoes that,
  /// along the rows or columns.
  Major major = Major::Depth;
  /// Bytes of an asynchronous copy: a piece is 16, 8 or 4 neighbours in memory
  /// or zero. 0: its elements are evaluated and stored.
  std::int64_t copyBytes = 0;
  /// Elements are evaluated all at once rather than one by one.
  bool isVector = false;
};

/// The panel of one operand that a block's tile needs for a step along the
/// depth: `lines` rows or columns with `depth` elements each, as lines in
/// shared memory whose pieces are permuted so that ldmatrix has no conflicts of
/// banks.
class MmaOperand {
public:
  MmaOperand(codegen::LaneEmitter &lanes, ProductLoops &loops,
             const Product &product, bool isLeft, std::int64_t lines,
             std::int64_t depth);

  std::int64_t getBytes() const { return lines * depth * elementBytes; }
  const PieceAccess &getAccess() const { return access; }

  /// Where this thread is: its number, an i32, of `threads`; the loops of the
  /// batch are set in `iteration`; `firstLine` is the tile's first row or
  /// column, an index; sizes are those of the whole product.
  void begin(mlir::Value thread, std::int64_t threads,
             const ProductLoops::Indices &iteration, mlir::Value firstLine,
             mlir::Value numLines, mlir::Value numDepth);

  /// Begins to bring the panel at `depth` (an index) to `panel`, a pointer.
  /// What could not be copied comes back, for `finish`.
  llvm::SmallVector<mlir::Value> fetch(mlir::Value panel, mlir::Value depth);
  /// Stores what `fetch` gave.
  void finish(mlir::Value panel, mlir::ValueRange pieces);
  /// Types of what `fetch` gives.
  llvm::SmallVector<mlir::Type> getPendingTypes();

  /// The fragments of 16 lines from `line` (an i32) on at part `step` of the
  /// depth: the four words of a left operand's 16 rows, or two words for each
  /// of twice 8 columns.
  llvm::SmallVector<mlir::Value> loadFragments(mlir::Value panel,
                                               mlir::Value lane,
                                               mlir::Value line,
                                               std::int64_t step);

private:
  PieceAccess chooseAccess();
  std::optional<std::int64_t> classify(Major major, PieceAccess &result);
  /// Elements from `line` and `depth` on, along `access.major`.
  mlir::Value evaluate(mlir::Value line, mlir::Value depth);
  mlir::Value evaluateSlowly(mlir::Value line, mlir::Value depth);
  bool copy(mlir::Value to, mlir::Value line, mlir::Value depth);
  /// Line and depth of piece `i` of this thread, both i32, within the panel.
  std::pair<mlir::Value, mlir::Value> getPlace(std::int64_t i);
  /// Bytes from the panel's start to the piece of that line and depth.
  mlir::Value getOffset(mlir::Value line, mlir::Value depth);
  /// The same for line `row` and piece `piece` of what is stored.
  mlir::Value permute(mlir::Value row, mlir::Value piece);
  std::int64_t getPieces() const;
  bool mayBeOutside();

  mlir::Location loc() { return lanes.getRegion().getLoc(); }
  mlir::Value constant(std::int64_t value) {
    return lanes.constantIndex(value);
  }
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value isBelow(mlir::Value a, mlir::Value b);
  mlir::Value minimum(mlir::Value a, mlir::Value b);

  codegen::LaneEmitter &lanes;
  ProductLoops &loops;
  const Product &product;
  mlir::OpBuilder &builder;
  WarpgroupEmitter i32;
  bool isLeft;
  std::int64_t lines, depth;
  mlir::OpOperand *operand;
  llvm::ArrayRef<unsigned> dims;    ///< Rows or columns.
  std::int64_t elementBytes, width; ///< Elements of a piece.
  PieceAccess access;

  mlir::Value thread, firstLine, numLines, numDepth;
  std::int64_t threads = 0;
  ProductLoops::Indices iteration;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMAOPERAND_H
