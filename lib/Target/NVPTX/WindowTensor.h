//===- WindowTensor.h - Images that the copy engine walks -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_WINDOWTENSOR_H
#define GRAPHC_LIB_TARGET_NVPTX_WINDOWTENSOR_H

#include "Product.h"
#include "Warpgroup.h"

namespace graphc::nvptx {

/// The left operand of a convolution whose channels are contiguous: rows of the
/// product are pixels of the result, image by image, and the depth is an
/// element of the kernel ("tap") and a channel. What is called a channel may
/// also be an element of the line that a window reads of a line of the image,
/// where that is contiguous; those of neighbouring pixels overlap.
class WindowTensor {
public:
  /// Nothing if the operand is none, or one that the copy engine does not walk.
  static std::optional<WindowTensor> match(kernel::RegionOp region,
                                           const Product &product);

  /// Loops of the depth: over taps, and over channels.
  llvm::ArrayRef<unsigned> getTaps() const { return taps; }
  unsigned getChannels() const { return channels; }

  /// Emits kernel.window_map for copies of `rows` rows, on the host.
  mlir::Value makeMap(mlir::OpBuilder &builder, mlir::Location loc,
                      std::int64_t channelsExtent, std::int64_t rows) const;

  /// Starts a copy from row `row`, for tap `tap` and from `channel` on.
  void load(WarpgroupEmitter &emit, mlir::Value shared, mlir::Value map,
            mlir::Value barrier, mlir::Value row, mlir::Value tap,
            mlir::Value channel) const;

private:
  /// A dimension of space: pixel o of the result reads o * stride +
  /// tap * dilation - padding.
  struct Space {
    std::int64_t size, count; ///< Of the operand, of the result.
    std::int64_t stride, dilation, padding, taps;
    std::int64_t step; ///< From one to the next in the buffer, in elements.
  };

  bool matchSpace(mlir::AffineExpr expr, const Product &product, Space &space,
                  unsigned &tapLoop);

  mlir::Value buffer;
  unsigned imagePosition = 0;
  std::int64_t imageStep = 0, numChannels = 0;
  llvm::SmallVector<Space> space; ///< Outermost first.
  llvm::SmallVector<unsigned> taps;
  unsigned channels = 0;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_WINDOWTENSOR_H
