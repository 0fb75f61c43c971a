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

/// The number of elements that a reduction over `dims` combines, if all are so
/// few that 32 bits count them.
std::optional<int64_t> countShort(graph::StridedTensorType type,
                                  ArrayRef<int64_t> dims) {
  Expr count = graph::product(
      type.getContext(),
      llvm::map_to_vector(dims, [&](int64_t dim) { return type.getDim(dim); }));
  std::optional<int64_t> known = count.getConstant();
  return known && *known <= INT32_MAX ? known : std::nullopt;
}

struct ReduceConversion : GraphPattern<graph::ReduceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ReduceOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    ReduceKind kind = op.getKind();
    Type elementType = type.getElementType();
    Type sumType = getAccumulatorType(elementType);
    bool isShort = isShortCount(op, type);
    if (isShort)
      sumType = b.getI32Type();
    bool isSum = kind == ReduceKind::Sum || kind == ReduceKind::Mean ||
                 kind == ReduceKind::Prod;
    if (isa<ComplexType>(elementType) && !isSum)
      return b.refuse(op, "complex numbers have no order");
    Tensor result =
        b.reduce(type.getShape(), op.getDims(), b.read(op.getInput()),
                 {sumType, getNeutral(kind, sumType)},
                 [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                   Value x = args[0];
                   if (isShort)
                     x = scalars.op<arith::TruncIOp>(sumType, x);
                   return buildStep(scalars, kind, x, args[1], elementType);
                 });
    if (kind == ReduceKind::Mean)
      result = divide(result, op, type, b);
    result = b.cast(result, resultType.getElementType());
    b.rewriter.replaceOp(op, b.reshape(result, resultType.getShape()).value);
    return success();
  }

private:
  /// Whether it counts in i64 what 32 bits can count: truth values, or bytes.
  static bool isShortCount(graph::ReduceOp op, graph::StridedTensorType type) {
    auto cast = op.getInput().getDefiningOp<graph::CastOp>();
    if (!cast || op.getKind() != ReduceKind::Sum ||
        !type.getElementType().isInteger(64))
      return false;
    auto from = llvm::cast<graph::StridedTensorType>(cast.getInput().getType());
    auto integer = dyn_cast<IntegerType>(from.getElementType());
    if (!integer || integer.getWidth() > 8)
      return false;
    std::optional<int64_t> count = countShort(type, op.getDims());
    return count && *count <= INT32_MAX >> (integer.getWidth() == 1 ? 0 : 8);
  }

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
/// matter: of equals the lower index wins, NaN beats everything. It begins with
/// the worst value at index 0: if nothing is better, all are equal.
struct ArgReduceConversion : GraphPattern<graph::ArgReduceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ArgReduceOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    auto resultType = cast<graph::StridedTensorType>(op.getType());
    Type elementType = type.getElementType();
    // Elements are compared as what they are computed in.
    Type keptType = getAccumulatorType(elementType);
    bool isMax = op.getKind() == graph::ExtremumKind::Max;
    int64_t rank = type.getRank();
    SmallVector<int64_t> dims;
    if (op.getDim() && rank > 0)
      dims.push_back(*op.getDim());
    else
      dims = llvm::to_vector(llvm::seq<int64_t>(rank));

    Type indexType = countShort(type, dims) ? b.getI32Type() : b.getI64Type();
    SmallVector<Tensor> results = b.generic(
        type.getShape(), dims, b.read(op.getInput()),
        {{keptType, isMax ? getLowest(keptType) : getHighest(keptType)},
         {indexType, b.getIntegerAttr(indexType, 0)}},
        [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
          Value index = buildFlatIndex(scalars, type, dims, indexType, b);
          return buildChoice(scalars, args[0], index, args[1], args[2],
                             elementType, isMax);
        });
    Tensor result = b.cast(results[1], resultType.getElementType());
    b.rewriter.replaceOp(op, b.reshape(result, resultType.getShape()).value);
    return success();
  }

private:
  /// The row-major place among `dims`.
  static Value buildFlatIndex(ScalarBuilder &scalars,
                              graph::StridedTensorType type,
                              ArrayRef<int64_t> dims, Type indexType,
                              LinalgBuilder &b) {
    Value flat;
    for (int64_t dim : dims) {
      Value index = scalars.op<arith::IndexCastOp>(
          indexType, scalars.op<linalg::IndexOp>(dim));
      if (flat)
        index = scalars.add(
            scalars.mul(flat, b.number(scalars, type.getDim(dim), indexType)),
            index);
      flat = index;
    }
    return flat ? flat : scalars.integer(indexType, 0);
  }

  static SmallVector<Value> buildChoice(ScalarBuilder &b, Value x, Value index,
                                        Value best, Value bestIndex, Type type,
                                        bool isMax) {
    Value better, equal = b.equal(x, best);
    if (isa<FloatType>(type)) {
      // Greater, or not comparable with a number.
      using arith::CmpFPredicate;
      better = b.band(
          b.cmp(isMax ? CmpFPredicate::UGT : CmpFPredicate::ULT, x, best),
          b.cmp(CmpFPredicate::ORD, best, best));
      equal = b.bor(equal, b.band(b.isNan(x), b.isNan(best)));
    } else {
      better = isMax ? b.less(best, x, type) : b.less(x, best, type);
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
