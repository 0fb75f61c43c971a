//===- Product.h - Sums of products and their dimensions --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_PRODUCT_H
#define GRAPHC_LIB_TARGET_NVPTX_PRODUCT_H

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc::nvptx {

/// A matrix product or convolution: result[batch, rows, columns] is the sum
/// over `depth` of left[batch, rows, depth] * right[batch, columns, depth],
/// where each letter stands for loops of `op`, outer ones first. The last loop
/// of the columns is what the result is contiguous along, if anything.
struct Product {
  mlir::linalg::LinalgOp op;
  llvm::SmallVector<unsigned> batch, rows, columns, depth;
  unsigned left = 0, right = 1; ///< Operands of `op`.
};

/// The only reduction of `region`, if it is such a sum in f32 of operands that
/// are at most widened first.
std::optional<Product> matchProduct(kernel::RegionOp region);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_PRODUCT_H
