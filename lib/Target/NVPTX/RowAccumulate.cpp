//===- RowAccumulate.cpp - What threads combine of their rows -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"
#include "Forms.h"
#include "RowEmitter.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Vectors that a thread combines one after the other into one sum.
static constexpr int64_t summands = 64;

SmallVector<Value> RowEmitter::getNeutral(const Pass &pass) {
  Values neutral;
  for (const RowReduction &reduction : pass)
    for (auto [i, value] :
         llvm::enumerate(reduction.getNeutral(lanes, iteration)))
      neutral.push_back(reduction.isOfMoments() && i == 2
                            ? value
                            : lanes.materialize(LaneValue::uniform(value)));
  return neutral;
}

SmallVector<Value> RowEmitter::getNeutralScalars(const Pass &pass) {
  Values neutral;
  for (const RowReduction &reduction : pass)
    llvm::append_range(neutral, reduction.getNeutral(lanes, iteration));
  return neutral;
}

SmallVector<Value> RowEmitter::combine(const Pass &pass, ValueRange a,
                                       ValueRange b) {
  Values combined;
  for (const RowReduction &reduction : pass) {
    unsigned number = reduction.getNumValues();
    llvm::append_range(
        combined,
        reduction.combine(builder, a.take_front(number), b.take_front(number)));
    a = a.drop_front(number);
    b = b.drop_front(number);
  }
  return combined;
}

/// The values after the vectors at `iterations`.
SmallVector<Value> RowEmitter::stepOver(const Pass &pass,
                                        ArrayRef<Indices> iterations,
                                        ValueRange current) {
  Values next;
  for (const RowReduction &reduction : pass) {
    Values values(current.take_front(reduction.getNumValues()));
    current = current.drop_front(values.size());
    if (reduction.isIndirect())
      values = reduction.add(lanes, iterations, values);
    else if (reduction.isUpward(rowDims))
      // As the iterations of a thread go.
      for (ArrayRef<LaneValue> at : iterations)
        values = reduction.stepUpwards(lanes, at, values);
    else
      for (ArrayRef<LaneValue> at : iterations) {
        SmallVector<LaneValue> arguments = llvm::map_to_vector(
            values, [&](Value value) { return asLanes(value); });
        values = llvm::map_to_vector(
            lanes.evaluateBody(reduction.getOp(), at, arguments),
            [&](LaneValue value) { return lanes.materialize(value); });
      }
    llvm::append_range(next, values);
  }
  return next;
}

RowEmitter::Indices RowEmitter::getInner(Value linear) {
  setInner(linear);
  return iteration;
}

Value RowEmitter::getFirst(int64_t steps) {
  if (!turn)
    return member;
  Value chunk = constant(steps * layout.group);
  return fold<arith::AddIOp>(fold<arith::MulIOp>(turn, chunk), member);
}

Value RowEmitter::getStride(int64_t steps) {
  Value chunk = constant(steps * layout.group);
  return turns ? fold<arith::MulIOp>(turns, chunk) : chunk;
}

std::pair<Value, Value> RowEmitter::splitSteps(Value begin, Value end,
                                               int64_t steps) {
  int64_t ahead = (steps - 1) * layout.group;
  Value last = arith::MaxSIOp::create(
      builder, loc(), fold<arith::SubIOp>(end, constant(ahead)), begin);
  Value step = getStride(steps);
  Value done = fold<arith::CeilDivUIOp>(fold<arith::SubIOp>(last, begin), step);
  return {last, fold<arith::AddIOp>(begin, fold<arith::MulIOp>(done, step))};
}

/// Every group-th step from `begin` on: several at once for values of their
/// own, then those that are left.
SmallVector<Value> RowEmitter::accumulateAlong(const Pass &pass, Value begin,
                                               Value end, ValueRange initial,
                                               Step step) {
  int64_t steps = getSteps(pass, /*isChunked=*/false);
  auto [last, rest] = splitSteps(begin, end, steps);
  Values current;
  for (int64_t i = 0; i < steps; ++i)
    llvm::append_range(current, i ? ValueRange(getNeutral(pass)) : initial);
  unsigned number = initial.size();
  current = lanes.loop(
      begin, last, getStride(steps), current,
      [&](Value first, ValueRange values) {
        Values next;
        for (int64_t i = 0; i < steps; ++i)
          llvm::append_range(
              next, step(fold<arith::AddIOp>(first, constant(i * layout.group)),
                         values.slice(i * number, number)));
        return next;
      });
  // In pairs, so that no sum is much longer than another.
  Values head = lanes.loop(rest, end, layout.group,
                           ValueRange(current).take_front(number), step);
  llvm::copy(head, current.begin());
  for (int64_t left = steps; left > 1; left /= 2)
    for (int64_t i = 0; i < left / 2; ++i) {
      Values sum =
          combine(pass, ValueRange(current).slice(i * number, number),
                  ValueRange(current).slice((i + left / 2) * number, number));
      llvm::copy(sum, current.begin() + i * number);
    }
  return Values(ArrayRef(current).take_front(number));
}

SmallVector<Value> RowEmitter::accumulateChunks(const Pass &pass, Value begin,
                                                Value end, ValueRange initial) {
  int64_t steps = getSteps(pass, /*isChunked=*/true);
  auto [last, rest] = splitSteps(begin, end, steps);
  Values current = lanes.loop(begin, last, getStride(steps), initial,
                              [&](Value first, ValueRange values) {
                                SmallVector<Indices> chunk;
                                for (int64_t i = 0; i < steps; ++i)
                                  chunk.push_back(getInner(fold<arith::AddIOp>(
                                      first, constant(i * layout.group))));
                                return stepOver(pass, chunk, values);
                              });
  return lanes.loop(rest, end, layout.group, current,
                    [&](Value linear, ValueRange values) {
                      return stepOver(pass, getInner(linear), values);
                    });
}

SmallVector<Value> RowEmitter::accumulate(const Pass &pass, Value end,
                                          std::optional<int64_t> most,
                                          Step step) {
  auto isIndirect = [](auto &reduction) { return reduction.isIndirect(); };
  auto isSum = [](auto &reduction) { return reduction.isSumOfFloats(); };
  bool isChunked = !step && llvm::any_of(pass, isIndirect);
  auto overVector = [&](Value linear, ValueRange current) {
    return stepOver(pass, getInner(linear), current);
  };
  auto accumulateFrom = [&](Value first, Value next) {
    Values neutral = getNeutral(pass);
    return isChunked ? accumulateChunks(pass, first, next, neutral)
                     : accumulateAlong(pass, first, next, neutral,
                                       step ? step : Step(overVector));
  };
  Value begin = getFirst(getSteps(pass, isChunked));
  Value block = getStride(summands * unrolled);
  std::optional<int64_t> length = constantOf(block);
  if ((most && length && *most <= *length) || !llvm::any_of(pass, isSum))
    return accumulateFrom(begin, end);
  // Long sums are sums of sums.
  return lanes.loop(
      begin, end, block, getNeutral(pass), [&](Value first, ValueRange totals) {
        Value next = arith::MinUIOp::create(
            builder, loc(), fold<arith::AddIOp>(first, block), end);
        return combine(pass, totals, accumulateFrom(first, next));
      });
}

SmallVector<Value> RowEmitter::accumulateNamed(const Pass &pass) {
  Values values = getNeutral(pass);
  for (auto &[inner, isInside] : vectors) {
    iteration = inner;
    Values next = stepOver(pass, inner, values);
    for (auto [value, combined] : llvm::zip_equal(values, next))
      value = isInside ? arith::SelectOp::create(builder, loc(), isInside,
                                                 combined, value)
                             .getResult()
                       : combined;
  }
  return values;
}

SmallVector<Value> RowEmitter::combineGroup(const Pass &pass, ValueRange mine) {
  auto combiner = [&](ValueRange a, ValueRange b) {
    return combine(pass, a, b);
  };
  if (layout.strip)
    return combineStrip(pass, mine);
  if (layout.alongColumns)
    return combineColumns(builder, launch, layout.rows, layout.group, mine,
                          combiner);
  Values scalars(mine);
  if (layout.width > 1) {
    scalars.clear();
    for (const RowReduction &reduction : pass) {
      unsigned number = reduction.getNumValues();
      llvm::append_range(
          scalars, reduction.combineLanes(builder, mine.take_front(number)));
      mine = mine.drop_front(number);
    }
  }
  if (layout.threads)
    return exchangeAmongWarps(builder, launch, scalars, getNeutralScalars(pass),
                              combiner);
  return exchangeAndCombine(builder, launch, member, layout.group, scalars,
                            combiner);
}

SmallVector<Value> RowEmitter::finish(const Pass &pass, ValueRange totals) {
  SmallVector<Values> results(pass.size());
  Indices row(iteration.begin(), iteration.begin() + rowDims);
  auto finishThose = [&](bool indirect) {
    ValueRange rest = totals;
    for (auto [reduction, result] : llvm::zip_equal(pass, results)) {
      ValueRange total = rest.take_front(reduction.getNumValues());
      rest = rest.drop_front(total.size());
      if (reduction.isIndirect() == indirect)
        result = finishOne(reduction, total);
    }
    for (auto [reduction, result] : llvm::zip_equal(pass, results))
      if (reduction.isIndirect() == indirect)
        for (auto [tensor, value] :
             llvm::zip_equal(reduction.getOp()->getResults(), result))
          lanes.remember(tensor, row, asLanes(value));
  };
  // Some need the others.
  finishThose(/*indirect=*/false);
  finishThose(/*indirect=*/true);
  Values all;
  for (const Values &values : results)
    llvm::append_range(all, values);
  return all;
}

SmallVector<Value> RowEmitter::finishOne(const RowReduction &reduction,
                                         ValueRange total) {
  LinalgOp op = reduction.getOp();
  Values first;
  for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable())) {
    LaneValue start = lanes.evaluate(
        init.get(), lanes.apply(op.getMatchingIndexingMap(&init), iteration));
    first.push_back(isa<VectorType>(total[i].getType())
                        ? lanes.materialize(start)
                        : start.scalar);
  }
  if (!reduction.isIndirect())
    return reduction.combine(builder, total, first);
  return {fold<arith::AddFOp>(reduction.getResult(lanes, iteration, total),
                              first[0])};
}

void RowEmitter::emitPass(const Pass &pass) {
  Values mine = named ? accumulateNamed(pass)
                      : accumulate(pass, count, constantOf(count));
  finish(pass, combineGroup(pass, mine));
}
