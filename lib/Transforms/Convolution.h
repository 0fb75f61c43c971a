//===- Convolution.h - Windows over images ----------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_CONVOLUTION_H
#define GRAPHC_LIB_TRANSFORMS_CONVOLUTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc {

/// A dimension of space: pixel o of the result reads o * stride + tap *
/// dilation, counted from the first pixel of the padding.
struct Space {
  unsigned position; ///< In the image.
  unsigned row, tap; ///< Loops.
  std::int64_t stride, dilation, taps, count;

  bool overlaps() const { return stride < (taps - 1) * dilation + 1; }
  /// Pixels up to the last that a window reads.
  std::int64_t getExtent() const {
    return (count - 1) * stride + (taps - 1) * dilation + 1;
  }
};

/// A convolution in f16 or bf16 whose sizes are static, but for the number of
/// images. Dimensions of the image have any order; in the weights all taps
/// follow each other, in the order of space, and the channels them.
struct Convolution {
  mlir::linalg::GenericOp op;
  mlir::Value source;                  ///< The image without its padding.
  llvm::SmallVector<std::int64_t> low; ///< The padding, by dimension.
  unsigned images, channels;           ///< Positions in the source.
  unsigned imageLoop, channelLoop;
  llvm::SmallVector<Space> space; ///< Outermost first.
  std::int64_t numChannels;
  unsigned firstTap; ///< In the weights.

  static std::optional<Convolution> match(mlir::linalg::GenericOp op);

  mlir::Value getWeights() const { return op->getOperand(1); }
  /// Pixels of a result, its channels, and what is summed up for each.
  std::int64_t getRows() const;
  std::int64_t getColumns() const;
  std::int64_t getDepth() const;

private:
  bool matchImage();
  bool matchWeights();
};

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_CONVOLUTION_H
