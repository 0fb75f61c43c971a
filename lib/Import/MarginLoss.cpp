//===- MarginLoss.cpp - Losses of margins between classes -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Loops.h"
#include "Loss.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

/// `loss` [samples], of a single sample without that dimension, reduced.
static void resultPerSample(Call &call, Value loss, bool isSingle) {
  Emitter &e = call.e;
  switch (getReduction(call)) {
  case Reduction::None:
    return call.result(isSingle ? e.reshape(loss, {}) : loss);
  case Reduction::Sum:
    return call.result(sumAll(e, loss));
  case Reduction::Mean:
    Value samples = e.number(Item(e.numElements(loss)), e.elementType(loss));
    return call.result(e.div(sumAll(e, loss), samples));
  }
}

/// `self` as [samples, classes], and whether it was one sample by itself.
static std::pair<Value, bool> readSamples(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (!e.hasFailed() && e.rank(self) > 2)
    e.fail("shape-mismatch", "expected classes of samples");
  if (!e.hasFailed() && !isFloat(e.elementType(self)))
    e.fail("unsupported-dtype",
           "is not supported for " + getDTypeName(e.elementType(self)));
  bool isSingle = e.rank(self) < 2;
  return {isSingle ? e.unsqueeze(e.atLeast1d(self), 0) : self, isSingle};
}

/// The distance of `low` above `high` less `margin`, where that is positive.
static Value emitHinge(Emitter &e, Value low, Value high, Value margin) {
  return e.emit<graph::MaximumOp>(e.add(e.sub(margin, high), low),
                                  e.number(0, e.elementType(low)));
}

/// The mean over classes of how far each is above that of the target.
static void importMultiMarginLoss(Call &call) {
  Emitter &e = call.e;
  auto [x, isSingle] = readSamples(call);
  double power = call.number("p");
  if (!e.hasFailed() && power != 1 && power != 2)
    e.fail("op-argument", "'p' is 1 or 2");
  if (e.hasFailed())
    return;
  Type type = e.elementType(x);
  Expr samples = e.size(x, 0), classes = e.size(x, 1);
  Value target = e.cast(call.tensor("target"), e.i64());
  if (e.numElements(target) != samples)
    return (void)e.fail("shape-mismatch", "the target needs one class per "
                                          "sample");
  target = e.reshape(target, {samples, e.expr(1)});
  assertInRange(e, target, classes, "target of multi_margin_loss out of range");
  Value own = e.emit<graph::GatherOp>(x, target, 1);
  Value loss = emitHinge(e, x, own, e.number(call.get("margin"), type));
  if (power == 2)
    loss = e.mul(loss, loss);
  if (!call.isNone("weight")) {
    Value weight = e.cast(call.tensor("weight"), type);
    loss = e.mul(loss, forbidNegative(emitElement(e, weight, 0, target)));
  }
  Value isOwn =
      e.compare(ComparePredicate::Eq, target, e.iota({e.expr(1), classes}, 1));
  loss = e.sum(e.select(isOwn, e.number(0, type), loss), {1}, false);
  resultPerSample(call, e.div(loss, e.number(Item(classes), type)), isSingle);
}

namespace {
/// Targets [samples, classes] that list classes up to the first negative one.
struct Labels {
  Labels(Emitter &e, Value target, Expr classes);

  Value isListed; ///< Which places of the list count.
  Value safe;     ///< The class there, 0 where none is.
  Value isLabel;  ///< Which classes are listed.
};
} // namespace

Labels::Labels(Emitter &e, Value target, Expr classes) {
  // Of all, also of those that do not count; -1 is the end.
  assertInRange(e, e.add(target, 1), classes + 1,
                "target of multilabel_margin_loss out of range");
  Value isEnd = e.compare(ComparePredicate::Lt, target, 0.0);
  Value ends =
      e.emit<graph::ScanOp>(graph::ScanKind::Sum, e.cast(isEnd, e.i64()), 1);
  isListed = e.compare(ComparePredicate::Eq, ends, 0.0);
  safe = e.select(isListed, target, e.number(0, e.i64()));
  Value isClass = e.compare(ComparePredicate::Eq, e.unsqueeze(safe, 2),
                            e.iota({e.expr(1), e.expr(1), classes}, 2));
  isLabel =
      e.reduce(graph::ReduceKind::Any,
               e.logicalAnd(isClass, e.unsqueeze(isListed, 2)), {1}, false);
}

/// How far classes that are no labels come near each label.
template <bool withLabels>
static void importMultilabelMarginLoss(Call &call) {
  Emitter &e = call.e;
  auto [x, isSingle] = readSamples(call);
  Value target = e.cast(call.tensor("target"), e.i64());
  if (e.hasFailed())
    return;
  if (e.shape(target) != e.shape(call.tensor("self")))
    return (void)e.fail("shape-mismatch",
                        "expected a target of the shape of the input");
  Type type = e.elementType(x);
  Expr classes = e.size(x, 1);
  Labels labels(e, e.reshape(target, e.shape(x)), classes);
  Value own = e.emit<graph::GatherOp>(x, labels.safe, 1);
  Value loss =
      emitHinge(e, e.unsqueeze(x, 1), e.unsqueeze(own, 2), e.number(1, type));
  Value counts = e.logicalAnd(e.unsqueeze(labels.isListed, 2),
                              e.logicalNot(e.unsqueeze(labels.isLabel, 1)));
  loss = e.sum(e.select(counts, loss, e.number(0, type)), {1, 2}, false);
  resultPerSample(call, e.div(loss, e.number(Item(classes), type)), isSingle);
  if (withLabels)
    call.result(e.reshape(e.cast(labels.isLabel, type), e.shape(target)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.multi_margin_loss.default", importMultiMarginLoss},
    {"aten.multilabel_margin_loss.default", importMultilabelMarginLoss<false>},
    {"aten.multilabel_margin_loss_forward.default", importMultilabelMarginLoss<true>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::marginLossOverloads() { return table; }
