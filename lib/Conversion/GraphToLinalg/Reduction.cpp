//===- Reduction.cpp - Reductions -----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;
using graph::ReduceKind;

namespace {

/// The neutral element and the step of a reduction in its accumulator type.
Attribute getNeutral(ReduceKind kind, Type type) {
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
  case ReduceKind::Any:
    return getNumber(type, 0);
  case ReduceKind::Prod:
  case ReduceKind::All:
    return getNumber(type, 1);
  case ReduceKind::Max:
    return getLowest(type);
  case ReduceKind::Min:
    return getHighest(type);
  }
  llvm_unreachable("unknown reduction");
}

Value buildStep(ScalarBuilder &b, ReduceKind kind, Value x, Value accumulator,
                Type type) {
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    return b.add(accumulator, x);
  case ReduceKind::Prod:
    return b.mul(accumulator, x);
  case ReduceKind::Max:
    return b.maximum(accumulator, x, type);
  case ReduceKind::Min:
    return b.minimum(accumulator, x, type);
  case ReduceKind::Any:
    return b.bor(accumulator, x);
  case ReduceKind::All:
    return b.band(accumulator, x);
  }
  llvm_unreachable("unknown reduction");
}

struct ReduceConversion : GraphPattern<graph::ReduceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ReduceOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    ReduceKind kind = op.getKind();
    Type elementType = type.getElementType();
    Type sumType = getAccumulatorType(elementType);
    bool isSum = kind == ReduceKind::Sum || kind == ReduceKind::Mean ||
                 kind == ReduceKind::Prod;
    if (isa<ComplexType>(elementType) && !isSum)
      return b.refuse(op, "complex numbers have no order");
    Tensor result = b.reduce(
        type.getShape(), op.getDims(), b.read(op.getInput()),
        {sumType, getNeutral(kind, sumType)},
        [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
          return buildStep(scalars, kind, args[0], args[1], elementType);
        });
    if (kind == ReduceKind::Mean)
      result = divide(result, op, type, b);
    result = b.cast(result, resultType.getElementType());
    b.rewriter.replaceOp(op, b.reshape(result, resultType.getShape()).value);
    return success();
  }

private:
  /// The sum by the number of elements.
  static Tensor divide(const Tensor &sum, graph::ReduceOp op,
                       graph::StridedTensorType type, LinalgBuilder &b) {
    Expr count = b.expr(1);
    for (int64_t dim : op.getDims())
      count = count * type.getDim(dim);
    return b.pointwise(sum.shape, b.read(sum), sum.elementType,
                       [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                         Type type = sum.elementType;
                         auto complexType = dyn_cast<ComplexType>(type);
                         if (!complexType)
                           return scalars.div(args[0],
                                              b.number(scalars, count, type));
                         Type part = complexType.getElementType();
                         Value divisor = b.number(scalars, count, part);
                         return scalars.op<complex::DivOp>(
                             args[0], scalars.cast(divisor, part, complexType));
                       });
  }
};

/// Keeps (value, index). Written so that the order of the elements does not
/// matter: of equals the lower index wins, NaN beats everything.
struct ArgReduceConversion : GraphPattern<graph::ArgReduceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ArgReduceOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    Type elementType = type.getElementType();
    bool isMax = op.getKind() == graph::ExtremumKind::Max;
    int64_t rank = type.getRank();
    SmallVector<int64_t> dims;
    if (op.getDim() && rank > 0)
      dims.push_back(*op.getDim());
    else
      dims = llvm::to_vector(llvm::seq<int64_t>(rank));

    Type i64 = b.getI64Type();
    Attribute last = b.getI64IntegerAttr(std::numeric_limits<int64_t>::max());
    SmallVector<Tensor> results =
        b.generic(type.getShape(), dims, b.read(op.getInput()),
                  {{elementType,
                    isMax ? getLowest(elementType) : getHighest(elementType)},
                   {i64, rank == 0 ? b.getI64IntegerAttr(0) : last}},
                  [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                    Value index = buildFlatIndex(scalars, type, dims, b);
                    return buildChoice(scalars, args[0], index, args[1],
                                       args[2], elementType, isMax);
                  });
    b.rewriter.replaceOp(op,
                         b.reshape(results[1], resultType.getShape()).value);
    return success();
  }

private:
  /// The row-major place among `dims`.
  static Value buildFlatIndex(ScalarBuilder &scalars,
                              graph::StridedTensorType type,
                              ArrayRef<int64_t> dims, LinalgBuilder &b) {
    Type i64 = b.getI64Type();
    Value flat;
    for (int64_t dim : dims) {
      Value index =
          scalars.op<arith::IndexCastOp>(i64, scalars.op<linalg::IndexOp>(dim));
      if (flat)
        index = scalars.add(
            scalars.mul(flat, b.number(scalars, type.getDim(dim), i64)), index);
      flat = index;
    }
    return flat ? flat : scalars.integer(i64, 0);
  }

  static SmallVector<Value> buildChoice(ScalarBuilder &b, Value x, Value index,
                                        Value best, Value bestIndex, Type type,
                                        bool isMax) {
    Value better = isMax ? b.less(best, x, type) : b.less(x, best, type);
    Value equal = b.equal(x, best);
    if (isa<FloatType>(type)) {
      Value xNan = b.isNan(x), bestNan = b.isNan(best);
      better = b.bor(better, b.band(xNan, b.bnot(bestNan)));
      equal = b.bor(equal, b.band(xNan, bestNan));
    }
    Value earlier = b.cmp(arith::CmpIPredicate::slt, index, bestIndex);
    Value take = b.bor(better, b.band(equal, earlier));
    return {b.select(take, x, best), b.select(take, index, bestIndex)};
  }
};

/// The mean first, then the mean of centred squares.
struct VarMeanConversion : GraphPattern<graph::VarMeanOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::VarMeanOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    ArrayRef<Expr> shape = type.getShape();
    Operand x = b.read(op.getInput());
    Tensor mean =
        b.mean(shape, op.getDims(), x,
               [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
    AffineMap map =
        b.select(shape.size(), getOtherDims(shape.size(), op.getDims()));
    Type sumType = mean.elementType;
    Tensor squares = b.reduce(
        shape, op.getDims(), {x, LinalgBuilder::through(b.read(mean), map)},
        {sumType, getNumber(sumType, 0)},
        [](ScalarBuilder &scalars, ArrayRef<Value> args) {
          Value centred = scalars.sub(args[0], args[1]);
          return scalars.add(args[2], scalars.mul(centred, centred));
        });
    Expr count = b.expr(1);
    for (int64_t dim : op.getDims())
      count = count * shape[dim];
    double correction = op.getCorrection().convertToDouble();
    Tensor var = b.pointwise(
        squares.shape, b.read(squares), sumType,
        [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
          Value divisor = scalars.sub(b.number(scalars, count, sumType),
                                      scalars.real(sumType, correction));
          divisor = scalars.maximum(divisor, scalars.real(sumType, 0), sumType);
          return scalars.div(args[0], divisor);
        });
    auto fit = [&](const Tensor &value, Type result) {
      auto resultType = cast<graph::StridedTensorType>(result);
      return b
          .reshape(b.cast(value, resultType.getElementType()),
                   resultType.getShape())
          .value;
    };
    b.rewriter.replaceOp(op, {fit(var, op.getVar().getType()),
                              fit(mean, op.getMean().getType())});
    return success();
  }
};

} // namespace

void graphc::populateReductionPatterns(const TypeConverter &converter,
                                       SymbolValues &symbols,
                                       RewritePatternSet &patterns) {
  patterns.add<ReduceConversion, ArgReduceConversion, VarMeanConversion>(
      converter, patterns.getContext(), symbols);
}
