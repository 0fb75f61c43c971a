//===- MmaAttention.cpp - Attention by tensor cores since sm_80 -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MmaAttention.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

static constexpr int64_t warpLanes = 32;
/// Elements of an instruction's depth.
static constexpr int64_t stepDepth = mmaDepthBytes / 2;
/// Words of a left operand's 16 rows, and sums for every eight columns.
static constexpr int64_t fragmentWords = 4, fragmentSums = 4;

//===----------------------------------------------------------------------===//
// Plan
//===----------------------------------------------------------------------===//

bool MmaAttention::canEmit() {
  constexpr int64_t maxDepth = 512, maxColumns = 256, pieceElements = 8;
  if (!analyze() || parts.depth > maxDepth ||
      !LaneEmitter::canVectorize(parts.region))
    return false;
  if (parts.valueDepth > maxColumns) {
    if (parts.valueDepth > 2 * maxColumns ||
        parts.valueDepth % (2 * pieceElements))
      return false;
    blockColumns = parts.valueDepth / 2;
  }
  return choosePlan();
}

/// Whether queries of all rows together are so many, or nobody knows.
bool MmaAttention::areRowsAtLeast(int64_t count) {
  int64_t known = 1;
  SmallVector<Value> sizes(parts.rowSizes);
  sizes.push_back(parts.queries);
  for (Value size : sizes) {
    std::optional<int64_t> of = constantOf(size);
    if (!of)
      return true;
    known *= *of;
  }
  return known >= count;
}

/// Sums, scores and queries of a lane share 255 registers with everything else.
/// What was fastest on an H100; eight warps share keys and values, but fill a
/// multiprocessor alone.
bool MmaAttention::choosePlan() {
  if (isSliced())
    return chooseSlicedPlan();
  int64_t depth = std::max(parts.depth, parts.valueDepth);
  if (depth > 256) {
    blockQueries = warps * mmaRows;
    auto countBytes = [&](int64_t keys) -> int64_t {
      constexpr int64_t line = lineBytes / 2;
      return 2 * (llvm::alignTo(parts.depth, line) * (blockQueries + keys) +
                  llvm::alignTo(blockColumns, line) * keys);
    };
    constexpr int64_t manyKeys = 32, fewKeys = 16;
    blockKeys = countBytes(manyKeys) <= sharedBytes ? manyKeys : fewKeys;
    return true;
  }
  keepsQueries = parts.depth <= 128;
  bool isLarge = depth > 64 && depth <= 192;
  // Scores that are more than scaled take more registers.
  if (depth <= 128 && !scale)
    isLarge = false;
  // Smaller tiles fill a device that larger ones would not.
  if (!areRowsAtLeast(multiprocessors * manyWarps * mmaRows))
    isLarge = false;
  warps = isLarge ? manyWarps : 4;
  blockKeys = isLarge && depth <= 128 ? 128 : 64;
  blockQueries = warps * mmaRows;
  return true;
}

void MmaAttention::makeOperands() {
  scoresProduct = describeBatched(parts.products, parts.numRows);
  valuesProduct = describeBatched(parts.weighted, parts.numRows);
  scoresLoops.emplace(lanes, scoresProduct);
  valuesLoops.emplace(lanes, valuesProduct);
  query.emplace(lanes, *scoresLoops, scoresProduct, /*isLeft=*/true,
                /*isValues=*/false, parts.depth, blockQueries);
  key.emplace(lanes, *scoresLoops, scoresProduct, /*isLeft=*/false,
              /*isValues=*/false, parts.depth, blockKeys);
  value.emplace(lanes, *valuesLoops, valuesProduct, /*isLeft=*/false,
                /*isValues=*/true, blockColumns, blockKeys);
}

void MmaAttention::emit() {
  Location loc = parts.loc();
  lanes.setBufferAlignment(copyAlignment);
  makeOperands();
  Value one = parts.constant(1);
  auto launch = gpu::LaunchOp::create(
      builder, loc, countTiles(), parts.constant(columnParts()), one,
      parts.constant(threads()), one, one,
      i32.number(query->getBytes() + key->getBytes() + value->getBytes()));
  if (minBlocks > 1)
    launch->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(minBlocks));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  emitThread(launch);
  gpu::TerminatorOp::create(builder, loc);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Whether no tile of keys goes over the end.
bool MmaAttention::areWhole() {
  std::optional<int64_t> known = constantOf(parts.keys);
  return known && *known % blockKeys == 0;
}

void MmaAttention::bringKeys(Value tile, bool isWhole) {
  key->bring(i32.mul(tile, blockKeys), isWhole);
}

/// The tile of keys before `tile`, if there is one. What comes through
/// registers comes always: the first tile again, which nobody uses.
void MmaAttention::bringNextKeys(Value tile, bool isMasked) {
  Value isNext = arith::CmpIOp::create(
      builder, parts.loc(), arith::CmpIPredicate::ne, tile, i32.number(0));
  Value next = i32.sub(tile, i32.number(1));
  if (isSliced())
    bringKeys(select(isNext, next, tile), !isMasked || areWhole());
  else
    when(isNext, [&] { bringKeys(next, /*isWhole=*/true); });
}

/// Adds the products of one part of the depth to all `sums`.
void MmaAttention::multiplyStep(AttentionPanel &right, int64_t step,
                                ArrayRef<Value> left,
                                MutableArrayRef<Value> sums) {
  MmaType type = *getMmaType(elementType, /*allowsTF32=*/false);
  while (!sums.empty()) {
    int64_t column = right.getColumns() - sums.size() / fragmentSums * 8;
    SmallVector<Value> both = right.loadColumns(column, step);
    for (ArrayRef<Value> words :
         {ArrayRef(both).take_front(2), ArrayRef(both).drop_front(2)}) {
      MutableArrayRef<Value> sum = sums.take_front(fragmentSums);
      llvm::copy(
          multiplyFragments(builder, parts.loc(), type, left, words, sum),
          sum.begin());
      sums = sums.drop_front(fragmentSums);
    }
  }
}

SmallVector<Value> MmaAttention::multiplyScores() {
  SmallVector<Value> scores(blockKeys / mmaColumns * fragmentSums, real(0));
  int64_t steps = llvm::divideCeil(parts.depth, stepDepth);
  for (int64_t step = 0; step < steps; ++step)
    multiplyStep(*key, step,
                 keepsQueries ? queries[step] : query->loadRows(step), scores);
  return scores;
}

void MmaAttention::multiplyValues(State &state, ArrayRef<Value> weights) {
  for (int64_t step = 0; step < blockKeys / stepDepth; ++step)
    multiplyStep(*value, step,
                 weights.slice(step * fragmentWords, fragmentWords),
                 state.sums);
}

//===----------------------------------------------------------------------===//
// Order of the work
//===----------------------------------------------------------------------===//

void MmaAttention::step(State &state, Value tile, bool isMasked) {
  Location loc = parts.loc();
  auto waitForAll = [&] {
    waitForCopies(builder, loc, 0);
    gpu::BarrierOp::create(builder, loc);
  };
  waitForAll();
  value->bring(i32.mul(tile, blockKeys), !isMasked || areWhole());
  commitCopies(builder, loc);
  std::size_t mark = lanes.mark();
  prepareScores(tile, isMasked);
  SmallVector<Value> scores =
      isSliced() ? multiplySlicedScores() : multiplyScores();
  value->deliver();
  waitForAll();
  bringNextKeys(tile, isMasked);
  commitCopies(builder, loc);
  std::array<Value, 2> factors =
      applySoftmax(scores, state.rows, tile, isMasked);
  lanes.forget(mark);
  if (isSliced()) {
    multiplySlicedValues(state, scores, factors);
    key->deliver();
    return;
  }
  rescale(state.sums, factors);
  multiplyValues(state, packWeights(scores));
}

/// Tiles that end behind the last key or that not all queries see come first.
void MmaAttention::walk(State &state) {
  Location loc = parts.loc();
  auto flatten = [&] {
    SmallVector<Value> values = {state.rows.max[0], state.rows.max[1],
                                 state.rows.sum[0], state.rows.sum[1]};
    llvm::append_range(values, state.sums);
    return values;
  };
  auto unflatten = [&](ValueRange values) {
    state.rows = {{values[0], values[1]}, {values[2], values[3]}};
    state.sums = SmallVector<Value>(values.drop_front(4));
  };
  Value last = i32.sub(keyTiles, i32.number(1));
  auto run = [&](Value begin, Value end, bool isMasked) {
    SmallVector<Value> results =
        loop(begin, end, flatten(), [&](Value number, ValueRange carried) {
          unflatten(carried);
          step(state, i32.sub(last, number), isMasked);
          return flatten();
        });
    unflatten(results);
  };
  Value begin = i32.number(0), end = i32.uniform(keyTiles);
  if (isCausal || !areWhole()) {
    Value whole =
        isCausal ? countWholeTiles(firstQuery) : i32.div(numKeys, blockKeys);
    Value masked = builder.createOrFold<arith::MaxSIOp>(
        loc, begin, i32.sub(keyTiles, whole));
    run(begin, masked, /*isMasked=*/true);
    begin = masked;
  }
  run(begin, end, /*isMasked=*/false);
}

void MmaAttention::emitThread(gpu::LaunchOp launch) {
  Location loc = parts.loc();
  thread = i32.toI32(launch.getThreadIds().x);
  warp = i32.uniform(i32.div(thread, warpLanes));
  lane = i32.rem(thread, i32.number(warpLanes));
  shared = i32.getShared();
  beginBlock();
  setTile(i32.toI32(launch.getBlockIds().x));
  linalg::LinalgOp op = parts.products;
  iteration.assign(op.getNumLoops(), {});
  llvm::copy(parts.row, iteration.begin());

  Value firstRow = i32.mul(warp, mmaRows);
  setRows(i32.add(firstQuery, firstRow));
  if (columnParts() > 1)
    firstColumn = i32.mul(i32.toI32(launch.getBlockIds().y), blockColumns);
  int64_t start = 0;
  for (auto [panel, count] :
       {std::pair(&*query, parts.queries), std::pair(&*key, parts.keys),
        std::pair(&*value, parts.keys)}) {
    panel->begin(advance(builder, loc, shared, i32.number(start)), thread,
                 threads(), iteration, count, firstRow,
                 panel == &*value ? firstColumn : Value());
    start += panel->getBytes();
  }
  query->bringNow(firstQuery, /*areWhole=*/false);
  when(arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, keyTiles,
                             i32.number(0)),
       [&] {
         bringKeys(i32.sub(keyTiles, i32.number(1)), areWhole());
         key->deliver();
       });
  commitCopies(builder, loc);
  if (keepsQueries) {
    waitForCopies(builder, loc, 0);
    gpu::BarrierOp::create(builder, loc);
    queries.clear();
    int64_t steps = llvm::divideCeil(parts.depth, stepDepth);
    for (int64_t step = 0; step < steps; ++step)
      queries.push_back(query->loadRows(step));
  }
  State state{{}, startRows()};
  state.sums.assign(value->getColumns() / mmaColumns * fragmentSums, real(0));
  walk(state);
  int64_t stored = llvm::divideCeil(blockColumns, mmaColumns) * fragmentSums;
  storeResults(state.rows, ArrayRef(state.sums).take_front(stored));
}
