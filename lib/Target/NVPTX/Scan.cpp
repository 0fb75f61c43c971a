//===- Scan.cpp - Loops whose carried value is a prefix -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block goes along the row, tile by tile, and carries what is behind it:
//
//   each thread   elements -> prefixes of its few neighbours
//   each warp     their last ones -> what the lanes before this one have
//   the block     the same of warps, through shared memory
//
// Neighbours stay neighbours, so that only the grouping differs from the loop.
//
//===----------------------------------------------------------------------===//

#include "Scan.h"

#include "Exchange.h"
#include "Forms.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static constexpr int64_t warp = 32;
/// Neighbours that one thread has.
static constexpr int64_t neighbours = 4;

namespace {
/// The code of one launch.
class ScanEmitter {
public:
  ScanEmitter(OpBuilder &builder, const Scan &scan)
      : builder(builder), scan(scan), loop(scan.loop), loc(loop.getLoc()) {
    BackwardSliceOptions options;
    options.filter = [&](Operation *op) {
      return op->getBlock() == loop.getBody();
    };
    for (Value element : scan.elements) {
      (void)getBackwardSlice(element, &elementOps, options);
      elementOps.insert(element.getDefiningOp());
    }
  }

  void emit(gpu::LaunchOp launch, const IRMapping &row);

private:
  using Values = SmallVector<Value>;

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, predicate, a, b);
  }
  void guard(Value condition, function_ref<void()> body) {
    emitIf(builder, loc, condition, body);
  }
  Values combine(ValueRange before, ValueRange after);
  Values select(Value condition, ValueRange a, ValueRange b);
  Values shuffleAll(ValueRange values, int64_t distance);
  Values load(Value position, Value size, const IRMapping &row);
  void store(ValueRange prefix, Value position, Value size,
             const IRMapping &row);
  Values emitTile(Value first, ValueRange behind, Value size,
                  const IRMapping &row);
  void emitBehind(ValueRange results, IRMapping row);

  OpBuilder &builder;
  const Scan &scan;
  scf::ForOp loop;
  Location loc;
  SetVector<Operation *> elementOps;

  Values shared;
  Value thread, lane, warpNumber;
};
} // namespace

SmallVector<Value> ScanEmitter::combine(ValueRange before, ValueRange after) {
  IRMapping mapping;
  mapping.map(loop.getRegionIterArgs(), before);
  mapping.map(scan.elements, after);
  for (Operation *op : scan.step)
    builder.clone(*op, mapping);
  return llvm::map_to_vector(loop.getYieldedValues(), [&](Value yielded) {
    return mapping.lookupOrDefault(yielded);
  });
}

SmallVector<Value> ScanEmitter::select(Value condition, ValueRange a,
                                       ValueRange b) {
  Values chosen;
  for (auto [left, right] : llvm::zip_equal(a, b))
    chosen.push_back(
        arith::SelectOp::create(builder, loc, condition, left, right));
  return chosen;
}

SmallVector<Value> ScanEmitter::shuffleAll(ValueRange values,
                                           int64_t distance) {
  return llvm::map_to_vector(values, [&](Value value) {
    return shuffleUp(builder, loc, value, distance);
  });
}

/// The element at `position`; beyond the end anything, of which only what is
/// beyond the end comes to know.
SmallVector<Value> ScanEmitter::load(Value position, Value size,
                                     const IRMapping &row) {
  Value last = arith::SubIOp::create(builder, loc, size, constant(1));
  IRMapping mapping = row;
  mapping.map(loop.getInductionVar(),
              arith::MinUIOp::create(builder, loc, position, last));
  for (Operation &op : loop.getBody()->without_terminator())
    if (elementOps.contains(&op))
      builder.clone(op, mapping);
  return llvm::map_to_vector(scan.elements, [&](Value element) {
    return mapping.lookupOrDefault(element);
  });
}

/// All else that the loop does at `position`, if that is in the row.
void ScanEmitter::store(ValueRange prefix, Value position, Value size,
                        const IRMapping &row) {
  Value isInside = compare(arith::CmpIPredicate::ult, position, size);
  guard(isInside, [&] {
    IRMapping mapping = row;
    mapping.map(loop.getInductionVar(), position);
    mapping.map(loop.getYieldedValues(), prefix);
    for (Operation &op : loop.getBody()->without_terminator())
      if (!llvm::is_contained(scan.step, &op))
        builder.clone(op, mapping);
  });
}

/// Given what is behind the tile, what is behind the next one.
SmallVector<Value> ScanEmitter::emitTile(Value first, ValueRange behind,
                                         Value size, const IRMapping &row) {
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddIOp::create(builder, loc, a, b);
  };
  Value start = add(
      first, arith::MulIOp::create(builder, loc, thread, constant(neighbours)));
  Values positions;
  SmallVector<Values> prefixes;
  for (int64_t i = 0; i < neighbours; ++i) {
    positions.push_back(add(start, constant(i)));
    Values element = load(positions.back(), size, row);
    prefixes.push_back(i ? combine(prefixes.back(), element) : element);
  }
  // What this lane and those before it have.
  Values mine = prefixes.back();
  for (int64_t distance = 1; distance < warp; distance *= 2) {
    Values before = shuffleAll(mine, distance);
    Value hasOne = compare(arith::CmpIPredicate::uge, lane, constant(distance));
    mine = select(hasOne, combine(before, mine), mine);
  }
  Value isLast = compare(arith::CmpIPredicate::eq, lane, constant(warp - 1));
  guard(isLast, [&] {
    for (auto [value, buffer] : llvm::zip_equal(mine, shared))
      memref::StoreOp::create(builder, loc, value, buffer, warpNumber);
  });
  gpu::BarrierOp::create(builder, loc);
  // What the warps before this one have, and all of them.
  Values before(behind), all(behind);
  for (int64_t i = 0; i < blockThreads / warp; ++i) {
    Values total = llvm::map_to_vector(shared, [&](Value buffer) -> Value {
      return memref::LoadOp::create(builder, loc, buffer, constant(i));
    });
    Value isBefore =
        compare(arith::CmpIPredicate::ult, constant(i), warpNumber);
    all = combine(all, total);
    before = select(isBefore, all, before);
  }
  Values beforeLane = shuffleAll(mine, 1);
  Value isFirst = compare(arith::CmpIPredicate::eq, lane, constant(0));
  before = select(isFirst, before, combine(before, beforeLane));
  for (auto [position, prefix] : llvm::zip_equal(positions, prefixes))
    store(combine(before, prefix), position, size, row);
  if (!scan.behind.empty()) {
    Value end = add(first, constant(blockThreads * neighbours));
    guard(compare(arith::CmpIPredicate::sge, end, size), [&] {
      for (int64_t i = 0; i < neighbours; ++i) {
        Value next = add(positions[i], constant(1));
        guard(compare(arith::CmpIPredicate::eq, next, size),
              [&] { emitBehind(combine(before, prefixes[i]), row); });
      }
    });
  }
  // Before the next tile overwrites what warps have.
  gpu::BarrierOp::create(builder, loc);
  return all;
}

void ScanEmitter::emit(gpu::LaunchOp launch, const IRMapping &row) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  for (Type type : loop->getResultTypes())
    shared.push_back(launch.addWorkgroupAttribution(
        MemRefType::get(blockThreads / warp, type, MemRefLayoutAttrInterface(),
                        space),
        loc));
  thread = launch.getThreadIds().x;
  lane = arith::RemUIOp::create(builder, loc, thread, constant(warp));
  warpNumber = arith::DivUIOp::create(builder, loc, thread, constant(warp));
  Value size = row.lookupOrDefault(loop.getUpperBound());
  Values initial = llvm::map_to_vector(loop.getInitArgs(), [&](Value value) {
    return row.lookupOrDefault(value);
  });
  Value lower = row.lookupOrDefault(loop.getLowerBound());
  auto tiles = scf::ForOp::create(builder, loc, lower, size,
                                  constant(blockThreads * neighbours), initial);
  {
    OpBuilder::InsertionGuard insertion(builder);
    builder.setInsertionPointToEnd(tiles.getBody());
    Values behind =
        emitTile(tiles.getInductionVar(), tiles.getRegionIterArgs(), size, row);
    scf::YieldOp::create(builder, loc, behind);
  }
  if (scan.behind.empty())
    return;
  // Else the thread that has the last element does it.
  Value isEmpty = compare(arith::CmpIPredicate::sge, lower, size);
  Value isFirst = compare(arith::CmpIPredicate::eq, thread, constant(0));
  guard(arith::AndIOp::create(builder, loc, isEmpty, isFirst),
        [&] { emitBehind(initial, row); });
}

/// What follows the loop, once its results are known.
void ScanEmitter::emitBehind(ValueRange results, IRMapping row) {
  row.map(loop.getResults(), results);
  for (Operation *op : scan.behind)
    builder.clone(*op, row);
}

void Scan::launch(OpBuilder &builder, Value rows,
                  function_ref<void(Value, IRMapping &)> getRow) const {
  Location loc = scf::ForOp(loop).getLoc();
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value threads = arith::ConstantIndexOp::create(builder, loc, blockThreads);
  auto launch =
      gpu::LaunchOp::create(builder, loc, rows, one, one, threads, one, one);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  IRMapping row;
  getRow(launch.getBlockIds().x, row);
  for (Operation *op : before)
    builder.clone(*op, row);
  ScanEmitter(builder, *this).emit(launch, row);
  gpu::TerminatorOp::create(builder, loc);
}
