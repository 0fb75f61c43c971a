//===- Transpose.h - Kernels that read across their results -----*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Neighbours in the results are no neighbours in some inputs. A block takes a
// square of the domain, along what neighbours in the results and along what
// neighbours in those inputs, which it brings to shared memory in their own
// order. What is evaluated then, in the order of the results, finds them there.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_TRANSPOSE_H
#define GRAPHC_LIB_TARGET_NVPTX_TRANSPOSE_H

#include "IndexMath.h"
#include "OpenShapes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

/// Elements of a side of a tile for each that a thread reads at once.
inline constexpr std::int64_t tileSide = 32;

/// An input that is read across, and how its dimensions follow the domain's.
struct Across {
  mlir::BlockArgument argument;
  mlir::AffineMap map;
  mlir::Value tile; ///< Shared memory, [across][along].
};

/// Dimensions of the domain that are one in memory, from inner to outer.
struct Side {
  llvm::SmallVector<unsigned> dims;
  mlir::Value size;  ///< In elements; an index.
  int64_t width = 1; ///< Elements that a thread has at once.
};

/// Emits pointwise kernels of which some inputs are read across.
class TransposeEmitter : private IndexMath {
public:
  /// With `isOpenWhole`, open sizes and strides are multiples of every width.
  TransposeEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
                   bool isOpenWhole)
      : IndexMath(builder, region.getLoc()), region(region),
        lanes(builder, region, 1), isOpenWhole(isOpenWhole) {}

  /// False for a kernel that reads as its results lie, or in another way that
  /// tiles do not help.
  bool plan();
  /// Emits the launch, after `plan`.
  void emit();
  /// What has to hold for `isOpenWhole`; null when it changes nothing.
  mlir::Value emitCheck();

private:
  using Indices = llvm::SmallVector<codegen::LaneValue>;

  bool findAlong();
  bool collectReads();
  void chooseAcross();
  void
  extend(Side &of, llvm::ArrayRef<unsigned> taken,
         llvm::function_ref<std::optional<std::int64_t>(unsigned)> strideOf);
  void chooseWidths();
  bool isLarge(const Side &of) const;
  std::optional<std::int64_t> getStride(const Across &input,
                                        unsigned dim) const;
  std::optional<std::int64_t> getResultStride(unsigned result,
                                              unsigned dim) const;

  void setBlock(mlir::Value block);
  /// The check of vectors along one side.
  OpenShapes getShapes(const Side &of);
  void setSide(const Side &of, mlir::Value position, int64_t width);
  void forEach(const Side &inner, const Side &outer, int64_t width,
               llvm::function_ref<void(mlir::Value, mlir::Value)> body);
  void fetch();
  void compute();

  mlir::MemRefType getResultType(unsigned result) const {
    return mlir::cast<mlir::MemRefType>(
        region->getOperand(numInputs + result).getType());
  }
  kernel::RegionOp region;
  codegen::LaneEmitter lanes;
  bool isOpenWhole;
  unsigned numInputs = 0, rank = 0;
  llvm::SmallVector<mlir::Value> sizes;
  llvm::SmallVector<Across> inputs;
  /// Neighbours in the results, and in the inputs.
  Side along, across;
  /// Elements along a side of a tile.
  int64_t edge = 0;

  mlir::gpu::LaunchOp launch;
  Indices iteration;
  mlir::Value firstAlong, firstAcross; ///< Of the tile.
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_TRANSPOSE_H
