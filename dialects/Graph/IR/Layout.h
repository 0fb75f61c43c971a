//===- Layout.h - Which strides torch gives a result ------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The layout rules of torch's eager operators over symbolic sizes. Where a rule
// compares sizes or strides that are symbolic, symbols are taken to be at least
// 2, which is what torch specialises to, and what is still undecided counts as
// equal.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_LAYOUT_H
#define GRAPHC_DIALECTS_GRAPH_IR_LAYOUT_H

#include "dialects/Graph/IR/Graph.h"

namespace graphc::graph {

using Exprs = llvm::SmallVector<Expr>;

/// The sign of `lhs - rhs` if it is the same for all symbols of at least 2.
std::optional<int> compareSizes(Expr lhs, Expr rhs);

/// Strides of a fresh row-major tensor.
Exprs contiguousStrides(mlir::MLIRContext *context, llvm::ArrayRef<Expr> shape);
/// Strides of a fresh NHWC (rank 4) or NDHWC (rank 5) tensor.
Exprs channelsLastStrides(mlir::MLIRContext *context,
                          llvm::ArrayRef<Expr> shape);

/// torch's is_contiguous: strides of sizes of one do not matter.
bool isContiguous(llvm::ArrayRef<Expr> shape, llvm::ArrayRef<Expr> strides);
/// The same for channels_last of rank 4 and channels_last_3d of rank 5.
bool isChannelsLastContiguous(llvm::ArrayRef<Expr> shape,
                              llvm::ArrayRef<Expr> strides);
/// torch's suggest_memory_format is a channels-last one.
bool isChannelsLast(StridedTensorType type);
/// Every place between the first and the last element holds exactly one.
bool isNonOverlappingAndDense(llvm::ArrayRef<Expr> shape,
                              llvm::ArrayRef<Expr> strides);

/// torch's preserve_format: `strides` if dense, else packed in their order.
Exprs preservedStrides(StridedTensorType type);
/// Channels-last strides if `like` suggests that, else contiguous ones.
Exprs suggestedStrides(StridedTensorType like, llvm::ArrayRef<Expr> shape);

/// TensorIterator's layout of a pointwise result over `operands`.
Exprs elementwiseStrides(llvm::ArrayRef<StridedTensorType> operands,
                         llvm::ArrayRef<Expr> shape);

/// The strides of `type` seen as `shape` of as many elements, or nothing when
/// only a copy has that shape.
std::optional<Exprs> viewStrides(StridedTensorType type,
                                 llvm::ArrayRef<Expr> shape);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_IR_LAYOUT_H
