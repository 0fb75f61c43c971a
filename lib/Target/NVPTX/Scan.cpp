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
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static constexpr int64_t warp = 32;
/// Neighbours that one thread has.
static constexpr int64_t neighbours = 4;

/// Loads, stores and what has no effects; what is stored is not read again but
/// by the iteration that stores it.
static bool isSimple(Block *body) {
  for (Operation &op : body->without_terminator())
    if (!isa<memref::LoadOp, memref::StoreOp>(op) &&
        (!isPure(&op) || op.getNumRegions() || op.getNumResults() != 1))
      return false;
  for (auto store : body->getOps<memref::StoreOp>())
    for (Operation *user : store.getMemRef().getUsers())
      if (isa<memref::LoadOp>(user) && user->getBlock() == body)
        return false;
  return true;
}

/// True when the first load has neighbours along the loop.
static bool isAlongMemory(Block *body, Value index) {
  for (auto load : body->getOps<memref::LoadOp>()) {
    auto [strides, offset] = load.getMemRefType().getStridesAndOffset();
    (void)offset;
    for (auto [at, stride] : llvm::zip_equal(load.getIndices(), strides))
      if (at == index)
        return stride == 1;
  }
  return false;
}

std::optional<Scan> Scan::match(scf::ForOp loop) {
  if (loop.getNumRegionIterArgs() != 1 || !loop.use_empty() ||
      !isConstantIntValue(loop.getStep(), 1) ||
      !isConstantIntValue(loop.getLowerBound(), 0))
    return std::nullopt;
  Block *body = loop.getBody();
  BlockArgument carried = loop.getRegionIterArg(0);
  Operation *combiner = loop.getYieldedValues()[0].getDefiningOp();
  if (!combiner || combiner->getBlock() != body || !carried.hasOneUse() ||
      *carried.user_begin() != combiner || combiner->getNumOperands() != 2 ||
      !arith::getNeutralElement(combiner) || !canExchange(carried.getType()) ||
      !isSimple(body) || !isAlongMemory(body, loop.getInductionVar()))
    return std::nullopt;
  Value element = combiner->getOperand(combiner->getOperand(0) == carried);
  return Scan{loop, combiner, element};
}

namespace {
/// The code of one launch.
class ScanEmitter {
public:
  ScanEmitter(OpBuilder &builder, const Scan &scan)
      : builder(builder), scan(scan), loc(scan.combiner->getLoc()) {
    BackwardSliceOptions options;
    options.filter = [&](Operation *op) {
      return op->getBlock() == scan.combiner->getBlock();
    };
    (void)getBackwardSlice(scan.element, &elementOps, options);
    if (Operation *op = scan.element.getDefiningOp())
      elementOps.insert(op);
  }

  void emit(gpu::LaunchOp launch, const IRMapping &row);

private:
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value combine(Value before, Value after) {
    IRMapping mapping;
    Value carried =
        scan.combiner->getOperand(scan.combiner->getOperand(0) == scan.element);
    mapping.map(carried, before);
    mapping.map(scan.element, after);
    return builder.clone(*scan.combiner, mapping)->getResult(0);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  Value load(Value position, Value size, const IRMapping &row);
  void store(Value prefix, Value position, Value size, const IRMapping &row);
  Value emitTile(Value first, Value behind, Value size, const IRMapping &row);

  OpBuilder &builder;
  const Scan &scan;
  Location loc;
  SetVector<Operation *> elementOps;

  gpu::LaunchOp launch;
  Value shared, neutral, thread, lane, warpNumber;
};
} // namespace

/// The element at `position`, beyond the end what changes nothing.
Value ScanEmitter::load(Value position, Value size, const IRMapping &row) {
  Value isInside = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ult, position, size);
  Value last = arith::SubIOp::create(builder, loc, size, constant(1));
  IRMapping mapping = row;
  scf::ForOp loop = scan.loop;
  mapping.map(loop.getInductionVar(),
              arith::MinUIOp::create(builder, loc, position, last));
  for (Operation &op : loop.getBody()->without_terminator())
    if (elementOps.contains(&op))
      builder.clone(op, mapping);
  return select(isInside, mapping.lookupOrDefault(scan.element), neutral);
}

/// All else that the loop does at `position`, which is in the row.
void ScanEmitter::store(Value prefix, Value position, Value size,
                        const IRMapping &row) {
  Value isInside = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ult, position, size);
  auto branch = scf::IfOp::create(builder, loc, isInside);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  IRMapping mapping = row;
  scf::ForOp loop = scan.loop;
  mapping.map(loop.getInductionVar(), position);
  mapping.map(scan.combiner->getResult(0), prefix);
  for (Operation &op : loop.getBody()->without_terminator())
    if (&op != scan.combiner)
      builder.clone(op, mapping);
}

/// Given what is behind the tile, what is behind the next one.
Value ScanEmitter::emitTile(Value first, Value behind, Value size,
                            const IRMapping &row) {
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddIOp::create(builder, loc, a, b);
  };
  Value start = add(
      first, arith::MulIOp::create(builder, loc, thread, constant(neighbours)));
  SmallVector<Value> positions, prefixes;
  for (int64_t i = 0; i < neighbours; ++i) {
    positions.push_back(add(start, constant(i)));
    Value element = load(positions.back(), size, row);
    prefixes.push_back(i ? combine(prefixes.back(), element) : element);
  }
  // What this lane and those before it have.
  Value mine = prefixes.back();
  for (int64_t distance = 1; distance < warp; distance *= 2) {
    Value before = shuffleUp(builder, loc, mine, distance);
    Value hasOne = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::uge, lane, constant(distance));
    mine = select(hasOne, combine(before, mine), mine);
  }
  Value isLast = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       lane, constant(warp - 1));
  auto branch = scf::IfOp::create(builder, loc, isLast);
  {
    OpBuilder::InsertionGuard insertion(builder);
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    memref::StoreOp::create(builder, loc, mine, shared, warpNumber);
  }
  gpu::BarrierOp::create(builder, loc);
  // What the warps before this one have, and all of them.
  Value before = behind, all = behind;
  for (int64_t i = 0; i < blockThreads / warp; ++i) {
    Value total = memref::LoadOp::create(builder, loc, shared, constant(i));
    Value isBefore = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, constant(i), warpNumber);
    all = combine(all, total);
    before = select(isBefore, all, before);
  }
  Value beforeLane = shuffleUp(builder, loc, mine, 1);
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        lane, constant(0));
  before = select(isFirst, before, combine(before, beforeLane));
  for (auto [position, prefix] : llvm::zip_equal(positions, prefixes))
    store(combine(before, prefix), position, size, row);
  // Before the next tile overwrites what warps have.
  gpu::BarrierOp::create(builder, loc);
  return all;
}

void ScanEmitter::emit(gpu::LaunchOp inside, const IRMapping &row) {
  launch = inside;
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  scf::ForOp loop = scan.loop;
  Type type = loop.getRegionIterArg(0).getType();
  shared = launch.addWorkgroupAttribution(
      MemRefType::get(blockThreads / warp, type, MemRefLayoutAttrInterface(),
                      space),
      loc);
  neutral = arith::ConstantOp::create(builder, loc,
                                      *arith::getNeutralElement(scan.combiner));
  thread = launch.getThreadIds().x;
  lane = arith::RemUIOp::create(builder, loc, thread, constant(warp));
  warpNumber = arith::DivUIOp::create(builder, loc, thread, constant(warp));
  Value size = row.lookupOrDefault(loop.getUpperBound());
  Value initial = row.lookupOrDefault(loop.getInitArgs()[0]);
  auto tiles = scf::ForOp::create(builder, loc, constant(0), size,
                                  constant(blockThreads * neighbours), initial);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToEnd(tiles.getBody());
  Value behind =
      emitTile(tiles.getInductionVar(), tiles.getRegionIterArg(0), size, row);
  scf::YieldOp::create(builder, loc, behind);
}

void Scan::launch(OpBuilder &builder, Value rows,
                  function_ref<void(Value, IRMapping &)> getRow) const {
  Location loc = combiner->getLoc();
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value threads = arith::ConstantIndexOp::create(builder, loc, blockThreads);
  auto launch =
      gpu::LaunchOp::create(builder, loc, rows, one, one, threads, one, one);
  OpBuilder::InsertionGuard insertion(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  IRMapping row;
  getRow(launch.getBlockIds().x, row);
  ScanEmitter(builder, *this).emit(launch, row);
  gpu::TerminatorOp::create(builder, loc);
}
