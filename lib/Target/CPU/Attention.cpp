//===- Attention.cpp - Attention with many queries ------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lanes are queries, so that keys and values are read in place by scalars,
// whatever their strides, and no sum or maximum crosses lanes:
//
//   parallel for each (row, block of queries):
//     Q' = the queries, transposed                       depth x block
//     for each block of keys, while any is visible:
//       S' = scale and mask of K Q', its maxima          keys x block
//       P' = exp(S' - max), its sums
//       O' = O' * exp(old max - max) + V' P'             depth x block
//     O = O' transposed; what stands behind it; store
//
// Q', S' (P' takes its place) and O' stay in L1.
//
//===----------------------------------------------------------------------===//

#include "AttentionEmitter.h"
#include "Transpose.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;
using linalg::LinalgOp;

/// Multiply-adds that make a task worth its start.
static constexpr int64_t taskWork = 128 << 10;

/// A tile of scores, `rows` keys from `offset` in their block; the new maxima.
SmallVector<Value> AttentionEmitter::emitScores(const Block &block, Value key,
                                                Value offset, unsigned rows,
                                                ValueRange maxima,
                                                bool isMasked) {
  unsigned vectors = block.vectors;
  SmallVector<Value> zeros(rows * vectors, splat(0));
  SmallVector<Value> tile = loop(
      constant(0), constant(depth), 1, zeros, [&](Value e, ValueRange sums) {
        SmallVector<Value> q, next;
        for (unsigned vector = 0; vector < vectors; ++vector)
          q.push_back(load(queryTile, {e, constant(vector * width)}));
        for (unsigned i = 0; i < rows; ++i) {
          Value local = add(offset, i);
          Value element = keyPanel
                              ? memref::LoadOp::create(builder, loc(), keyPanel,
                                                       ValueRange{local, e})
                                    .getResult()
                              : loadKey(LaneValue::uniform(add(key, local)),
                                        LaneValue::uniform(e))
                                    .scalar;
          Value k = broadcast(element);
          for (unsigned vector = 0; vector < vectors; ++vector)
            next.push_back(fma(k, q[vector], sums[i * vectors + vector]));
        }
        return next;
      });
  SmallVector<Value> newMaxima(maxima);
  for (unsigned vector = 0; vector < vectors; ++vector) {
    SmallVector<Value> column;
    for (unsigned i = 0; i < rows; ++i) {
      std::size_t mark = lanes.mark();
      Value local = add(offset, i);
      if (!block.isActive(vector))
        lanes.setActive(block.active);
      lanes.override(products->getResult(0),
                     {{}, 0, tile[i * vectors + vector]});
      for (Mask &mask : masks) {
        Value value = load(mask.panel, {local, constant(vector * width)});
        lanes.override(mask.tensor, {{}, 0, value});
      }
      Indices at(row);
      at.append(
          {queryLanes(block, vector), LaneValue::uniform(add(key, local))});
      if (causal && !isMasked)
        lanes.override(causal->getResult(0),
                       lanes.evaluate(causal->getOperand(0), at));
      Value score = lanes.materialize(lanes.evaluate(scores, at));
      lanes.clearOverrides();
      lanes.setActive(nullptr);
      lanes.forget(mark);
      store(score, scoreTile, {local, constant(vector * width)});
      column.push_back(score);
    }
    while (column.size() > 1) {
      unsigned half = column.size() / 2;
      for (unsigned i = 0; i < half; ++i)
        column[i] = larger(column[i], column[column.size() - 1 - i]);
      column.resize(column.size() - half);
    }
    newMaxima[vector] = larger(column.front(), newMaxima[vector]);
  }
  return newMaxima;
}

/// Adds the weighted values `d` .. `d + rows` of a block of keys to O'.
void AttentionEmitter::emitWeighted(const Block &block, Value key, Value count,
                                    Value d, unsigned rows,
                                    ArrayRef<Value> scales) {
  unsigned vectors = block.vectors;
  SmallVector<Value> initial;
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned vector = 0; vector < vectors; ++vector)
      initial.push_back(arith::MulFOp::create(
          builder, loc(), load(outTile, {add(d, i), constant(vector * width)}),
          scales[vector]));
  SmallVector<Value> tile =
      loop(constant(0), count, 1, initial, [&](Value k, ValueRange sums) {
        SmallVector<Value> p, next;
        for (unsigned vector = 0; vector < vectors; ++vector)
          p.push_back(load(scoreTile, {k, constant(vector * width)}));
        for (unsigned i = 0; i < rows; ++i) {
          Value at = add(d, i);
          Value element =
              valuePanel ? memref::LoadOp::create(builder, loc(), valuePanel,
                                                  ValueRange{k, at})
                               .getResult()
                         : loadValue(LaneValue::uniform(add(key, k)),
                                     LaneValue::uniform(at))
                               .scalar;
          Value v = broadcast(element);
          for (unsigned vector = 0; vector < vectors; ++vector)
            next.push_back(fma(v, p[vector], sums[i * vectors + vector]));
        }
        return next;
      });
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned vector = 0; vector < vectors; ++vector)
      store(tile[i * vectors + vector], outTile,
            {add(d, i), constant(vector * width)});
}

/// One block of keys before `end`; `state` is maxima, then sums.
SmallVector<Value> AttentionEmitter::emitKeys(const Block &block, Value key,
                                              Value end, ValueRange state,
                                              bool isMasked) {
  unsigned vectors = block.vectors;
  // Blocks that need no mask for causality are whole.
  std::optional<int64_t> staticEnd = constantOf(end);
  if (causal && !isMasked)
    staticEnd = blockKeys;
  Value count = constant(blockKeys);
  if (!staticEnd || *staticEnd % blockKeys != 0)
    count = arith::MinUIOp::create(
        builder, loc(), count, arith::SubIOp::create(builder, loc(), end, key));
  if (keyPanel)
    packRows(keyPanel, key, count, depth,
             [&](LaneValue k, LaneValue e) { return loadKey(k, e); });
  if (valuePanel)
    packRows(valuePanel, key, count, valueDepth,
             [&](LaneValue k, LaneValue e) { return loadValue(k, e); });
  packMasks(block, key, count);

  // Tiles of half the height, then of a quarter, .. do what is left.
  SmallVector<Value> maxima(state.take_front(vectors));
  Value begin = constant(0);
  for (int64_t rows = tileRows; rows >= 1; rows /= 2) {
    Value rest =
        builder.createOrFold<arith::RemUIOp>(loc(), count, constant(rows));
    Value tilesEnd = builder.createOrFold<arith::SubIOp>(loc(), count, rest);
    maxima =
        loop(begin, tilesEnd, rows, maxima, [&](Value k, ValueRange current) {
          return emitScores(block, key, k, rows, current, isMasked);
        });
    begin = tilesEnd;
    if (staticEnd && *staticEnd % rows == 0 && blockKeys % rows == 0)
      break;
  }

  SmallVector<Value> bases, scales, sums;
  for (unsigned vector = 0; vector < vectors; ++vector) {
    bases.push_back(finite(maxima[vector]));
    scales.push_back(exp(subtract(state[vector], bases[vector])));
    sums.push_back(arith::MulFOp::create(
        builder, loc(), state[vectors + vector], scales[vector]));
  }
  sums = loop(constant(0), count, 1, sums, [&](Value k, ValueRange current) {
    SmallVector<Value> next;
    for (unsigned vector = 0; vector < vectors; ++vector) {
      Value score = load(scoreTile, {k, constant(vector * width)});
      Value p = exp(subtract(score, bases[vector]));
      store(p, scoreTile, {k, constant(vector * width)});
      next.push_back(arith::AddFOp::create(builder, loc(), current[vector], p));
    }
    return next;
  });

  int64_t whole = valueDepth / tileRows * tileRows;
  if (whole > 0)
    loop(constant(0), constant(whole), tileRows, [&](Value d) {
      emitWeighted(block, key, count, d, tileRows, scales);
    });
  if (whole < valueDepth)
    emitWeighted(block, key, count, constant(whole), valueDepth - whole,
                 scales);
  llvm::append_range(maxima, sums);
  return maxima;
}

void AttentionEmitter::storeBlock(const Block &block, ValueRange state) {
  unsigned vectors = block.vectors;
  int64_t padded = llvm::alignTo(valueDepth, width);
  for (unsigned vector = 0; vector < vectors; ++vector) {
    store(state[vector], maxTile, constant(vector * width));
    store(state[vectors + vector], sumTile, constant(vector * width));
    loop(constant(0), constant(padded), width, [&](Value d) {
      SmallVector<Value> rows;
      for (int64_t i = 0; i < width; ++i)
        rows.push_back(load(outTile, {add(d, i), constant(vector * width)}));
      for (auto [i, column] :
           llvm::enumerate(transposeTile(builder, loc(), rows)))
        store(column, rowTile, {constant(vector * width + i), d});
    });
    if (!block.isActive(vector))
      lanes.setActive(block.active);
    std::size_t mark = lanes.mark();
    lanes.override(max, {{}, 0, state[vector]});
    lanes.override(sum, {{}, 0, state[vectors + vector]});
    storeRows(queryLanes(block, vector));
    lanes.clearOverrides();
    lanes.forget(mark);
    lanes.setActive(nullptr);
  }
  Value count = constant(vectors * width);
  if (block.active)
    count = add(constant((vectors - 1) * width), block.active);
  loop(constant(0), count, 1, [&](Value q) {
    Value rowMax =
        memref::LoadOp::create(builder, loc(), maxTile, ValueRange{q});
    Value rowSum =
        memref::LoadOp::create(builder, loc(), sumTile, ValueRange{q});
    loopLanes(valueDepth, [&](Value d) {
      lanes.override(max, LaneValue::uniform(rowMax));
      lanes.override(sum, LaneValue::uniform(rowSum));
      lanes.override(weighted->getResult(0), {{}, 0, load(rowTile, {q, d})});
      storeWeighted(LaneValue::uniform(add(block.first, q)), {d, 1, {}, width});
      lanes.clearOverrides();
    });
  });
}

void AttentionEmitter::emitBlock(const Block &block) {
  std::size_t mark = lanes.mark();
  packQuery(block);
  Value zero = splat(0);
  loop(constant(0), constant(valueDepth), 1, [&](Value d) {
    for (unsigned vector = 0; vector < block.vectors; ++vector)
      store(zero, outTile, {d, constant(vector * width)});
  });
  SmallVector<Value> state(block.vectors, splat(-INFINITY));
  state.append(block.vectors, zero);
  Value begin = constant(0), end = keys;
  if (causal) {
    // Blocks before the first query need no mask, those behind the last query
    // do nothing.
    Value visible = add(block.first, 1);
    visible = arith::MinUIOp::create(builder, loc(), visible, keys);
    Value rest =
        arith::RemUIOp::create(builder, loc(), visible, constant(blockKeys));
    Value whole = arith::SubIOp::create(builder, loc(), visible, rest);
    state = loop(begin, whole, blockKeys, state,
                 [&](Value key, ValueRange current) {
                   return emitKeys(block, key, whole, current,
                                   /*isMasked=*/false);
                 });
    begin = whole;
    end = arith::MinUIOp::create(builder, loc(),
                                 add(block.first, block.vectors * width), keys);
  }
  state =
      loop(begin, end, blockKeys, state, [&](Value key, ValueRange current) {
        return emitKeys(block, key, end, current, /*isMasked=*/true);
      });
  storeBlock(block, state);
  lanes.forget(mark);
}

/// The block of queries at `first`; the last one may be narrower.
void AttentionEmitter::emitBlocks(Value first) {
  int64_t span = width * numVectors;
  std::optional<int64_t> total = constantOf(queries);
  if (total && *total % span == 0)
    return emitBlock({first, (unsigned)numVectors, {}});
  auto narrow = [&] {
    if (total) {
      int64_t left = *total % span;
      return emitBlock({first, (unsigned)llvm::divideCeil(left, width),
                        left % width ? constant(left % width) : Value()});
    }
    Value left = arith::SubIOp::create(builder, loc(), queries, first);
    Value isOne = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::ule, left, constant(width));
    lanes.branch(
        isOne, [&] { emitBlock({first, 1, left}); },
        [&] {
          Value rest =
              arith::SubIOp::create(builder, loc(), left, constant(width));
          emitBlock({first, 2, rest});
        });
  };
  if (total && *total < span)
    return narrow();
  Value isWhole = arith::CmpIOp::create(
      builder, loc(), arith::CmpIPredicate::ule, add(first, span), queries);
  lanes.branch(
      isWhole, [&] { emitBlock({first, (unsigned)numVectors, {}}); }, narrow);
}

void AttentionEmitter::emit() {
  chooseTiles();
  findMasks();
  lanes.setLanes(width);
  int64_t span = width * numVectors;
  Value blocks =
      builder.createOrFold<arith::CeilDivUIOp>(loc(), queries, constant(span));
  Value total = blocks;
  for (Value size : rowSizes)
    total = builder.createOrFold<arith::MulIOp>(loc(), total, size);
  Value work = builder.createOrFold<arith::MulIOp>(
      loc(), keys, constant(span * (depth + valueDepth)));
  work = builder.createOrFold<arith::MaxUIOp>(loc(), work, constant(1));
  Value grain =
      builder.createOrFold<arith::CeilDivUIOp>(loc(), constant(taskWork), work);
  emitTasks(
      builder, loc(), total, grain, processor, [&](Value begin, Value end) {
        allocate();
        loop(begin, end, 1, [&](Value unit) {
          setRow(builder.createOrFold<arith::DivUIOp>(loc(), unit, blocks));
          Value block =
              builder.createOrFold<arith::RemUIOp>(loc(), unit, blocks);
          emitBlocks(builder.createOrFold<arith::MulIOp>(loc(), block,
                                                         constant(span)));
        });
      });
}

LogicalResult graphc::cpu::emitAttention(OpBuilder &builder, RegionOp region,
                                         const Processor &processor) {
  AttentionParts parts(builder, region, processor);
  if (failed(parts.analyze()))
    return failure();
  if (failed(emitFewQueries(parts)))
    AttentionEmitter(parts).emit();
  return success();
}
