//===- Contraction.cpp - Matrix products ----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

namespace {

/// One linalg.generic over (batch.., m, n, k). Operands are read through views,
/// so a transposed weight costs nothing.
struct MatmulConversion : GraphPattern<graph::MatmulOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::MatmulOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    auto lhsType = cast<graph::StridedTensorType>(op.getLhs().getType());
    int64_t rank = type.getRank();
    SmallVector<Expr> domain(type.getShape());
    domain.push_back(lhsType.getDim(rank - 1));
    Operand lhs = LinalgBuilder::through(
        b.read(op.getLhs()), getOperandMap(lhsType, type, rank - 2, rank, b));
    Operand rhs = LinalgBuilder::through(
        b.read(op.getRhs()),
        getOperandMap(cast<graph::StridedTensorType>(op.getRhs().getType()),
                      type, rank, rank - 1, b));
    Type sumType = getAccumulatorType(type.getElementType());
    Tensor sum =
        b.reduce(domain, rank, {lhs, rhs}, {sumType, getNumber(sumType, 0)},
                 [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                   return scalars.add(args[2], scalars.mul(args[0], args[1]));
                 });
    b.rewriter.replaceOp(op, b.cast(sum, type.getElementType()).value);
    return success();
  }

private:
  /// From the loops to an operand whose last two dimensions are the loops `row`
  /// and `column`.
  static AffineMap getOperandMap(graph::StridedTensorType operand,
                                 graph::StridedTensorType result, int64_t row,
                                 int64_t column, LinalgBuilder &b) {
    int64_t rank = result.getRank();
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < rank - 2; ++dim)
      exprs.push_back(operand.getDim(dim) == 1 && result.getDim(dim) != 1
                          ? b.getAffineConstantExpr(0)
                          : b.getAffineDimExpr(dim));
    exprs.push_back(b.getAffineDimExpr(row));
    exprs.push_back(b.getAffineDimExpr(column));
    return AffineMap::get(rank + 1, 0, exprs, b.getContext());
  }
};

} // namespace

void graphc::populateContractionPatterns(const TypeConverter &converter,
                                         SymbolValues &symbols,
                                         RewritePatternSet &patterns) {
  patterns.add<MatmulConversion>(converter, patterns.getContext(), symbols);
}
