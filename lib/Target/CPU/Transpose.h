//===- Transpose.h - Square tiles of registers ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_TRANSPOSE_H
#define GRAPHC_LIB_TARGET_CPU_TRANSPOSE_H

#include "mlir/IR/Builders.h"

namespace graphc::cpu {

/// The columns of a square tile that is given by its rows, `rows.size()`
/// vectors of as many lanes, a power of two.
llvm::SmallVector<mlir::Value> transposeTile(mlir::OpBuilder &builder,
                                             mlir::Location loc,
                                             mlir::ValueRange rows);
/// The same of words that registers hold as they are.
llvm::SmallVector<mlir::Value> swapBlocks(mlir::OpBuilder &builder,
                                          mlir::Location loc,
                                          llvm::SmallVector<mlir::Value> rows);

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_TRANSPOSE_H
