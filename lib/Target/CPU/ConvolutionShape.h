//===- ConvolutionShape.h - What a convolution reads ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_CONVOLUTIONSHAPE_H
#define GRAPHC_LIB_TARGET_CPU_CONVOLUTIONSHAPE_H

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc::cpu {

/// The convolution in a bufferized region, loops (batch.., spatial.., o |
/// kernel.., c), or without c for one with a channel per group, read off its
/// maps.
struct ConvolutionShape {
  struct Window {
    /// The dimension of x.
    unsigned xDim;
    std::int64_t stride, dilation, kernel;
  };

  mlir::linalg::LinalgOp op;
  /// The tensor in the region that x is before padding by `pad`, which may be
  /// null and pads windows only, with zeros.
  mlir::Value xTensor;
  mlir::tensor::PadOp pad;
  mlir::Value xBuffer, wBuffer;
  mlir::MemRefType xType;
  /// Dimensions of x.
  llvm::SmallVector<unsigned> batch;
  llvm::SmallVector<Window> windows;
  unsigned xChannel = 0;
  std::int64_t groups = 1, outPerGroup = 1, inPerGroup = 1;
  /// Outputs side by side in the weight: of a tile, or all.
  std::int64_t tile = 1;
  /// [tile, kernel.., c, o in tile], not [kernel.., c, o].
  bool isTiled = false;
  /// One input and one output per group; the weight is [kernel.., 1, o].
  bool isDepthwise = false;
  /// Integers are widened without sign.
  bool isUnsigned = false;

  /// A known stride of x, in elements, or -1.
  std::int64_t xStride(unsigned dim) const;

  /// Nothing when the region holds no such thing.
  static std::optional<ConvolutionShape> get(kernel::RegionOp region);
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_CONVOLUTIONSHAPE_H
