//===- Reductions.h - What row kernels reduce -------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_REDUCTIONS_H
#define GRAPHC_LIB_TARGET_CODEGEN_REDUCTIONS_H

#include "LaneEmitter.h"
#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace graphc::codegen {

/// How the accumulator of one reduction result is combined.
struct Accumulator {
  mlir::linalg::LinalgOp op;
  unsigned result;
  /// Null when only the body itself can combine.
  mlir::Operation *combiner = nullptr;
  mlir::vector::CombiningKind kind = mlir::vector::CombiningKind::ADD;
};

/// The accumulator of a result whose body combines it by one op.
std::optional<Accumulator> matchAccumulator(mlir::linalg::LinalgOp op,
                                            unsigned result);

/// What changes nothing when it is combined, a scalar.
mlir::Value getNeutral(mlir::OpBuilder &builder, mlir::Location loc,
                       const Accumulator &accumulator);

/// One application of the combiner to scalars or vectors.
mlir::Value combineValues(mlir::OpBuilder &builder, mlir::Location loc,
                          const Accumulator &accumulator, mlir::Value a,
                          mlir::Value b);

/// The reductions of a region in an order in which each pass over a row needs
/// only results of passes before it.
using ReductionPasses =
    llvm::SmallVector<llvm::SmallVector<mlir::linalg::LinalgOp>>;
ReductionPasses collectPasses(kernel::RegionOp region);

/// From the domain of a row kernel to the loops of an op over all of it.
mlir::AffineMap getLoopMap(mlir::linalg::LinalgOp op);
/// From the domain to the dimensions of a value over all of it that an op of
/// the body makes.
mlir::AffineMap getDomainMap(mlir::Value value, unsigned rank);

/// The sizes of the dimensions of a row kernel, row dimensions first. Emits an
/// error and gives nothing when one cannot be told.
llvm::SmallVector<mlir::Value> getDomainSizes(LaneEmitter &lanes,
                                              unsigned rank);

/// How much each dimension of a row kernel of `rank` dimensions suits lanes:
/// the accesses that are contiguous along it, less those that jump.
llvm::SmallVector<std::int64_t> scoreDimensions(kernel::RegionOp region,
                                                unsigned rank);

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_REDUCTIONS_H
