//===- AttentionFewQueries.cpp - Attention with few queries ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One step of decoding: memory is what it waits for, so that keys and values
// are read once for all queries that share them, those of a group of heads
// included. Lanes run along the depth for products, along keys for the softmax.
//
//   parallel for each row of keys:
//     for each block of keys:
//       scores[n, k] = sum of lanes of (query[n] * key[k])
//       scale and mask, maximum, p = exp(scores - max), sum        per n
//       out[n] = out[n] * exp(old max - max) + p[n, k] * value[k]
//
//===----------------------------------------------------------------------===//

#include "AttentionParts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using linalg::LinalgOp;

namespace {

constexpr int64_t blockKeys = 64;
/// More queries fill lanes better than this form does.
constexpr int64_t maxQueries = 8;
/// Products that are written out for one key.
constexpr int64_t maxProducts = 128;
/// Accumulators that fit in registers.
constexpr int64_t maxSums = 16;
constexpr int64_t taskWork = 32 << 10;

class FewQueriesEmitter : AttentionParts {
public:
  FewQueriesEmitter(const AttentionParts &parts) : AttentionParts(parts) {}

  LogicalResult choose();
  void emit();

private:
  void setKeyRow(Value linear);
  /// Makes query number `n` the current one.
  LaneValue useQuery(int64_t n);
  SmallVector<Value> emitKeys(Value key, ValueRange state);
  void emitProducts(Value key, Value count);
  void emitWeighted(Value key, Value count, ArrayRef<Value> scales);
  void storeResults(ValueRange state);
  /// Inactive lanes as `value`.
  Value fillInactive(Value vector, double value);
  Value reduce(vector::CombiningKind kind, Value vector);
  /// Runs `body` on scalars.
  template <typename Body>
  auto onScalars(Body body) {
    lanes.setLanes(1);
    auto result = body();
    lanes.setLanes(width);
    return result;
  }

  int64_t width = 1, numQueries = 1, numGroup = 1, numLength = 1;
  /// The row dimension whose queries share keys and values.
  std::optional<unsigned> groupDim;
  Indices keyRow;
  Value queryTile, scoreTile, outTile;
};

} // namespace

LogicalResult FewQueriesEmitter::choose() {
  std::optional<int64_t> length = constantOf(queries);
  if (!length || *length == 0 || !isContiguous(getKey()) ||
      !isContiguous(getValue()))
    return failure();
  AffineMap keyMap = products.getMatchingIndexingMap(getKey());
  AffineMap valueMap = weighted.getMatchingIndexingMap(getValue());
  numLength = *length;
  for (unsigned dim = 0; dim < numRows; ++dim) {
    std::optional<int64_t> size = constantOf(rowSizes[dim]);
    if (keyMap.isFunctionOfDim(dim) || valueMap.isFunctionOfDim(dim) || !size ||
        *size <= 1 || *size * numLength > maxQueries)
      continue;
    groupDim = dim;
    numGroup = *size;
  }
  numQueries = numGroup * numLength;
  width = processor.lanes(type.getIntOrFloatBitWidth());
  // Lanes that are queries do as well as soon as there are several of them.
  return success(numLength <= 4 && numQueries <= maxQueries && width > 1 &&
                 numQueries * llvm::divideCeil(depth, width) <= maxProducts);
}

void FewQueriesEmitter::setKeyRow(Value linear) {
  keyRow.assign(numRows, LaneValue());
  for (unsigned dim = numRows; dim-- > 0;) {
    if (dim == groupDim)
      continue;
    keyRow[dim] = LaneValue::uniform(
        builder.createOrFold<arith::RemUIOp>(loc(), linear, rowSizes[dim]));
    linear = builder.createOrFold<arith::DivUIOp>(loc(), linear, rowSizes[dim]);
  }
  useQuery(0);
}

LaneValue FewQueriesEmitter::useQuery(int64_t n) {
  row = keyRow;
  if (groupDim)
    row[*groupDim] = LaneValue::uniform(constant(n / numLength));
  return LaneValue::uniform(constant(n % numLength));
}

Value FewQueriesEmitter::fillInactive(Value vector, double value) {
  Value mask = lanes.getMask();
  if (!mask)
    return vector;
  return arith::SelectOp::create(builder, loc(), mask, vector, splat(value));
}

Value FewQueriesEmitter::reduce(vector::CombiningKind kind, Value vector) {
  return vector::ReductionOp::create(builder, loc(), kind, vector,
                                     arith::FastMathFlags::reassoc);
}

void FewQueriesEmitter::emitProducts(Value key, Value count) {
  loop(constant(0), count, 1, [&](Value k) {
    LaneValue at = LaneValue::uniform(add(key, k));
    SmallVector<Value> sums(numQueries, splat(0));
    for (int64_t e = 0; e < depth; e += width) {
      std::size_t mark = lanes.mark();
      if (e + width > depth)
        lanes.setActive(constant(depth - e));
      LaneValue lanesOfDepth{constant(e), 1, {}, width};
      Value element =
          fillInactive(widen(lanes.materialize(loadKey(at, lanesOfDepth))), 0);
      lanes.setActive(nullptr);
      for (int64_t n = 0; n < numQueries; ++n)
        sums[n] =
            fma(load(queryTile, {constant(n), constant(e)}), element, sums[n]);
      lanes.forget(mark);
    }
    for (int64_t n = 0; n < numQueries; ++n)
      memref::StoreOp::create(builder, loc(),
                              reduce(vector::CombiningKind::ADD, sums[n]),
                              scoreTile, ValueRange{constant(n), k});
  });
}

void FewQueriesEmitter::emitWeighted(Value key, Value count,
                                     ArrayRef<Value> scales) {
  int64_t group = std::max<int64_t>(1, maxSums / numQueries) * width;
  for (int64_t begin = 0; begin < valueDepth; begin += group) {
    int64_t end = std::min(begin + group, valueDepth);
    SmallVector<Value> initial;
    for (int64_t n = 0; n < numQueries; ++n)
      for (int64_t d = begin; d < end; d += width)
        initial.push_back(arith::MulFOp::create(
            builder, loc(), load(outTile, {constant(n), constant(d)}),
            broadcast(scales[n])));
    SmallVector<Value> sums =
        loop(constant(0), count, 1, initial, [&](Value k, ValueRange current) {
          LaneValue at = LaneValue::uniform(add(key, k));
          SmallVector<Value> values, next;
          for (int64_t d = begin; d < end; d += width) {
            if (d + width > valueDepth)
              lanes.setActive(constant(valueDepth - d));
            values.push_back(widen(
                lanes.materialize(loadValue(at, {constant(d), 1, {}, width}))));
            lanes.setActive(nullptr);
          }
          for (int64_t n = 0; n < numQueries; ++n) {
            Value p = broadcast(memref::LoadOp::create(
                builder, loc(), scoreTile, ValueRange{constant(n), k}));
            for (Value value : values)
              next.push_back(fma(p, value, current[next.size()]));
          }
          return next;
        });
    unsigned position = 0;
    for (int64_t n = 0; n < numQueries; ++n)
      for (int64_t d = begin; d < end; d += width)
        store(sums[position++], outTile, {constant(n), constant(d)});
  }
}

/// One block of keys; `state` is maxima, then sums, both scalars.
SmallVector<Value> FewQueriesEmitter::emitKeys(Value key, ValueRange state) {
  Value count =
      arith::MinUIOp::create(builder, loc(), constant(blockKeys),
                             arith::SubIOp::create(builder, loc(), keys, key));
  emitProducts(key, count);
  SmallVector<Value> maxima, sums, scales;
  auto overKeys = [&](Value initial, auto body) {
    return loop(constant(0), count, width, initial,
                [&](Value k, ValueRange current) {
                  Value left = arith::SubIOp::create(builder, loc(), count, k);
                  lanes.setActive(arith::MinUIOp::create(builder, loc(), left,
                                                         constant(width)));
                  Value next = body(k, current[0]);
                  lanes.setActive(nullptr);
                  return SmallVector<Value>{next};
                })
        .front();
  };
  for (int64_t n = 0; n < numQueries; ++n) {
    LaneValue query = useQuery(n);
    Value lowest = splat(-INFINITY);
    Value best = overKeys(lowest, [&](Value k, Value current) {
      lanes.override(products->getResult(0),
                     {{}, 0, load(scoreTile, {constant(n), k})});
      Indices at(row);
      at.append({query, {add(key, k), 1, {}, 1}});
      Value score = fillInactive(lanes.materialize(lanes.evaluate(scores, at)),
                                 -INFINITY);
      lanes.clearOverrides();
      store(score, scoreTile, {constant(n), k});
      return larger(score, current);
    });
    Value blockBest = reduce(vector::CombiningKind::MAXNUMF, best);
    Value base = onScalars([&] {
      maxima.push_back(larger(blockBest, state[n]));
      Value finiteBest = finite(maxima.back());
      scales.push_back(exp(subtract(state[n], finiteBest)));
      return finiteBest;
    });
    Value bases = broadcast(base);
    Value sum = overKeys(splat(0), [&](Value k, Value current) {
      Value p = exp(subtract(load(scoreTile, {constant(n), k}), bases));
      store(p, scoreTile, {constant(n), k});
      return arith::AddFOp::create(builder, loc(), current, p).getResult();
    });
    Value old = arith::MulFOp::create(builder, loc(), state[numQueries + n],
                                      scales.back());
    sums.push_back(arith::AddFOp::create(
        builder, loc(), old, reduce(vector::CombiningKind::ADD, sum)));
  }
  useQuery(0);
  emitWeighted(key, count, scales);
  llvm::append_range(maxima, sums);
  return maxima;
}

void FewQueriesEmitter::storeResults(ValueRange state) {
  for (int64_t n = 0; n < numQueries; ++n) {
    std::size_t mark = lanes.mark();
    LaneValue query = useQuery(n);
    auto use = [&] {
      lanes.override(max, LaneValue::uniform(state[n]));
      lanes.override(sum, LaneValue::uniform(state[numQueries + n]));
    };
    onScalars([&] {
      use();
      storeRows(query);
      lanes.clearOverrides();
      return 0;
    });
    loopLanes(valueDepth, [&](Value d) {
      use();
      lanes.override(weighted->getResult(0),
                     {{}, 0, load(outTile, {constant(n), d})});
      storeWeighted(query, {d, 1, {}, width});
      lanes.clearOverrides();
    });
    lanes.forget(mark);
  }
}

void FewQueriesEmitter::emit() {
  lanes.setLanes(width);
  Value total = constant(1);
  for (unsigned dim = 0; dim < numRows; ++dim)
    if (dim != groupDim)
      total = builder.createOrFold<arith::MulIOp>(loc(), total, rowSizes[dim]);
  Value work = builder.createOrFold<arith::MulIOp>(
      loc(), keys, constant(numQueries * (depth + valueDepth)));
  work = builder.createOrFold<arith::MaxUIOp>(loc(), work, constant(1));
  Value grain =
      builder.createOrFold<arith::CeilDivUIOp>(loc(), constant(taskWork), work);
  emitTasks(
      builder, loc(), total, grain, processor, [&](Value begin, Value end) {
        queryTile =
            scratch({numQueries, (int64_t)llvm::alignTo(depth, width)}, type);
        scoreTile = scratch({numQueries, blockKeys}, type);
        outTile = scratch(
            {numQueries, (int64_t)llvm::alignTo(valueDepth, width)}, type);
        loop(begin, end, 1, [&](Value unit) {
          setKeyRow(unit);
          for (int64_t n = 0; n < numQueries; ++n) {
            LaneValue query = useQuery(n);
            loopLanes(depth, [&](Value e) {
              store(fillInactive(widen(lanes.materialize(
                                     loadQuery(query, {e, 1, {}, width}))),
                                 0),
                    queryTile, {constant(n), e});
            });
            for (int64_t d = 0; d < valueDepth; d += width)
              store(splat(0), outTile, {constant(n), constant(d)});
          }
          useQuery(0);
          SmallVector<Value> state = onScalars([&] {
            SmallVector<Value> initial(numQueries, splat(-INFINITY));
            initial.append(numQueries, splat(0));
            return initial;
          });
          state = loop(constant(0), keys, blockKeys, state,
                       [&](Value key, ValueRange current) {
                         return emitKeys(key, current);
                       });
          storeResults(state);
        });
      });
}

LogicalResult graphc::cpu::emitFewQueries(const AttentionParts &parts) {
  FewQueriesEmitter emitter(parts);
  if (failed(emitter.choose()))
    return failure();
  emitter.emit();
  return success();
}
