//===- RecognizeActivation.cpp - gelu, silu and sigmoid -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products are taken apart into factors and arguments are compared as
// polynomials of x, so that neither order nor association matters.
//
//===----------------------------------------------------------------------===//

#include "Matchers.h"

#include <cmath>

using namespace mlir;
using namespace graphc::graph;

//===----------------------------------------------------------------------===//
// Polynomials
//===----------------------------------------------------------------------===//

namespace {
constexpr unsigned highestPower = 3;

/// Coefficients by power.
using Polynomial = std::array<double, highestPower + 1>;
} // namespace

static std::optional<Polynomial> multiply(const Polynomial &a,
                                          const Polynomial &b) {
  Polynomial result{};
  for (unsigned i = 0; i <= highestPower; ++i)
    for (unsigned j = 0; j <= highestPower; ++j) {
      double term = a[i] * b[j];
      if (i + j <= highestPower)
        result[i + j] += term;
      else if (term != 0)
        return std::nullopt;
    }
  return result;
}

/// `value` as a polynomial of `x`, if it is made of x and numbers in at most
/// `depth` steps.
static std::optional<Polynomial> getPolynomial(Value value, Value x,
                                               unsigned depth = 10) {
  if (isSame(value, x))
    return Polynomial{0, 1};
  if (std::optional<double> number = getNumber(value))
    return Polynomial{*number};
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0)
    return std::nullopt;
  if (isa<CastOp>(op) && peelFloatCasts(value) != value)
    return getPolynomial(op->getOperand(0), x, depth - 1);
  if (!isa<AddOp, SubOp, MulOp, DivOp, NegOp, PowOp>(op))
    return std::nullopt;
  std::optional<Polynomial> a = getPolynomial(op->getOperand(0), x, depth - 1);
  if (!a)
    return std::nullopt;
  if (isa<NegOp>(op))
    return multiply(*a, {-1});
  if (auto pow = dyn_cast<PowOp>(op)) {
    std::optional<double> power = getNumber(pow.getRhs());
    if (!power || *power < 1 || *power > highestPower ||
        std::floor(*power) != *power)
      return std::nullopt;
    std::optional<Polynomial> result = a;
    for (int i = 1; i < *power && result; ++i)
      result = multiply(*result, *a);
    return result;
  }
  if (auto div = dyn_cast<DivOp>(op)) {
    std::optional<double> number = getNumber(div.getRhs());
    if (!number || *number == 0)
      return std::nullopt;
    return multiply(*a, {1 / *number});
  }
  std::optional<Polynomial> b = getPolynomial(op->getOperand(1), x, depth - 1);
  if (!b)
    return std::nullopt;
  if (isa<MulOp>(op))
    return multiply(*a, *b);
  for (unsigned i = 0; i <= highestPower; ++i)
    (*a)[i] += isa<SubOp>(op) ? -(*b)[i] : (*b)[i];
  return a;
}

static bool isPolynomial(Value value, Value x, const Polynomial &expected) {
  std::optional<Polynomial> found = getPolynomial(value, x);
  if (!found)
    return false;
  Type type = typeOf(value).getElementType();
  for (unsigned i = 0; i <= highestPower; ++i)
    if (!isClose((*found)[i], expected[i], type))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Factors
//===----------------------------------------------------------------------===//

namespace {
struct Factors {
  double number = 1;
  SmallVector<Value, 4> values;
};
} // namespace

/// Appends the factors of `value`. A product with other uses is a factor.
static void collectFactors(Value value, bool isRoot, Factors &factors) {
  if (std::optional<double> number = getNumber(value)) {
    factors.number *= *number;
    return;
  }
  if (isRoot || value.hasOneUse()) {
    if (auto mul = value.getDefiningOp<MulOp>()) {
      collectFactors(mul.getLhs(), false, factors);
      return collectFactors(mul.getRhs(), false, factors);
    }
    if (auto div = value.getDefiningOp<DivOp>())
      if (std::optional<double> number = getNumber(div.getRhs());
          number && *number != 0) {
        factors.number /= *number;
        return collectFactors(div.getLhs(), false, factors);
      }
  }
  factors.values.push_back(value);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// The kind of gelu if `factor` is 1 + erf(x / sqrt(2)) or
/// 1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)).
static std::optional<GeluKind> matchGeluFactor(Value factor, Value x) {
  std::optional<GeluKind> kind;
  auto match = [&](Value inner, Value one) {
    if (!isNumber(one, 1))
      return false;
    constexpr double slope = M_SQRT2 * M_2_SQRTPI * 0.5;
    inner = peelFloatCasts(inner);
    if (auto erf = inner.getDefiningOp<ErfOp>()) {
      if (isPolynomial(erf.getInput(), x, {0, M_SQRT1_2}))
        kind = GeluKind::None;
    } else if (auto tanh = inner.getDefiningOp<TanhOp>()) {
      if (isPolynomial(tanh.getInput(), x, {0, slope, 0, slope * 0.044715}))
        kind = GeluKind::Tanh;
    }
    return kind.has_value();
  };
  matchEither<AddOp>(peelFloatCasts(factor), match);
  return kind;
}

/// Whether `value` is 1 + exp(-x).
static bool isOnePlusExp(Value value, Value x) {
  return matchEither<AddOp>(value, [&](Value inner, Value one) {
    auto exp = inner.getDefiningOp<ExpOp>();
    return exp && isNumber(one, 1) && isPolynomial(exp.getInput(), x, {0, -1});
  });
}

/// The argument of the exponential in 1 + exp(-x), or null.
static Value matchOnePlusExp(Value value) {
  Value x;
  matchEither<AddOp>(value, [&](Value inner, Value one) {
    auto exp = inner.getDefiningOp<ExpOp>();
    if (!exp || !isNumber(one, 1))
      return false;
    if (auto neg = exp.getInput().getDefiningOp<NegOp>())
      x = neg.getInput();
    double factor = 1;
    Value rest = peelScale(exp.getInput(), factor);
    if (factor == -1)
      x = rest;
    return bool(x);
  });
  return x;
}

static bool isFloat(Value value) {
  return isa<FloatType>(typeOf(value).getElementType());
}

namespace {
/// x / 2 * (1 + erf(..)) and x / 2 * (1 + tanh(..)).
template <typename RootOp>
struct RecognizeGelu : OpRewritePattern<RootOp> {
  using OpRewritePattern<RootOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(RootOp op,
                                PatternRewriter &rewriter) const override {
    if (!isFloat(op.getResult()))
      return rewriter.notifyMatchFailure(op, "no float");
    Factors factors;
    collectFactors(op.getResult(), true, factors);
    if (factors.values.size() != 2 || factors.number != 0.5)
      return rewriter.notifyMatchFailure(op, "not half of two factors");
    for (unsigned i : {0, 1}) {
      Value x = factors.values[i];
      std::optional<GeluKind> kind = matchGeluFactor(factors.values[1 - i], x);
      if (kind && isLike(x, op.getResult()) && isClosed(op, x))
        return replaceWith<GeluOp>(rewriter, op.getResult(), x, *kind);
    }
    return rewriter.notifyMatchFailure(op, "no such factors");
  }
};

/// 1 / (1 + exp(-x)).
struct RecognizeSigmoid : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op,
                                PatternRewriter &rewriter) const override {
    Value x = matchOnePlusExp(op.getRhs());
    if (!x || !isLike(x, op.getResult()) || !isNumber(op.getLhs(), 1) ||
        !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "not 1 / (1 + exp(-x))");
    return replaceWith<SigmoidOp>(rewriter, op.getResult(), x);
  }
};

struct RecognizeSigmoidOfReciprocal : OpRewritePattern<ReciprocalOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReciprocalOp op,
                                PatternRewriter &rewriter) const override {
    Value x = matchOnePlusExp(op.getInput());
    if (!x || !isLike(x, op.getResult()) || !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "not 1 / (1 + exp(-x))");
    return replaceWith<SigmoidOp>(rewriter, op.getResult(), x);
  }
};

/// x / (1 + exp(-x)).
struct RecognizeSilu : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getLhs();
    if (!isFloat(x) || !isLike(x, op.getResult()) || getNumber(x) ||
        !isOnePlusExp(op.getRhs(), x) || !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "not x / (1 + exp(-x))");
    return replaceWith<SiluOp>(rewriter, op.getResult(), x);
  }
};

/// x * sigmoid(x).
struct RecognizeSiluOfSigmoid : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    Value x;
    bool matched =
        matchEither<MulOp>(op.getResult(), [&](Value input, Value factor) {
          x = input;
          auto sigmoid = peelFloatCasts(factor).getDefiningOp<SigmoidOp>();
          return sigmoid && isSame(sigmoid.getInput(), x);
        });
    if (!matched || !isFloat(x) || !isLike(x, op.getResult()) ||
        !isClosed(op, x))
      return rewriter.notifyMatchFailure(op, "not x * sigmoid(x)");
    return replaceWith<SiluOp>(rewriter, op.getResult(), x);
  }
};
} // namespace

void graphc::graph::populateRecognizeActivation(RewritePatternSet &patterns) {
  patterns
      .add<RecognizeGelu<MulOp>, RecognizeGelu<DivOp>, RecognizeSigmoid,
           RecognizeSigmoidOfReciprocal, RecognizeSilu, RecognizeSiluOfSigmoid>(
          patterns.getContext());
}
