//===- Rejection.cpp - Random numbers by rejection ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Distributions whose numbers are proposed until one is accepted. All elements
// go through a fixed number of rounds and keep what was accepted first, so that
// a GPU's threads do the same. What is never accepted, with a probability of
// less than 2^-40, is a number near the mean. In f64 throughout, as eager's.
//
//===----------------------------------------------------------------------===//

#include "Distributions.h"

#include "Checks.h"
#include "Counting.h"
#include "Loops.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static Value emitLog(Emitter &e, Value x) { return e.emit<graph::LogOp>(x); }
static Value emitLgamma(Emitter &e, Value x) {
  return e.emit<graph::LgammaOp>(x);
}

/// `x` where it is from `low` to `high`, else that. NaN stays.
static Value emitClamp(Emitter &e, Value x, double low, double high) {
  Type type = e.elementType(x);
  return e.emit<graph::ClampOp>(x, e.number(low, type), e.number(high, type));
}

//===----------------------------------------------------------------------===//
// Counts
//===----------------------------------------------------------------------===//

namespace {
/// A distribution of counts: what its rounds need. All in f64, of one shape.
struct Counts {
  /// Where the mean is below this, what is summed up are probabilities.
  static constexpr double fewMean = 10;
  /// Of the first count.
  Value first;
  /// The probability of a count in proportion to the one before it.
  llvm::function_ref<Value(Value count)> ratio;
  /// A proposal from u in [-1/2, 1/2) and v in (0, 1], or -1 for a rejection.
  llvm::function_ref<Value(Value u, Value v)> propose;
};
} // namespace

/// A proposal is accepted with a probability of 3/4 or more, and a count of
/// `fewMean` is below rounds * steps but for 2^-60.
static constexpr int64_t countRounds = 20, countSteps = 4;

/// Two candidates: by inversion, which holds for small means, and by rejection,
/// -1 if all were rejected.
static std::pair<Value, Value> drawCounts(const Bits &bits,
                                          const Counts &counts) {
  Emitter &e = bits.e;
  Value u = emitUniform(bits, e.f64());
  Value zero = e.full(bits.getShape(), e.number(0, e.f64()));
  Value none = e.full(bits.getShape(), e.number(-1, e.f64()));
  SmallVector<Value> drawn = emitLoop(
      e, e.expr(countRounds), {none, zero, counts.first, counts.first},
      [&](Value index, ArrayRef<Value> carried) -> SmallVector<Value> {
        Bits round = bits.later(e.add(index, 1));
        Value proposal = counts.propose(
            e.sub(emitUniform(round, e.f64()), 0.5),
            e.sub(e.number(1, e.f64()), emitUniform(round, e.f64(), 2)));
        Value kept = e.select(e.compare(ComparePredicate::Lt, carried[0], 0),
                              proposal, carried[0]);
        // How many of the sums of probabilities are not above u; those that
        // are next to nothing do not count, as sums of all are rounded.
        auto [few, p, sum] = std::tuple(carried[1], carried[2], carried[3]);
        Value base = e.cast(e.mul(index, countSteps), e.f64());
        for (int64_t step = 1; step <= countSteps; ++step) {
          Value isPassed =
              e.logicalAnd(e.compare(ComparePredicate::Ge, u, sum),
                           e.compare(ComparePredicate::Gt, p, 0x1p-60));
          few = e.add(few, e.cast(isPassed, e.f64()));
          p = e.mul(p, counts.ratio(e.add(base, static_cast<double>(step))));
          sum = e.add(sum, p);
        }
        return {kept, few, p, sum};
      });
  return {drawn[1], drawn[0]};
}

/// Hörmann's transformed rejection, "The transformed rejection method for
/// generating Poisson random variables", 1993 (PTRS).
static Value drawPoisson(Call &call, Value rate) {
  Emitter &e = call.e;
  Value isFew = e.compare(ComparePredicate::Lt, rate, Counts::fewMean);
  Value small = e.select(isFew, rate, e.number(1, e.f64()));
  Value large = e.select(isFew, e.number(Counts::fewMean, e.f64()), rate);

  Value b = e.add(e.mul(e.emit<graph::SqrtOp>(large), 2.53), 0.931);
  Value a = e.sub(e.mul(b, 0.02483), 0.059);
  Value scale = e.add(e.div(e.number(1.1328, e.f64()), e.sub(b, 3.4)), 1.1239);
  Value sure = e.sub(e.number(0.9277, e.f64()),
                     e.div(e.number(3.6224, e.f64()), e.sub(b, 2)));
  Value logScale = emitLog(e, scale), logRate = emitLog(e, large);
  auto propose = [&](Value u, Value v) {
    Value us = e.sub(e.number(0.5, e.f64()), e.emit<graph::AbsOp>(u));
    // Never 0, where nothing is accepted.
    us = e.emit<graph::MaximumOp>(us, e.number(0x1p-60, e.f64()));
    Value hat = e.div(a, us);
    Value k = e.emit<graph::FloorOp>(
        e.add(e.add(e.mul(e.add(e.mul(hat, 2), b), u), large), 0.43));
    Value height = e.sub(e.add(emitLog(e, v), logScale),
                         emitLog(e, e.add(e.div(hat, us), b)));
    Value density = e.sub(
        e.sub(e.mul(k, logRate), large),
        emitLgamma(
            e, e.add(e.emit<graph::MaximumOp>(k, e.number(0, e.f64())), 1)));
    Value isAccepted =
        e.logicalOr(e.logicalAnd(e.compare(ComparePredicate::Ge, us, 0.07),
                                 e.compare(ComparePredicate::Le, v, sure)),
                    e.compare(ComparePredicate::Le, height, density));
    isAccepted =
        e.logicalAnd(isAccepted, e.compare(ComparePredicate::Ge, k, 0));
    return e.select(isAccepted, k, e.number(-1, e.f64()));
  };
  auto ratio = [&](Value count) { return e.div(small, count); };
  Bits bits = Bits::draw(call, e.shape(rate), countRounds + 1);
  Value first = e.emit<graph::ExpOp>(e.neg(small));
  auto [few, many] = drawCounts(bits, {first, ratio, propose});
  many = e.select(e.compare(ComparePredicate::Lt, many, 0),
                  e.emit<graph::FloorOp>(large), many);
  return e.select(isFew, few, many);
}

/// The same author's "The generation of binomial random variates", 1993
/// (BTRS); of trials, a whole number, that succeed with `chance` <= 1/2.
static Value drawBinomial(Call &call, Value trials, Value chance) {
  Emitter &e = call.e;
  Value mean = e.mul(trials, chance);
  Value isFew = e.compare(ComparePredicate::Lt, mean, Counts::fewMean);
  Value half = e.number(0.5, e.f64());
  // Parameters with which the other way comes to an end.
  auto pick = [&](Value value, Value others, bool ofFew) {
    return ofFew ? e.select(isFew, value, others)
                 : e.select(isFew, others, value);
  };
  Value n = pick(trials, e.number(40, e.f64()), false),
        p = pick(chance, half, false);
  Value fewTrials = pick(trials, e.number(1, e.f64()), true),
        fewChance = pick(chance, half, true);

  auto odds = [&](Value p) { return e.div(p, e.sub(e.number(1, e.f64()), p)); };
  Value deviation =
      e.emit<graph::SqrtOp>(e.mul(e.mul(n, p), e.sub(e.number(1, e.f64()), p)));
  Value b = e.add(e.mul(deviation, 2.53), 1.15);
  Value a = e.add(e.sub(e.mul(b, 0.0248), 0.0873), e.mul(p, 0.01));
  Value center = e.add(e.mul(n, p), 0.5);
  Value sure = e.sub(e.number(0.92, e.f64()), e.div(e.number(4.2, e.f64()), b));
  Value scale = e.mul(e.add(e.div(e.number(5.1, e.f64()), b), 2.83), deviation);
  Value logOdds = emitLog(e, odds(p));
  Value mode = e.emit<graph::FloorOp>(e.mul(e.add(n, 1), p));
  Value peak = e.add(emitLgamma(e, e.add(mode, 1)),
                     emitLgamma(e, e.add(e.sub(n, mode), 1)));
  auto propose = [&](Value u, Value v) {
    Value us = e.sub(half, e.emit<graph::AbsOp>(u));
    us = e.emit<graph::MaximumOp>(us, e.number(0x1p-60, e.f64()));
    Value hat = e.div(a, us);
    Value k = e.emit<graph::FloorOp>(
        e.add(e.mul(e.add(e.mul(hat, 2), b), u), center));
    Value isPossible = e.logicalAnd(e.compare(ComparePredicate::Ge, k, 0),
                                    e.compare(ComparePredicate::Le, k, n));
    Value count = e.emit<graph::MinimumOp>(
        e.emit<graph::MaximumOp>(k, e.number(0, e.f64())), n);
    Value height = emitLog(e, e.div(e.mul(v, scale), e.add(e.div(hat, us), b)));
    Value density = e.add(e.sub(e.sub(peak, emitLgamma(e, e.add(count, 1))),
                                emitLgamma(e, e.add(e.sub(n, count), 1))),
                          e.mul(e.sub(count, mode), logOdds));
    Value isAccepted =
        e.logicalOr(e.logicalAnd(e.compare(ComparePredicate::Ge, us, 0.07),
                                 e.compare(ComparePredicate::Le, v, sure)),
                    e.compare(ComparePredicate::Le, height, density));
    return e.select(e.logicalAnd(isAccepted, isPossible), k,
                    e.number(-1, e.f64()));
  };
  Value fewOdds = odds(fewChance);
  auto ratio = [&](Value count) {
    Value left = e.sub(e.add(fewTrials, 1), count);
    return e.mul(e.div(left, count), fewOdds);
  };
  Value first = e.emit<graph::ExpOp>(
      e.mul(fewTrials, e.emit<graph::Log1pOp>(e.neg(fewChance))));
  Bits bits = Bits::draw(call, e.shape(mean), countRounds + 1);
  auto [few, many] = drawCounts(bits, {first, ratio, propose});
  many = e.select(e.compare(ComparePredicate::Lt, many, 0), mode, many);
  return e.select(isFew, few, many);
}

//===----------------------------------------------------------------------===//
// Gamma
//===----------------------------------------------------------------------===//

/// A proposal is accepted with a probability of 0.95 or more.
static constexpr int64_t gammaRounds = 10;

/// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
/// The least positive f64 instead of 0.
static Value drawGamma(Call &call, Value shape) {
  Emitter &e = call.e;
  Value one = e.number(1, e.f64());
  Value isSmall = e.compare(ComparePredicate::Lt, shape, 1);
  Value d = e.sub(e.select(isSmall, e.add(shape, 1), shape), 1.0 / 3);
  Value c = e.div(one, e.emit<graph::SqrtOp>(e.mul(d, 9)));
  // A round takes two calls; the last one is for small shapes.
  Bits bits = Bits::draw(call, e.shape(shape), 2 * gammaRounds + 1);
  Value none = e.full(e.shape(shape), e.number(-1, e.f64()));
  Value drawn = emitLoop(
      e, e.expr(gammaRounds), {none},
      [&](Value index, ArrayRef<Value> carried) -> SmallVector<Value> {
        Value first = e.mul(index, 2);
        Value x = emitNormal(bits.later(first), e.f64());
        Value u = emitPositiveUniform(bits.later(e.add(first, 1)), e.f64());
        Value root = e.add(e.mul(c, x), 1);
        Value cube = e.mul(e.mul(root, root), root);
        Value bound =
            e.add(e.mul(e.mul(x, x), 0.5),
                  e.mul(d, e.add(e.sub(one, cube), emitLog(e, cube))));
        Value isAccepted =
            e.logicalAnd(e.compare(ComparePredicate::Gt, root, 0),
                         e.compare(ComparePredicate::Lt, emitLog(e, u), bound));
        Value isOpen = e.compare(ComparePredicate::Lt, carried[0], 0);
        return {e.select(e.logicalAnd(isOpen, isAccepted), e.mul(d, cube),
                         carried[0])};
      })[0];
  drawn = e.select(e.compare(ComparePredicate::Lt, drawn, 0), d, drawn);
  Value last = e.number(static_cast<double>(2 * gammaRounds), e.i64());
  Value u = emitPositiveUniform(bits.later(last), e.f64());
  Value root = e.emit<graph::ExpOp>(e.div(emitLog(e, u), shape));
  drawn = e.select(isSmall, e.mul(drawn, root), drawn);
  Value least = e.number(std::numeric_limits<double>::min(), e.f64());
  drawn = e.emit<graph::MaximumOp>(drawn, least);
  return e.select(e.compare(ComparePredicate::Le, shape, 0), least, drawn);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// A parameter in f64, contiguous.
static Value readParameter(Call &call, StringRef name) {
  Emitter &e = call.e;
  Value x = call.tensor(name);
  if (!e.hasFailed() && !isFloat(e.elementType(x)))
    return e.fail("unsupported-dtype", "takes floats only");
  return e.contiguous(e.cast(x, e.f64()));
}

/// In the type and layout of `like`.
static void deliver(Call &call, Value value, StringRef like) {
  Emitter &e = call.e;
  Value x = call.tensor(like);
  call.result(
      e.restride(e.cast(value, e.elementType(x)), e.preservedStrides(x)));
}

static void importPoisson(Call &call) {
  Emitter &e = call.e;
  Value rate = readParameter(call, "self");
  assertAll(e, e.compare(ComparePredicate::Ge, rate, 0),
            "a Poisson rate is negative");
  if (!e.hasFailed())
    deliver(call, drawPoisson(call, rate), "self");
}

static void importBinomial(Call &call) {
  Emitter &e = call.e;
  Value trials = readParameter(call, "count");
  Value chance = readParameter(call, "prob");
  if (!e.hasFailed() &&
      e.elementType(call.tensor("count")) != e.elementType(call.tensor("prob")))
    e.fail("op-argument", "expected 'count' and 'prob' of one type");
  SmallVector<Expr> shape = e.broadcastShapes(e.shape(trials), e.shape(chance));
  if (e.hasFailed())
    return;
  trials = e.contiguous(e.expand(trials, shape));
  chance = e.contiguous(e.expand(chance, shape));
  // Of none below zero, and with a chance from 0 to 1.
  trials = e.emit<graph::MaximumOp>(e.emit<graph::FloorOp>(trials),
                                    e.number(0, e.f64()));
  chance = emitClamp(e, chance, 0, 1);
  Value isLikely = e.compare(ComparePredicate::Gt, chance, 0.5);
  Value rare = e.select(isLikely, e.sub(e.number(1, e.f64()), chance), chance);
  Value drawn = drawBinomial(call, trials, rare);
  drawn = e.select(isLikely, e.sub(trials, drawn), drawn);
  call.result(e.cast(drawn, e.elementType(call.tensor("count"))));
}

static void importStandardGamma(Call &call) {
  Emitter &e = call.e;
  Value drawn = drawGamma(call, readParameter(call, "self"));
  Type type = e.elementType(call.tensor("self"));
  if (e.hasFailed())
    return;
  // Never 0 in that type, either.
  double least =
      APFloat::getSmallestNormalized(cast<FloatType>(type).getFloatSemantics())
          .convertToDouble();
  deliver(call, emitClamp(e, drawn, least, INFINITY), "self");
}

static void importSampleDirichlet(Call &call) {
  Emitter &e = call.e;
  Value shape = readParameter(call, "self");
  if (!e.hasFailed() && e.rank(shape) == 0)
    return (void)e.fail("shape-mismatch", "expected one dimension or more");
  Value drawn = drawGamma(call, shape);
  if (e.hasFailed())
    return;
  drawn = e.div(drawn, e.sum(drawn, {e.rank(shape) - 1}, true));
  deliver(call, drawn, "self");
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._sample_dirichlet.default", importSampleDirichlet},
    {"aten._standard_gamma.default", importStandardGamma},
    {"aten.binomial.default", importBinomial},
    {"aten.poisson.default", importPoisson},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::rejectionOverloads() { return table; }
