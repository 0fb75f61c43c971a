//===- PixelPacker.h - Copies of images in whole lines ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_PIXELPACKER_H
#define GRAPHC_LIB_TRANSFORMS_PIXELPACKER_H

#include "Convolution.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace graphc {

/// Lines of the copy: what its pixels consist of.
struct Lines {
  /// What is below a pixel in a window is part of it.
  bool isFolded;
  llvm::SmallVector<std::int64_t>
      taps;                ///< Of each outer dimension of space, if folded.
  std::int64_t channels;   ///< With those that are zero.
  std::int64_t pixel;      ///< Elements.
  std::int64_t length = 0; ///< Pixels.
};

/// Copies images and weights of a convolution and makes a product of it.
class PixelPacker {
public:
  explicit PixelPacker(const Convolution &conv)
      : conv(conv), op(conv.op), space(conv.space), builder(op),
        loc(op.getLoc()) {}

  void pack();

private:
  using Element = llvm::function_ref<mlir::Value(llvm::ArrayRef<mlir::Value>)>;

  Lines planLines(bool isFolded) const;
  double estimateTime(const Lines &lines) const;
  void packLines(const Lines &lines);
  void packWindows();

  mlir::Value constant(std::int64_t value) {
    return mlir::arith::ConstantIndexOp::create(builder, loc, value);
  }
  mlir::Value makeBelow(mlir::Value index, std::int64_t size);
  mlir::Value check(mlir::Value index, std::int64_t size,
                    mlir::Value &isInside);
  mlir::Value extract(mlir::Value tensor, llvm::ArrayRef<mlir::Value> indices,
                      mlir::Value isInside);
  mlir::Value readPixel(mlir::Value image, llvm::ArrayRef<mlir::Value> pixel,
                        mlir::Value channel, mlir::Value isInside);
  mlir::Value split(mlir::Value &rest, std::int64_t size);
  mlir::Value move(mlir::Value row, mlir::Value tap, const Space &each);
  mlir::Value makeTensor(llvm::ArrayRef<mlir::OpFoldResult> sizes,
                         Element element);
  mlir::Value copyImages(llvm::ArrayRef<std::int64_t> dimensions,
                         Element element);
  mlir::Value collapse(mlir::Value value, unsigned first, unsigned count);
  mlir::Value reorder(mlir::Value weights, llvm::ArrayRef<unsigned> order,
                      llvm::ArrayRef<std::int64_t> sizes);
  void replace(mlir::Value image, llvm::ArrayRef<mlir::AffineExpr> map,
               mlir::Value weights, unsigned numTaps);
  mlir::AffineExpr loop(unsigned number) {
    return mlir::getAffineDimExpr(number, builder.getContext());
  }

  const Convolution &conv;
  mlir::linalg::GenericOp op;
  llvm::ArrayRef<Space> space;
  mlir::OpBuilder builder;
  mlir::Location loc;
  /// What is copied: pixels along each dimension of space, and channels.
  llvm::SmallVector<std::int64_t> copied;
  std::int64_t copiedChannels = 0;
};

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_PIXELPACKER_H
