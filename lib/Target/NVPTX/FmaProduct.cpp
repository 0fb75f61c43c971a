//===- FmaProduct.cpp - Products that threads multiply --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block computes a tile of the result. Panels of both operands go through a
// ring of stages in shared memory, with the depth outermost; each thread adds
// up a small tile of its own in registers, in full precision:
//
//   for each step of the depth:
//     left  = some vectors of rows, right = some vectors of columns
//     sums += left * right, each row with each column
//
// Where tiles are few and small, warps share a tile: each takes a slice of
// every stage's depth, and in the end the sums of all slices are added in
// order.
//
//===----------------------------------------------------------------------===//

#include "FmaOperand.h"

#include "MmaProduct.h"
#include "Ring.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Lanes along the rows and the columns of what a warp computes.
static constexpr int64_t laneRows = 4, laneColumns = 8;
/// Steps of the depth of a stage that a thread multiplies.
static constexpr int64_t stepsOfThread = 8;
/// Shared memory that two blocks of a multiprocessor can have, each.
static constexpr int64_t wantedSharedBytes = 72 << 10;
static constexpr int64_t maxStages = 4;
/// Of a multiprocessor, so that a thread has 128 registers.
static constexpr int64_t wantedThreads = 512;

namespace {
/// How warps share what a block computes. A thread has groups of as many rows,
/// or columns, as an access of 16 bytes holds: `width`.
struct Tile {
  int64_t warpRows, warpColumns, slices, rowGroups, columnGroups;
  /// Of what the largest reach, in percent: where a multiprocessor has several
  /// blocks, and where it has one alone.
  int64_t efficiency, efficiencyAlone;

  int64_t warpsOfSlice() const { return warpRows * warpColumns; }
  int64_t getThreads() const { return 32 * warpsOfSlice() * slices; }
  int64_t rowsOfWarp(int64_t width) const {
    return laneRows * width * rowGroups;
  }
  int64_t columnsOfWarp(int64_t width) const {
    return laneColumns * width * columnGroups;
  }
  int64_t getRows(int64_t width) const { return warpRows * rowsOfWarp(width); }
  int64_t getColumns(int64_t width) const {
    return warpColumns * columnsOfWarp(width);
  }
  /// Vectors of sums of a thread.
  int64_t getVectors(int64_t width) const {
    return rowGroups * width * columnGroups;
  }
};
} // namespace

// In f32 these are 128x128, 64x128, 64x64, 64x32 and 32x32; measured on an
// H100.
static constexpr Tile tiles[] = {
    {4, 2, 1, 2, 2, 100, 69}, {2, 2, 1, 2, 2, 93, 68}, {2, 1, 4, 2, 2, 85, 65},
    {2, 1, 4, 2, 1, 57, 42},  {1, 1, 8, 2, 1, 39, 34},
};

namespace {
class FmaProductEmitter : PanelProductEmitter {
public:
  FmaProductEmitter(OpBuilder &builder, kernel::RegionOp region,
                    const Product &product, int64_t multiprocessors)
      : PanelProductEmitter(builder, region, product, multiprocessors) {}

  void emit();

private:
  Panel &getPanel(bool isLeft) override { return isLeft ? *left : *right; }
  /// What a tile takes the multiprocessor that has most to do.
  int64_t getCost(const Tile &tile);
  void planTile();
  void emitThread(Value block);
  /// Where this thread's sums are.
  void placeThread();
  Values multiplySteps();
  /// `between` is what is done after the loads of a step.
  Values multiplyStage(ValueRange sums, Value stage,
                       llvm::function_ref<void(int64_t)> between);
  Values loadGroups(FmaOperand &operand, Value start, int64_t groups,
                    int64_t lanesAlong, int64_t step);
  void multiply(Values &sums, ValueRange rows, ValueRange columns);

  void addSlices(ValueRange sums);
  void storeVector(Value number, Value sums);
  void storeAt(Value row, Value column, Value value);
  bool isRagged(Value size, int64_t step);

  int64_t width() { return left->getWidth(); }
  VectorType vectorType() { return VectorType::get({width()}, sumType); }
  int64_t getVectors() { return tile.getVectors(width()); }

  FloatType sumType;
  Tile tile = tiles[0];
  int64_t lanesOfAccess = 0; ///< Sums that an access of 16 bytes has.
  int64_t stages = 0;
  bool isWhole = false; ///< Vectors do not cross the last column.
  std::optional<FmaOperand> left, right;
  /// i32: the slice, the number among its threads; the first row and column of
  /// the tile that are this thread's.
  Value slice, member, row, column;
};
} // namespace

int64_t FmaProductEmitter::getCost(const Tile &tile) {
  int64_t rows = tile.getRows(lanesOfAccess),
          columns = tile.getColumns(lanesOfAccess);
  int64_t rounds = countRounds(rows, columns);
  return rounds * rows * columns * 1000 /
         (rounds > 1 ? tile.efficiency : tile.efficiencyAlone);
}

void FmaProductEmitter::planTile() {
  linalg::LinalgOp op = product.op;
  sumType = cast<FloatType>(getElementTypeOrSelf(op->getResult(0)));
  lanesOfAccess = pieceBytes * 8 / sumType.getWidth();
  tile = *llvm::min_element(tiles, [&](const Tile &a, const Tile &b) {
    return getCost(a) < getCost(b);
  });
  int64_t rows = tile.getRows(lanesOfAccess),
          columns = tile.getColumns(lanesOfAccess),
          depth = stepsOfThread * tile.slices;
  left.emplace(lanes, loops, product, /*isLeft=*/true, sumType, rows, depth);
  right.emplace(lanes, loops, product, /*isLeft=*/false, sumType, columns,
                depth);
  setTile(rows, columns, depth);
  // What goes through registers is a step ahead there already.
  stages =
      left->isCopied() || right->isCopied()
          ? std::clamp<int64_t>(wantedSharedBytes / stageBytes(), 2, maxStages)
          : 2;
  isWhole = loops.areWhole(product.columns, width()) &&
            LaneEmitter::canVectorize(region);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

void FmaProductEmitter::placeThread() {
  slice = i32.div(warp, tile.warpsOfSlice());
  member = i32.rem(thread, 32 * tile.warpsOfSlice());
  Value inSlice = i32.rem(warp, tile.warpsOfSlice());
  // Pairs of lanes have the same columns, those of the next pair the same rows:
  // shared memory answers more of them at once than if eight lanes in a row
  // had eight different columns.
  Value x = i32.rem(i32.div(lane, 2), laneColumns);
  Value y = i32.add(i32.mul(i32.div(lane, 16), 2), i32.rem(lane, 2));
  row = i32.add(
      i32.mul(i32.div(inSlice, tile.warpColumns), tile.rowsOfWarp(width())),
      i32.mul(y, width()));
  column = i32.add(
      i32.mul(i32.rem(inSlice, tile.warpColumns), tile.columnsOfWarp(width())),
      i32.mul(x, width()));
}

SmallVector<Value> FmaProductEmitter::loadGroups(FmaOperand &operand,
                                                 Value start, int64_t groups,
                                                 int64_t lanesAlong,
                                                 int64_t step) {
  return llvm::map_to_vector(llvm::seq(groups), [&](int64_t group) {
    return operand.load(start, group * lanesAlong * width(), step);
  });
}

void FmaProductEmitter::multiply(Values &sums, ValueRange rows,
                                 ValueRange columns) {
  int64_t next = 0;
  for (Value group : rows)
    for (int64_t i = 0; i < width(); ++i) {
      Value factor = vector::BroadcastOp::create(
          builder, loc(), vectorType(),
          vector::ExtractOp::create(builder, loc(), group, i));
      for (Value vector : columns) {
        sums[next] =
            math::FmaOp::create(builder, loc(), factor, vector, sums[next]);
        ++next;
      }
    }
}

SmallVector<Value>
FmaProductEmitter::multiplyStage(ValueRange sums, Value stage,
                                 llvm::function_ref<void(int64_t)> between) {
  Values next(sums);
  Value step = i32.mul(slice, stepsOfThread);
  Value rowsAt =
      advance(builder, loc(), panelOf(true, stage), left->getOffset(row, step));
  Value columnsAt = advance(builder, loc(), panelOf(false, stage),
                            right->getOffset(column, step));
  auto loadRows = [&](int64_t step) {
    return loadGroups(*left, rowsAt, tile.rowGroups, laneRows, step);
  };
  auto loadColumns = [&](int64_t step) {
    return loadGroups(*right, columnsAt, tile.columnGroups, laneColumns, step);
  };
  // What the next step needs is on its way while this one is multiplied.
  Values rows = loadRows(0), columns = loadColumns(0);
  for (int64_t step = 1; step <= stepsOfThread; ++step) {
    Values nextRows, nextColumns;
    if (step < stepsOfThread) {
      nextRows = loadRows(step);
      nextColumns = loadColumns(step);
    }
    between(step - 1);
    multiply(next, rows, columns);
    rows = nextRows;
    columns = nextColumns;
  }
  return next;
}

SmallVector<Value> FmaProductEmitter::multiplySteps() {
  int64_t ofLeft = left->getCopies(), copies = ofLeft + right->getCopies();
  Value zero = arith::ConstantOp::create(builder, loc(),
                                         builder.getZeroAttr(vectorType()));
  return CopyRing{stages, stageBytes()}.walk(
      lanes, numSteps, Values(getVectors(), zero),
      [&](Value step, Value offset) { finish(fetch(step, offset), offset); },
      [&](Value step, Value full, Value empty, ValueRange sums) {
        gpu::BarrierOp::create(builder, loc());
        // Behind the last step that one comes again, where nobody reads it: a
        // branch would keep copies from being spread among the products, and
        // all at once they would hold up the loads.
        Value last = fold<arith::SubIOp>(numSteps, constant(1));
        Value at = getDepth(fold<arith::MinUIOp>(step, last));
        Values pending;
        auto between = [&](int64_t part) {
          if (part == 0) {
            pending = left->read(at);
            llvm::append_range(pending, right->read(at));
          }
          for (int64_t i = part * copies / stepsOfThread,
                       e = (part + 1) * copies / stepsOfThread;
               i < e; ++i)
            if (i < ofLeft)
              left->copy(panelOf(true, empty), at, i);
            else
              right->copy(panelOf(false, empty), at, i - ofLeft);
        };
        Values next = multiplyStage(sums, full, between);
        commitCopies(builder, loc());
        finish(pending, empty);
        return next;
      });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool FmaProductEmitter::isRagged(Value size, int64_t step) {
  std::optional<int64_t> known = constantOf(size);
  return !known || *known % step != 0;
}

/// Stores what the region makes of the sums of some neighbours, if they are
/// inside.
void FmaProductEmitter::storeAt(Value row, Value column, Value value) {
  Value isInside;
  if (isRagged(numRows, tile.getRows(width())))
    isInside = isBelow(row, numRows);
  if (isRagged(numColumns, tile.getColumns(width()))) {
    Value below = isBelow(column, numColumns);
    isInside = isInside ? fold<arith::AndIOp>(isInside, below) : below;
  }
  auto store = [&] { loops.store(iteration, row, column, value); };
  if (isInside)
    return guard(isInside, store);
  std::size_t mark = lanes.mark();
  store();
  lanes.forget(mark);
}

/// Stores vector `number` (an i32) of this thread's sums.
void FmaProductEmitter::storeVector(Value number, Value sums) {
  Value line = i32.div(number, tile.columnGroups);
  Value group = i32.rem(number, tile.columnGroups);
  Value inTile =
      i32.add(i32.add(row, i32.mul(i32.div(line, width()), laneRows * width())),
              i32.rem(line, width()));
  Value first = i32.add(column, i32.mul(group, laneColumns * width()));
  Value atRow = fold<arith::AddIOp>(firstRow, i32.toIndex(inTile));
  Value atColumn = fold<arith::AddIOp>(firstColumn, i32.toIndex(first));
  lanes.setLanes(isWhole ? width() : 1);
  if (isWhole)
    return storeAt(atRow, atColumn, sums);
  for (int64_t i = 0; i < width(); ++i)
    storeAt(atRow, fold<arith::AddIOp>(atColumn, constant(i)),
            vector::ExtractOp::create(builder, loc(), sums, i));
}

/// Every slice leaves its sums in shared memory, and adds up and stores some of
/// the vectors. Without slices it keeps the code of many stores short.
void FmaProductEmitter::addSlices(ValueRange sums) {
  int64_t members = 32 * tile.warpsOfSlice();
  int64_t vectorBytes = members * pieceBytes;
  int64_t sliceBytes = getVectors() * vectorBytes;
  Value mine = advance(builder, loc(), shared, i32.mul(member, pieceBytes));
  Value ofSlice = advance(builder, loc(), mine, i32.mul(slice, sliceBytes));
  for (auto [i, sum] : llvm::enumerate(sums))
    LLVM::StoreOp::create(builder, loc(), sum,
                          i32.offset(ofSlice, i * vectorBytes), pieceBytes);
  gpu::BarrierOp::create(builder, loc());
  lanes.loop(
      constant(0), constant(getVectors() / tile.slices), 1, [&](Value i) {
        Value number = i32.add(i32.mul(i32.toI32(i), tile.slices), slice);
        Value from =
            advance(builder, loc(), mine, i32.mul(number, vectorBytes));
        Value total;
        for (int64_t other = 0; other < tile.slices; ++other) {
          Value part = LLVM::LoadOp::create(
              builder, loc(), vectorType(),
              i32.offset(from, other * sliceBytes), pieceBytes);
          total =
              total ? arith::AddFOp::create(builder, loc(), total, part) : part;
        }
        storeVector(number, total);
      });
}

void FmaProductEmitter::emitThread(Value block) {
  placeTile(block);
  beginPanels(tile.getThreads());
  placeThread();
  Values sums = multiplySteps();
  if (tile.slices > 1 || !isWhole)
    return addSlices(sums);
  for (auto [i, sum] : llvm::enumerate(sums))
    storeVector(i32.number(i), sum);
}

void FmaProductEmitter::emit() {
  planTile();
  int64_t bytes = stages * stageBytes();
  if (tile.slices > 1 || !isWhole)
    bytes = std::max(bytes, getVectors() * tile.getThreads() * pieceBytes);
  gpu::LaunchOp launch = emitLaunch(countTiles(), tile.getThreads(), bytes,
                                    [&](Value block) { emitThread(block); });
  // A few registers more would leave half of the warps out.
  launch->setAttr("nvvm.minctasm",
                  builder.getI32IntegerAttr(wantedThreads / tile.getThreads()));
}

void nvptx::emitFmaProduct(OpBuilder &builder, kernel::RegionOp region,
                           const Product &product, ArrayRef<Chip> chips) {
  FmaProductEmitter(builder, region, product, getMultiprocessors(chips)).emit();
}
