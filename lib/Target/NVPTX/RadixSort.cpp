//===- RadixSort.cpp - Sorting long rows digit by digit -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A row is cut into chunks of tiles. For each digit of the words, from the
// least on:
//
//   launch (chunks): count the words of each digit
//   launch (digits): of each digit, how many are in the chunks before this one
//   launch (chunks): words go where those of lesser digits, those of chunks
//     before and those before them in the chunk leave room
//
// What is equal stays in order, so that the index in the lower bits of words
// is none of the digits. The words that fill the last tile are all ones, and
// last: they stay there.
//
//===----------------------------------------------------------------------===//

#include "Sort.h"

#include "Exchange.h"
#include "SharedMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;
using arith::CmpIPredicate;

static constexpr int64_t warp = 32;
/// Blocks that move words on a multiprocessor at the same time: as many as have
/// room there for what their threads keep in registers.
static constexpr int64_t blocksPerCore = 2;
static constexpr int64_t numDigits = SortPlan::numDigits;

/// The code of the launches for one digit.
class nvptx::RadixPass {
public:
  RadixPass(SortEmitter &sorter, int64_t digit, bool isLast)
      : s(sorter), builder(sorter.builder), loc(sorter.loc), digit(digit),
        isLast(isLast) {}

  void emit() {
    countDigits();
    if (s.plan.chunks > 1)
      scanCounts();
    moveWords();
  }

private:
  using Values = SmallVector<Value>;

  Value add(Value a, Value b) { return s.fold<arith::AddIOp>(a, b); }
  Value mul(Value a, Value b) { return s.fold<arith::MulIOp>(a, b); }
  Value number(int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, builder.getI32Type(),
                                        value);
  }
  Value toIndex(Value value) {
    return arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(),
                                        value);
  }
  Value equal(Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, CmpIPredicate::eq, a, b);
  }
  Value load(Value memory, Value place) {
    return memref::LoadOp::create(builder, loc, memory, place);
  }
  void store(Value value, Value memory, Value place) {
    memref::StoreOp::create(builder, loc, value, memory, place);
  }
  void barrier() { gpu::BarrierOp::create(builder, loc); }
  Value getDigit(Value word) {
    return s.words.getDigit(builder, loc, word, digit);
  }

  /// Half of the workspace that words come from, and go to.
  int64_t getSource() const { return digit % 2; }
  int64_t getTarget() const { return 1 - getSource(); }
  Value loadWord(Value row, Value place);
  Value loadCount(Value row, Value place);
  void storeCount(Value count, Value row, Value place);
  /// Of a digit in a chunk (of all, behind the last chunk): i32.
  Value getCountPlace(Value digit, Value chunk);

  void forEachTile(Value chunk, ValueRange inits,
                   function_ref<Values(Value, ValueRange)> body);
  Value matchDigit(Value digit);
  Value countLower(Value lanes);
  Value addUpBefore(gpu::LaunchOp launch, Value shared, Value mine);
  void launchChunks(function_ref<void(gpu::LaunchOp, Value, Value)> body);

  void countDigits();
  void scanCounts();

  /// Shared memory of the launch that moves words.
  struct Shared {
    /// Of each warp and digit, how many words are before those of the warp.
    Value counts;
    /// Of warps, to add up what threads before this one have.
    Value sums;
    /// The words of a tile in the order of digits; for each digit how much
    /// further they go.
    Value words, offsets;
  };
  Value rankInWarp(const Shared &shared, Value digit);
  Value placeDigits(gpu::LaunchOp launch, const Shared &shared, Value base);
  Value moveTile(gpu::LaunchOp launch, const Shared &shared, Value row,
                 Value start, Value base);
  void moveWords();

  SortEmitter &s;
  OpBuilder &builder;
  Location loc;
  int64_t digit;
  bool isLast;
};

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value RadixPass::loadWord(Value row, Value place) {
  if (digit == 0)
    return s.loadWord(row, place);
  return memref::LoadOp::create(
      builder, loc, s.sort.getWorkspace(),
      ValueRange{s.constant(getSource()), row, place});
}

Value RadixPass::getCountPlace(Value digit, Value chunk) {
  Value words = mul(s.tiles, s.constant(s.plan.getTile()));
  Value chunks = s.constant(s.plan.chunks);
  return add(words, add(mul(digit, chunks), chunk));
}

/// Counts lie in the words behind those of a row.
Value RadixPass::loadCount(Value row, Value place) {
  Value word = memref::LoadOp::create(builder, loc, s.sort.getWorkspace(),
                                      ValueRange{s.constant(0), row, place});
  Type i32 = builder.getI32Type();
  return word.getType() == i32
             ? word
             : arith::TruncIOp::create(builder, loc, i32, word).getResult();
}

void RadixPass::storeCount(Value count, Value row, Value place) {
  Type type = s.words.getType();
  if (count.getType() != type)
    count = arith::ExtUIOp::create(builder, loc, type, count);
  memref::StoreOp::create(builder, loc, count, s.sort.getWorkspace(),
                          ValueRange{s.constant(0), row, place});
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

void RadixPass::launchChunks(
    function_ref<void(gpu::LaunchOp, Value, Value)> body) {
  Value chunks = s.constant(s.plan.chunks);
  s.launchBlocks(mul(s.rows, chunks), [&](gpu::LaunchOp launch, Value block) {
    body(launch, s.fold<arith::DivUIOp>(block, chunks),
         s.fold<arith::RemUIOp>(block, chunks));
  });
}

/// `body` for the first place of each tile of a chunk, and what it carries.
void RadixPass::forEachTile(Value chunk, ValueRange inits,
                            function_ref<Values(Value, ValueRange)> body) {
  Value tile = s.constant(s.plan.getTile());
  Value perChunk =
      s.fold<arith::CeilDivUIOp>(s.tiles, s.constant(s.plan.chunks));
  Value length = mul(s.tiles, tile);
  Value begin = mul(mul(chunk, perChunk), tile);
  Value end = arith::MinUIOp::create(builder, loc,
                                     add(begin, mul(perChunk, tile)), length);
  scf::ForOp::create(builder, loc, begin, end, tile, inits,
                     [&](OpBuilder &, Location, Value start, ValueRange state) {
                       scf::YieldOp::create(builder, loc, body(start, state));
                     });
}

/// The lanes of the warp that have the same digit, a bit for each.
Value RadixPass::matchDigit(Value digit) {
  Value all = number(-1), lanes = all;
  for (int64_t bit = 1; bit < numDigits; bit *= 2) {
    Value isSet = arith::CmpIOp::create(
        builder, loc, CmpIPredicate::ne,
        arith::AndIOp::create(builder, loc, digit, number(bit)), number(0));
    Value set =
        NVVM::VoteSyncOp::create(builder, loc, builder.getI32Type(), all, isSet,
                                 NVVM::VoteSyncKind::ballot);
    Value unset = arith::XOrIOp::create(builder, loc, set, all);
    Value same = s.select(isSet, set, unset);
    lanes = arith::AndIOp::create(builder, loc, lanes, same);
  }
  return lanes;
}

/// How many of `lanes` are before this one.
Value RadixPass::countLower(Value lanes) {
  Value lane = arith::IndexCastUIOp::create(
      builder, loc, builder.getI32Type(),
      s.fold<arith::RemUIOp>(s.thread, s.constant(warp)));
  Value bit = arith::ShLIOp::create(builder, loc, number(1), lane);
  Value lower = arith::SubIOp::create(builder, loc, bit, number(1));
  return LLVM::CtPopOp::create(
      builder, loc, arith::AndIOp::create(builder, loc, lanes, lower));
}

/// What the threads of the block before this one have, in i32. `shared` has
/// room for a number of each warp.
Value RadixPass::addUpBefore(gpu::LaunchOp launch, Value shared, Value mine) {
  Value lane = s.fold<arith::RemUIOp>(s.thread, s.constant(warp));
  Value warpNumber = s.fold<arith::DivUIOp>(s.thread, s.constant(warp));
  Value sum = mine;
  for (int64_t distance = 1; distance < warp; distance *= 2) {
    Value before = shuffleUp(builder, loc, sum, distance);
    Value hasNone = s.less(lane, s.constant(distance));
    sum = add(sum, s.select(hasNone, number(0), before));
  }
  s.guard(equal(lane, s.constant(warp - 1)),
          [&] { store(sum, shared, warpNumber); });
  barrier();
  sum = s.fold<arith::SubIOp>(sum, mine);
  for (int64_t i = 0; i + 1 < s.plan.threads / warp; ++i) {
    Value isBefore = s.less(s.constant(i), warpNumber);
    Value total = load(shared, s.constant(i));
    sum = add(sum, s.select(isBefore, total, number(0)));
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

void RadixPass::countDigits() {
  launchChunks([&](gpu::LaunchOp launch, Value row, Value chunk) {
    Value counts = addShared(builder, launch, numDigits, builder.getI32Type());
    store(number(0), counts, s.thread);
    barrier();
    forEachTile(chunk, {}, [&](Value start, ValueRange) {
      Value first = add(start, s.thread);
      for (int64_t i = 0; i < s.plan.registers; ++i) {
        Value word = loadWord(row, add(first, s.constant(i * s.plan.threads)));
        Value digit = getDigit(word), lanes = matchDigit(digit);
        // Of many equal ones one lane counts them all.
        s.guard(equal(countLower(lanes), number(0)), [&] {
          addToShared(builder, loc, counts, toIndex(digit),
                      LLVM::CtPopOp::create(builder, loc, lanes));
        });
      }
      return Values();
    });
    barrier();
    storeCount(load(counts, s.thread), row, getCountPlace(s.thread, chunk));
  });
}

/// Of each digit: what is counted becomes what is before it, and the sum of all
/// goes behind the counts.
void RadixPass::scanCounts() {
  Value digits = s.constant(numDigits), chunks = s.constant(s.plan.chunks);
  s.launchBlocks(mul(s.rows, digits), [&](gpu::LaunchOp launch, Value block) {
    Value row = s.fold<arith::DivUIOp>(block, digits);
    Value digit = s.fold<arith::RemUIOp>(block, digits);
    int64_t perThread = llvm::divideCeil(s.plan.chunks, s.plan.threads);
    Value first = mul(s.thread, s.constant(perThread));
    Values counts, places;
    Value sum = number(0);
    for (int64_t i = 0; i < perThread; ++i) {
      Value chunk = add(first, s.constant(i));
      Value isThere = s.less(chunk, chunks);
      Value last = s.constant(s.plan.chunks - 1);
      Value clamped = arith::MinUIOp::create(builder, loc, chunk, last);
      places.push_back(getCountPlace(digit, clamped));
      counts.push_back(
          s.select(isThere, loadCount(row, places.back()), number(0)));
      sum = add(sum, counts.back());
    }
    Value shared =
        addShared(builder, launch, s.plan.threads / warp, builder.getI32Type());
    Value before = addUpBefore(launch, shared, sum);
    for (int64_t i = 0; i < perThread; ++i) {
      Value count = before;
      s.guard(s.less(add(first, s.constant(i)), chunks),
              [&] { storeCount(count, row, places[i]); });
      before = add(before, counts[i]);
    }
    s.guard(equal(s.thread, s.constant(s.plan.threads - 1)), [&] {
      storeCount(before, row, add(getCountPlace(digits, s.constant(0)), digit));
    });
  });
}

//===----------------------------------------------------------------------===//
// Moving
//===----------------------------------------------------------------------===//

/// How many words of the warp with this digit are before that of the lane;
/// counts them.
Value RadixPass::rankInWarp(const Shared &shared, Value digit) {
  Value warpNumber = s.fold<arith::DivUIOp>(s.thread, s.constant(warp));
  Value place = add(mul(warpNumber, s.constant(numDigits)), toIndex(digit));
  Value lanes = matchDigit(digit), lower = countLower(lanes);
  Value before = load(shared.counts, place);
  NVVM::SyncWarpOp::create(builder, loc, number(-1));
  s.guard(equal(lower, number(0)), [&] {
    Value count = LLVM::CtPopOp::create(builder, loc, lanes);
    store(add(before, count), shared.counts, place);
  });
  NVVM::SyncWarpOp::create(builder, loc, number(-1));
  return add(before, lower);
}

/// Makes of the counts of warps where in the tile their words begin. Each
/// thread has a digit, whose words go to `base` (i32) and behind it; the same
/// for the next tile.
Value RadixPass::placeDigits(gpu::LaunchOp launch, const Shared &shared,
                             Value base) {
  auto placeOf = [&](int64_t warpNumber) {
    return add(s.thread, s.constant(warpNumber * numDigits));
  };
  Value sum = number(0);
  Values before;
  for (int64_t i = 0; i < s.plan.threads / warp; ++i) {
    before.push_back(sum);
    sum = add(sum, load(shared.counts, placeOf(i)));
  }
  Value start = addUpBefore(launch, shared.sums, sum);
  for (auto [i, count] : llvm::enumerate(before))
    store(add(start, count), shared.counts, placeOf(i));
  // Wraps around where digits go to places before those in the tile.
  store(s.fold<arith::SubIOp>(base, start), shared.offsets, s.thread);
  return add(base, sum);
}

/// Moves a tile; the threads' digits go to `base`. Returns where those of the
/// next tile go.
Value RadixPass::moveTile(gpu::LaunchOp launch, const Shared &shared, Value row,
                          Value start, Value base) {
  int64_t threads = s.plan.threads, registers = s.plan.registers;
  for (int64_t i = 0; i < threads / warp; ++i)
    store(number(0), shared.counts, add(s.thread, s.constant(i * numDigits)));
  barrier();
  // In the order of words: warps, registers, lanes.
  Value warpNumber = s.fold<arith::DivUIOp>(s.thread, s.constant(warp));
  Value lane = s.fold<arith::RemUIOp>(s.thread, s.constant(warp));
  Value first =
      add(start, add(mul(warpNumber, s.constant(warp * registers)), lane));
  Values loaded, ranks;
  for (int64_t i = 0; i < registers; ++i)
    loaded.push_back(loadWord(row, add(first, s.constant(i * warp))));
  for (Value word : loaded)
    ranks.push_back(rankInWarp(shared, getDigit(word)));
  barrier();
  Value next = placeDigits(launch, shared, base);
  barrier();
  for (auto [word, rank] : llvm::zip_equal(loaded, ranks)) {
    Value place =
        add(mul(warpNumber, s.constant(numDigits)), toIndex(getDigit(word)));
    store(word, shared.words, toIndex(add(load(shared.counts, place), rank)));
  }
  barrier();
  for (int64_t i = 0; i < registers; ++i) {
    Value from = add(s.thread, s.constant(i * threads));
    Value word = load(shared.words, from);
    Value offset = load(shared.offsets, toIndex(getDigit(word)));
    Value place =
        toIndex(add(offset, arith::IndexCastUIOp::create(
                                builder, loc, builder.getI32Type(), from)));
    if (isLast)
      s.guard(s.less(place, s.count), [&] { s.storeResult(word, row, place); });
    else
      memref::StoreOp::create(builder, loc, word, s.sort.getWorkspace(),
                              ValueRange{s.constant(getTarget()), row, place});
  }
  // Before the next tile takes that memory.
  barrier();
  return next;
}

void RadixPass::moveWords() {
  launchChunks([&](gpu::LaunchOp launch, Value row, Value chunk) {
    launch->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(blocksPerCore));
    Type i32 = builder.getI32Type();
    int64_t warps = s.plan.threads / warp;
    Shared shared;
    shared.counts = addShared(builder, launch, warps * numDigits, i32);
    shared.sums = addShared(builder, launch, warps, i32);
    shared.words =
        addShared(builder, launch, s.plan.getTile(), s.words.getType());
    shared.offsets = addShared(builder, launch, numDigits, i32);
    // Of one chunk what is counted is the sum.
    Value mine = getCountPlace(s.thread, s.constant(0));
    if (s.plan.chunks > 1)
      mine = add(getCountPlace(s.constant(numDigits), s.constant(0)), s.thread);
    Value base = addUpBefore(launch, shared.sums, loadCount(row, mine));
    if (s.plan.chunks > 1)
      base = add(base, loadCount(row, getCountPlace(s.thread, chunk)));
    forEachTile(chunk, base, [&](Value start, ValueRange bases) {
      return Values{moveTile(launch, shared, row, start, bases[0])};
    });
  });
}

void SortEmitter::emitRadixSort() {
  for (int64_t digit = 0, end = words.getNumDigits(); digit < end; ++digit)
    RadixPass(*this, digit, digit + 1 == end).emit();
}
