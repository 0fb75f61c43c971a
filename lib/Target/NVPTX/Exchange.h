//===- Exchange.h - What the threads of a block combine ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_EXCHANGE_H
#define GRAPHC_LIB_TARGET_NVPTX_EXCHANGE_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// Combines what two threads have, in one value or several.
using Combiner = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    mlir::ValueRange, mlir::ValueRange)>;

/// True for scalars that threads can hand over: of 8 to 64 bits.
bool canExchange(mlir::Type type);

/// The value of the lane whose number differs in the bits of `mask`.
mlir::Value shuffleXor(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, int64_t mask);
/// The same with a mask (i32) that all lanes know at run time only. Also for
/// integers of 128 bits.
mlir::Value shuffleXor(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, mlir::Value mask);

/// The value of lane number `lane` (an i32) of the warp.
mlir::Value shuffleFrom(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value value, mlir::Value lane);

/// The value of the lane that is `distance` before; of lanes that have none
/// before them, anything.
mlir::Value shuffleUp(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value value, int64_t distance);

/// Combines scalars of each of the `group` threads that are neighbours along x,
/// the thread being number `member`; all get the result. More than a warp must
/// be the whole block, and all of it must get here.
llvm::SmallVector<mlir::Value>
exchangeAndCombine(mlir::OpBuilder &builder, mlir::gpu::LaunchOp launch,
                   mlir::Value member, int64_t group, mlir::ValueRange values,
                   Combiner combine);

/// Combines scalars of all threads of a block of one dimension, of any number
/// of warps; all get the result. `neutral` changes nothing when it comes last.
llvm::SmallVector<mlir::Value> exchangeAmongWarps(mlir::OpBuilder &builder,
                                                  mlir::gpu::LaunchOp launch,
                                                  mlir::ValueRange values,
                                                  mlir::ValueRange neutral,
                                                  Combiner combine);

/// Combines values (vectors, too) of the `group` threads along y of each of the
/// `columns` along x; all get the result. The whole block must get here.
llvm::SmallVector<mlir::Value> combineColumns(mlir::OpBuilder &builder,
                                              mlir::gpu::LaunchOp launch,
                                              int64_t columns, int64_t group,
                                              mlir::ValueRange values,
                                              Combiner combine);
/// Where a thread stands among those that combine columns.
struct ColumnPlace {
  mlir::Value column;
  /// Its number in the group; threads of one number have the same values.
  mlir::Value member;
  /// It gets what every `step`-th member has, from number `first` on.
  mlir::Value first;
  int64_t step = 1;
};
llvm::SmallVector<mlir::Value>
combineColumns(mlir::OpBuilder &builder, mlir::gpu::LaunchOp launch,
               const ColumnPlace &place, int64_t columns, int64_t group,
               mlir::ValueRange values, Combiner combine);

/// Combines values (vectors, too) of `lines` times `width` neighbouring lanes
/// of a warp, both powers of 2, with those of the same place in other lines.
llvm::SmallVector<mlir::Value>
combineLines(mlir::OpBuilder &builder, mlir::Location loc, int64_t width,
             int64_t lines, mlir::ValueRange values, Combiner combine);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_EXCHANGE_H
