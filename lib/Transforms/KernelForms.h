//===- KernelForms.h - What a linalg op computes ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TRANSFORMS_KERNELFORMS_H
#define GRAPHC_LIB_TRANSFORMS_KERNELFORMS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace graphc {

/// The first `rows` of `rank` loops; upstream's sub-maps have no form for none.
mlir::AffineMap getRowMap(unsigned rank, unsigned rows,
                          mlir::MLIRContext *context);

/// The values of a fill or empty tensor are known without reading anything.
bool isInitializer(mlir::Operation *op);
/// An initializer, a scalar constant or a tensor of one number: a kernel makes
/// these again inside of it rather than read them.
bool isMadeInside(mlir::Value value);

/// Parallel loops only, which are those of the results.
bool isPointwise(mlir::linalg::LinalgOp op);

/// Parallel loops in the order of the results, then at least one reduction.
bool isReduction(mlir::linalg::LinalgOp op);

/// acc + a * b, the factors possibly widened first.
bool hasMultiplyAddBody(mlir::linalg::LinalgOp op);

/// A matrix product in the wide sense: every loop runs over batch, M, N or K.
bool isContraction(mlir::linalg::LinalgOp op);

/// A multiply-add over windows of the first operand and channels, weights being
/// the second: the last loop runs over channels, the last parallel one over
/// outputs. Channels may also be elements of what a window reads of a line of
/// the image; those of neighbouring outputs overlap.
bool isConvolution(mlir::linalg::LinalgOp op);

/// The same for each channel by itself: all reductions run over the window.
bool isDepthwise(mlir::linalg::LinalgOp op);

/// Makes ops that compute elements for one reduction across its last dimensions
/// part of its body.
void fuseAcross(mlir::Operation *root, mlir::RewriterBase &rewriter);

} // namespace graphc

#endif // GRAPHC_LIB_TRANSFORMS_KERNELFORMS_H
