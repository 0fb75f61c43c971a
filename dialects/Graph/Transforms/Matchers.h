//===- Matchers.h - What recognition looks for ------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pieces of decomposed ops, whatever the order of operands, the kind of
// constant and the way of broadcasting.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_DIALECTS_GRAPH_TRANSFORMS_MATCHERS_H
#define GRAPHC_DIALECTS_GRAPH_TRANSFORMS_MATCHERS_H

#include "dialects/Graph/IR/Layout.h"

#include "mlir/IR/PatternMatch.h"

namespace graphc::graph {

inline StridedTensorType typeOf(mlir::Value value) {
  return llvm::cast<StridedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// The one number that every element of `value` is, if that is constant.
std::optional<double> getNumber(mlir::Value value);
/// Whether every element of `value` is `number`, but for rounding in a program
/// that spells it with the digits of the value's element type.
bool isNumber(mlir::Value value, double number);
/// The same for a number found in a program that computes in `type`.
bool isClose(double found, double expected, mlir::Type type);

/// `value` is `factor` times the result; `value` itself with factor 1 when it
/// is no product with a number.
mlir::Value peelScale(mlir::Value value, double &factor);

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// What casts that lose nothing were applied to.
mlir::Value peelLossless(mlir::Value value);
/// What casts between floats were applied to.
mlir::Value peelFloatCasts(mlir::Value value);
/// Equal but for casts that lose nothing.
bool isSame(mlir::Value lhs, mlir::Value rhs);
/// Equal shape and element type; strides may differ.
inline bool isLike(mlir::Value lhs, mlir::Value rhs) {
  return typeOf(lhs).getShape() == typeOf(rhs).getShape() &&
         typeOf(lhs).getElementType() == typeOf(rhs).getElementType();
}
/// What is broadcast, without the expands, reshapes and copies that do it.
mlir::Value peelBroadcast(mlir::Value value);

/// Tries `match` on the operands of `value`, an `OpTy`, in both orders.
template <typename OpTy>
bool matchEither(mlir::Value value,
                 llvm::function_ref<bool(mlir::Value, mlir::Value)> match) {
  auto op = value.getDefiningOp<OpTy>();
  return op &&
         (match(op.getLhs(), op.getRhs()) || match(op.getRhs(), op.getLhs()));
}

/// Whether `value` is the square of the result, by product or power.
mlir::Value matchSquare(mlir::Value value);

/// A reduction of `input` over `dims`, shaped to broadcast against `input`.
struct Reduced {
  mlir::Value input;
  llvm::SmallVector<int64_t> dims;
};
/// `value` as such a reduction; a mean may be a sum over the count.
std::optional<Reduced> matchReduced(mlir::Value value, ReduceKind kind);
/// Whether `type` is `shape` with ones at `dims`; ones in front may lack.
bool isKeptShape(StridedTensorType type, llvm::ArrayRef<Expr> shape,
                 llvm::ArrayRef<int64_t> dims);
/// Whether `dims` are the last ones of `rank`.
bool areTrailing(llvm::ArrayRef<int64_t> dims, int64_t rank);

/// Whether nothing between `leaves` and `root` is used elsewhere, so that
/// replacing `root` leaves no work behind. Constants, and casts and views of
/// leaves, count as no work.
bool isClosed(mlir::Operation *root, llvm::ArrayRef<mlir::Value> leaves);

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

/// Builds an op whose first result takes the place of `value`: it gets the
/// strides of `value`, which are what the program promised.
template <typename OpTy, typename... Args>
mlir::LogicalResult replaceWith(mlir::PatternRewriter &rewriter,
                                mlir::Value value, Args &&...args) {
  mlir::FailureOr<OpTy> op =
      tryBuild<OpTy>(rewriter, value.getLoc(), std::forward<Args>(args)...);
  if (mlir::failed(op))
    return mlir::failure();
  mlir::Value result = (*op)->getResult(0);
  result.setType(value.getType());
  if (value.getDefiningOp()->getNumResults() == 1)
    rewriter.replaceOp(value.getDefiningOp(), result);
  else
    rewriter.replaceAllUsesWith(value, result);
  return mlir::success();
}

/// `value` in another shape of as many elements; itself if it has that.
mlir::Value reshapeTo(mlir::PatternRewriter &rewriter, mlir::Value value,
                      llvm::ArrayRef<Expr> shape);
mlir::Value expandTo(mlir::PatternRewriter &rewriter, mlir::Value value,
                     llvm::ArrayRef<Expr> shape);

/// Whether `value`, broadcast against `type`, has one element per channel.
bool isPerChannel(mlir::Value value, StridedTensorType type);
/// The same as `[C]`, or null.
mlir::Value getPerChannel(mlir::PatternRewriter &rewriter, mlir::Value value,
                          StridedTensorType type);

//===----------------------------------------------------------------------===//
// Families
//===----------------------------------------------------------------------===//

void populateRecognizeActivation(mlir::RewritePatternSet &patterns);
void populateRecognizeNormalization(mlir::RewritePatternSet &patterns);
void populateAbsorbParameters(mlir::RewritePatternSet &patterns);
void populateRecognizeAttention(mlir::RewritePatternSet &patterns);

} // namespace graphc::graph

#endif // GRAPHC_DIALECTS_GRAPH_TRANSFORMS_MATCHERS_H
