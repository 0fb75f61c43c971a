//===- ClassLoss.cpp - Losses of many classes -----------------------------===//
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

namespace {
/// Class numbers of a loss: `safe` is 0 where the target is ignored.
struct Classes {
  Classes(Call &call, Value self)
      : e(call.e), dim(e.rank(self) > 1 ? 1 : 0),
        target(e.cast(call.tensor("target"), e.i64())) {
    // One sample by itself.
    if (e.rank(self) == 1 && e.rank(target) == 1)
      target = e.reshape(target, {});
    if (e.rank(target) != e.rank(self) - 1)
      e.fail("shape-mismatch", "the target needs one class per sample");
    Value ignored = e.number(call.get("ignore_index"), e.i64());
    isUsed = e.compare(ComparePredicate::Ne, target, ignored);
    safe = e.select(isUsed, target, e.number(0, e.i64()));
  }

  Emitter &e;
  int64_t dim;
  Value target, isUsed, safe;
};

struct NllLoss {
  Value loss, totalWeight;
};
} // namespace

/// The weight of each sample's class, 0 where it is ignored; never null.
static Value sampleWeight(Call &call, const Classes &classes, Type type) {
  Emitter &e = call.e;
  Value one = e.number(1, type);
  Value weight = one;
  if (!call.isNone("weight")) {
    SmallVector<Value> indices = {classes.safe};
    weight = forbidNegative(
        e.emit<graph::IndexOp>(e.cast(call.tensor("weight"), type),
                               ValueRange(indices), ArrayRef<int64_t>{0}));
  }
  return e.select(classes.isUsed, weight, e.number(0, type));
}

static NllLoss emitNllLoss(Call &call, Value self) {
  Emitter &e = call.e;
  Classes classes(call, self);
  Type type = e.elementType(self);
  Value picked = e.emit<graph::GatherOp>(
      self, e.unsqueeze(classes.safe, classes.dim), classes.dim);
  picked = e.squeeze(picked, classes.dim);
  Value weight = sampleWeight(call, classes, type);
  // An ignored sample does not count, not even as a NaN.
  Value loss =
      e.select(classes.isUsed, e.mul(e.neg(picked), weight), e.number(0, type));
  switch (getReduction(call)) {
  case Reduction::None:
    return {loss, e.number(0, type)};
  case Reduction::Mean: {
    Value total = sumAll(e, weight);
    return {e.div(sumAll(e, loss), total), total};
  }
  case Reduction::Sum:
    return {sumAll(e, loss), sumAll(e, weight)};
  }
  return {};
}

template <bool withTotal>
static void importNllLoss(Call &call) {
  NllLoss nll = emitNllLoss(call, call.tensor("self"));
  call.result(nll.loss);
  if (withTotal)
    call.result(nll.totalWeight);
}

static void importNllLossBackward(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), grad = call.tensor("grad_output");
  Classes classes(call, self);
  Type type = e.elementType(self);
  Value weight = sampleWeight(call, classes, type);
  Value slope = e.neg(e.mul(weight, grad));
  if (getReduction(call) == Reduction::Mean)
    slope = e.div(slope, call.tensor("total_weight"));
  SmallVector<Expr> shape(e.rank(self), e.expr(1));
  if (shape.empty())
    return (void)e.fail("shape-mismatch", "expected classes");
  shape[classes.dim] = e.size(self, classes.dim);
  assertInRange(e, classes.safe, shape[classes.dim],
                "target of nll_loss_backward out of range");
  Value isClass = e.compare(ComparePredicate::Eq, e.iota(shape, classes.dim),
                            e.unsqueeze(classes.safe, classes.dim));
  Value isUsed = e.unsqueeze(classes.isUsed, classes.dim);
  call.result(e.select(e.logicalAnd(isClass, isUsed),
                       e.unsqueeze(slope, classes.dim), e.number(0, type)));
}

/// The weights of classes, shaped to go with `self`; null for none.
static Value classWeight(Call &call, Value self, int64_t dim) {
  Emitter &e = call.e;
  if (call.isNone("weight"))
    return {};
  SmallVector<Expr> shape(e.rank(self), e.expr(1));
  shape[dim] = e.size(self, dim);
  return e.reshape(e.cast(call.tensor("weight"), e.elementType(self)), shape);
}

/// -sum(log(p) * weight) over classes; `x` holds log(p).
static Value emitWeightedSum(Emitter &e, Value x, Value weight, int64_t dim) {
  return e.neg(e.sum(weight ? e.mul(x, weight) : x, {dim}, false));
}

/// Targets that are probabilities of all classes.
static void importSoftTargets(Call &call, Value log, int64_t dim,
                              double smoothing) {
  Emitter &e = call.e;
  Value target = e.cast(call.tensor("target"), e.elementType(log));
  Value count = e.number(Item(e.size(log, dim)), e.elementType(log));
  if (smoothing > 0)
    target = e.add(e.mul(target, 1 - smoothing),
                   e.div(e.number(smoothing, e.elementType(log)), count));
  Value loss =
      emitWeightedSum(e, e.mul(log, target), classWeight(call, log, dim), dim);
  switch (getReduction(call)) {
  case Reduction::None:
    return call.result(loss);
  case Reduction::Sum:
    return call.result(sumAll(e, loss));
  case Reduction::Mean:
    // A mean over samples, whatever the weights.
    Value samples = e.number(Item(e.numElements(loss)), e.elementType(log));
    return call.result(e.div(sumAll(e, loss), samples));
  }
}

/// Smoothing adds the loss of equally likely classes.
static void importSmoothedClasses(Call &call, Value log, int64_t dim,
                                  double smoothing) {
  Emitter &e = call.e;
  Type type = e.elementType(log);
  Classes classes(call, log);
  Value nll = emitNllLoss(call, log).loss;
  Value smooth = emitWeightedSum(e, log, classWeight(call, log, dim), dim);
  smooth = e.select(classes.isUsed, smooth, e.number(0, type));
  Reduction reduction = getReduction(call);
  if (reduction != Reduction::None)
    smooth = sumAll(e, smooth);
  if (reduction == Reduction::Mean)
    smooth = e.div(smooth, sumAll(e, sampleWeight(call, classes, type)));
  Value count = e.number(Item(e.size(log, dim)), type);
  Value share = e.div(e.number(smoothing, type), count);
  call.result(e.add(e.mul(nll, 1 - smoothing), e.mul(smooth, share)));
}

static void importCrossEntropyLoss(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), target = call.tensor("target");
  if (!self || !target || e.rank(self) == 0)
    return (void)e.fail("shape-mismatch", "expected classes");
  int64_t dim = e.rank(self) > 1 ? 1 : 0;
  Value log = e.emit<graph::LogSoftmaxOp>(self, dim);
  double smoothing = call.number("label_smoothing", 0);
  if (e.type(self).getShape() == e.type(target).getShape())
    return importSoftTargets(call, log, dim, smoothing);
  if (smoothing > 0)
    return importSmoothedClasses(call, log, dim, smoothing);
  call.result(emitNllLoss(call, log).loss);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.cross_entropy_loss.default", importCrossEntropyLoss},
    {"aten.nll_loss.default", importNllLoss<false>},
    {"aten.nll_loss2d.default", importNllLoss<false>},
    {"aten.nll_loss2d_backward.default", importNllLossBackward},
    {"aten.nll_loss2d_forward.default", importNllLoss<true>},
    {"aten.nll_loss_backward.default", importNllLossBackward},
    {"aten.nll_loss_forward.default", importNllLoss<true>},
    {"aten.nll_loss_nd.default", importNllLoss<false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::classLossOverloads() { return table; }
