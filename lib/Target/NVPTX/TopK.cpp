//===- TopK.cpp - The first elements of rows ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A block keeps the first k words that it has seen, in order, and goes along
// its part of a row: what stands before the k-th is put behind them, in any
// order. Once there may be no room for more, all are sorted, of which k stay:
// by then few words are better. Where a row is that of several blocks, a launch
// of fewer follows that picks among what they have left, k words of each.
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"
#include "Sort.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

/// What is picked out of what.
struct SortEmitter::Pick {
  /// The number of the launch: the first one reads elements, others what the
  /// one before has left in the workspace.
  int64_t level;
  /// In shared memory: how many words are there.
  Value numPicked;
};

/// The first words of a sorted tile go to shared memory; the last one of them
/// is what others have to stand before.
Value SortEmitter::keepFirst(SortNetwork &network, const Pick &pick,
                             ValueRange sorted) {
  Value first = fold<arith::MulIOp>(thread, constant(plan.registers));
  for (int64_t i = 0; i < plan.registers; ++i) {
    Value number = fold<arith::AddIOp>(first, constant(i));
    guard(less(number, count), [&] {
      memref::StoreOp::create(builder, loc, sorted[i], network.getShared(),
                              network.getPlace(number));
    });
  }
  Value zero = constant(0);
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        thread, zero);
  guard(isFirst, [&] {
    Value number = arith::ConstantIntOp::create(
        builder, loc, builder.getI32Type(), *plan.count);
    memref::StoreOp::create(builder, loc, number, pick.numPicked, zero);
  });
  gpu::BarrierOp::create(builder, loc);
  return memref::LoadOp::create(builder, loc, network.getShared(),
                                network.getPlace(constant(*plan.count - 1)));
}

/// Sorts the first `number` words of shared memory.
Value SortEmitter::sortPicked(SortNetwork &network, const Pick &pick,
                              Value number) {
  Values words;
  for (int64_t i = 0; i < plan.registers; ++i) {
    Value place = fold<arith::AddIOp>(thread, constant(i * plan.threads));
    Value word = memref::LoadOp::create(builder, loc, network.getShared(),
                                        network.getPlace(place));
    words.push_back(
        select(less(place, number), word, this->words.makeLast(builder, loc)));
  }
  // Before the network uses that memory.
  gpu::BarrierOp::create(builder, loc);
  return keepFirst(network, pick,
                   network.sort(words, constant(llvm::Log2_64(plan.threads))));
}

/// Puts `words` that stand before `limit` behind those that are there.
void SortEmitter::append(SortNetwork &network, const Pick &pick,
                         ValueRange words, Value limit) {
  for (Value word : words)
    guard(less(word, limit), [&] {
      Value one =
          arith::ConstantIntOp::create(builder, loc, builder.getI32Type(), 1);
      Value place = arith::IndexCastUIOp::create(
          builder, loc, builder.getIndexType(),
          addToShared(builder, loc, pick.numPicked, constant(0), one));
      memref::StoreOp::create(builder, loc, word, network.getShared(),
                              network.getPlace(place));
    });
}

/// How many words there are, once all threads have put theirs there; all know
/// before more are put there.
Value SortEmitter::countPicked(const Pick &pick) {
  gpu::BarrierOp::create(builder, loc);
  Value number = memref::LoadOp::create(builder, loc, pick.numPicked,
                                        ValueRange{constant(0)});
  gpu::BarrierOp::create(builder, loc);
  return arith::IndexCastUIOp::create(builder, loc, builder.getIndexType(),
                                      number);
}

/// A word that the launch before `level` has left.
Value SortEmitter::loadLeft(int64_t level, Value row, Value number) {
  Value place = fold<arith::AddIOp>(number, constant(plan.getFirstWord(level)));
  return memref::LoadOp::create(builder, loc, sort.getWorkspace(),
                                ValueRange{row, place});
}

void SortEmitter::pickFromPart(SortNetwork &network, const Pick &pick,
                               Value row, Value part) {
  Value whole = pick.level ? constant(plan.getNumWords(pick.level)) : size;
  Value length =
      fold<arith::CeilDivUIOp>(whole, constant(plan.parts[pick.level]));
  Value begin = fold<arith::MulIOp>(part, length);
  Value end = arith::MinUIOp::create(builder, loc,
                                     fold<arith::AddIOp>(begin, length), whole);
  auto load = [&](Value first, int64_t number) {
    Values loaded;
    for (int64_t i = 0; i < number; ++i) {
      Value place = fold<arith::AddIOp>(
          first, fold<arith::AddIOp>(thread, constant(i * plan.threads)));
      Value last = fold<arith::SubIOp>(whole, constant(1));
      Value clamped = arith::MinUIOp::create(builder, loc, place, last);
      Value word = pick.level ? loadLeft(pick.level, row, clamped)
                              : loadWord(row, clamped);
      loaded.push_back(
          select(less(place, end), word, words.makeLast(builder, loc)));
    }
    return loaded;
  };
  int64_t tile = plan.getTile(), batch = plan.getBatch() * plan.threads;
  Value limit = keepFirst(network, pick,
                          network.sort(load(begin, plan.registers),
                                       constant(llvm::Log2_64(plan.threads))));
  scf::ForOp::create(
      builder, loc, fold<arith::AddIOp>(begin, constant(tile)), end,
      constant(batch), limit,
      [&](OpBuilder &, Location, Value first, ValueRange state) {
        append(network, pick, load(first, plan.getBatch()), state[0]);
        Value number = countPicked(pick);
        Value isFull = less(constant(tile - batch), number);
        auto branch = scf::IfOp::create(
            builder, loc, isFull,
            [&](OpBuilder &, Location) {
              scf::YieldOp::create(builder, loc,
                                   sortPicked(network, pick, number));
            },
            [&](OpBuilder &, Location) {
              scf::YieldOp::create(builder, loc, state[0]);
            });
        scf::YieldOp::create(builder, loc, branch.getResult(0));
      });
  Value number = countPicked(pick);
  guard(less(count, number), [&] { sortPicked(network, pick, number); });
}

void SortEmitter::pickFirst(int64_t level) {
  int64_t parts = plan.parts[level];
  // Of rows without elements there is none to read.
  Value blocks =
      fold<arith::MulIOp>(fold<arith::MinUIOp>(size, constant(1)),
                          fold<arith::MulIOp>(rows, constant(parts)));
  launch(blocks, [&](SortNetwork &network, Value block) {
    auto launchOp = cast<gpu::LaunchOp>(block.getParentRegion()->getParentOp());
    Value numPicked = addShared(builder, launchOp, 1, builder.getI32Type());
    Pick pick{level, numPicked};
    Value row = fold<arith::DivUIOp>(block, constant(parts));
    Value part = fold<arith::RemUIOp>(block, constant(parts));
    pickFromPart(network, pick, row, part);
    for (int64_t i = 0; i * plan.threads < *plan.count; ++i) {
      Value place = fold<arith::AddIOp>(thread, constant(i * plan.threads));
      guard(less(place, count), [&] {
        Value word = memref::LoadOp::create(builder, loc, network.getShared(),
                                            network.getPlace(place));
        if (parts == 1)
          return storeResult(word, row, place);
        int64_t first = plan.getFirstWord(level + 1);
        Value target = fold<arith::AddIOp>(
            fold<arith::MulIOp>(part, constant(*plan.count)),
            fold<arith::AddIOp>(place, constant(first)));
        memref::StoreOp::create(builder, loc, word, sort.getWorkspace(),
                                ValueRange{row, target});
      });
    }
  });
}

void SortEmitter::emitSelection() {
  for (size_t level = 0; level < plan.parts.size(); ++level)
    pickFirst(level);
}
