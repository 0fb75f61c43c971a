//===- RecognizeNormalization.cpp - Softmax and normalisations ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A norm is built without parameters from its core, (x - mean) / sqrt(var +
// eps) or x / sqrt(mean(x^2) + eps); AbsorbParameters.cpp goes on from there.
//
//===----------------------------------------------------------------------===//

#include "Matchers.h"

using namespace mlir;
using namespace graphc::graph;

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// x of x - max(x) along one dimension, which is set.
static Value matchShifted(Value value, int64_t &dim) {
  auto sub = value.getDefiningOp<SubOp>();
  if (!sub)
    return {};
  std::optional<Reduced> max = matchReduced(sub.getRhs(), ReduceKind::Max);
  if (!max || max->dims.size() != 1 || !isSame(max->input, sub.getLhs()) ||
      !isLike(sub.getLhs(), value))
    return {};
  dim = max->dims.front();
  return sub.getLhs();
}

/// Whether `value` broadcasts against `x` with one element for each row along
/// `dims`. What it was made of is a matter of its own: a reshape may have moved
/// the rows elsewhere.
static bool isPerRow(Value value, Value x, ArrayRef<int64_t> dims) {
  while (auto expand = value.getDefiningOp<ExpandOp>())
    value = expand.getInput();
  return isKeptShape(typeOf(value), typeOf(x).getShape(), dims);
}

/// Whether `value` is the sum of `exponentials` along `dim`.
static bool isSumOf(Value value, Value exponentials, int64_t dim) {
  std::optional<Reduced> sum = matchReduced(value, ReduceKind::Sum);
  return sum && isSame(sum->input, exponentials) &&
         sum->dims == ArrayRef<int64_t>(dim);
}

namespace {
/// exp(x - max(x)) / sum(exp(x - max(x))).
struct RecognizeSoftmax : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op,
                                PatternRewriter &rewriter) const override {
    auto exp = peelLossless(op.getLhs()).getDefiningOp<ExpOp>();
    int64_t dim = 0;
    Value x = exp ? matchShifted(exp.getInput(), dim) : Value();
    if (!x || !isLike(x, op.getResult()) ||
        !isSumOf(op.getRhs(), exp.getResult(), dim) || !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "no softmax");
    return replaceWith<SoftmaxOp>(rewriter, op.getResult(), x, dim);
  }
};

/// (x - max(x)) - log(sum(exp(x - max(x)))).
struct RecognizeLogSoftmax : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SubOp op,
                                PatternRewriter &rewriter) const override {
    int64_t dim = 0;
    Value x = matchShifted(op.getLhs(), dim);
    auto log = peelBroadcast(op.getRhs()).getDefiningOp<LogOp>();
    if (!x || !log || !isLike(x, op.getResult()))
      return rewriter.notifyMatchFailure(op, "no log_softmax");
    // Sizes of one may be restored before the logarithm or after it.
    auto sum = peelBroadcast(log.getInput()).getDefiningOp<ReduceOp>();
    if (!sum || sum.getKind() != ReduceKind::Sum ||
        sum.getDims() != ArrayRef<int64_t>(dim) ||
        !isPerRow(op.getRhs(), x, dim))
      return rewriter.notifyMatchFailure(op, "no logarithm of a sum");
    auto exp = peelLossless(sum.getInput()).getDefiningOp<ExpOp>();
    if (!exp || !isSame(exp.getInput(), op.getLhs()) || !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "sums something else");
    return replaceWith<LogSoftmaxOp>(rewriter, op.getResult(), x, dim);
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Cores
//===----------------------------------------------------------------------===//

namespace {
/// 1 / sqrt(variance + eps).
struct Rstd {
  Value variance;
  double eps = 0;
  /// What x is multiplied with, or divided by for its reciprocal.
  Value factor;
};
} // namespace

static std::optional<Rstd> matchSumWithEps(Value value) {
  Rstd rstd;
  if (!matchEither<AddOp>(peelBroadcast(value), [&](Value a, Value b) {
        std::optional<double> eps = getNumber(b);
        if (!eps || !(*eps >= 0) || getNumber(a))
          return false;
        rstd = {a, *eps, Value()};
        return true;
      }))
    return std::nullopt;
  return rstd;
}

static std::optional<Rstd> matchStd(Value value) {
  value = peelBroadcast(value);
  if (auto sqrt = value.getDefiningOp<SqrtOp>())
    return matchSumWithEps(sqrt.getInput());
  auto pow = value.getDefiningOp<PowOp>();
  if (pow && getNumber(pow.getRhs()) == 0.5)
    return matchSumWithEps(pow.getLhs());
  return std::nullopt;
}

static std::optional<Rstd> matchRstd(Value value) {
  value = peelBroadcast(value);
  if (auto rsqrt = value.getDefiningOp<RsqrtOp>())
    return matchSumWithEps(rsqrt.getInput());
  if (auto reciprocal = value.getDefiningOp<ReciprocalOp>())
    return matchStd(reciprocal.getInput());
  if (auto div = value.getDefiningOp<DivOp>())
    return getNumber(div.getLhs()) == 1.0 ? matchStd(div.getRhs())
                                          : std::nullopt;
  if (auto pow = value.getDefiningOp<PowOp>())
    return getNumber(pow.getRhs()) == -0.5 ? matchSumWithEps(pow.getLhs())
                                           : std::nullopt;
  return std::nullopt;
}

/// `value` as a quotient of `x` and a standard deviation.
static bool matchQuotient(Value value,
                          llvm::function_ref<bool(Value, Rstd)> match) {
  if (auto div = value.getDefiningOp<DivOp>()) {
    std::optional<Rstd> rstd = matchStd(div.getRhs());
    if (!rstd)
      return false;
    rstd->factor = div.getRhs();
    return match(div.getLhs(), *rstd);
  }
  return matchEither<MulOp>(value, [&](Value x, Value factor) {
    std::optional<Rstd> rstd = matchRstd(factor);
    if (!rstd)
      return false;
    rstd->factor = factor;
    return match(x, *rstd);
  });
}

/// The mean that `value` is, of var_mean or a reduction.
static std::optional<Reduced> matchMean(Value value) {
  auto moments = peelBroadcast(value).getDefiningOp<VarMeanOp>();
  if (!moments)
    return matchReduced(value, ReduceKind::Mean);
  if (peelBroadcast(value) != moments.getMean() ||
      !isKeptShape(typeOf(value), typeOf(moments.getInput()).getShape(),
                   moments.getDims()))
    return std::nullopt;
  return Reduced{moments.getInput(), llvm::to_vector(moments.getDims())};
}

/// The biased variance that `value` is, with or without sizes of one.
static std::optional<Reduced> matchVariance(Value value) {
  Value source = peelBroadcast(value);
  if (auto moments = source.getDefiningOp<VarMeanOp>()) {
    if (source != moments.getVar() || !moments.getCorrection().isZero())
      return std::nullopt;
    return Reduced{moments.getInput(), llvm::to_vector(moments.getDims())};
  }
  std::optional<Reduced> mean = matchReduced(value, ReduceKind::Mean);
  Value centred = mean ? matchSquare(mean->input) : Value();
  auto sub = centred ? peelLossless(centred).getDefiningOp<SubOp>() : SubOp();
  if (!sub)
    return std::nullopt;
  std::optional<Reduced> subtracted = matchMean(sub.getRhs());
  if (!subtracted || subtracted->dims != mean->dims ||
      !isSame(subtracted->input, sub.getLhs()))
    return std::nullopt;
  return subtracted;
}

namespace {
/// (x - mean(x)) / sqrt(var(x) + eps) over trailing dimensions.
template <typename RootOp>
struct RecognizeLayerNorm : OpRewritePattern<RootOp> {
  using OpRewritePattern<RootOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    Value x;
    double eps = 0;
    int64_t normalizedRank = 0;
    auto match = [&](Value centred, Rstd rstd) {
      auto sub = peelLossless(centred).getDefiningOp<SubOp>();
      if (!sub)
        return false;
      x = sub.getLhs();
      std::optional<Reduced> mean = matchMean(sub.getRhs()),
                             variance = matchVariance(rstd.variance);
      eps = rstd.eps;
      normalizedRank = mean ? mean->dims.size() : 0;
      return mean && variance && mean->dims == variance->dims &&
             areTrailing(mean->dims, typeOf(x).getRank()) &&
             isPerRow(rstd.factor, x, mean->dims) && isSame(mean->input, x) &&
             isSame(variance->input, x);
    };
    if (!matchQuotient(op.getResult(), match) || !isLike(x, op.getResult()) ||
        !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "no layer norm");
    return replaceWith<LayerNormOp>(rewriter, op.getResult(), x, Value(),
                                    Value(), normalizedRank, APFloat(eps));
  }
};

/// x / sqrt(mean(x^2) + eps) over trailing dimensions.
template <typename RootOp>
struct RecognizeRmsNorm : OpRewritePattern<RootOp> {
  using OpRewritePattern<RootOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    Value x;
    double eps = 0;
    int64_t normalizedRank = 0;
    auto match = [&](Value input, Rstd rstd) {
      std::optional<Reduced> mean =
          matchReduced(rstd.variance, ReduceKind::Mean);
      Value squared = mean ? matchSquare(mean->input) : Value();
      x = input;
      eps = rstd.eps;
      normalizedRank = mean ? mean->dims.size() : 0;
      return squared && isSame(squared, x) &&
             areTrailing(mean->dims, typeOf(x).getRank()) &&
             isPerRow(rstd.factor, x, mean->dims);
    };
    if (!matchQuotient(op.getResult(), match) || !isLike(x, op.getResult()) ||
        !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "no RMS norm");
    return replaceWith<RmsNormOp>(rewriter, op.getResult(), x, Value(),
                                  normalizedRank, APFloat(eps));
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Batch norm
//===----------------------------------------------------------------------===//

namespace {
/// (x - mean) / sqrt(var + eps) with given statistics per channel.
template <typename RootOp>
struct RecognizeBatchNorm : OpRewritePattern<RootOp> {
  using OpRewritePattern<RootOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    StridedTensorType type = typeOf(op.getResult());
    Value x, mean, variance;
    double eps = 0;
    auto match = [&](Value centred, Rstd rstd) {
      auto sub = centred.getDefiningOp<SubOp>();
      if (!sub || !sub->hasOneUse())
        return false;
      x = sub.getLhs();
      mean = sub.getRhs();
      variance = rstd.variance;
      eps = rstd.eps;
      return isPerChannel(mean, type) && isPerChannel(rstd.factor, type);
    };
    // With x of one channel per row the core of other norms looks alike.
    if (!matchQuotient(op.getResult(), match) || !isLike(x, op.getResult()) ||
        matchMean(mean) || matchVariance(variance))
      return rewriter.notifyMatchFailure(op, "no batch norm");
    // Before any unsqueeze, or after it.
    if (typeOf(variance).getShape() != ArrayRef<Expr>(type.getDim(1)) &&
        !isPerChannel(variance, type))
      return rewriter.notifyMatchFailure(op, "variance is not per channel");
    Value flatMean = getPerChannel(rewriter, mean, type),
          flatVariance = getPerChannel(rewriter, variance, type);
    if (!flatMean || !flatVariance)
      return failure();
    return replaceWith<BatchNormOp>(rewriter, op.getResult(), x, flatMean,
                                    flatVariance, Value(), Value(),
                                    APFloat(eps));
  }
};
} // namespace

void graphc::graph::populateRecognizeNormalization(
    RewritePatternSet &patterns) {
  patterns.add<
      // clang-format off
      RecognizeSoftmax,
      RecognizeLogSoftmax,
      RecognizeLayerNorm<MulOp>, RecognizeLayerNorm<DivOp>,
      RecognizeRmsNorm<MulOp>, RecognizeRmsNorm<DivOp>,
      RecognizeBatchNorm<MulOp>, RecognizeBatchNorm<DivOp>
      // clang-format on
      >(patterns.getContext());
}
