//===- SplitCopies.h - Copies from windows of a tensor ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SPLITCOPIES_H
#define GRAPHC_LIB_TARGET_NVPTX_SPLITCOPIES_H

#include "Pieces.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc::nvptx {

/// Copies pieces of an operand whose every index is a sum of what the line and
/// what the depth give, as in windows of a convolution and in packed weights.
/// The line's part is computed once; a step adds an offset to it and, along
/// padded dimensions, compares.
class SplitCopies {
public:
  /// What a line gives: a pointer, and where it begins along the padded
  /// dimensions (i32, may be negative).
  struct Line {
    mlir::Value pointer;
    llvm::SmallVector<mlir::Value> starts;
  };
  /// What a step along the depth gives: bytes, an i32, and the same.
  struct Step {
    mlir::Value offset, isThere; ///< Null: always.
    llvm::SmallVector<mlir::Value> starts;
  };

  /// For the operand of `product`, if it is like that. Pieces of 16 bytes do
  /// not cross an end.
  static std::optional<SplitCopies> match(codegen::LaneEmitter &lanes,
                                          const Product &product, bool isLeft,
                                          std::int64_t depth);

  /// `indices` have the batch and the line.
  Line getLine(ProductLoops::Indices indices);
  /// Of line `line` of `dims`; of the first if there are only `numLines`, as
  /// what comes of such lines is not stored. `indices` have the batch.
  Line getLine(ProductLoops &loops, llvm::ArrayRef<unsigned> dims,
               ProductLoops::Indices indices, mlir::Value line,
               mlir::Value numLines);
  /// Step `at` (an i32) behind `from`, an index and a multiple of the panel's
  /// depth.
  Step getStep(mlir::Value from, mlir::Value at);
  void copy(mlir::Value to, const Line &line, const Step &step);
  /// The elements themselves, of a piece of `type`.
  mlir::Value read(const Line &line, const Step &step, mlir::VectorType type);

private:
  SplitCopies(codegen::LaneEmitter &lanes, const Product &product,
              std::int64_t depth)
      : lanes(lanes), product(product), builder(lanes.getBuilder()),
        i32(builder, loc()), depth(depth) {}
  bool matchSource(mlir::Value tensor);
  bool splitMap(mlir::AffineMap map);
  bool isSmall();
  /// Whether the piece is neither in the padding nor behind the end; null:
  /// always.
  mlir::Value isInside(const Line &line, const Step &step);
  mlir::Value evaluate(mlir::AffineExpr expr,
                       llvm::ArrayRef<mlir::Value> steps);
  mlir::Location loc() { return lanes.getRegion().getLoc(); }

  codegen::LaneEmitter &lanes;
  const Product &product;
  mlir::OpBuilder &builder;
  WarpgroupEmitter i32;
  std::int64_t depth; ///< Of a panel.

  mlir::Value buffer;
  /// Padding in front of each dimension, and the size of those that are padded.
  llvm::SmallVector<std::int64_t> low;
  llvm::SmallVector<std::optional<std::int64_t>> paddedSizes;
  llvm::SmallVector<mlir::AffineExpr> ofLine, ofDepth;
  llvm::SmallVector<std::int64_t> depthSizes; ///< Of product.depth.
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SPLITCOPIES_H
