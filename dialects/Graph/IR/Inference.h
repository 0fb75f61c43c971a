//===- Inference.h - Result types of ops ------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Steps that the inferReturnTypes functions of all families share. Each emits a
// diagnostic at `location`, if there is one, before it returns failure.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_IR_INFERENCE_H
#define GRAPHC_DIALECTS_GRAPH_IR_INFERENCE_H

#include "dialects/Graph/IR/Layout.h"

namespace graphc::graph {

using MaybeLocation = std::optional<mlir::Location>;
using InferredTypes = llvm::SmallVectorImpl<mlir::Type>;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

/// Of a graph tensor, or `type` itself.
mlir::Type getElementTypeOf(mlir::Type type);
/// The element type of the parts of a complex element type, else itself.
mlir::Type realTypeOf(mlir::Type type);
mlir::Type complexTypeOf(mlir::Type type);
mlir::Type boolType(mlir::MLIRContext *context);
mlir::Type i64Type(mlir::MLIRContext *context);

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The type of `value`, or null with an error: builders come before verifiers.
StridedTensorType getTensorType(MaybeLocation location, mlir::Value value);
/// The types of all `values`; failure if one is no graph tensor.
mlir::FailureOr<llvm::SmallVector<StridedTensorType>>
getTensorTypes(MaybeLocation location, mlir::ValueRange values);

mlir::LogicalResult checkSameElementType(MaybeLocation location,
                                         StridedTensorType lhs,
                                         StridedTensorType rhs);
/// 0 <= dim < rank.
mlir::LogicalResult checkDim(MaybeLocation location, int64_t dim, int64_t rank);
/// The same for each, which must ascend.
mlir::LogicalResult checkAscendingDims(MaybeLocation location,
                                       llvm::ArrayRef<int64_t> dims,
                                       int64_t rank);
mlir::LogicalResult checkRank(MaybeLocation location, llvm::StringRef what,
                              StridedTensorType type, int64_t least,
                              int64_t most);
/// `type`, called `what`, has exactly the shape `expected`.
mlir::LogicalResult checkShape(MaybeLocation location, llvm::StringRef what,
                               StridedTensorType type,
                               llvm::ArrayRef<Expr> expected);
/// One entry per dimension, none below `least`.
mlir::LogicalResult checkList(MaybeLocation location, llvm::StringRef what,
                              llvm::ArrayRef<int64_t> list, int64_t size,
                              int64_t least);
/// `[4, s0]`.
std::string toString(llvm::ArrayRef<Expr> exprs);

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// Numpy broadcasting: equal sizes stay, 1 gives way, anything else is an error
/// that names both types.
mlir::FailureOr<Exprs> broadcast(MaybeLocation location,
                                 llvm::ArrayRef<StridedTensorType> operands);
/// `type` broadcasts to `shape` without changing it.
mlir::LogicalResult checkBroadcastsTo(MaybeLocation location,
                                      StridedTensorType type,
                                      llvm::ArrayRef<Expr> shape);
/// `shape` without `dims`, or with ones there.
Exprs reduceShape(llvm::ArrayRef<Expr> shape, llvm::ArrayRef<int64_t> dims,
                  bool keepdim);

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Appends a checked type: what overflowed is an error here, not later.
mlir::LogicalResult addResult(MaybeLocation location, InferredTypes &types,
                              mlir::MLIRContext *context,
                              llvm::ArrayRef<Expr> shape,
                              mlir::Type elementType,
                              llvm::ArrayRef<Expr> strides);
/// The same, contiguous.
mlir::LogicalResult addResult(MaybeLocation location, InferredTypes &types,
                              mlir::MLIRContext *context,
                              llvm::ArrayRef<Expr> shape,
                              mlir::Type elementType);

/// The result of an elementwise op: broadcast shape, `elementType`, and the
/// strides TensorIterator gives. Operands but bool conditions of a select share
/// one element type.
mlir::LogicalResult inferElementwise(MaybeLocation location,
                                     mlir::TypeRange operands,
                                     mlir::Type elementType,
                                     InferredTypes &types);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_IR_INFERENCE_H
