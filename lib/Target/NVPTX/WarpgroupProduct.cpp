//===- WarpgroupProduct.cpp - Matrix products of warpgroups ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks stay for the whole kernel, one on each multiprocessor, and compute
// tile after tile of the result. The first warpgroup of a block only starts
// copies of the operands into a ring of buffers in shared memory; each of the
// others multiplies 64 rows of a tile, evaluates what the kernel computes of
// the sums in registers and stores it, while the ring is filled for the next
// tile.
//
//===----------------------------------------------------------------------===//

#include "WarpgroupProduct.h"
#include "RowEmitter.h"
#include "graphc/Target/NVPTX/Device.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

//===----------------------------------------------------------------------===//
// On the host
//===----------------------------------------------------------------------===//

std::optional<BoxedTensor> WarpgroupProduct::matchOperand(bool isLeft) {
  linalg::LinalgOp op = product.op;
  OpOperand *operand =
      op.getDpsInputOperand(isLeft ? product.left : product.right);
  auto argument = dyn_cast<BlockArgument>(operand->get());
  if (!argument || argument.getOwner() != &region.getBody().front())
    return std::nullopt;
  Value buffer = region.getOperand(argument.getArgNumber());
  AffineMap map = op.getMatchingIndexingMap(operand);
  ArrayRef<unsigned> lines = isLeft ? product.rows : product.columns;
  int64_t extent = isLeft ? tile.rows : tile.columns;
  Major &major = isLeft ? leftMajor : rightMajor;
  major = Major::Depth;
  // What is walked one by one.
  SmallVector<unsigned> batch(product.batch);
  llvm::append_range(batch, taps);
  if (auto tensor = BoxedTensor::match(builder, loc(), buffer, map, depth,
                                       lines, batch, stepElements(), extent))
    return tensor;
  // Other elements are multiplied along the depth only.
  if (elementType.getIntOrFloatBitWidth() != 16)
    return std::nullopt;
  major = Major::Lines;
  return BoxedTensor::match(builder, loc(), buffer, map, lines, depth, batch,
                            blockColumns, stepElements());
}

bool WarpgroupProduct::isNarrow() {
  if (region.getInits().size() != 1)
    return false;
  Type type = getElementTypeOrSelf(region.getInits()[0].getType());
  return type.isIntOrFloat() && type.getIntOrFloatBitWidth() == 16;
}

/// The only result, where it can be stored box by box.
std::optional<BoxedTensor> WarpgroupProduct::matchResult() {
  linalg::LinalgOp op = product.op;
  if (!isNarrow())
    return std::nullopt;
  return BoxedTensor::match(builder, loc(), region.getInits()[0],
                            op.getMatchingIndexingMap(op.getDpsInitOperand(0)),
                            product.columns, product.rows, product.batch,
                            blockColumns, warpgroupRows);
}

bool WarpgroupProduct::prepare() {
  linalg::LinalgOp op = product.op;
  elementType = getElementTypeOrSelf(op->getOperand(0).getType());
  if (elementType != getElementTypeOrSelf(op->getOperand(1).getType()) ||
      !(elementType.isBF16() || elementType.isF16() ||
        isa<Float8E4M3FNType, Float8E5M2Type>(elementType) ||
        (elementType.isF32() && product.allowsTF32)))
    return false;
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  for (unsigned loop : product.batch)
    if (!map.isFunctionOfDim(loop))
      return false;
  numRows = loops.getSize(product.rows);
  numColumns = loops.getSize(product.columns);
  if (elementType.getIntOrFloatBitWidth() != 8)
    window = WindowTensor::match(region, product);
  if (window) {
    taps.assign(window->getTaps().begin(), window->getTaps().end());
    depth = {window->getChannels()};
  } else {
    depth = product.depth;
  }
  numTaps = loops.getSize(taps);
  numDepth = loops.getSize(depth);
  numBatch = loops.getSize(product.batch);
  // Few rows or columns are not worth a tile.
  std::optional<int64_t> rows = constantOf(numRows),
                         columns = constantOf(numColumns),
                         steps = constantOf(numDepth);
  constexpr int64_t least = 32;
  if ((rows && *rows < least) || (columns && *columns < least) ||
      (steps && *steps * constantOf(numTaps).value_or(1) < least))
    return false;
  chooseTile();
  if (!window)
    left = matchOperand(/*isLeft=*/true);
  right = left || window ? matchOperand(/*isLeft=*/false) : std::nullopt;
  if (!right)
    return false;
  if (left)
    llvm::append_range(conditions, left->getConditions());
  llvm::append_range(conditions, right->getConditions());
  result = matchResult();
  if (result)
    llvm::append_range(conditions, result->getConditions());
  if (!steps)
    conditions.push_back(
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ne,
                              numDepth, lanes.constantIndex(0)));
  return true;
}

void WarpgroupProduct::emitLaunch() {
  leftMap = window ? window->makeMap(builder, loc(), stepElements(), tile.rows)
                   : left->makeMap(builder, loc());
  rightMap = right->makeMap(builder, loc());
  if (result)
    resultMap = result->makeMap(builder, loc());
  if (elementType.isF32())
    for (Value map : {leftMap, rightMap})
      map.getDefiningOp()->setAttr(tf32AttrName, builder.getUnitAttr());
  auto ceilDiv = [&](Value size, int64_t extent) {
    return builder.createOrFold<arith::CeilDivUIOp>(
        loc(), size, lanes.constantIndex(extent));
  };
  Value tiles = numBatch;
  for (Value count :
       {ceilDiv(numRows, tile.rows), ceilDiv(numColumns, tile.columns)})
    tiles = builder.createOrFold<arith::MulIOp>(loc(), tiles, count);
  Value blocks = builder.createOrFold<arith::MinUIOp>(
      loc(),
      builder.createOrFold<arith::MulIOp>(loc(), tiles,
                                          lanes.constantIndex(numParts)),
      lanes.constantIndex(chip.multiprocessors));
  lowerFlags();
  Value one = lanes.constantIndex(1);
  auto launch = gpu::LaunchOp::create(builder, loc(), blocks, one, one,
                                      lanes.constantIndex(tile.threads()), one,
                                      one, emit.number(tile.sharedBytes()));
  launch->setAttr(requiresAttrName,
                  builder.getStrArrayAttr({kernel::stringifyChipFeature(
                      kernel::ChipFeature::Warpgroups)}));
  launch->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&launch.getBody().front());
  thread = emit.toI32(launch.getThreadIds().x);
  emitBlock();
  gpu::TerminatorOp::create(builder, loc());
}

//===----------------------------------------------------------------------===//
// In the kernel
//===----------------------------------------------------------------------===//

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
    emit.initBarrier(barrier(false, emit.number(stage)), tile.consumers());
  }
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

/// Tiles that are computed together share as much of both operands as fits into
/// the cache: a few rows of tiles, column by column.
Place WarpgroupProduct::findTile(Value number) {
  constexpr int64_t rowsTogether = 8;
  auto count = [&](Value size, int64_t extent) {
    return emit.div(emit.add(size, extent - 1), extent);
  };
  Value rowTiles = count(numRows, tile.rows);
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

void WarpgroupProduct::forEachUnit(llvm::function_ref<Ring(Unit, Ring)> body) {
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
  auto loop = scf::ForOp::create(builder, loc(), block, tiles,
                                 emit.toI32(launch.getGridSize().x),
                                 ValueRange{start.stage, start.parity});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Ring ring = body({findTile(loop.getInductionVar()), emit.number(0),
                    getStepCount(), Value()},
                   {loop.getRegionIterArgs()[0], loop.getRegionIterArgs()[1]});
  scf::YieldOp::create(builder, loc(), ValueRange{ring.stage, ring.parity});
}

void WarpgroupProduct::emitCopies() {
  emit.setRegisters(copyRegisters, /*isMore=*/false);
  auto leads = scf::IfOp::create(builder, loc(), emit.isEqual(thread, 0));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(leads.thenBlock()->getTerminator());
  forEachUnit([&](Unit unit, Ring ring) { return copyUnit(unit, ring); });
}

/// Steps along the depth: of all taps, one after the other.
Value WarpgroupProduct::getStepCount() {
  return emit.mul(numTaps, emit.div(emit.add(numDepth, stepElements() - 1),
                                    stepElements()));
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
  if ((isLeft ? leftMajor : rightMajor) == Major::Depth)
    return emit.load(at, map, full, tensor.locate(emit, from, line, batch));
  int64_t extent = isLeft ? tile.rows : tile.columns;
  for (int64_t i = 0; i < extent / blockColumns; ++i)
    emit.load(
        emit.offset(at, i * blockColumns * lineBytes), map, full,
        tensor.locate(emit, emit.add(line, i * blockColumns), from, batch));
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
  emit.expect(full, tile.stageBytes());
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
  forEachUnit([&](Unit unit, Ring ring) { return multiplyUnit(unit, ring); });
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

Ring WarpgroupProduct::multiplyUnit(Unit unit, Ring ring) {
  Value consumer = emit.sub(group, emit.number(1));
  Value firstLeft =
      emit.offset(shared, emit.mul(consumer, warpgroupRows * lineBytes));
  Value leftStart =
      emit.describe(firstLeft, leftMajor, blockColumns * lineBytes);
  Value rightStart = emit.describe(emit.offset(shared, tile.rightAt()),
                                   rightMajor, blockColumns * lineBytes);
  auto inStage = [&](Value descriptor, Value stage, int64_t bytes) -> Value {
    Value units = arith::ExtUIOp::create(builder, loc(), builder.getI64Type(),
                                         emit.mul(stage, bytes / 16));
    return arith::AddIOp::create(builder, loc(), descriptor, units);
  };
  auto loop =
      scf::ForOp::create(builder, loc(), unit.begin, unit.end, emit.number(1),
                         ValueRange{ring.stage, ring.parity, ring.stage,
                                    emit.makeSums(tile.columns)});
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
    Value sums = carried[3];
    emit.beginProducts();
    // Behind a short depth there are only zeros.
    int64_t elements = constantOf(numDepth).value_or(stepElements());
    int64_t steps = std::min<int64_t>(
        lineBytes / stepBytes,
        llvm::divideCeil(elements * lineBytes / stepElements(), stepBytes));
    for (int64_t step = 0; step < steps; ++step)
      sums = emit.multiply(
          sums, emit.advance(leftNow, step * emit.stepOf(leftMajor)),
          emit.advance(rightNow, step * emit.stepOf(rightMajor)),
          step ? emit.number(1) : keeps, elementType, leftMajor, rightMajor);
    emit.commitProducts();
    // The one before is done, and with its buffers.
    emit.waitForProducts(1);
    releaseStage(carried[2], isLater);
    Ring next = emit.advance(now, tile.stages);
    scf::YieldOp::create(builder, loc(),
                         ValueRange{next.stage, next.parity, now.stage, sums});
  }
  Value sums = emit.finish(loop.getResult(3));
  releaseStage(loop.getResult(2), Value());
  unit.place.row = emit.add(unit.place.row, emit.mul(consumer, warpgroupRows));
  finishUnit(unit, emit.unpackSums(sums));
  return {loop.getResult(0), loop.getResult(1)};
}

LogicalResult
nvptx::emitWarpgroupProduct(OpBuilder &builder, kernel::RegionOp region,
                            ArrayRef<Chip> chips,
                            llvm::function_ref<LogicalResult()> emitOther) {
  const Chip *chip = llvm::find_if(chips, [](const Chip &each) {
    return each.has(kernel::ChipFeature::Warpgroups);
  });
  std::optional<Product> product = matchProduct(region);
  if (chip == chips.end() || !product)
    return emitOther();
  WarpgroupProduct emitter(builder, region, *product, *chip);
  if (auto position = region->getAttrOfType<IntegerAttr>(workspaceAttrName))
    emitter.allowParts(
        cast<MemRefType>(region.getOperand(position.getInt()).getType())
            .getNumElements());
  if (!emitter.prepare())
    return emitOther();
  SmallVector<Value> conditions(emitter.getConditions());
  if (!llvm::all_of(chips, [](const Chip &each) {
        return each.has(kernel::ChipFeature::Warpgroups);
      }))
    conditions.push_back(
        kernel::ChipHasOp::create(builder, region.getLoc(), builder.getI1Type(),
                                  kernel::ChipFeature::Warpgroups));
  if (conditions.empty()) {
    emitter.emitLaunch();
    return success();
  }
  Value all = conditions.front();
  for (Value condition : ArrayRef(conditions).drop_front())
    all = arith::AndIOp::create(builder, region.getLoc(), all, condition);
  auto branch = scf::IfOp::create(builder, region.getLoc(), all,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  emitter.emitLaunch();
  builder.setInsertionPoint(branch.elseBlock()->getTerminator());
  return emitOther();
}
