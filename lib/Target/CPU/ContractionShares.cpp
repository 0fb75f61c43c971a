//===- ContractionShares.cpp - Threads that share a matrix product --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products of groups whose sizes are data are shared as a whole, since a group
// may have no rows or all of them:
//
//   for each group: total += cost
//   for each thread, from [begin, end) of total:
//     for each group, behind those before it:
//       the units of the group (panels of some of its rows) that begin there
//
//===----------------------------------------------------------------------===//

#include "../Codegen/GroupLoops.h"
#include "ContractionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

/// Multiply-adds that make a share worth a thread.
static constexpr int64_t shareWork = 128 << 10;
/// A thread's share is at least so many units where threads have to be even.
static constexpr int64_t unitsOfShare = 4;
/// Reading a panel from memory takes as long as so many rows of the product.
static constexpr int64_t rowsOfRead = 8;

/// The memory in which a thread keeps sums and copies of B, on its stack.
ContractionEmitter::Memory ContractionEmitter::allocateMemory() {
  auto allocate = [&](ArrayRef<int64_t> sizes, Type element) -> Value {
    return memref::AllocaOp::create(builder, loc(),
                                    MemRefType::get(sizes, element),
                                    builder.getI64IntegerAttr(64));
  };
  Memory memory;
  if (schedule.feed != Feed::Dot)
    memory.sums = allocate({rowsOfSums(), schedule.group * schedule.columns},
                           shape.accumulator);
  if (schedule.feed == Feed::Pack) {
    int64_t depth = depthOfBlock();
    memory.panels =
        schedule.pairs
            ? allocate({schedule.group, depth / 2, 2 * schedule.columns},
                       builder.getBF16Type())
            : allocate({schedule.group, depth, schedule.columns},
                       shape.accumulator);
  }
  if (widensA())
    memory.left = allocate({schedule.rows, depthOfBlock()}, shape.accumulator);
  return memory;
}

/// Units [begin, end): panels of chunks of rows of the outer loops.
void ContractionEmitter::emitUnits(Value begin, Value end,
                                   const Division &division,
                                   const Memory &memory) {
  Value panels = division.panels, chunks = division.chunks;
  Value firstStrip = div(begin, panels), lastStrip = ceilDiv(end, panels);
  loop(firstStrip, lastStrip, 1, [&](Value strip) {
    Value start = mul(strip, panels);
    // begin may lie before or within the strip, and so may end.
    Value from =
        sub(builder.createOrFold<arith::MaxUIOp>(loc(), begin, start), start);
    Value to =
        builder.createOrFold<arith::MinUIOp>(loc(), sub(end, start), panels);
    setLoops(shape.outer, div(strip, chunks));
    Value mBegin = make<arith::MinUIOp>(
        mul(rem(strip, chunks), division.chunkRows), division.rows);
    Value mEnd = builder.createOrFold<arith::MinUIOp>(
        loc(), add(mBegin, division.chunkRows), division.rows);
    emitSegment(mBegin, mEnd, from, to, memory);
  });
}

/// Rows and panels, not divided yet.
ContractionEmitter::Division ContractionEmitter::getWhole() {
  int64_t columns =
      schedule.feed == Feed::Dot ? dotColumns() : schedule.columns;
  Division whole;
  whole.rows = extent(shape.m);
  whole.panels = ceilDiv(sizes[shape.n], constant(columns));
  whole.panels = make<arith::MaxUIOp>(whole.panels, constant(1));
  whole.strips = mul(extent(shape.outer), whole.panels);
  whole.columns = columns;
  return whole;
}

/// Rows in `chunks` of whole tiles.
void ContractionEmitter::divideRows(Division &division, Value chunks) {
  division.chunks = chunks;
  division.chunkRows =
      mul(ceilDiv(ceilDiv(division.rows, chunks), constant(schedule.rows)),
          constant(schedule.rows));
  division.units = mul(division.strips, chunks);
}

void ContractionEmitter::emit() {
  if (schedule.feed == Feed::Dot)
    width = dotColumns();
  lanes.setLanes(width);
  // Nothing to compute, nothing to divide by.
  for (unsigned dim = 0; dim < shape.op.getNumParallelLoops(); ++dim)
    if (shape.sizes[dim] == 0)
      return;
  if (scf::ForOp groups = findSharedGroups())
    return emitGroups(groups);
  Division division = getWhole();
  Value rows = division.rows, strips = division.strips;

  // Work per panel of all rows decides how many threads are worth it.
  Value work = mul(mul(rows, extent(shape.k)), constant(division.columns));
  Value wanted = ceilDiv(mul(work, strips), constant(shareWork));
  std::optional<int64_t> most = constantOf(wanted);
  bool isSmall = most && *most <= 1;
  Value tasks = constant(1);
  if (processor.parallel && !isSmall)
    tasks = builder.createOrFold<arith::MinUIOp>(
        loc(), getThreads(builder, loc()), wanted);
  // Too few panels for all threads: rows are shared, too.
  Value chunks = constant(1);
  std::optional<int64_t> staticRows = shape.extent(shape.m);
  if (processor.parallel && !isSmall && schedule.feed != Feed::Dot &&
      (!staticRows || *staticRows > schedule.rows)) {
    Value safe =
        builder.createOrFold<arith::MaxUIOp>(loc(), tasks, constant(1));
    Value isEven =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::eq,
                              rem(strips, safe), constant(0));
    Value isMany =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::uge, strips,
                              mul(safe, constant(unitsOfShare)));
    Value isFair = arith::OrIOp::create(builder, loc(), isEven, isMany);
    Value tiles = ceilDiv(rows, constant(schedule.rows));
    Value some =
        builder.createOrFold<arith::MaxUIOp>(loc(), strips, constant(1));
    Value more = builder.createOrFold<arith::MinUIOp>(
        loc(), ceilDiv(mul(safe, constant(unitsOfShare)), some), tiles);
    chunks = arith::SelectOp::create(builder, loc(), isFair, constant(1), more);
    // Where A and C are more than B, a thread keeps to its rows: it has made
    // those of A itself, and all read B at most as often as they would A.
    Value depth = extent(shape.k), n = sizes[shape.n];
    Value isTall =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::uge,
                              mul(rows, add(depth, n)), mul(depth, n));
    Value isWhole = arith::CmpIOp::create(
        builder, loc(), arith::CmpIPredicate::ult, extent(shape.outer), safe);
    chunks = arith::SelectOp::create(
        builder, loc(), arith::AndIOp::create(builder, loc(), isTall, isWhole),
        builder.createOrFold<arith::MinUIOp>(loc(), safe, tiles), chunks);
    chunks = builder.createOrFold<arith::MaxUIOp>(loc(), chunks, constant(1));
  }
  divideRows(division, chunks);
  emitShares(builder, loc(), division.units, tasks,
             [&](Value begin, Value end) {
               emitUnits(begin, end, division, allocateMemory());
             });
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// The loop over groups around the region, if threads may share what it does:
/// all else in it only reads.
scf::ForOp ContractionEmitter::findSharedGroups() {
  scf::ForOp groups = findGroups(region);
  if (!processor.parallel || !groups || groups.getNumResults())
    return nullptr;
  for (Operation &op : groups.getBody()->without_terminator())
    if (&op != region && (op.getNumRegions() || !(isMemoryEffectFree(&op) ||
                                                  isa<memref::LoadOp>(op))))
      return nullptr;
  return groups;
}

/// The sum of `cost`, which the loop computes of each group, at the builder.
Value ContractionEmitter::sumCosts(scf::ForOp groups, Value cost) {
  auto sum = scf::ForOp::create(
      builder, loc(), groups.getLowerBound(), groups.getUpperBound(),
      groups.getStep(), constant(0),
      [&](OpBuilder &inner, Location place, Value number, ValueRange before) {
        IRMapping mapping;
        mapping.map(groups.getInductionVar(), number);
        for (Operation &op : *groups.getBody()) {
          if (&op == region)
            break;
          inner.clone(op, mapping);
        }
        Value next = arith::AddIOp::create(inner, place, before[0],
                                           mapping.lookupOrDefault(cost));
        scf::YieldOp::create(inner, place, next);
      });
  return sum.getResult(0);
}

void ContractionEmitter::emitGroups(scf::ForOp groups) {
  Division division = getWhole();
  Value zero = constant(0), one = constant(1);
  auto compare = [&](arith::CmpIPredicate predicate, Value a, Value b) {
    return builder.createOrFold<arith::CmpIOp>(loc(), predicate, a, b);
  };
  // Of a strip; those of groups without rows are not even read.
  Value strip =
      mul(add(division.rows, constant(rowsOfRead)), add(extent(shape.k), one));
  Value cost = mul(division.strips, strip);
  cost = builder.createOrFold<arith::SelectOp>(
      loc(), compare(arith::CmpIPredicate::eq, division.rows, zero), zero,
      cost);

  builder.setInsertionPoint(groups);
  Value total = sumCosts(groups, cost);
  Value wanted =
      ceilDiv(mul(total, constant(division.columns)), constant(shareWork));
  Value tasks = builder.createOrFold<arith::MinUIOp>(
      loc(), getThreads(builder, loc()), wanted);
  Value parts =
      mul(make<arith::MaxUIOp>(tasks, constant(1)), constant(unitsOfShare));
  Value largest = make<arith::MaxUIOp>(ceilDiv(total, parts), constant(1));

  emitShares(builder, loc(), total, tasks, [&](Value begin, Value end) {
    OpBuilder::InsertionGuard guard(builder);
    Memory memory = allocateMemory();
    auto shared = scf::ForOp::create(builder, loc(), groups.getLowerBound(),
                                     groups.getUpperBound(), groups.getStep(),
                                     constant(0));
    Block *body = shared.getBody();
    groups.getInductionVar().replaceAllUsesWith(shared.getInductionVar());
    body->getOperations().splice(body->end(), groups.getBody()->getOperations(),
                                 groups.getBody()->begin(),
                                 std::prev(groups.getBody()->end()));
    builder.setInsertionPoint(region);
    Value before = shared.getRegionIterArg(0);
    Value next = add(before, cost);
    Value takesPart = make<arith::AndIOp>(
        compare(arith::CmpIPredicate::ult, before, end),
        make<arith::AndIOp>(compare(arith::CmpIPredicate::ugt, next, begin),
                            compare(arith::CmpIPredicate::ugt, next, before)));
    lanes.branch(takesPart, [&] {
      Value chunks = constant(1);
      if (schedule.feed != Feed::Dot) {
        Value tiles = ceilDiv(division.rows, constant(schedule.rows));
        chunks = make<arith::MinUIOp>(ceilDiv(strip, largest), tiles);
      }
      divideRows(division, chunks);
      // Units begin so far from each other.
      Value unit = make<arith::MaxUIOp>(div(strip, chunks), constant(1));
      auto getUnit = [&](Value place) {
        Value inside = sub(make<arith::MaxUIOp>(place, before), before);
        return make<arith::MinUIOp>(ceilDiv(inside, unit), division.units);
      };
      emitUnits(getUnit(begin), getUnit(end), division, memory);
    });
    scf::YieldOp::create(builder, loc(), next);
  });
  groups.erase();
}
