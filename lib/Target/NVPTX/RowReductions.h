//===- RowReductions.h - What threads combine of a row ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_ROWREDUCTIONS_H
#define GRAPHC_LIB_TARGET_NVPTX_ROWREDUCTIONS_H

#include "../Codegen/LaneEmitter.h"
#include "../Codegen/Reductions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace graphc::nvptx {

/// A reduction whose parts can be combined in any grouping, though in one
/// order. Its values are those of its results, in a vector of lanes or as
/// scalars.
class RowReduction {
public:
  /// Nothing for a body that combines in a way that is not understood.
  static std::optional<RowReduction> match(mlir::linalg::LinalgOp op);
  /// A sum of squares of x - p, where p is an input that is one per row (of
  /// `rowDims` dimensions) and x needs none of `before`. It can be told before
  /// p is known from the moments of x: their mean, the sum of squares of
  /// x - mean, how many there are; the last is a scalar also among lanes.
  static std::optional<RowReduction>
  matchMoments(mlir::linalg::LinalgOp op, unsigned rowDims,
               llvm::ArrayRef<mlir::linalg::LinalgOp> before);

  /// A sum of exp(x - p) in the same way, from the greatest x and the sum of
  /// exp(x - that). p has to follow from the greatest x, which one of `before`
  /// finds.
  static std::optional<RowReduction>
  matchExponentials(mlir::linalg::LinalgOp op, unsigned rowDims,
                    llvm::ArrayRef<mlir::linalg::LinalgOp> before);

  mlir::linalg::LinalgOp getOp() const { return op; }
  bool isOfMoments() const { return kind == Kind::Moments; }
  /// True when the result is told from values of another kind, once p is known.
  bool isIndirect() const { return kind != Kind::Direct; }
  /// The op whose inputs it reads.
  mlir::linalg::LinalgOp getReader() const {
    return isIndirect() ? centre : op;
  }
  unsigned getNumValues() const {
    switch (kind) {
    case Kind::Direct:
      return op->getNumResults();
    case Kind::Moments:
      return 3;
    case Kind::Exponentials:
      return 2;
    }
    llvm_unreachable("unknown kind");
  }
  mlir::Type getElementType(unsigned value) const {
    return mlir::getElementTypeOrSelf(
        op->getResult(isIndirect() ? 0 : value).getType());
  }
  /// True when it only adds floats, whose error grows with how many there are.
  bool isSumOfFloats() const;

  /// Scalars that change nothing; `iteration` is of the row.
  llvm::SmallVector<mlir::Value>
  getNeutral(codegen::LaneEmitter &lanes,
             llvm::ArrayRef<codegen::LaneValue> iteration) const;
  /// Whether it keeps an element and its index, and nothing that comes later on
  /// a way upwards through the domain, of `rowDims` dimensions that are not
  /// reduced, has a lower index than what is kept.
  bool isUpward(unsigned rowDims) const;
  /// `values` with the element at `iteration`, further up than all before.
  llvm::SmallVector<mlir::Value>
  stepUpwards(codegen::LaneEmitter &lanes,
              llvm::ArrayRef<codegen::LaneValue> iteration,
              mlir::ValueRange values) const;

  /// `later` comes after `earlier`; both scalars or both vectors.
  llvm::SmallVector<mlir::Value> combine(mlir::OpBuilder &builder,
                                         mlir::ValueRange earlier,
                                         mlir::ValueRange later) const;
  /// The lanes of `vectors` combined to scalars.
  llvm::SmallVector<mlir::Value> combineLanes(mlir::OpBuilder &builder,
                                              mlir::ValueRange vectors) const;

  /// Of an indirect one, `values` with x at each of `iterations` in them.
  llvm::SmallVector<mlir::Value>
  add(codegen::LaneEmitter &lanes,
      llvm::ArrayRef<llvm::SmallVector<codegen::LaneValue>> iterations,
      mlir::ValueRange values) const {
    return isOfMoments() ? addToMoments(lanes, iterations, values)
                         : addToExponentials(lanes, iterations, values);
  }
  /// What an indirect one tells, now that p is known.
  mlir::Value getResult(codegen::LaneEmitter &lanes,
                        llvm::ArrayRef<codegen::LaneValue> iteration,
                        mlir::ValueRange values) const {
    return isOfMoments() ? getSquares(lanes, iteration, values)
                         : getSumOfExponentials(lanes, iteration, values);
  }

private:
  enum class Kind { Direct, Moments, Exponentials };
  /// One that is told from x - p (`centred`, in the body of `centre`); nothing
  /// if p is not one number of a row, or x needs one of `before`.
  static std::optional<RowReduction>
  ofDifference(Kind kind, mlir::linalg::LinalgOp op,
               mlir::linalg::LinalgOp centre, mlir::arith::SubFOp centred,
               unsigned rowDims, llvm::ArrayRef<mlir::linalg::LinalgOp> before);

  explicit RowReduction(mlir::linalg::LinalgOp op) : op(op) {}
  /// x at each of `iterations`.
  llvm::SmallVector<mlir::Value> readAll(
      codegen::LaneEmitter &lanes,
      llvm::ArrayRef<llvm::SmallVector<codegen::LaneValue>> iterations) const;
  /// p, in lanes if `type` has them.
  mlir::Value getCentre(codegen::LaneEmitter &lanes,
                        llvm::ArrayRef<codegen::LaneValue> iteration,
                        mlir::Type type) const;

  // RowMoments.cpp
  llvm::SmallVector<mlir::Value>
  addToMoments(codegen::LaneEmitter &lanes,
               llvm::ArrayRef<llvm::SmallVector<codegen::LaneValue>> iterations,
               mlir::ValueRange moments) const;
  llvm::SmallVector<mlir::Value> combineMoments(mlir::OpBuilder &builder,
                                                mlir::ValueRange earlier,
                                                mlir::ValueRange later) const;
  mlir::Value getSquares(codegen::LaneEmitter &lanes,
                         llvm::ArrayRef<codegen::LaneValue> iteration,
                         mlir::ValueRange moments) const;

  // RowExponentials.cpp
  llvm::SmallVector<mlir::Value>
  getNeutralExponentials(mlir::OpBuilder &builder) const;
  llvm::SmallVector<mlir::Value> addToExponentials(
      codegen::LaneEmitter &lanes,
      llvm::ArrayRef<llvm::SmallVector<codegen::LaneValue>> iterations,
      mlir::ValueRange values) const;
  llvm::SmallVector<mlir::Value>
  combineExponentials(mlir::OpBuilder &builder, mlir::ValueRange earlier,
                      mlir::ValueRange later) const;
  mlir::Value getSumOfExponentials(codegen::LaneEmitter &lanes,
                                   llvm::ArrayRef<codegen::LaneValue> iteration,
                                   mlir::ValueRange values) const;

  /// What a selection keeps of two; `never` in its body is known to be false.
  llvm::SmallVector<mlir::Value> select(mlir::OpBuilder &builder,
                                        mlir::ValueRange earlier,
                                        mlir::ValueRange later,
                                        mlir::Value never = nullptr) const;

  mlir::Location getLoc() const { return op->getLoc(); }

  mlir::linalg::LinalgOp op;
  /// One per result; none for a selection, which keeps an element and where it
  /// was found and can be combined only by its own body.
  llvm::SmallVector<codegen::Accumulator> accumulators;
  Kind kind = Kind::Direct;
  /// Of an indirect one: x - p, in the body of `centre`.
  mlir::arith::SubFOp centred;
  mlir::linalg::LinalgOp centre;
};

/// True when `value`, in the body of `op`, is made of what none of `before` is
/// behind, and of nothing that the body accumulates.
bool isIndependent(mlir::linalg::LinalgOp op, mlir::Value value,
                   llvm::ArrayRef<mlir::linalg::LinalgOp> before);
/// True when it is an input of the body that is one per row.
bool isOneOfRow(mlir::linalg::LinalgOp op, mlir::Value value, unsigned rowDims);

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_ROWREDUCTIONS_H
