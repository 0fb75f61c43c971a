//===- WarpgroupAttention.cpp - Attention by warpgroups -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupAttention.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Registers of threads that start copies and of those that compute, by the
/// number of consumers: 65,536 for all.
static constexpr int64_t copyRegisters[] = {0, 56, 40, 32};
static constexpr int64_t consumerRegisters[] = {0, 256, 232, 160};
/// Named barriers: the first is the block's; one of each consumer follows.
static constexpr int64_t turnBarrier = 1;

//===----------------------------------------------------------------------===//
// Order of the work
//===----------------------------------------------------------------------===//

/// The tiles of this block: one of every round, every other round backwards if
/// they get shorter within a round, so that the block with the longest of one
/// has the shortest of the next, or none of the last.
SmallVector<Value> WarpgroupAttention::forTiles(
    ValueRange initial, function_ref<SmallVector<Value>(ValueRange)> body) {
  Location loc = parts.loc();
  Value block =
      wg.toI32(gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x));
  Value blocks =
      wg.toI32(gpu::GridDimOp::create(builder, loc, gpu::Dimension::x));
  auto placeIn = [&](Value round) -> Value {
    if (!isCausal)
      return block;
    Value isOdd = wg.isEqual(wg.rem(round, wg.number(2)), 1);
    Value back = wg.sub(wg.sub(blocks, wg.number(1)), block);
    return arith::SelectOp::create(builder, loc, isOdd, back, block);
  };
  Value whole = wg.div(numTiles, blocks);
  Value hasMore =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                            placeIn(whole), wg.rem(numTiles, blocks));
  Value rounds =
      wg.add(whole, arith::SelectOp::create(builder, loc, hasMore, wg.number(1),
                                            wg.number(0)));
  return loop(wg.number(0), rounds, initial,
              [&](Value round, ValueRange carried) {
                setTile(wg.add(wg.mul(round, blocks), placeIn(round)));
                return body(carried);
              });
}

Value WarpgroupAttention::getBarrier(int64_t first, Value stage) {
  return wg.offset(shared, wg.add(wg.mul(stage, 8), first));
}

SmallVector<Value> WarpgroupAttention::getCoordinates(const Tensor &tensor,
                                                      int64_t depth,
                                                      Value sequence) {
  Value number = wg.number(0);
  for (unsigned dim : tensor.rowDims)
    number = wg.add(wg.mul(number, rowSizes[dim]), row[dim]);
  return tensor.boxed->locate(wg, wg.number(depth), sequence, number);
}

void WarpgroupAttention::emitBlock(gpu::LaunchOp launch) {
  Location loc = parts.loc();
  thread = wg.toI32(launch.getThreadIds().x);
  Value group = wg.uniform(wg.div(thread, warpgroupThreads));
  shared = wg.getShared();
  beginBlock();
  when(wg.isEqual(thread, 0), [&] {
    for (const Tensor *tensor : {&query, &key, &value})
      for (int64_t i = 0; i < stagesOf(*tensor); ++i) {
        wg.initBarrier(getBarrier(tensor->full, wg.number(i)), 1);
        wg.initBarrier(getBarrier(tensor->empty, wg.number(i)), consumers);
      }
    wg.publishBarriers();
  });
  wg.synchronizeBlock();
  auto branch = scf::IfOp::create(builder, loc, wg.isEqual(group, 0),
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  wg.setRegisters(copyRegisters[consumers], /*isMore=*/false);
  when(wg.isEqual(thread, 0), [&] { produce(); });
  builder.setInsertionPoint(branch.elseBlock()->getTerminator());
  wg.setRegisters(consumerRegisters[consumers], /*isMore=*/true);
  consume(wg.sub(group, wg.number(1)));
}

//===----------------------------------------------------------------------===//
// The warpgroup that brings tiles to shared memory
//===----------------------------------------------------------------------===//

void WarpgroupAttention::loadTile(const Tensor &tensor, Ring ring,
                                  Value sequence) {
  // The first time all buffers are empty: the phase before the first is over.
  wg.wait(getBarrier(tensor.empty, ring.stage),
          wg.bitXor(ring.parity, wg.number(1)));
  Value full = getBarrier(tensor.full, ring.stage);
  wg.expect(full, tensor.bytes());
  Value place = wg.offset(
      shared, wg.add(wg.mul(ring.stage, tensor.bytes()), tensor.start));
  for (int64_t block = 0; block < tensor.blocks; ++block)
    wg.load(wg.offset(place, block * tensor.blockBytes), tensor.map, full,
            getCoordinates(tensor, block * lineBytes / 2, sequence));
}

/// The rings of queries, keys and values as values that loops carry.
static SmallVector<Value> flatten(ArrayRef<Ring> rings) {
  SmallVector<Value> values;
  for (const Ring &ring : rings)
    values.append({ring.stage, ring.parity});
  return values;
}

/// Keys are a tile ahead of values, as the consumers are.
void WarpgroupAttention::produce() {
  Ring start = wg.startRing();
  forTiles(flatten({start, start, start}), [&](ValueRange at) {
    auto positionOf = [&](Value tile) {
      return wg.mul(wg.sub(wg.sub(keyTiles, wg.number(1)), tile), blockKeys);
    };
    Ring queryRing = {at[0], at[1]}, keyRing = {at[2], at[3]};
    Ring valueRing = {at[4], at[5]};
    loadTile(key, keyRing, positionOf(wg.number(0)));
    loadTile(query, queryRing, firstQuery);
    keyRing = wg.advance(keyRing, stages);
    SmallVector<Value> after = loop(
        wg.number(1), keyTiles, flatten({keyRing, valueRing}),
        [&](Value tile, ValueRange at) {
          Ring keyRing = {at[0], at[1]}, valueRing = {at[2], at[3]};
          loadTile(key, keyRing, positionOf(tile));
          loadTile(value, valueRing, positionOf(wg.sub(tile, wg.number(1))));
          return flatten(
              {wg.advance(keyRing, stages), wg.advance(valueRing, stages)});
        });
    keyRing = {after[0], after[1]};
    valueRing = {after[2], after[3]};
    loadTile(value, valueRing, wg.number(0));
    return flatten({wg.advance(queryRing, queryStages), keyRing,
                    wg.advance(valueRing, stages)});
  });
}

//===----------------------------------------------------------------------===//
// Warpgroups that compute
//===----------------------------------------------------------------------===//

SmallVector<Value> WarpgroupAttention::pack(const State &state) {
  SmallVector<Value> values = {state.out,
                               state.rows.max[0],
                               state.rows.max[1],
                               state.rows.sum[0],
                               state.rows.sum[1],
                               state.keeps,
                               state.queryRing.stage,
                               state.queryRing.parity,
                               state.keyRing.stage,
                               state.keyRing.parity,
                               state.valueRing.stage,
                               state.valueRing.parity};
  llvm::append_range(values, state.weights);
  return values;
}

WarpgroupAttention::State WarpgroupAttention::unpack(ValueRange values) {
  State state;
  state.out = values[0];
  for (unsigned half = 0; half < 2; ++half) {
    state.rows.max[half] = values[1 + half];
    state.rows.sum[half] = values[3 + half];
  }
  state.keeps = values[5];
  state.queryRing = {values[6], values[7]};
  state.keyRing = {values[8], values[9]};
  state.valueRing = {values[10], values[11]};
  llvm::append_range(state.weights, values.drop_front(12));
  return state;
}

void WarpgroupAttention::release(int64_t first, Value stage) {
  when(isLeader, [&] { wg.arrive(getBarrier(first, stage)); });
}

Value WarpgroupAttention::multiplyScores(const State &state) {
  Value rowsBefore = wg.mul(consumer, warpgroupRows * lineBytes);
  Value left = wg.describe(
      wg.offset(shared,
                wg.add(wg.add(wg.mul(state.queryRing.stage, query.bytes()),
                              rowsBefore),
                       query.start)),
      Major::Depth);
  Value right = wg.describe(
      wg.offset(shared,
                wg.add(wg.mul(state.keyRing.stage, key.bytes()), key.start)),
      Major::Depth);
  constexpr int64_t stepsOfLine = lineBytes / stepBytes;
  Value sums = wg.makeSums(blockKeys);
  int64_t steps = llvm::divideCeil(parts.depth * 2, stepBytes);
  for (int64_t step = 0; step < steps; ++step) {
    int64_t block = step / stepsOfLine, at = step % stepsOfLine * stepBytes;
    sums = wg.multiply(sums, wg.advance(left, block * query.blockBytes + at),
                       wg.advance(right, block * key.blockBytes + at),
                       wg.number(step > 0), elementType, Major::Depth,
                       Major::Depth);
  }
  return sums;
}

Value WarpgroupAttention::multiplyValues(const State &state) {
  Value right = wg.describe(
      wg.offset(shared, wg.add(wg.mul(state.valueRing.stage, value.bytes()),
                               value.start)),
      Major::Lines, value.blockBytes);
  Value sums = state.out;
  constexpr int64_t fragment = 4;
  for (int64_t step = 0; step < blockKeys * 2 / stepBytes; ++step)
    sums = wg.multiply(
        sums, ArrayRef(state.weights).slice(step * fragment, fragment),
        wg.advance(right, step * WarpgroupEmitter::stepOf(Major::Lines)),
        step ? wg.number(1) : state.keeps, elementType, Major::Depth,
        Major::Lines);
  return sums;
}

/// The scores of a tile and, meanwhile, the values of the one before.
WarpgroupAttention::State WarpgroupAttention::step(State state, Value tile,
                                                   bool isMasked) {
  bool takesTurns = consumers > 1;
  int64_t turnThreads = 2 * warpgroupThreads;
  wg.wait(getBarrier(key.full, state.keyRing.stage), state.keyRing.parity);
  if (takesTurns)
    wg.synchronize(wg.add(consumer, turnBarrier), turnThreads);
  wg.beginProducts();
  Value scores = multiplyScores(state);
  wg.commitProducts();
  wg.wait(getBarrier(value.full, state.valueRing.stage),
          state.valueRing.parity);
  wg.beginProducts();
  state.out = multiplyValues(state);
  wg.commitProducts();
  if (takesTurns)
    wg.announce(
        wg.add(wg.rem(wg.add(consumer, 1), wg.number(consumers)), turnBarrier),
        turnThreads);
  std::size_t mark = lanes.mark();
  prepareScores(tile, isMasked);
  scores = wg.finish(scores, /*pending=*/1);
  release(key.empty, state.keyRing.stage);
  SmallVector<Value> values = wg.unpackSums(scores);
  std::array<Value, 2> factors =
      applySoftmax(values, state.rows, tile, isMasked);
  lanes.forget(mark);
  state.out = wg.finish(state.out);
  release(value.empty, state.valueRing.stage);
  SmallVector<Value> sums = wg.unpackSums(state.out);
  rescale(sums, factors);
  state.out = wg.packSums(sums);
  state.weights = packWeights(values);
  state.keeps = wg.number(1);
  state.keyRing = wg.advance(state.keyRing, stages);
  state.valueRing = wg.advance(state.valueRing, stages);
  return state;
}

void WarpgroupAttention::consume(Value number) {
  consumer = number;
  Value inGroup = wg.rem(thread, wg.number(warpgroupThreads));
  isLeader = wg.isEqual(inGroup, 0);
  lane = wg.rem(thread, wg.number(32));
  Value warp = wg.uniform(wg.div(inGroup, 32));
  Value firstRow = wg.add(wg.mul(consumer, warpgroupRows), wg.mul(warp, 16));
  if (consumers > 1)
    when(wg.isEqual(consumer, consumers - 1),
         [&] { wg.announce(wg.number(turnBarrier), 2 * warpgroupThreads); });
  Ring start = wg.startRing();
  forTiles(flatten({start, start, start}), [&](ValueRange rings) {
    setRows(wg.add(firstQuery, firstRow));
    return consumeTile(rings);
  });
}

SmallVector<Value> WarpgroupAttention::consumeTile(ValueRange rings) {
  Location loc = parts.loc();
  State state{wg.makeSums(parts.valueDepth),
              startRows(),
              wg.number(0),
              {},
              {rings[0], rings[1]},
              {rings[2], rings[3]},
              {rings[4], rings[5]}};
  wg.wait(getBarrier(query.full, state.queryRing.stage),
          state.queryRing.parity);
  wg.wait(getBarrier(key.full, state.keyRing.stage), state.keyRing.parity);
  wg.beginProducts();
  Value scores = multiplyScores(state);
  wg.commitProducts();
  Value last = wg.sub(keyTiles, wg.number(1));
  std::optional<int64_t> known = constantOf(parts.keys);
  bool isMasked = isCausal || !known || *known % blockKeys;
  std::size_t mark = lanes.mark();
  prepareScores(last, isMasked);
  scores = wg.finish(scores);
  release(key.empty, state.keyRing.stage);
  SmallVector<Value> values = wg.unpackSums(scores);
  applySoftmax(values, state.rows, last, isMasked);
  lanes.forget(mark);
  state.weights = packWeights(values);
  state.keyRing = wg.advance(state.keyRing, stages);

  auto run = [&](Value begin, Value end, bool isMasked) {
    state = unpack(
        loop(begin, end, pack(state), [&](Value number, ValueRange carried) {
          return pack(step(unpack(carried), wg.sub(last, number), isMasked));
        }));
  };
  Value begin = wg.number(1);
  if (isCausal) {
    // Tiles that all rows of this consumer see as a whole.
    Value firstRow = wg.add(firstQuery, wg.mul(consumer, warpgroupRows));
    Value whole = countWholeTiles(firstRow);
    Value end = builder.createOrFold<arith::MaxUIOp>(loc, begin,
                                                     wg.sub(keyTiles, whole));
    run(begin, end, /*isMasked=*/true);
    begin = end;
  }
  // A number that nobody knows keeps few tiles in a loop, too: written out one
  // after the other, they take more registers than there are.
  run(begin, wg.uniform(keyTiles), /*isMasked=*/false);
  release(query.empty, state.queryRing.stage);

  wg.wait(getBarrier(value.full, state.valueRing.stage),
          state.valueRing.parity);
  wg.beginProducts();
  state.out = multiplyValues(state);
  wg.commitProducts();
  state.out = wg.finish(state.out);
  release(value.empty, state.valueRing.stage);
  state.valueRing = wg.advance(state.valueRing, stages);
  storeResults(state.rows, wg.unpackSums(state.out));
  return flatten({wg.advance(state.queryRing, queryStages), state.keyRing,
                  state.valueRing});
}
