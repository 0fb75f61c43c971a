//===- WarpgroupLoop.cpp - What warpgroups do for each tile ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupProduct.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

Value WarpgroupProduct::barrier(bool isFull, Value stage) {
  int64_t first = tile.barriersAt() + (isFull ? 0 : tile.stages * barrierBytes);
  return emit.offset(shared, emit.add(emit.mul(stage, barrierBytes), first));
}

void WarpgroupProduct::emitBlock() {
  shared = emit.getShared();
  for (Value *size : {&numRows, &numColumns, &numTaps, &numDepth, &numBatch})
    *size = emit.toI32(*size);
  group = emit.uniform(emit.div(thread, warpgroupThreads));
  auto setUp = scf::IfOp::create(builder, loc(), emit.isEqual(thread, 0));
  builder.setInsertionPoint(setUp.thenBlock()->getTerminator());
  for (int64_t stage = 0; stage < tile.stages; ++stage) {
    emit.initBarrier(barrier(true, emit.number(stage)), 1);
    emit.initBarrier(barrier(false, emit.number(stage)), tile.readers());
  }
  if (tile.takesTurns)
    for (int64_t consumer = 0; consumer < tile.consumers(); ++consumer)
      emit.initBarrier(turnBarrier(emit.number(consumer)), 1);
  emit.publishBarriers();
  builder.setInsertionPointAfter(setUp);
  emit.synchronizeBlock();
  auto role = scf::IfOp::create(builder, loc(), emit.isEqual(group, 0),
                                /*withElseRegion=*/true);
  builder.setInsertionPoint(role.thenBlock()->getTerminator());
  emitCopies();
  builder.setInsertionPoint(role.elseBlock()->getTerminator());
  emitProducts();
  builder.setInsertionPointAfter(role);
}

/// Of how many rows tiles are computed together. Of 2, 4, 6, 8, 12 and 16, 4
/// were as fast as any or nearly so (docs/Performance.md). Up to eight that are
/// all read what lies in columns once. One or two that are left read it for
/// few, which costs time unless there are many others.
static int64_t getRowsTogether(std::optional<int64_t> rowTiles) {
  constexpr int64_t usual = 4, most = 8, fewest = 3, many = 24;
  if (!rowTiles || *rowTiles > many)
    return usual;
  if (*rowTiles <= most)
    return most;
  for (int64_t rows : {usual, usual + 1, usual + 2})
    if (*rowTiles % rows == 0 || *rowTiles % rows >= fewest)
      return rows;
  return usual;
}

/// Tiles that are computed together share as much of both operands as fits into
/// the cache: a few rows of tiles, column by column.
Place WarpgroupProduct::findTile(Value number) {
  auto count = [&](Value size, int64_t extent) {
    return emit.div(emit.add(size, extent - 1), extent);
  };
  Value rowTiles = count(numRows, tile.rows);
  int64_t rowsTogether = getRowsTogether(constantOf(rowTiles));
  Value columnTiles = count(numColumns, tile.columns);
  Value inBatch = emit.mul(rowTiles, columnTiles);
  Value batch = emit.div(number, inBatch);
  Value rest = emit.rem(number, inBatch);
  Value together = emit.mul(columnTiles, rowsTogether);
  Value first = emit.mul(emit.div(rest, together), rowsTogether);
  rest = emit.rem(rest, together);
  Value rows = builder.createOrFold<arith::MinUIOp>(
      loc(), emit.sub(rowTiles, first), emit.number(rowsTogether));
  Value row = emit.add(first, emit.rem(rest, rows));
  return {batch, emit.mul(row, tile.rows),
          emit.mul(emit.div(rest, rows), tile.columns)};
}

void WarpgroupProduct::forEachUnit(bool inTurns,
                                   llvm::function_ref<Ring(Unit, Ring)> body) {
  auto launch = thread.getParentRegion()->getParentOfType<gpu::LaunchOp>();
  if (!launch)
    launch = cast<gpu::LaunchOp>(thread.getParentRegion()->getParentOp());
  Value block = emit.toI32(launch.getBlockIds().x);
  Ring start = emit.startRing();
  if (numParts > 1) {
    body(findPart(block), start);
    return;
  }
  auto count = [&](Value size, int64_t extent) {
    return emit.div(emit.add(size, extent - 1), extent);
  };
  Value tiles = emit.mul(numBatch, emit.mul(count(numRows, tile.rows),
                                            count(numColumns, tile.columns)));
  Value grid = emit.toI32(launch.getGridSize().x), step = grid, consumer;
  if (inTurns) {
    consumer = emit.sub(group, emit.number(1));
    block = emit.add(block, emit.mul(consumer, step));
    start = emit.skip(start, emit.mul(consumer, getStepCount()), tile.stages);
    step = emit.mul(step, tile.consumers());
  }
  auto loop = scf::ForOp::create(builder, loc(), block, tiles, step,
                                 ValueRange{start.stage, start.parity});
  if (groups)
    loop->setAttr(tilesAttrName, builder.getUnitAttr());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value number = loop.getInductionVar(), turn;
  if (inTurns) {
    Value round = emit.div(emit.div(number, grid), tile.consumers());
    turn = emit.rem(emit.sub(emit.add(round, 1), consumer), 2);
  }
  Ring ring =
      body({findTile(number), emit.number(0), getStepCount(), Value(), turn},
           {loop.getRegionIterArgs()[0], loop.getRegionIterArgs()[1]});
  if (inTurns)
    ring = emit.skip(ring, emit.mul(getStepCount(), tile.consumers() - 1),
                     tile.stages);
  scf::YieldOp::create(builder, loc(), ValueRange{ring.stage, ring.parity});
}

void WarpgroupProduct::emitCopies() {
  emit.setRegisters(copyRegisters, /*isMore=*/false);
  auto leads = scf::IfOp::create(builder, loc(), emit.isEqual(thread, 0));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(leads.thenBlock()->getTerminator());
  forEachUnit(/*inTurns=*/false,
              [&](Unit unit, Ring ring) { return copyUnit(unit, ring); });
}

/// Steps along the depth: of all taps, one after the other.
Value WarpgroupProduct::getStepCount() {
  return emit.mul(numTaps, emit.div(emit.add(numDepth, stepElements() - 1),
                                    stepElements()));
}

Value WarpgroupProduct::behindBegin(unsigned loop, Value at) {
  return groups && begins[loop] ? emit.add(at, emit.toI32(begins[loop])) : at;
}

void WarpgroupProduct::copyOperand(bool isLeft, Value at, Place place,
                                   Value step, Value full) {
  Value chunks =
      emit.div(emit.add(numDepth, stepElements() - 1), stepElements());
  Value tap = taps.empty() ? emit.number(0) : emit.div(step, chunks);
  Value chunk = taps.empty() ? step : emit.rem(step, chunks);
  Value from = emit.mul(chunk, stepElements());
  if (isLeft && window)
    return window->load(emit, at, leftMap, full, place.row, tap, from);
  const BoxedTensor &tensor = isLeft ? *left : *right;
  Value map = isLeft ? leftMap : rightMap;
  Value line = isLeft ? place.row : place.column;
  Value batch = emit.add(emit.mul(place.batch, numTaps), tap);
  if (groups) {
    line = behindBegin((isLeft ? product.rows : product.columns).front(), line);
    batch = emit.toI32(groups.getInductionVar());
  }
  if ((isLeft ? leftMajor : rightMajor) == Major::Depth)
    return emit.load(at, map, full, tensor.locate(emit, from, line, batch));
  int64_t extent = isLeft ? tile.rows : tile.columns;
  for (int64_t i = 0, e = llvm::divideCeil(extent, blockColumns); i < e; ++i)
    emit.load(
        emit.offset(at, i * blockColumns * lineBytes), map, full,
        tensor.locate(emit, emit.add(line, i * blockColumns), from, batch));
}

/// Of both operands, for a stage.
int64_t WarpgroupProduct::getCopiedBytes() const {
  int64_t leftBytes = left && leftMajor == Major::Depth
                          ? getLeftLines() * lineBytes
                          : tile.leftBytes();
  return leftBytes + (rightMajor == Major::Depth ? tile.columns * lineBytes
                                                 : tile.rightBytes());
}

Ring WarpgroupProduct::copyUnit(Unit unit, Ring ring) {
  auto loop =
      scf::ForOp::create(builder, loc(), unit.begin, unit.end, emit.number(1),
                         ValueRange{ring.stage, ring.parity});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Ring now = {loop.getRegionIterArgs()[0], loop.getRegionIterArgs()[1]};
  Value full = barrier(true, now.stage);
  emit.wait(barrier(false, now.stage), emit.bitXor(now.parity, emit.number(1)));
  emit.expect(full, getCopiedBytes());
  Value step = loop.getInductionVar();
  copyOperand(true, emit.offset(shared, emit.mul(now.stage, tile.leftBytes())),
              unit.place, step, full);
  copyOperand(
      false,
      emit.offset(shared, emit.add(emit.mul(now.stage, tile.rightBytes()),
                                   tile.rightAt())),
      unit.place, step, full);
  Ring next = emit.advance(now, tile.stages);
  scf::YieldOp::create(builder, loc(), ValueRange{next.stage, next.parity});
  return {loop.getResult(0), loop.getResult(1)};
}

void WarpgroupProduct::emitProducts() {
  emit.setRegisters(productRegisters, /*isMore=*/true);
  forEachUnit(tile.takesTurns,
              [&](Unit unit, Ring ring) { return multiplyUnit(unit, ring); });
  if (!result)
    return;
  auto leads = scf::IfOp::create(
      builder, loc(), emit.isEqual(emit.rem(thread, warpgroupThreads), 0));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(leads.thenBlock()->getTerminator());
  emit.waitForStores(/*onlyRead=*/false);
}

/// Gives the buffers of `stage` back, once for the warpgroup.
void WarpgroupProduct::releaseStage(Value stage, Value condition) {
  Value leads = emit.isEqual(emit.rem(thread, warpgroupThreads), 0);
  if (condition)
    leads = arith::AndIOp::create(builder, loc(), leads, condition);
  auto branch = scf::IfOp::create(builder, loc(), leads);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  emit.arrive(barrier(false, stage));
}

/// Once for the warpgroup.
void WarpgroupProduct::ifLeads(llvm::function_ref<void()> body) {
  auto leads = scf::IfOp::create(
      builder, loc(), emit.isEqual(emit.rem(thread, warpgroupThreads), 0));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(leads.thenBlock()->getTerminator());
  body();
}

/// What lets a warpgroup begin with a tile: that the one before has begun with
/// the last step of its own. The barriers of stages, which tell odd phases from
/// even ones only, are at its first step then.
Value WarpgroupProduct::turnBarrier(Value consumer) {
  return emit.offset(
      shared, emit.add(emit.mul(consumer, barrierBytes), tile.turnsAt()));
}

Ring WarpgroupProduct::multiplyUnit(Unit unit, Ring ring) {
  Value consumer = emit.sub(group, emit.number(1));
  if (unit.turn)
    emit.wait(turnBarrier(consumer), unit.turn);
  // Where the warpgroup's rows begin in the tile.
  Value firstRow =
      tile.takesTurns ? emit.number(0) : emit.mul(consumer, warpgroupRows);
  Value leftStart =
      emit.describe(emit.offset(shared, emit.mul(firstRow, lineBytes)),
                    leftMajor, blockColumns * lineBytes);
  Value rightStart = emit.describe(emit.offset(shared, tile.rightAt()),
                                   rightMajor, blockColumns * lineBytes);
  auto inStage = [&](Value descriptor, Value stage, int64_t bytes) -> Value {
    Value units = arith::ExtUIOp::create(builder, loc(), builder.getI64Type(),
                                         emit.mul(stage, bytes / 16));
    return arith::AddIOp::create(builder, loc(), descriptor, units);
  };
  SmallVector<Value> start = {ring.stage, ring.parity, ring.stage};
  start.append(tile.halves(), emit.makeSums(tile.columns));
  auto loop = scf::ForOp::create(builder, loc(), unit.begin, unit.end,
                                 emit.number(1), start);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    ValueRange carried = loop.getRegionIterArgs();
    Ring now = {carried[0], carried[1]};
    emit.wait(barrier(true, now.stage), now.parity);
    Value leftNow = inStage(leftStart, now.stage, tile.leftBytes());
    Value rightNow = inStage(rightStart, now.stage, tile.rightBytes());
    Value isLater =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ne,
                              loop.getInductionVar(), unit.begin);
    Value keeps =
        arith::ExtUIOp::create(builder, loc(), builder.getI32Type(), isLater);
    SmallVector<Value> sums(carried.drop_front(3));
    emit.beginProducts();
    // Behind a short depth there are only zeros.
    int64_t elements = constantOf(numDepth).value_or(stepElements());
    int64_t steps = std::min<int64_t>(
        lineBytes / stepBytes,
        llvm::divideCeil(elements * lineBytes / stepElements(), stepBytes));
    for (int64_t step = 0; step < steps; ++step)
      for (auto [half, part] : llvm::enumerate(sums))
        part = emit.multiply(
            part,
            emit.advance(leftNow, step * emit.stepOf(leftMajor) +
                                      half * warpgroupRows * lineBytes),
            emit.advance(rightNow, step * emit.stepOf(rightMajor)),
            step ? emit.number(1) : keeps, elementType, leftMajor, rightMajor);
    emit.commitProducts();
    // The one before is done, and with its buffers.
    emit.waitForProducts(1);
    releaseStage(carried[2], isLater);
    Ring next = emit.advance(now, tile.stages);
    SmallVector<Value> results = {next.stage, next.parity, now.stage};
    llvm::append_range(results, sums);
    scf::YieldOp::create(builder, loc(), results);
  }
  // With one step no wait has told that all warps have begun.
  if (unit.turn && constantOf(unit.end).value_or(1) < 2)
    emit.synchronize(group, warpgroupThreads);
  if (unit.turn)
    ifLeads([&] {
      emit.arrive(turnBarrier(emit.bitXor(consumer, emit.number(1))));
    });
  SmallVector<Value> sums;
  for (Value part : loop.getResults().drop_front(3))
    sums.push_back(emit.finish(part));
  releaseStage(loop.getResult(2), Value());
  unit.place.row = emit.add(unit.place.row, firstRow);
  for (Value part : sums) {
    finishUnit(unit, emit.unpackSums(part));
    unit.place.row = emit.add(unit.place.row, warpgroupRows);
  }
  return {loop.getResult(0), loop.getResult(1)};
}
