//===- Sort.cpp - Sorting rows --------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
//   launch (tiles): sort the words of a tile: several rows, a row or a part
//   for run = tile; run < row; run *= 2
//     launch (tiles): a tile of two runs that are merged
//
// Which parts of two runs make a tile is found by bisection: of the first d
// words of the merged runs, as many are of run A as A has words that stand
// before their opposite in B. Those of A forwards, then those of B backwards,
// grow and shrink: a network sorts them.
//
//===----------------------------------------------------------------------===//

#include "Sort.h"

#include "../Codegen/LaneEmitter.h"
#include "Exchange.h"
#include "Forms.h"
#include "SharedMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;
using arith::CmpIPredicate;
using codegen::constantOf;

static constexpr int64_t warp = 32;

SortEmitter::SortEmitter(OpBuilder &builder, kernel::SortOp sort)
    : builder(builder), sort(sort), loc(sort.getLoc()), plan(sort),
      words(sort) {
  auto sizeOf = [&](Value memref, int64_t dim) {
    return builder.createOrFold<memref::DimOp>(loc, memref, dim);
  };
  rows = sizeOf(sort.getInput(), 0);
  size = sizeOf(sort.getInput(), 1);
  count = sizeOf(sort.getValues(), 1);
  tiles = fold<arith::CeilDivUIOp>(size, constant(plan.getTile()));
}

Value SortEmitter::constant(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value SortEmitter::less(Value lhs, Value rhs) {
  return arith::CmpIOp::create(builder, loc, CmpIPredicate::ult, lhs, rhs);
}

Value SortEmitter::select(Value condition, Value ifTrue, Value ifFalse) {
  return arith::SelectOp::create(builder, loc, condition, ifTrue, ifFalse);
}

void SortEmitter::guard(Value condition, function_ref<void()> body) {
  emitIf(builder, loc, condition, body);
}

void SortEmitter::launchBlocks(Value blocks,
                               function_ref<void(gpu::LaunchOp, Value)> body) {
  Value one = constant(1), threads = constant(plan.threads);
  auto launch =
      gpu::LaunchOp::create(builder, loc, blocks, one, one, threads, one, one);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  thread = launch.getThreadIds().x;
  body(launch, launch.getBlockIds().x);
  gpu::TerminatorOp::create(builder, loc);
}

void SortEmitter::launch(Value blocks,
                         function_ref<void(SortNetwork &, Value)> body) {
  launchBlocks(blocks, [&](gpu::LaunchOp launch, Value block) {
    SortNetwork network(builder, launch, words.getType(), plan.registers,
                        plan.threads);
    body(network, block);
  });
}

Value SortEmitter::loadWord(Value row, Value column) {
  Value isInside =
      arith::AndIOp::create(builder, loc, less(row, rows), less(column, size));
  auto clamp = [&](Value index, Value bound) -> Value {
    return arith::MinUIOp::create(builder, loc, index,
                                  fold<arith::SubIOp>(bound, constant(1)));
  };
  Value element =
      memref::LoadOp::create(builder, loc, sort.getInput(),
                             ValueRange{clamp(row, rows), clamp(column, size)});
  return select(isInside, words.encode(builder, loc, element, column),
                words.makeLast(builder, loc));
}

void SortEmitter::storeResult(Value word, Value row, Value place) {
  // The word behind all others, of rows that are too short, has none.
  Value from = arith::MinUIOp::create(builder, loc,
                                      words.decodeIndex(builder, loc, word),
                                      fold<arith::SubIOp>(size, constant(1)));
  auto load = [&]() -> Value {
    return memref::LoadOp::create(builder, loc, sort.getInput(),
                                  ValueRange{row, from});
  };
  // Elements of long rows are far from one another.
  Value element =
      plan.chunks > 0 ? words.decode(builder, loc, word, load) : load();
  memref::StoreOp::create(builder, loc, element, sort.getValues(),
                          ValueRange{row, place});
  Value index =
      arith::IndexCastUIOp::create(builder, loc, builder.getI64Type(), from);
  memref::StoreOp::create(builder, loc, index, sort.getIndices(),
                          ValueRange{row, place});
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// The least p with 2^p >= value, for values from 1 on.
static Value buildLogarithm(OpBuilder &builder, Location loc, Value value) {
  if (std::optional<int64_t> known = constantOf(value))
    return arith::ConstantIndexOp::create(builder, loc,
                                          llvm::Log2_64_Ceil(*known));
  Type i64 = builder.getI64Type();
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, i64, value);
  };
  Value wide = arith::IndexCastOp::create(builder, loc, i64, value);
  Value less = arith::SubIOp::create(builder, loc, wide, number(1));
  Value zeros = math::CountLeadingZerosOp::create(builder, loc, less);
  return arith::IndexCastOp::create(
      builder, loc, builder.getIndexType(),
      arith::SubIOp::create(builder, loc, number(64), zeros));
}

/// Sorts tiles. Either rows fit into one (`areRows`), and results are stored,
/// or words go to the first half of the workspace.
void SortEmitter::sortTiles(bool areRows) {
  // As many neighbouring threads as a row needs, a power of 2, share one.
  Value registers = constant(plan.registers), one = constant(1);
  Value phases = constant(llvm::Log2_64(plan.threads));
  if (areRows) {
    Value needed =
        fold<arith::MaxUIOp>(fold<arith::CeilDivUIOp>(size, registers), one);
    phases = buildLogarithm(builder, loc, needed);
  }
  Value group = fold<arith::ShLIOp>(one, phases);
  Value span = fold<arith::MulIOp>(group, registers);
  Value rowsOfTile = fold<arith::DivUIOp>(constant(plan.threads), group);
  Value blocks =
      fold<arith::MulIOp>(fold<arith::CeilDivUIOp>(rows, rowsOfTile), tiles);
  launch(blocks, [&](SortNetwork &network, Value block) {
    Value first =
        fold<arith::MulIOp>(fold<arith::DivUIOp>(block, tiles), rowsOfTile);
    Value begin = fold<arith::MulIOp>(fold<arith::RemUIOp>(block, tiles),
                                      constant(plan.getTile()));
    Value row = fold<arith::AddIOp>(first, fold<arith::DivUIOp>(thread, group));
    Value column =
        fold<arith::AddIOp>(begin, fold<arith::RemUIOp>(thread, group));
    Values unsorted;
    for (int64_t i = 0; i < plan.registers; ++i)
      unsorted.push_back(
          loadWord(row, fold<arith::AddIOp>(
                            column, fold<arith::MulIOp>(group, constant(i)))));
    Values sorted = network.sort(unsorted, phases);
    // Threads have lines; what they store has to be neighbours.
    auto numberOf = [&](int64_t i) {
      return fold<arith::AddIOp>(fold<arith::MulIOp>(thread, registers),
                                 constant(i));
    };
    for (auto [i, word] : llvm::enumerate(sorted))
      memref::StoreOp::create(builder, loc, word, network.getShared(),
                              network.getPlace(numberOf(i)));
    gpu::BarrierOp::create(builder, loc);
    for (int64_t i = 0; i < plan.registers; ++i) {
      Value number = fold<arith::AddIOp>(thread, constant(i * plan.threads));
      Value word = memref::LoadOp::create(builder, loc, network.getShared(),
                                          network.getPlace(number));
      Value target =
          fold<arith::AddIOp>(first, fold<arith::DivUIOp>(number, span));
      Value place =
          fold<arith::AddIOp>(begin, fold<arith::RemUIOp>(number, span));
      if (!areRows) {
        memref::StoreOp::create(builder, loc, word, sort.getWorkspace(),
                                ValueRange{constant(0), target, place});
        continue;
      }
      Value isResult = arith::AndIOp::create(builder, loc, less(target, rows),
                                             less(place, count));
      guard(isResult, [&] { storeResult(word, target, place); });
    }
  });
}

//===----------------------------------------------------------------------===//
// Merging
//===----------------------------------------------------------------------===//

/// How many of the first `diagonal` words of two merged runs are of the first
/// one. The lanes of a warp look at as many places at once.
Value SortEmitter::findSplit(Value source, Value row, Value begin,
                             Value lengthA, Value lengthB, Value diagonal) {
  Value zero = constant(0), one = constant(1);
  auto sub = [&](Value a, Value b) { return fold<arith::SubIOp>(a, b); };
  auto add = [&](Value a, Value b) { return fold<arith::AddIOp>(a, b); };
  Value low = select(less(lengthB, diagonal), sub(diagonal, lengthB), zero);
  Value high = arith::MinUIOp::create(builder, loc, diagonal, lengthA);
  Value lane = fold<arith::RemUIOp>(thread, constant(warp));
  Value startB = add(begin, lengthA);
  auto loop = scf::WhileOp::create(
      builder, loc, TypeRange{builder.getIndexType(), builder.getIndexType()},
      ValueRange{low, high},
      [&](OpBuilder &, Location, ValueRange state) {
        scf::ConditionOp::create(builder, loc, less(state[0], state[1]), state);
      },
      [&](OpBuilder &, Location, ValueRange state) {
        Value span = sub(state[1], state[0]);
        auto probe = [&](Value number) {
          Value part = fold<arith::DivUIOp>(fold<arith::MulIOp>(span, number),
                                            constant(warp + 1));
          return add(state[0], part);
        };
        Value place = probe(add(lane, one));
        auto load = [&](Value position) -> Value {
          return memref::LoadOp::create(builder, loc, sort.getWorkspace(),
                                        ValueRange{source, row, position});
        };
        Value opposite = sub(sub(diagonal, one), place);
        Value isBefore =
            less(load(add(begin, place)), load(add(startB, opposite)));
        Value passed = arith::ExtUIOp::create(builder, loc,
                                              builder.getI32Type(), isBefore);
        for (int64_t mask = warp / 2; mask > 0; mask /= 2)
          passed = arith::AddIOp::create(
              builder, loc, passed, shuffleXor(builder, loc, passed, mask));
        Value numPassed = arith::IndexCastUIOp::create(
            builder, loc, builder.getIndexType(), passed);
        Value nextLow =
            select(less(zero, numPassed), add(probe(numPassed), one), state[0]);
        Value nextHigh = select(less(numPassed, constant(warp)),
                                probe(add(numPassed, one)), state[1]);
        scf::YieldOp::create(builder, loc, ValueRange{nextLow, nextHigh});
      });
  return loop.getResult(0);
}

/// Merges pairs of runs of `run` words each in half `source` of the workspace
/// into the other half or, in the last pass, the results.
void SortEmitter::mergeRuns(Value source, Value run, bool isLast) {
  Value tile = constant(plan.getTile());
  Value length = fold<arith::MulIOp>(tiles, tile);
  launch(fold<arith::MulIOp>(rows, tiles), [&](SortNetwork &network,
                                               Value block) {
    auto sub = [&](Value a, Value b) { return fold<arith::SubIOp>(a, b); };
    auto add = [&](Value a, Value b) { return fold<arith::AddIOp>(a, b); };
    Value row = fold<arith::DivUIOp>(block, tiles);
    Value start = fold<arith::MulIOp>(fold<arith::RemUIOp>(block, tiles), tile);
    Value pair = fold<arith::MulIOp>(run, constant(2));
    Value begin = sub(start, fold<arith::RemUIOp>(start, pair));
    Value left = sub(length, begin);
    Value lengthA = arith::MinUIOp::create(builder, loc, run, left);
    Value lengthB =
        arith::MinUIOp::create(builder, loc, run, sub(left, lengthA));
    // Warps of even number find where the tile begins, the others where it
    // ends.
    Value side = fold<arith::RemUIOp>(
        fold<arith::DivUIOp>(thread, constant(warp)), constant(2));
    Value diagonal = add(sub(start, begin), fold<arith::MulIOp>(side, tile));
    Value split = findSplit(source, row, begin, lengthA, lengthB, diagonal);
    Value asWord =
        arith::IndexCastUIOp::create(builder, loc, builder.getI64Type(), split);
    auto launchOp = cast<gpu::LaunchOp>(block.getParentRegion()->getParentOp());
    Value splits = addShared(builder, launchOp, 2, builder.getI64Type());
    // All lanes of a warp have the same.
    guard(less(thread, constant(2 * warp)),
          [&] { memref::StoreOp::create(builder, loc, asWord, splits, side); });
    gpu::BarrierOp::create(builder, loc);
    auto loadSplit = [&](int64_t side) -> Value {
      Value word = memref::LoadOp::create(builder, loc, splits, constant(side));
      return arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(),
                                          word);
    };
    Value beginA = loadSplit(0), numA = sub(loadSplit(1), beginA);
    Value firstA = add(begin, beginA);
    // Backwards from the last one.
    Value endB = add(add(begin, lengthA),
                     sub(add(sub(start, begin), tile), loadSplit(1)));
    Values mixed;
    for (int64_t i = 0; i < plan.registers; ++i) {
      Value number = add(thread, constant(i * plan.threads));
      Value fromB = sub(sub(add(endB, numA), constant(1)), number);
      Value place = select(less(number, numA), add(firstA, number), fromB);
      mixed.push_back(memref::LoadOp::create(builder, loc, sort.getWorkspace(),
                                             ValueRange{source, row, place}));
    }
    Value target = sub(constant(1), source);
    Values merged = network.merge(mixed);
    for (int64_t i = 0; i < plan.registers; ++i) {
      Value word = merged[i];
      Value place = add(start, add(thread, constant(i * plan.threads)));
      if (isLast)
        guard(less(place, count), [&] { storeResult(word, row, place); });
      else
        memref::StoreOp::create(builder, loc, word, sort.getWorkspace(),
                                ValueRange{target, row, place});
    }
  });
}

void SortEmitter::storeFromWorkspace(Value half) {
  Value total = fold<arith::MulIOp>(rows, count);
  emitGrid(builder, loc, total, [&](Value linear) {
    Value row = fold<arith::DivUIOp>(linear, count);
    Value place = fold<arith::RemUIOp>(linear, count);
    Value word = memref::LoadOp::create(builder, loc, sort.getWorkspace(),
                                        ValueRange{half, row, place});
    storeResult(word, row, place);
  });
}

void SortEmitter::mergeAll() {
  Value tile = constant(plan.getTile()), one = constant(1);
  if (plan.size) {
    int64_t half = 0;
    for (int64_t run = plan.getTile(); run < *plan.size; run *= 2) {
      mergeRuns(constant(half), constant(run), 2 * run >= *plan.size);
      half = 1 - half;
    }
    return;
  }
  Value passes = buildLogarithm(builder, loc, tiles);
  scf::ForOp::create(builder, loc, constant(0), passes, one, ValueRange(),
                     [&](OpBuilder &, Location, Value pass, ValueRange) {
                       Value half = fold<arith::RemUIOp>(pass, constant(2));
                       mergeRuns(half, fold<arith::ShLIOp>(tile, pass),
                                 /*isLast=*/false);
                       scf::YieldOp::create(builder, loc);
                     });
  storeFromWorkspace(fold<arith::RemUIOp>(passes, constant(2)));
}

void SortEmitter::emitLongSort() {
  auto merge = [&] {
    sortTiles(/*areRows=*/false);
    mergeAll();
  };
  if (plan.chunks == 0)
    return merge();
  if (plan.size)
    return emitRadixSort();
  // Rows that are too short wrap around.
  Value areLong = less(fold<arith::SubIOp>(size, constant(plan.leastSize)),
                       constant(plan.greatestSize - plan.leastSize));
  scf::IfOp::create(
      builder, loc, areLong,
      [&](OpBuilder &, Location) {
        emitRadixSort();
        scf::YieldOp::create(builder, loc);
      },
      [&](OpBuilder &, Location) {
        merge();
        scf::YieldOp::create(builder, loc);
      });
}

void SortEmitter::emitSort() {
  if (plan.size)
    return *plan.size <= plan.getTile() ? sortTiles(/*areRows=*/true)
                                        : emitLongSort();
  Value areLong = less(constant(plan.getTile()), size);
  scf::IfOp::create(
      builder, loc, areLong,
      [&](OpBuilder &, Location) {
        emitLongSort();
        scf::YieldOp::create(builder, loc);
      },
      [&](OpBuilder &, Location) {
        sortTiles(/*areRows=*/true);
        scf::YieldOp::create(builder, loc);
      });
}

void nvptx::emitSort(OpBuilder &builder, kernel::SortOp sort) {
  auto type = cast<MemRefType>(sort.getValues().getType());
  if (llvm::is_contained(type.getShape(), 0))
    return;
  SortEmitter emitter(builder, sort);
  if (SortPlan(sort).selects())
    emitter.emitSelection();
  else
    emitter.emitSort();
}
