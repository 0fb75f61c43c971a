//===- WarpgroupEpilogue.cpp - What becomes of the sums of products -------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupProduct.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

void WarpgroupProduct::expand(ArrayRef<unsigned> dims, Value linear,
                              Indices &indices, int64_t lanesAlong) {
  Value rest = linear;
  for (unsigned loop : llvm::reverse(dims)) {
    Value index = rest;
    if (loop != dims.front()) {
      Value size = emit.toI32(loops.getSize(loop));
      index = emit.rem(rest, size);
      rest = emit.div(rest, size);
    }
    bool isAlong = lanesAlong > 1 && loop == dims.back();
    indices[loop] = {
        emit.toIndex(index), isAlong ? 1 : 0, {}, isAlong ? lanesAlong : 1};
  }
}

WarpgroupProduct::Indices WarpgroupProduct::locate(Value batch, Value row,
                                                   Value column) {
  linalg::LinalgOp op = product.op;
  Indices iteration(op.getNumLoops());
  expand(product.batch, batch, iteration);
  expand(product.rows, row, iteration);
  expand(product.columns, column, iteration, lanes.getLanes());
  return lanes.apply(op.getMatchingIndexingMap(op.getDpsInitOperand(0)),
                     iteration);
}

/// The result's element or two at `at`, for the sums there.
Value WarpgroupProduct::evaluate(const Indices &at, Value low, Value high) {
  linalg::LinalgOp op = product.op;
  bool isPair = lanes.getLanes() == 2;
  Value sum = low;
  if (isPair)
    sum = vector::FromElementsOp::create(
        builder, loc(), VectorType::get({2}, builder.getF32Type()),
        ValueRange{low, high});
  auto fill = op.getDpsInitOperand(0)->get().getDefiningOp<linalg::FillOp>();
  if (fill && matchPattern(fill.getInputs()[0], m_PosZeroFloat()))
    return sum;
  Value start =
      lanes.materialize(lanes.evaluate(op.getDpsInitOperand(0)->get(), at));
  return arith::AddFOp::create(builder, loc(), start, sum);
}

void WarpgroupProduct::storeTile(Place place, ValueRange sums) {
  // What is computed of the thread's number would be kept while the next tile
  // is multiplied.
  bool hasRoom = !tile.takesTurns || tile.columns <= widestWithRoom;
  llvm::SaveAndRestore known(thread, hasRoom ? thread : emit.opaque(thread));
  std::optional<int64_t> along =
      constantOf(loops.getSize(product.columns.back()));
  bool inPairs = along && *along % 2 == 0 && LaneEmitter::canVectorize(region);
  lanes.setLanes(inPairs ? 2 : 1);
  // The copy engine knows pairs alone.
  if (!inPairs)
    result.reset();
  // Parts of tiles are few columns.
  if (isNarrow() && numParts == 1)
    storeThroughShared(place, sums);
  else
    storeDirectly(place, sums);
}

/// Through shared memory, from where the copy engine takes whole boxes or,
/// where it cannot, warps take pieces of lines.
void WarpgroupProduct::storeThroughShared(Place place, ValueRange sums) {
  linalg::LinalgOp op = product.op;
  Value inGroup = emit.rem(thread, warpgroupThreads);
  Value warp = emit.div(inGroup, 32), lane = emit.rem(thread, 32);
  Value consumer = emit.sub(group, emit.number(1));
  Value buffer = emit.offset(
      shared, emit.add(emit.mul(consumer, tile.storeBytes()), tile.storeAt()));
  // Elements behind the end are computed from others and not stored.
  auto clamp = [&](Value at, Value size, int64_t each) -> Value {
    return isRagged ? arith::MinUIOp::create(builder, loc(), at,
                                             emit.sub(size, emit.number(each)))
                          .getResult()
                    : at;
  };
  Value rows[2];
  for (int64_t half = 0; half < 2; ++half)
    rows[half] = clamp(emit.add(emit.add(place.row, emit.mul(warp, 16)),
                                emit.add(emit.div(lane, 4), 8 * half)),
                       numRows, 1);
  Value firstColumn = emit.add(place.column, emit.mul(emit.rem(lane, 4), 2));
  auto makePiece = [&](int64_t block, int64_t half) -> Value {
    int64_t first = 4 * block + 2 * half, each = lanes.getLanes();
    SmallVector<Value> values;
    for (int64_t i = 0; i < 2; i += each) {
      Value column =
          clamp(emit.add(firstColumn, 8 * block + i), numColumns, each);
      Indices at = locate(place.batch, rows[half], column);
      std::size_t mark = lanes.mark();
      Value sum = evaluate(at, sums[first + i], sums[first + i + each - 1]);
      lanes.remember(op->getResult(0), at,
                     each == 1 ? LaneValue::uniform(sum)
                               : LaneValue{{}, 0, sum});
      values.push_back(
          lanes.materialize(lanes.evaluate(region.getYieldedValues()[0], at)));
      lanes.forget(mark);
    }
    Value pair = values.front();
    if (each == 1)
      pair = vector::FromElementsOp::create(
          builder, loc(), VectorType::get({2}, pair.getType()), values);
    return LLVM::BitcastOp::create(builder, loc(), builder.getI32Type(), pair);
  };
  // What two rounds store is computed once: what it is computed of may lie
  // where it is stored.
  llvm::SmallDenseMap<int64_t, Value> known;
  auto piece = [&](int64_t block, int64_t half) -> Value {
    Value &value = known[2 * block + half];
    return value ? value : value = makePiece(block, half);
  };
  // Where the line is that a lane of storeMatrices names.
  Value line = emit.add(emit.mul(warp, 16), emit.rem(lane, 16));
  Value lineAt = emit.mul(line, lineBytes), inAtom = emit.rem(line, 8);
  Value upper = emit.div(lane, 16);
  int64_t columns = tile.storeColumns();
  for (int64_t next = 0; next < tile.columns; next += columns) {
    // The last round stores as many columns as the others.
    int64_t first = std::min(next, tile.columns - columns);
    if (result)
      ifLeads([&] { emit.waitForStores(/*onlyRead=*/true); });
    emit.synchronize(group, warpgroupThreads);
    for (int64_t column = 0; column < columns; column += 16) {
      int64_t block = (first + column) / 8;
      Value pieces[] = {piece(block, 0), piece(block, 1), piece(block + 1, 0),
                        piece(block + 1, 1)};
      Value chunk =
          emit.bitXor(emit.add(upper, column % blockColumns / 8), inAtom);
      emit.storeMatrices(
          emit.offset(buffer, emit.add(emit.add(lineAt, emit.mul(chunk, 16)),
                                       column / blockColumns * warpgroupRows *
                                           lineBytes)),
          pieces);
    }
    if (!result) {
      emit.synchronize(group, warpgroupThreads);
      copyLines(place, buffer, first);
      continue;
    }
    if (!groups) {
      storeBoxes(place, buffer, first);
      continue;
    }
    // Groups are of rows, and a box does not end where a group does.
    Value endsInside =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ule,
                              emit.add(place.row, warpgroupRows), numRows);
    auto branch =
        scf::IfOp::create(builder, loc(), endsInside, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    storeBoxes(place, buffer, first);
    builder.setInsertionPoint(branch.elseBlock()->getTerminator());
    emit.synchronize(group, warpgroupThreads);
    copyLines(place, buffer, first);
  }
}

/// The columns from `first` on, box by box.
void WarpgroupProduct::storeBoxes(Place place, Value buffer, int64_t first) {
  emit.publishShared();
  emit.synchronize(group, warpgroupThreads);
  Value row = place.row, column = place.column, batch = place.batch;
  if (groups) {
    row = behindBegin(product.rows.front(), row);
    batch = emit.toI32(groups.getInductionVar());
  }
  ifLeads([&] {
    for (int64_t box = 0; box < tile.storeColumns(); box += blockColumns)
      emit.store(
          resultMap, emit.offset(buffer, box * warpgroupRows * 2),
          result->locate(emit, emit.add(column, first + box), row, batch));
    emit.commitStores();
  });
}

/// Each warp stores its 16 lines of the columns from `first` on, lane by lane.
void WarpgroupProduct::copyLines(Place place, Value buffer, int64_t first) {
  Value warp = emit.div(emit.rem(thread, warpgroupThreads), 32);
  Value lane = emit.rem(thread, 32);
  int64_t lanesBefore = lanes.getLanes();
  lanes.setLanes(1);
  auto loop = scf::ForOp::create(builder, loc(), emit.number(0),
                                 emit.number(16), emit.number(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value line = emit.add(emit.mul(warp, 16), loop.getInductionVar());
  Value row = emit.add(place.row, line);
  Type type = getElementTypeOrSelf(region.getInits()[0].getType());
  for (int64_t i = 0; i < tile.storeColumns(); i += 32) {
    Value column = emit.add(lane, i);
    Value chunk = emit.bitXor(emit.div(emit.rem(column, blockColumns), 8),
                              emit.rem(line, 8));
    Value at = emit.add(emit.mul(line, lineBytes), emit.mul(chunk, 16));
    at = emit.add(at, emit.mul(emit.rem(column, 8), 2));
    at = emit.add(at, i / blockColumns * warpgroupRows * lineBytes);
    Value global = emit.add(column, emit.add(place.column, first));
    auto isBelow = [&](Value index, Value size) -> Value {
      return arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult,
                                   index, size);
    };
    Value isInside = arith::AndIOp::create(
        builder, loc(), isBelow(row, numRows), isBelow(global, numColumns));
    auto branch = scf::IfOp::create(builder, loc(), isInside);
    OpBuilder::InsertionGuard inner(builder);
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    std::size_t mark = lanes.mark();
    Value value =
        LLVM::LoadOp::create(builder, loc(), type, emit.offset(buffer, at));
    lanes.store(LaneValue::uniform(value), region.getInits()[0],
                locate(place.batch, row, global));
    lanes.forget(mark);
  }
  lanes.setLanes(lanesBefore);
}

void WarpgroupProduct::storeDirectly(Place place, ValueRange sums) {
  linalg::LinalgOp op = product.op;
  Value warp = emit.div(emit.rem(thread, warpgroupThreads), 32);
  Value lane = emit.rem(thread, 32);
  int64_t each = lanes.getLanes();
  for (int64_t i = 0, e = sums.size(); i < e; i += each) {
    Value row = emit.add(emit.add(place.row, emit.mul(warp, 16)),
                         emit.add(emit.div(lane, 4), i / 2 % 2 * 8));
    Value column =
        emit.add(emit.add(place.column, emit.mul(emit.rem(lane, 4), 2)),
                 i / 4 * 8 + i % 2);
    auto isBelow = [&](Value at, Value size) -> Value {
      return arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ult,
                                   at, size);
    };
    Value isInside = arith::AndIOp::create(
        builder, loc(), isBelow(row, numRows), isBelow(column, numColumns));
    auto branch = scf::IfOp::create(builder, loc(), isInside);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
    std::size_t mark = lanes.mark();
    Indices at = locate(place.batch, row, column);
    lanes.storeYields(op, evaluate(at, sums[i], sums[i + each - 1]), at);
    lanes.forget(mark);
  }
}
