//===- Normalization.cpp - Softmax and normalisations ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// All of them are sequences of reductions and elementwise loops; forming fused
// row kernels out of these is the business of later passes. Narrow floats are
// computed in f32 from end to end.
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

namespace {

/// What softmax and log_softmax share: x - max, its exponential and the sum.
struct SoftmaxParts {
  SoftmaxParts(LinalgBuilder &b, Value input, int64_t dim);

  SmallVector<Expr> shape;
  Operand x;
  /// From the elements to their row.
  AffineMap rowMap;
  Tensor max, exponentials, sum;
};

SoftmaxParts::SoftmaxParts(LinalgBuilder &b, Value input, int64_t dim)
    : x(b.read(input)) {
  auto type = cast<graph::StridedTensorType>(input.getType());
  shape.assign(type.getShape().begin(), type.getShape().end());
  Type computeType = getComputeType(type.getElementType());
  rowMap = b.select(shape.size(), getOtherDims(shape.size(), dim));
  max = b.reduce(shape, dim, x, {computeType, getLowest(computeType)},
                 [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                   return scalars.maximum(args[0], args[1], computeType);
                 });
  exponentials = b.pointwise(
      shape, {x, LinalgBuilder::through(b.read(max), rowMap)}, computeType,
      [](ScalarBuilder &scalars, ArrayRef<Value> args) {
        return scalars.op<math::ExpOp>(scalars.sub(args[0], args[1]));
      });
  sum = b.reduce(shape, dim, b.read(exponentials),
                 {computeType, getNumber(computeType, 0)},
                 [](ScalarBuilder &scalars, ArrayRef<Value> args) {
                   return scalars.add(args[1], args[0]);
                 });
}

struct SoftmaxConversion : GraphPattern<graph::SoftmaxOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::SoftmaxOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    if (type.getRank() == 0)
      return replaceRankZero(op, type, b);
    SoftmaxParts parts(b, op.getInput(), op.getDim());
    Tensor result =
        b.pointwise(parts.shape,
                    {b.read(parts.exponentials),
                     LinalgBuilder::through(b.read(parts.sum), parts.rowMap)},
                    type.getElementType(),
                    [](ScalarBuilder &scalars, ArrayRef<Value> args) {
                      // All of a row by one number, of which a target may
                      // take the inverse.
                      return scalars.op<arith::DivFOp>(
                          args[0], args[1], arith::FastMathFlags::arcp);
                    });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  /// x / x of one element: 1, or NaN.
  static LogicalResult replaceRankZero(graph::SoftmaxOp op,
                                       graph::StridedTensorType type,
                                       LinalgBuilder &b) {
    Tensor result = b.pointwise(
        {}, b.read(op.getInput()), type.getElementType(),
        [](ScalarBuilder &scalars, ArrayRef<Value> args) {
          return scalars.op<math::ExpOp>(scalars.sub(args[0], args[0]));
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

/// (x - max) - log(sum).
struct LogSoftmaxConversion : GraphPattern<graph::LogSoftmaxOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::LogSoftmaxOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    if (type.getRank() == 0)
      return replaceRankZero(op, type, b);
    SoftmaxParts parts(b, op.getInput(), op.getDim());
    Tensor log =
        b.pointwise(parts.sum.shape, b.read(parts.sum), parts.sum.elementType,
                    [](ScalarBuilder &scalars, ArrayRef<Value> args) {
                      return scalars.op<math::LogOp>(args[0]);
                    });
    Tensor result = b.pointwise(
        parts.shape,
        {parts.x, LinalgBuilder::through(b.read(parts.max), parts.rowMap),
         LinalgBuilder::through(b.read(log), parts.rowMap)},
        type.getElementType(),
        [](ScalarBuilder &scalars, ArrayRef<Value> args) {
          return scalars.sub(scalars.sub(args[0], args[1]), args[2]);
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }

private:
  static LogicalResult replaceRankZero(graph::LogSoftmaxOp op,
                                       graph::StridedTensorType type,
                                       LinalgBuilder &b) {
    Tensor result =
        b.pointwise({}, b.read(op.getInput()), type.getElementType(),
                    [](ScalarBuilder &scalars, ArrayRef<Value> args) {
                      return scalars.sub(args[0], args[0]);
                    });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

/// rsqrt(x + eps).
Tensor buildRstd(LinalgBuilder &b, const Tensor &variance, double eps) {
  return b.pointwise(variance.shape, b.read(variance), variance.elementType,
                     [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                       Value sum = scalars.add(
                           args[0], scalars.real(args[0].getType(), eps));
                       return scalars.op<math::RsqrtOp>(sum);
                     });
}

/// Mean and 1/sqrt(var + eps) over `dims`, in two passes: the squares of
/// centred values do not cancel.
struct Moments {
  Moments(LinalgBuilder &b, ArrayRef<Expr> shape, Operand x,
          ArrayRef<int64_t> dims, double eps);

  Tensor mean, rstd;
  /// From the elements to their statistics.
  AffineMap map;
};

Moments::Moments(LinalgBuilder &b, ArrayRef<Expr> shape, Operand x,
                 ArrayRef<int64_t> dims, double eps) {
  map = b.select(shape.size(), getOtherDims(shape.size(), dims));
  mean = b.mean(shape, dims, x,
                [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
  Tensor variance =
      b.mean(shape, dims, {x, LinalgBuilder::through(b.read(mean), map)},
             [](ScalarBuilder &scalars, ArrayRef<Value> args) {
               Value centred = scalars.sub(args[0], args[1]);
               return scalars.mul(centred, centred);
             });
  rstd = buildRstd(b, variance, eps);
}

/// (x - mean) * rstd * weight + bias.
Tensor buildNormalized(LinalgBuilder &b, ArrayRef<Expr> shape, Operand x,
                       const Moments &moments, std::optional<Operand> weight,
                       std::optional<Operand> bias, Type elementType) {
  SmallVector<Operand> operands{
      x, LinalgBuilder::through(b.read(moments.mean), moments.map),
      LinalgBuilder::through(b.read(moments.rstd), moments.map)};
  if (weight)
    operands.push_back(*weight);
  if (bias)
    operands.push_back(*bias);
  return b.pointwise(shape, operands, elementType,
                     [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                       Value y =
                           scalars.mul(scalars.sub(args[0], args[1]), args[2]);
                       if (weight)
                         y = scalars.mul(y, args[3]);
                       return bias ? scalars.add(y, args.back()) : y;
                     });
}

/// `value` with the shape and element type of a result of the op.
Value fit(LinalgBuilder &b, const Tensor &value, Value result) {
  auto type = cast<graph::StridedTensorType>(result.getType());
  Tensor cast =
      result.use_empty() ? value : b.cast(value, type.getElementType());
  if (cast.elementType != type.getElementType())
    return b.empty(type.getShape(), type.getElementType()).value;
  return b.reshape(cast, type.getShape()).value;
}

struct LayerNormConversion : GraphPattern<graph::LayerNormOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::LayerNormOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    ArrayRef<Expr> shape = type.getShape();
    int64_t rank = type.getRank();
    SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(
        rank - static_cast<int64_t>(op.getNormalizedRank()), rank));
    Operand x = b.read(op.getInput());
    Moments moments(b, shape, x, dims, op.getEps().convertToDouble());
    std::optional<Operand> weight, bias;
    if (op.getWeight())
      weight = b.read(op.getWeight(), shape);
    if (op.getBias())
      bias = b.read(op.getBias(), shape);
    Tensor y = buildNormalized(b, shape, x, moments, weight, bias,
                               type.getElementType());
    b.rewriter.replaceOp(op, {y.value, fit(b, moments.mean, op.getMean()),
                              fit(b, moments.rstd, op.getRstd())});
    return success();
  }
};

struct RmsNormConversion : GraphPattern<graph::RmsNormOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::RmsNormOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    ArrayRef<Expr> shape = type.getShape();
    int64_t rank = type.getRank();
    SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(
        rank - static_cast<int64_t>(op.getNormalizedRank()), rank));
    Operand x = b.read(op.getInput());
    Tensor squares = b.mean(shape, dims, x,
                            [](ScalarBuilder &scalars, ArrayRef<Value> args) {
                              return scalars.mul(args[0], args[0]);
                            });
    Tensor rstd = buildRstd(b, squares, op.getEps().convertToDouble());
    SmallVector<Operand> operands{
        x, LinalgBuilder::through(b.read(rstd),
                                  b.select(rank, getOtherDims(rank, dims)))};
    if (op.getWeight())
      operands.push_back(b.read(op.getWeight(), shape));
    Tensor y =
        b.pointwise(shape, operands, type.getElementType(),
                    [](ScalarBuilder &scalars, ArrayRef<Value> args) {
                      Value y = scalars.mul(args[0], args[1]);
                      return args.size() > 2 ? scalars.mul(y, args[2]) : y;
                    });
    b.rewriter.replaceOp(op, y.value);
    return success();
  }
};

/// x * scale + shift with scale = weight * rstd and shift = bias - mean * scale
/// per channel, as torch computes it.
struct BatchNormConversion : GraphPattern<graph::BatchNormOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::BatchNormOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    Type computeType = getComputeType(type.getElementType());
    double eps = op.getEps().convertToDouble();
    Expr channels = type.getDim(1);

    SmallVector<Operand> operands{b.read(op.getVar())};
    if (op.getWeight())
      operands.push_back(b.read(op.getWeight()));
    Tensor scale = b.pointwise(
        channels, operands, computeType,
        [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
          Value variance =
              scalars.cast(args[0], args[0].getType(), computeType);
          Value rstd = scalars.op<math::RsqrtOp>(
              scalars.add(variance, scalars.real(computeType, eps)));
          return args.size() > 1 ? scalars.mul(rstd, args[1]) : rstd;
        });
    operands = {b.read(op.getMean()), b.read(scale)};
    if (op.getBias())
      operands.push_back(b.read(op.getBias()));
    Tensor shift =
        b.pointwise(channels, operands, computeType,
                    [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                      Value product = scalars.mul(args[0], args[1]);
                      return args.size() > 2 ? scalars.sub(args[2], product)
                                             : scalars.neg(product);
                    });

    AffineMap channelMap = b.select(type.getRank(), 1);
    Tensor y = b.pointwise(type.getShape(),
                           {b.read(op.getInput()),
                            LinalgBuilder::through(b.read(scale), channelMap),
                            LinalgBuilder::through(b.read(shift), channelMap)},
                           type.getElementType(),
                           [](ScalarBuilder &scalars, ArrayRef<Value> args) {
                             return scalars.add(scalars.mul(args[0], args[1]),
                                                args[2]);
                           });
    b.rewriter.replaceOp(op, y.value);
    return success();
  }
};

/// Layer norm over [N, groups, C/groups, spatial..], dimensions 2 and up.
struct GroupNormConversion : GraphPattern<graph::GroupNormOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::GroupNormOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getInput().getType());
    Expr groups = b.expr(op.getGroups());
    Expr perGroup = type.getDim(1).floorDiv(op.getGroups());
    SmallVector<Expr> shape(type.getShape());
    shape[1] = perGroup;
    shape.insert(shape.begin() + 1, groups);
    int64_t rank = shape.size();

    Operand x = b.read(b.reshape(b.tensor(op.getInput()), shape));
    Moments moments(b, shape, x, llvm::to_vector(llvm::seq<int64_t>(2, rank)),
                    op.getEps().convertToDouble());
    auto readPerChannel = [&](Value value) -> std::optional<Operand> {
      if (!value)
        return std::nullopt;
      Tensor split = b.reshape(b.tensor(value), {groups, perGroup});
      return LinalgBuilder::through(b.read(split), b.select(rank, {1, 2}));
    };
    Tensor y =
        buildNormalized(b, shape, x, moments, readPerChannel(op.getWeight()),
                        readPerChannel(op.getBias()), type.getElementType());
    b.rewriter.replaceOp(op, {b.reshape(y, type.getShape()).value,
                              fit(b, moments.mean, op.getMean()),
                              fit(b, moments.rstd, op.getRstd())});
    return success();
  }
};

} // namespace

void graphc::populateNormalizationPatterns(const TypeConverter &converter,
                                           SymbolValues &symbols,
                                           RewritePatternSet &patterns) {
  patterns.add<SoftmaxConversion, LogSoftmaxConversion, LayerNormConversion,
               RmsNormConversion, BatchNormConversion, GroupNormConversion>(
      converter, patterns.getContext(), symbols);
}
