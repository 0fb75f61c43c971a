//===- MmaEmitter.h - What products by mma.sync share -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_MMAEMITTER_H
#define GRAPHC_LIB_TARGET_NVPTX_MMAEMITTER_H

#include "Pieces.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

/// A product whose launch is emitted: its sizes, where the threads are, and the
/// ring of stages in shared memory that operands go through.
class MmaEmitter {
protected:
  using Indices = ProductLoops::Indices;
  using Values = llvm::SmallVector<mlir::Value>;

  MmaEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
             const Product &product, std::int64_t multiprocessors);

  /// Launches `blocks` (an index) with so many threads each and so much shared
  /// memory. `emitThread` gets the number of its block.
  mlir::gpu::LaunchOp
  emitLaunch(mlir::Value blocks, std::int64_t threads, std::int64_t sharedBytes,
             llvm::function_ref<void(mlir::Value)> emitThread);
  /// Sets the loops of the batch in `iteration`.
  void enterBatch(mlir::Value number);

  void guard(mlir::Value condition, llvm::function_ref<void()> body);
  /// Of f32, or of `type`.
  Values makeZeros(std::int64_t count, mlir::Type type = {});
  std::int64_t getElementBytes() const {
    return elementType.getIntOrFloatBitWidth() / 8;
  }

  mlir::Location loc() { return region.getLoc(); }
  mlir::Value constant(std::int64_t value) {
    return lanes.constantIndex(value);
  }
  template <typename Op, typename... Args>
  mlir::Value fold(Args &&...args) {
    return builder.createOrFold<Op>(loc(), std::forward<Args>(args)...);
  }
  mlir::Value isBelow(mlir::Value a, mlir::Value b) {
    return fold<mlir::arith::CmpIOp>(mlir::arith::CmpIPredicate::ult, a, b);
  }

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  const Product &product;
  codegen::LaneEmitter lanes;
  ProductLoops loops;
  WarpgroupEmitter i32;
  std::int64_t multiprocessors;

  mlir::Type elementType;      ///< Of both operands.
  std::optional<MmaType> type; ///< None: tensor cores do not multiply them.
  mlir::Value numRows, numColumns, numDepth, numBatch;
  /// In the launch: i32, but for `shared`, a pointer.
  mlir::Value thread, warp, lane, shared;
  Indices iteration;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_MMAEMITTER_H
