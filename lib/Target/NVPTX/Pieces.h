//===- Pieces.h - Operands of products, piece by piece ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_PIECES_H
#define GRAPHC_LIB_TARGET_NVPTX_PIECES_H

#include "Mma.h"
#include "Product.h"
#include "Warpgroup.h"

namespace graphc::nvptx {

/// The words (i32) of a vector, in the order of its elements.
llvm::SmallVector<mlir::Value> toWords(mlir::OpBuilder &builder,
                                       mlir::Location loc, mlir::Value vector);

/// How pieces of an operand are best read.
struct PieceAccess {
  /// Neighbours of a piece are along the depth, or along the rows or columns.
  Major major = Major::Depth;
  /// Bytes of an asynchronous copy: a piece is so many neighbours in memory, or
  /// zero. 0: its elements are evaluated.
  std::int64_t copyBytes = 0;
  /// All elements can be evaluated at once: none is behind an end where the
  /// first is not.
  bool isWhole = false;
};

/// Reads an operand of a product: a line is a row of the left or a column of
/// the right one, and a piece has `width` neighbours along a line or along the
/// same step of neighbouring lines. What is behind the end of the depth reads
/// as zero; what is behind the last line reads something, as what comes of it
/// is not stored.
class PieceReader {
public:
  PieceReader(codegen::LaneEmitter &lanes, ProductLoops &loops,
              const Product &product, bool isLeft, std::int64_t width);

  /// Chooses how to read, pieces running along one of `candidates`.
  void chooseAccess(llvm::ArrayRef<Major> candidates);
  const PieceAccess &getAccess() const { return access; }
  std::int64_t getWidth() const { return width; }
  /// Copies of what is behind the last line are zero, for which nothing is
  /// read.
  void setZeroLines() { hasZeroLines = true; }
  /// What is read is read once, whole lines of memory at about the same time.
  void setStreamed() { isStreamed = true; }
  /// The lines that are read end at a multiple of that.
  void setLineStep(std::int64_t step) { lineStep = step; }
  mlir::Type getElementType() const;
  std::int64_t getElementBytes() const {
    return getElementType().getIntOrFloatBitWidth() / 8;
  }
  /// Of a piece, 16 at most.
  std::int64_t getBytes() const { return width * getElementBytes(); }
  bool isLeft() const { return isLeft_; }

  /// The loops of the batch are set in `iteration`; sizes are indices. The
  /// depth of what is read ends at the first multiple of `depthStep` behind all
  /// of it, or anywhere if that is 0.
  void begin(const ProductLoops::Indices &iteration, mlir::Value numLines,
             mlir::Value numDepth, std::int64_t depthStep);

  /// The elements from there on, a vector. Multiples of the width, where pieces
  /// run along them.
  mlir::Value read(mlir::Value line, mlir::Value depth);
  /// Begins to copy them to `to`, a pointer to shared memory.
  void copy(mlir::Value to, mlir::Value line, mlir::Value depth);
  /// The same, `partBytes` (at most what can be copied at once) at a time; `to`
  /// says where those from a byte of the piece on go.
  void copyParts(std::int64_t partBytes, mlir::Value line, mlir::Value depth,
                 llvm::function_ref<mlir::Value(std::int64_t)> to);

private:
  std::optional<std::int64_t> classify(Major major, PieceAccess &result);
  mlir::Value evaluate(mlir::Value line, mlir::Value depth);
  mlir::Value readOneByOne(mlir::Value line, mlir::Value depth);
  /// Whether steps of the depth can be behind its end.
  bool mayBeOutside();
  /// Whether lines can be behind the last.
  bool mayBeBehind();

  mlir::Location loc() { return lanes.getRegion().getLoc(); }
  mlir::Value constant(std::int64_t value) {
    return lanes.constantIndex(value);
  }
  mlir::Value last(mlir::Value size);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value isBelow(mlir::Value a, mlir::Value b);
  mlir::Value minimum(mlir::Value a, mlir::Value b);

  codegen::LaneEmitter &lanes;
  ProductLoops &loops;
  const Product &product;
  mlir::OpBuilder &builder;
  WarpgroupEmitter i32;
  bool isLeft_;
  std::int64_t width;
  mlir::OpOperand *operand;
  llvm::ArrayRef<unsigned> dims; ///< Rows or columns.
  PieceAccess access;
  bool hasZeroLines = false, isStreamed = false;

  ProductLoops::Indices iteration;
  mlir::Value numLines, numDepth;
  std::int64_t depthStep = 0, lineStep = 0; ///< 0: anything.
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_PIECES_H
