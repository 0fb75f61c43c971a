//===- PanelProduct.cpp - Products through panels in a ring ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PanelProduct.h"

#include "Groups.h"
#include "Ring.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Tiles along the rows that blocks which run together share, for the cache.
static constexpr int64_t rasterRows = 8;

Panel::~Panel() = default;
PanelProductEmitter::~PanelProductEmitter() = default;

void PanelProductEmitter::setTile(int64_t rows, int64_t columns,
                                  int64_t depth) {
  tileRows = rows;
  tileColumns = columns;
  this->depth = depth;
  numSteps = fold<arith::CeilDivUIOp>(numDepth, constant(depth));
}

int64_t PanelProductEmitter::countRounds(int64_t rows, int64_t columns) {
  int64_t assumed = getExpectedSize(region, 4096);
  int64_t tiles =
      llvm::divideCeil(constantOf(numRows).value_or(assumed), rows) *
      llvm::divideCeil(constantOf(numColumns).value_or(assumed), columns) *
      constantOf(numBatch).value_or(1) * countGroups(region);
  return llvm::divideCeil(tiles, multiprocessors);
}

Value PanelProductEmitter::countTiles() {
  return fold<arith::MulIOp>(
      fold<arith::MulIOp>(
          fold<arith::CeilDivUIOp>(numRows, constant(tileRows)),
          fold<arith::CeilDivUIOp>(numColumns, constant(tileColumns))),
      numBatch);
}

/// Blocks that run together share few rows and few columns.
void PanelProductEmitter::placeTile(Value block) {
  Value rowTiles = fold<arith::CeilDivUIOp>(numRows, constant(tileRows));
  Value columnTiles =
      fold<arith::CeilDivUIOp>(numColumns, constant(tileColumns));
  Value perBatch = fold<arith::MulIOp>(rowTiles, columnTiles);
  Value batch = fold<arith::DivUIOp>(block, perBatch);
  Value rest = fold<arith::RemUIOp>(block, perBatch);
  Value perGroup = fold<arith::MulIOp>(columnTiles, constant(rasterRows));
  Value first = fold<arith::MulIOp>(fold<arith::DivUIOp>(rest, perGroup),
                                    constant(rasterRows));
  Value inGroup = fold<arith::RemUIOp>(rest, perGroup);
  Value rows = fold<arith::MinUIOp>(fold<arith::SubIOp>(rowTiles, first),
                                    constant(rasterRows));
  Value row = fold<arith::AddIOp>(first, fold<arith::RemUIOp>(inGroup, rows));
  firstRow = fold<arith::MulIOp>(row, constant(tileRows));
  firstColumn = fold<arith::MulIOp>(fold<arith::DivUIOp>(inGroup, rows),
                                    constant(tileColumns));
  enterBatch(batch);
}

void PanelProductEmitter::beginPanels(int64_t threads) {
  getPanel(true).begin(thread, threads, iteration, firstRow, numRows, numDepth);
  getPanel(false).begin(thread, threads, iteration, firstColumn, numColumns,
                        numDepth);
}

Value PanelProductEmitter::panelOf(bool isLeft, Value offset) {
  Value stage = advance(builder, loc(), shared, offset);
  return isLeft ? stage
                : advance(builder, loc(), stage,
                          i32.number(getPanel(true).getBytes()));
}

SmallVector<Value> PanelProductEmitter::fetch(Value step, Value offset) {
  Panel &left = getPanel(true), &right = getPanel(false);
  SmallVector<Type> types = left.getPendingTypes();
  llvm::append_range(types, right.getPendingTypes());
  auto branch =
      scf::IfOp::create(builder, loc(), types, isBelow(step, numSteps),
                        /*withElseRegion=*/!types.empty());
  OpBuilder::InsertionGuard insertion(builder);
  std::size_t mark = lanes.mark();
  if (types.empty())
    builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  else
    builder.setInsertionPointToEnd(branch.thenBlock());
  Value at = getDepth(step);
  SmallVector<Value> pending = left.fetch(panelOf(true, offset), at);
  llvm::append_range(pending, right.fetch(panelOf(false, offset), at));
  lanes.forget(mark);
  if (types.empty())
    return {};
  scf::YieldOp::create(builder, loc(), pending);
  builder.setInsertionPointToEnd(branch.elseBlock());
  SmallVector<Value> zeros =
      llvm::map_to_vector(types, [&](Type type) -> Value {
        return arith::ConstantOp::create(builder, loc(),
                                         builder.getZeroAttr(type));
      });
  scf::YieldOp::create(builder, loc(), zeros);
  return SmallVector<Value>(branch.getResults());
}

void PanelProductEmitter::finish(ValueRange pending, Value offset) {
  std::size_t ofLeft = getPanel(true).getPendingTypes().size();
  getPanel(true).finish(panelOf(true, offset), pending.take_front(ofLeft));
  getPanel(false).finish(panelOf(false, offset), pending.drop_front(ofLeft));
}

SmallVector<Value> PanelProductEmitter::walkSteps(
    int64_t stages, ValueRange sums,
    llvm::function_ref<Values(ValueRange, Value)> multiply) {
  return CopyRing{stages, stageBytes()}.walk(
      lanes, numSteps, sums,
      [&](Value step, Value offset) { finish(fetch(step, offset), offset); },
      [&](Value step, Value full, Value empty, ValueRange sums) {
        gpu::BarrierOp::create(builder, loc());
        Values pending = fetch(step, empty);
        commitCopies(builder, loc());
        Values next = multiply(sums, full);
        finish(pending, empty);
        return next;
      });
}
