//===- OpenShapes.h - Whole vectors of sizes known at run time --*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_OPENSHAPES_H
#define GRAPHC_LIB_TARGET_NVPTX_OPENSHAPES_H

#include "../Codegen/LaneEmitter.h"
#include "IndexMath.h"

namespace graphc::nvptx {

/// What has to hold for a region whose sizes or strides show at run time only,
/// so that vectors along dimension `vectorDim` of its domain are whole and
/// aligned. The host checks it, and launches other code where it does not hold.
class OpenShapes {
public:
  /// `sizes` are those of the domain, or of what `domain` maps to it.
  OpenShapes(mlir::OpBuilder &builder, kernel::RegionOp region,
             mlir::ValueRange sizes, unsigned vectorDim,
             mlir::AffineMap domain = {});

  /// True when vectors of `width` elements need no check, or none would help.
  bool isCertain(int64_t width) const;
  /// Emits the check: also that the domain's elements can be counted in 32
  /// bits.
  mlir::Value emitCheck(int64_t width);
  /// Makes `lanes` rely on it, or no longer.
  void assume(codegen::LaneEmitter &lanes, int64_t width) const;
  static void forget(codegen::LaneEmitter &lanes) {
    lanes.clearAssumedStrides();
  }

private:
  void add(mlir::Value buffer, mlir::AffineMap map);
  /// The strides and the offset of a buffer of which its type does not tell
  /// that `width` divides them.
  llvm::SmallVector<mlir::Value> getOpenStrides(mlir::Value buffer,
                                                int64_t width);

  IndexMath math;
  mlir::OpBuilder &builder;
  llvm::SmallVector<mlir::Value> sizes;
  unsigned vectorDim;
  /// Those with open strides or an open offset.
  llvm::SmallSetVector<mlir::Value, 4> buffers;
};

/// Emits `whenTrue` and `whenFalse`, between which the host chooses.
void emitEither(mlir::OpBuilder &builder, mlir::Location loc,
                mlir::Value condition, llvm::function_ref<void()> whenTrue,
                llvm::function_ref<void()> whenFalse);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_OPENSHAPES_H
