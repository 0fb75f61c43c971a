//===- MmaProduct.cpp - Products by tensor cores since sm_80 --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block computes a tile of the result, each of its warps a part of that.
// Panels of both operands go through a ring of stages in shared memory: while
// the warps multiply one, the next are on their way. At the end each warp hands
// its sums over to lanes that hold neighbours of a row, which compute what
// follows in the region and store whole pieces.
//
//===----------------------------------------------------------------------===//

#include "MmaProduct.h"

#include "MmaOperand.h"
#include "PanelProduct.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

namespace {
/// What a block computes, and how many warps share it along each side.
struct Tile {
  int64_t rows, columns, warpRows, warpColumns;
  /// Of what large tiles reach, in percent.
  int64_t efficiency;

  int64_t getThreads() const { return 32 * warpRows * warpColumns; }
  int64_t rowsOfWarp() const { return rows / warpRows; }
  int64_t columnsOfWarp() const { return columns / warpColumns; }
};
} // namespace

static constexpr Tile tiles[] = {
    {128, 128, 2, 2, 100}, {128, 64, 2, 2, 88}, {64, 128, 2, 2, 88},
    {64, 64, 2, 2, 72},    {32, 128, 1, 4, 60}, {32, 64, 2, 2, 48},
    {16, 128, 1, 4, 36},   {16, 64, 1, 4, 28},
};
/// Bytes of a line's depth in one stage.
static constexpr int64_t stageDepthBytes = 128;
/// Shared memory that two blocks of a multiprocessor can have, each.
static constexpr int64_t wantedSharedBytes = 96 << 10;
static constexpr int64_t maxStages = 4;

namespace {
class MmaProductEmitter : PanelProductEmitter {
public:
  MmaProductEmitter(OpBuilder &builder, kernel::RegionOp region,
                    const Product &product, int64_t multiprocessors)
      : PanelProductEmitter(builder, region, product, multiprocessors) {}

  void emit();

private:
  /// What a tile takes the multiprocessor that has most to do.
  int64_t getCost(const Tile &tile);
  void planTile();
  Panel &getPanel(bool isLeft) override { return isLeft ? *left : *right; }
  void emitThread(Value block);
  Values multiplyStage(ValueRange sums, Value offset);
  void store(ArrayRef<Value> sums);
  void exchangeRows(ArrayRef<Value> sums, int64_t block);
  void storeRows(int64_t block);

  /// Blocks of 16 rows and of 8 columns that a warp computes.
  int64_t rowBlocks() const { return tile.rowsOfWarp() / mmaRows; }
  int64_t columnBlocks() const { return tile.columnsOfWarp() / mmaColumns; }
  /// Bytes of a row while sums are handed over: its lanes' pairs of columns go
  /// to different banks.
  int64_t pitch() const {
    return (llvm::alignTo(tile.columnsOfWarp(), 32) + 8) * 4;
  }
  int64_t exchangeBytes() const { return mmaRows * pitch(); }

  Tile tile = tiles[0];
  int64_t depth = 0, stages = 0; ///< Elements of a stage; how many there are.
  /// Columns that a lane computes and stores at once.
  int64_t width = 1;
  std::optional<MmaOperand> left, right;
  Value exchange;
};
} // namespace

int64_t MmaProductEmitter::getCost(const Tile &tile) {
  return countRounds(tile.rows, tile.columns) * tile.rows * tile.columns * 100 /
         tile.efficiency;
}

void MmaProductEmitter::planTile() {
  tile = *llvm::min_element(tiles, [&](const Tile &a, const Tile &b) {
    return getCost(a) < getCost(b);
  });
  depth = stageDepthBytes / getElementBytes();
  left.emplace(lanes, loops, product, /*isLeft=*/true, tile.rows, depth);
  right.emplace(lanes, loops, product, /*isLeft=*/false, tile.columns, depth);
  stages = std::min(maxStages, wantedSharedBytes / stageBytes());
  setTile(tile.rows, tile.columns, depth);
  if (LaneEmitter::canVectorize(region))
    for (width = 8; width > 1 && !loops.areWhole(product.columns, width);)
      width /= 2;
}

SmallVector<Value> MmaProductEmitter::multiplyStage(ValueRange sums,
                                                    Value offset) {
  SmallVector<Value> next(sums);
  Value row = i32.mul(i32.div(warp, tile.warpColumns), tile.rowsOfWarp());
  Value column = i32.mul(i32.rem(warp, tile.warpColumns), tile.columnsOfWarp());
  Value leftPanel = panelOf(true, offset), rightPanel = panelOf(false, offset);
  for (int64_t step = 0; step < stageDepthBytes / mmaDepthBytes; ++step) {
    SmallVector<SmallVector<Value>> rows, columns;
    for (int64_t i = 0; i < rowBlocks(); ++i)
      rows.push_back(left->loadFragments(leftPanel, lane,
                                         i32.add(row, i * mmaRows), step));
    for (int64_t j = 0; j < columnBlocks(); j += 2) {
      SmallVector<Value> both = right->loadFragments(
          rightPanel, lane, i32.add(column, j * mmaColumns), step);
      columns.push_back({both[0], both[1]});
      columns.push_back({both[2], both[3]});
    }
    for (int64_t i = 0; i < rowBlocks(); ++i)
      for (int64_t j = 0; j < columnBlocks(); ++j) {
        Value *sum = &next[4 * (i * columnBlocks() + j)];
        llvm::copy(multiplyFragments(builder, loc(), *type, rows[i], columns[j],
                                     ArrayRef(sum, 4)),
                   sum);
      }
  }
  return next;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Sums of 16 rows of this warp go to shared memory, row by row.
void MmaProductEmitter::exchangeRows(ArrayRef<Value> sums, int64_t block) {
  auto pairType = VectorType::get({2}, builder.getF32Type());
  Value row = i32.div(lane, 4), column = i32.mul(i32.rem(lane, 4), 2);
  Value mine = i32.add(i32.mul(row, pitch()), i32.mul(column, 4));
  for (int64_t j = 0; j < columnBlocks(); ++j)
    for (int64_t half = 0; half < 2; ++half) {
      const Value *pair = &sums[4 * (block * columnBlocks() + j) + 2 * half];
      Value vector = vector::FromElementsOp::create(builder, loc(), pairType,
                                                    ArrayRef(pair, 2));
      Value at = i32.add(mine, half * 8 * pitch() + j * mmaColumns * 4);
      LLVM::StoreOp::create(builder, loc(), vector,
                            advance(builder, loc(), exchange, at), 8);
    }
}

/// Each lane takes `width` neighbours of the rows in shared memory.
void MmaProductEmitter::storeRows(int64_t block) {
  lanes.setLanes(width);
  int64_t perRow = tile.columnsOfWarp() / width;
  int64_t total = mmaRows * perRow;
  Value rowOfWarp =
      i32.add(i32.mul(i32.div(warp, tile.warpColumns), tile.rowsOfWarp()),
              block * mmaRows);
  Value columnOfWarp =
      i32.mul(i32.rem(warp, tile.warpColumns), tile.columnsOfWarp());
  auto one = [&](Value number) {
    Value row = i32.div(number, perRow);
    Value column = i32.mul(i32.rem(number, perRow), width);
    Value from = advance(builder, loc(), exchange,
                         i32.add(i32.mul(row, pitch()), i32.mul(column, 4)));
    Value value = LLVM::LoadOp::create(builder, loc(),
                                       lanes.laneType(builder.getF32Type()),
                                       from, std::min<int64_t>(16, 4 * width));
    Value atRow =
        fold<arith::AddIOp>(firstRow, i32.toIndex(i32.add(row, rowOfWarp)));
    Value atColumn = fold<arith::AddIOp>(
        firstColumn, i32.toIndex(i32.add(column, columnOfWarp)));
    Value isInside = fold<arith::AndIOp>(isBelow(atRow, numRows),
                                         isBelow(atColumn, numColumns));
    guard(isInside, [&] { loops.store(iteration, atRow, atColumn, value); });
  };
  lanes.loop(constant(0), constant(llvm::divideCeil(total, 32)), 1,
             [&](Value i) {
               Value number = i32.add(lane, i32.mul(i32.toI32(i), 32));
               if (total % 32 == 0)
                 return one(number);
               guard(isBelow(number, i32.number(total)), [&] { one(number); });
             });
}

void MmaProductEmitter::store(ArrayRef<Value> sums) {
  exchange = advance(builder, loc(), shared, i32.mul(warp, exchangeBytes()));
  auto waitForWarp = [&] {
    NVVM::SyncWarpOp::create(builder, loc(), i32.number(-1));
  };
  for (int64_t block = 0; block < rowBlocks(); ++block) {
    if (block)
      waitForWarp();
    exchangeRows(sums, block);
    waitForWarp();
    storeRows(block);
  }
}

void MmaProductEmitter::emitThread(Value block) {
  placeTile(block);
  beginPanels(tile.getThreads());
  store(walkSteps(stages, makeZeros(4 * rowBlocks() * columnBlocks()),
                  [&](ValueRange sums, Value stage) {
                    return multiplyStage(sums, stage);
                  }));
}

void MmaProductEmitter::emit() {
  planTile();
  int64_t bytes =
      std::max(stages * stageBytes(), tile.getThreads() / 32 * exchangeBytes());
  emitLaunch(countTiles(), tile.getThreads(), bytes,
             [&](Value block) { emitThread(block); });
}

void nvptx::emitMmaProduct(OpBuilder &builder, kernel::RegionOp region,
                           const Product &product, ArrayRef<Chip> chips) {
  MmaProductEmitter(builder, region, product, getMultiprocessors(chips)).emit();
}
