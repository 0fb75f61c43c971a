//===- Product.h - Sums of products and their dimensions --------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_PRODUCT_H
#define GRAPHC_LIB_TARGET_NVPTX_PRODUCT_H

#include "../Codegen/LaneEmitter.h"
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
  /// Operands in f32 may be rounded to tf32.
  bool allowsTF32 = false;
};

/// The product of matrices whose loops are a batch of `numBatch`, then a row, a
/// column and the depth.
Product describeBatched(mlir::linalg::LinalgOp op, unsigned numBatch);

/// Of a region: its product allows that.
inline constexpr llvm::StringLiteral allowTF32AttrName = "graphc.allow_tf32";

/// The only reduction of `region`, if it is such a sum in f32 of operands that
/// are at most widened first.
std::optional<Product> matchProduct(kernel::RegionOp region);

/// The same, where one operand may also be a vector: there are no rows then.
std::optional<Product> matchProductOrVector(kernel::RegionOp region);

/// The same, whose sums may also be f64.
std::optional<Product> matchAnyProduct(kernel::RegionOp region);

/// The same as matchProduct, where the right operand has nothing of its own: a
/// convolution of each channel by itself, whose pixels are the rows.
std::optional<Product> matchDepthwise(kernel::RegionOp region);

/// Walks over the loops of a product as if each letter were one loop.
class ProductLoops {
public:
  using Indices = llvm::SmallVector<codegen::LaneValue>;

  ProductLoops(codegen::LaneEmitter &lanes, const Product &product)
      : lanes(lanes), product(product) {}

  /// Iterations of all of `dims` together.
  mlir::Value getSize(llvm::ArrayRef<unsigned> dims);
  /// Sets the indices of `dims` to iteration `linear` of their product. With
  /// `lanesAlong` the innermost grows from lane to lane; `linear` is a multiple
  /// of so many then, and so is that loop's size unless it is the only one.
  void expand(llvm::ArrayRef<unsigned> dims, mlir::Value linear,
              Indices &indices, std::int64_t lanesAlong = 1);
  /// Whether so many lanes from a multiple of them on stay in the innermost of
  /// `dims`.
  bool areWhole(llvm::ArrayRef<unsigned> dims, std::int64_t count);

  /// Stores what the region yields where the sum of products is `value`, with
  /// as many lanes as it has along the columns. The batch is set in
  /// `iteration`.
  void store(Indices iteration, mlir::Value row, mlir::Value column,
             mlir::Value value);

private:
  mlir::Value getLoopSize(unsigned dim);

  codegen::LaneEmitter &lanes;
  const Product &product;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_PRODUCT_H
