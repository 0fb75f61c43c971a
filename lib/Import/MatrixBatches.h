//===- MatrixBatches.h - Batches of matrices as LAPACK has them -*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_IMPORT_MATRIXBATCHES_H
#define GRAPHC_LIB_IMPORT_MATRIXBATCHES_H

#include "Call.h"

namespace graphc::aten {

/// The dimensions before those of a matrix, as one and as they were.
struct Batch {
  Batch(Emitter &e, llvm::ArrayRef<Expr> shape) : e(e), shape(shape) {}

  mlir::Value fold(mlir::Value x) const;
  mlir::Value unfold(mlir::Value x) const;

  Emitter &e;
  llvm::SmallVector<Expr> shape;
};

llvm::SmallVector<Expr> batchOf(Emitter &e, mlir::Value x);
/// Matrices of two arguments with one batch for both.
Batch broadcastBatches(Emitter &e, mlir::Value &a, mlir::Value &b);

/// A tensor argument of matrices of a type that LAPACK has.
mlir::Value readMatrices(Call &call, llvm::StringRef name, bool isSquare);

/// LAPACK's strides: columns lie one after the other.
mlir::Value byColumns(Emitter &e, mlir::Value x);
mlir::Value mT(Emitter &e, mlir::Value x);

/// Whether the call fails where the factorisation does: all but `_ex` do.
bool checksErrors(Call &call);
void assertZero(Emitter &e, mlir::Value info, llvm::StringRef message);

mlir::Value toInt32(Emitter &e, mlir::Value x);

} // namespace graphc::aten

#endif // GRAPHC_LIB_IMPORT_MATRIXBATCHES_H
