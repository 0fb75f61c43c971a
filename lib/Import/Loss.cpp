//===- Loss.cpp - Loss functions and their gradients ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loss.h"

#include "Call.h"
#include "Checks.h"
#include "Pointwise.h"
#include "Reductions.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

Reduction graphc::aten::getReduction(Call &call) {
  int64_t value = call.integer("reduction", 1);
  if (value < 0 || value > 2)
    call.e.fail("op-argument", "reduction must be 0, 1 or 2");
  return value == 0   ? Reduction::None
         : value == 1 ? Reduction::Mean
                      : Reduction::Sum;
}

Value graphc::aten::sumAll(Emitter &e, Value x) {
  if (isa<IntegerType>(e.elementType(x)))
    x = e.cast(x, e.i64());
  return e.sum(x, e.wrapDims({}, e.rank(x)), false);
}

static void resultReduced(Call &call, Value loss) {
  Emitter &e = call.e;
  switch (getReduction(call)) {
  case Reduction::None:
    return call.result(loss);
  case Reduction::Mean:
    if (!isFloat(e.elementType(loss)))
      return (void)e.fail("op-argument", "mean of integers");
    return call.result(e.reduce(graph::ReduceKind::Mean, loss,
                                e.wrapDims({}, e.rank(loss)), false));
  case Reduction::Sum:
    return call.result(sumAll(e, loss));
  }
}

//===----------------------------------------------------------------------===//
// Of the distance to a target
//===----------------------------------------------------------------------===//

/// `body` of input and target, promoted, in the type ATen computes in.
template <typename Body>
static Value pointwise(Call &call, ArrayRef<StringRef> names, Body body) {
  Emitter &e = call.e;
  SmallVector<Value> operands = promote(call, names);
  Type type = e.elementType(operands.front());
  for (Value &operand : operands)
    operand = e.cast(operand, getComputeType(type));
  return e.cast(body(operands[0], operands[1]), type);
}

static Value distance(Emitter &e, Value a, Value b) {
  return e.emit<graph::AbsOp>(e.sub(a, b));
}

static void importL1Loss(Call &call) {
  Emitter &e = call.e;
  resultReduced(call,
                pointwise(call, {"self", "target"},
                          [&](Value a, Value b) { return distance(e, a, b); }));
}

static void importMseLoss(Call &call) {
  Emitter &e = call.e;
  resultReduced(call,
                pointwise(call, {"self", "target"}, [&](Value a, Value b) {
                  Value d = e.sub(a, b);
                  return e.mul(d, d);
                }));
}

static void importSmoothL1Loss(Call &call) {
  Emitter &e = call.e;
  double beta = call.number("beta", 1);
  if (beta == 0)
    return importL1Loss(call);
  resultReduced(call,
                pointwise(call, {"self", "target"}, [&](Value a, Value b) {
                  Value z = distance(e, a, b);
                  Value near = e.div(e.mul(e.mul(z, 0.5), z), beta);
                  return e.select(e.compare(ComparePredicate::Lt, z, beta),
                                  near, e.sub(z, 0.5 * beta));
                }));
}

static void importHuberLoss(Call &call) {
  Emitter &e = call.e;
  double delta = call.number("delta", 1);
  resultReduced(
      call, pointwise(call, {"self", "target"}, [&](Value a, Value b) {
        Value z = distance(e, a, b);
        Value near = e.mul(e.mul(z, 0.5), z);
        Value far = e.mul(e.sub(z, 0.5 * delta), delta);
        return e.select(e.compare(ComparePredicate::Le, z, delta), near, far);
      }));
}

/// 1 - cos of two vectors that belong together, cos above `margin` of others.
static void importCosineEmbeddingLoss(Call &call) {
  Emitter &e = call.e;
  auto inputs = promoteToFloat(call, {"input1", "input2"});
  Value target = call.tensor("target");
  Type type = e.elementType(inputs[0]), compute = getComputeType(type);
  Value a = e.cast(inputs[0], compute), b = e.cast(inputs[1], compute);
  SmallVector<int64_t> dims = {e.rank(target)};
  auto dot = [&](Value x, Value y) { return e.sum(e.mul(x, y), dims, false); };
  Value norms = e.mul(e.add(dot(a, a), 1e-12), e.add(dot(b, b), 1e-12));
  Value cosine = e.div(dot(a, b), e.emit<graph::SqrtOp>(norms));
  Value zero = e.number(0, compute);
  Value far =
      e.emit<graph::MaximumOp>(e.sub(cosine, call.number("margin", 0)), zero);
  auto isTarget = [&](double value) {
    return e.compare(ComparePredicate::Eq, target, value);
  };
  Value near = e.sub(e.number(1, compute), cosine);
  resultReduced(call, e.cast(e.select(isTarget(1), near,
                                      e.select(isTarget(-1), far, zero)),
                             type));
}

namespace {
/// `grad_output`, divided by the number of elements for a mean, and the
/// difference of input and target.
struct LossGradient {
  LossGradient(Call &call)
      : e(call.e), type(e.elementType(call.tensor("self"))),
        compute(getComputeType(type)),
        grad(e.cast(call.tensor("grad_output"), compute)),
        self(e.cast(call.tensor("self"), compute)),
        target(e.cast(call.tensor("target"), compute)),
        difference(e.sub(self, target)) {
    if (getReduction(call) == Reduction::Mean)
      grad = e.div(grad, e.number(Item(e.numElements(self)), compute));
  }

  Emitter &e;
  Type type, compute;
  Value grad, self, target, difference;
};
} // namespace

static void importMseLossBackward(Call &call) {
  LossGradient g(call);
  Emitter &e = call.e;
  call.result(e.cast(e.mul(e.mul(g.difference, 2), g.grad), g.type));
}

/// A gradient of `slope` times the difference up to `bound`, of +-`slope` times
/// the bound behind it.
static void resultBounded(Call &call, double bound, double slope) {
  LossGradient g(call);
  Emitter &e = call.e;
  Value far = e.mul(g.grad, slope * bound);
  Value near = e.mul(e.mul(g.difference, g.grad), slope);
  Value isAbove = e.compare(ComparePredicate::Ge, g.difference, bound);
  Value isBelow = e.compare(ComparePredicate::Le, g.difference, -bound);
  call.result(e.cast(
      e.select(isBelow, e.neg(far), e.select(isAbove, far, near)), g.type));
}

static void importHuberLossBackward(Call &call) {
  resultBounded(call, call.number("delta"), 1);
}

static void importSmoothL1LossBackward(Call &call) {
  double beta = call.number("beta");
  if (beta == 0)
    return (void)call.e.unsupported("beta of 0");
  resultBounded(call, beta, 1 / beta);
}

//===----------------------------------------------------------------------===//
// Of two classes
//===----------------------------------------------------------------------===//

static Value times(Call &call, Value x, StringRef name) {
  Emitter &e = call.e;
  return call.isNone(name)
             ? x
             : e.mul(x, e.cast(call.tensor(name), e.elementType(x)));
}

static void importBinaryCrossEntropy(Call &call) {
  Emitter &e = call.e;
  assertProbabilities(e, call.tensor("self"),
                      "inputs of binary_cross_entropy are from 0 to 1");
  assertProbabilities(e, call.tensor("target"),
                      "targets of binary_cross_entropy are from 0 to 1");
  Type type = e.elementType(call.tensor("self"));
  Value loss = pointwise(call, {"self", "target"}, [&](Value x, Value t) {
    // Logarithms of 0 count as -100.
    Value floor = e.number(-100, e.elementType(x));
    Value no =
        e.emit<graph::MaximumOp>(e.emit<graph::Log1pOp>(e.neg(x)), floor);
    Value yes = e.emit<graph::MaximumOp>(e.emit<graph::LogOp>(x), floor);
    Value loss = e.sub(e.mul(e.sub(t, 1), no), e.mul(t, yes));
    return times(call, loss, "weight");
  });
  resultReduced(call, e.cast(loss, type));
}

static void importBinaryCrossEntropyBackward(Call &call) {
  LossGradient g(call);
  Emitter &e = call.e;
  Value slope = e.mul(e.sub(e.number(1, g.compute), g.self), g.self);
  slope = e.emit<graph::MaximumOp>(slope, e.number(1e-12, g.compute));
  Value grad = e.div(e.mul(g.grad, g.difference), slope);
  call.result(e.cast(times(call, grad, "weight"), g.type));
}

/// (1 - t) x - (1 + (p - 1) t) log(sigmoid(x)).
static void importBinaryCrossEntropyWithLogits(Call &call) {
  Emitter &e = call.e;
  Value loss = pointwise(call, {"self", "target"}, [&](Value x, Value t) {
    Type type = e.elementType(x);
    Value tail = e.emit<graph::Log1pOp>(
        e.emit<graph::ExpOp>(e.neg(e.emit<graph::AbsOp>(x))));
    Value log = e.sub(e.emit<graph::MinimumOp>(x, e.number(0, type)), tail);
    if (!call.isNone("pos_weight")) {
      Value weight = e.cast(call.tensor("pos_weight"), type);
      log = e.mul(log, e.add(e.mul(e.sub(weight, 1), t), 1));
    }
    Value loss = e.sub(e.mul(e.sub(e.number(1, type), t), x), log);
    return times(call, loss, "weight");
  });
  resultReduced(call, loss);
}

/// One operator after the other, so that exp overflows in the type of x.
static void importSoftMarginLoss(Call &call) {
  Emitter &e = call.e;
  auto x = promote(call, {"self", "target"});
  Value power = e.emit<graph::ExpOp>(e.mul(e.neg(x[0]), x[1]));
  resultReduced(call, e.emit<graph::Log1pOp>(power));
}

static void importSoftMarginLossBackward(Call &call) {
  LossGradient g(call);
  Emitter &e = call.e;
  Value power = e.emit<graph::ExpOp>(e.mul(e.neg(g.target), g.self));
  Value slope = e.div(e.mul(e.mul(g.target, power), g.grad), e.add(power, 1));
  call.result(e.cast(e.neg(slope), g.type));
}

static void importHingeEmbeddingLoss(Call &call) {
  Emitter &e = call.e;
  double margin = call.number("margin");
  resultReduced(
      call, pointwise(call, {"self", "target"}, [&](Value x, Value t) {
        Value zero = e.number(0, e.elementType(x));
        Value rest = e.emit<graph::MaximumOp>(
            e.sub(e.number(margin, e.elementType(x)), x), zero);
        return e.add(
            e.select(e.compare(ComparePredicate::Ne, t, 1), rest, zero),
            e.select(e.compare(ComparePredicate::Ne, t, -1), x, zero));
      }));
}

/// The sum with a Python float, which makes integers float32.
static Value addFloat(Emitter &e, Value x, double y) {
  Type type = e.elementType(x);
  return e.add(isa<IntegerType>(type) ? e.cast(x, e.f32()) : x, y);
}

static void importMarginRankingLoss(Call &call) {
  Emitter &e = call.e;
  auto x = promote(call, {"input1", "input2", "target"});
  Value loss =
      addFloat(e, e.mul(e.neg(x[2]), e.sub(x[0], x[1])), call.number("margin"));
  resultReduced(
      call, e.emit<graph::MaximumOp>(loss, e.number(0, e.elementType(loss))));
}

//===----------------------------------------------------------------------===//
// Of distributions
//===----------------------------------------------------------------------===//

/// x log(x), 0 at 0.
static Value emitXLogX(Emitter &e, Value x) {
  Value isZero = e.compare(ComparePredicate::Eq, x, 0.0);
  return e.select(isZero, e.number(0, e.elementType(x)),
                  e.mul(x, e.emit<graph::LogOp>(x)));
}

static void importKlDiv(Call &call) {
  Emitter &e = call.e;
  bool isLog = call.flag("log_target");
  resultReduced(call,
                pointwise(call, {"self", "target"}, [&](Value x, Value t) {
                  if (isLog)
                    return e.mul(e.emit<graph::ExpOp>(t), e.sub(t, x));
                  return e.sub(emitXLogX(e, t), e.mul(t, x));
                }));
}

static void importPoissonNllLoss(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(call, {"input", "target"});
  // Integers are multiplied as such; all else is computed in floats.
  Type type = e.elementType(operands[0]);
  Type result = isa<IntegerType>(type) ? e.f32() : type;
  Type compute = getComputeType(result);
  Value x = e.cast(operands[0], compute), t = e.cast(operands[1], compute);
  Value loss;
  if (call.flag("log_input")) {
    Value product = isa<IntegerType>(type)
                        ? e.cast(e.mul(operands[1], operands[0]), compute)
                        : e.mul(t, x);
    loss = e.sub(e.emit<graph::ExpOp>(x), product);
  } else {
    Value log = e.emit<graph::LogOp>(e.add(x, call.number("eps")));
    loss = e.sub(x, e.mul(t, log));
  }
  if (call.flag("full")) {
    // Stirling's approximation of log(t!).
    Value log = e.emit<graph::LogOp>(e.mul(t, 2 * M_PI));
    Value stirling =
        e.add(e.sub(e.mul(t, e.emit<graph::LogOp>(t)), t), e.mul(log, 0.5));
    Value isSmall = e.compare(ComparePredicate::Le, t, 1);
    loss = e.add(loss, e.select(isSmall, e.number(0, compute), stirling));
  }
  resultReduced(call, e.cast(loss, result));
}

//===----------------------------------------------------------------------===//
// Of vectors
//===----------------------------------------------------------------------===//

static void importCosineSimilarity(Call &call) {
  Emitter &e = call.e;
  auto x = promote(call, {"x1", "x2"});
  if (!isFloat(e.elementType(x[0])))
    return (void)e.fail("op-argument", "cosine similarity of integers");
  SmallVector<Expr> shape = e.broadcastShapes(e.shape(x[0]), e.shape(x[1]));
  double eps = call.number("eps");
  int64_t dim = e.wrapDim(call.integer("dim"), shape.size());
  auto dims = e.wrapDims(dim, shape.size());
  for (Value &side : x) {
    side = e.expand(side, shape);
    Value norm = emitVectorNorm(e, side, 2, dims, true);
    side = e.div(side, e.emit<graph::MaximumOp>(
                           norm, e.number(eps, e.elementType(norm))));
  }
  call.result(e.sum(e.mul(x[0], x[1]), dims, false));
}

static Value emitPairwiseDistance(Emitter &e, Value a, Value b, double p,
                                  double eps, bool keepdim) {
  Value difference = addFloat(e, e.sub(a, b), eps);
  int64_t rank = e.rank(difference);
  return emitVectorNorm(e, difference, p, e.wrapDims(rank ? rank - 1 : 0, rank),
                        keepdim);
}

static void importPairwiseDistance(Call &call) {
  auto x = promote(call, {"x1", "x2"});
  call.result(emitPairwiseDistance(call.e, x[0], x[1], call.number("p"),
                                   call.number("eps"), call.flag("keepdim")));
}

static void importTripletMarginLoss(Call &call) {
  Emitter &e = call.e;
  auto x = promote(call, {"anchor", "positive", "negative"});
  auto distance = [&](Value a, Value b) {
    return emitPairwiseDistance(e, a, b, call.number("p"), call.number("eps"),
                                false);
  };
  Value near = distance(x[0], x[1]), far = distance(x[0], x[2]);
  if (call.flag("swap"))
    far = e.emit<graph::MinimumOp>(far, distance(x[1], x[2]));
  Value loss = e.sub(e.add(near, call.number("margin")), far);
  resultReduced(
      call, e.emit<graph::MaximumOp>(loss, e.number(0, e.elementType(loss))));
}

//===----------------------------------------------------------------------===//

static constexpr Overload table[] = {
    // clang-format off
    {"aten.binary_cross_entropy.default", importBinaryCrossEntropy},
    {"aten.binary_cross_entropy_backward.default", importBinaryCrossEntropyBackward},
    {"aten.binary_cross_entropy_with_logits.default", importBinaryCrossEntropyWithLogits},
    {"aten.cosine_embedding_loss.default", importCosineEmbeddingLoss},
    {"aten.cosine_similarity.default", importCosineSimilarity},
    {"aten.hinge_embedding_loss.default", importHingeEmbeddingLoss},
    {"aten.huber_loss.default", importHuberLoss},
    {"aten.huber_loss_backward.default", importHuberLossBackward},
    {"aten.kl_div.default", importKlDiv},
    {"aten.l1_loss.default", importL1Loss},
    {"aten.margin_ranking_loss.default", importMarginRankingLoss},
    {"aten.mse_loss.default", importMseLoss},
    {"aten.mse_loss_backward.default", importMseLossBackward},
    {"aten.pairwise_distance.default", importPairwiseDistance},
    {"aten.poisson_nll_loss.default", importPoissonNllLoss},
    {"aten.smooth_l1_loss.default", importSmoothL1Loss},
    {"aten.smooth_l1_loss_backward.default", importSmoothL1LossBackward},
    {"aten.soft_margin_loss.default", importSoftMarginLoss},
    {"aten.soft_margin_loss_backward.default", importSoftMarginLossBackward},
    {"aten.triplet_margin_loss.default", importTripletMarginLoss},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::lossOverloads() { return table; }
