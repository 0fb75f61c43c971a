//===- WarpgroupProduct.h - Matrix products of warpgroups -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_WARPGROUPPRODUCT_H
#define GRAPHC_LIB_TARGET_NVPTX_WARPGROUPPRODUCT_H

#include "../Codegen/LaneEmitter.h"
#include "BoxedTensor.h"
#include "EpilogueCost.h"
#include "Forms.h"
#include "Groups.h"
#include "Product.h"
#include "WindowTensor.h"

#include <numeric>

namespace graphc::nvptx {

/// Registers of threads that copy and of those that multiply.
inline constexpr int64_t copyRegisters = 40, productRegisters = 232;
/// Columns of a block of lines in shared memory.
inline constexpr int64_t blockColumns = 64;
inline constexpr int64_t barrierBytes = 8;
/// Columns of tiles in turns whose sums leave registers for all else.
inline constexpr int64_t widestWithRoom = 128;

/// What is computed at a time, and with how many buffers: by all warpgroups of
/// a block together, 64 rows each, or by one of two that take turns. Then one
/// multiplies while what the kernel makes of the sums of the other is computed.
struct Tile {
  int64_t rows, columns;
  bool takesTurns = false;
  int64_t stages = 0;

  int64_t consumers() const { return takesTurns ? 2 : rows / warpgroupRows; }
  /// Instructions that a warpgroup multiplies the rows of its tile with.
  int64_t halves() const { return takesTurns ? rows / warpgroupRows : 1; }
  /// Arrivals after which the buffers of a stage may be filled again.
  int64_t readers() const { return takesTurns ? 1 : consumers(); }
  int64_t threads() const { return (consumers() + 1) * warpgroupThreads; }
  /// What blocks of its columns begin at multiples of.
  int64_t blockStep() const { return std::gcd(columns, blockColumns); }
  int64_t leftBytes() const { return rows * lineBytes; }
  /// In blocks of 64, of which the last may be used in part.
  int64_t rightBytes() const {
    return llvm::alignTo(columns, blockColumns) * lineBytes;
  }
  int64_t stageBytes() const { return leftBytes() + rightBytes(); }
  /// Columns that a warpgroup stores at a time.
  int64_t storeColumns() const {
    return columns % (2 * blockColumns) ? blockColumns : 2 * blockColumns;
  }
  int64_t storeBytes() const { return warpgroupRows * storeColumns() * 2; }

  // From the start of shared memory.
  int64_t rightAt() const { return stages * leftBytes(); }
  int64_t storeAt() const { return stages * stageBytes(); }
  int64_t barriersAt() const { return storeAt() + consumers() * storeBytes(); }
  int64_t turnsAt() const { return barriersAt() + 2 * stages * barrierBytes; }
  int64_t sharedBytes() const {
    return turnsAt() + (takesTurns ? consumers() * barrierBytes : 0);
  }
};

/// Where a thread is.
struct Place {
  mlir::Value batch, row, column; ///< i32, the first of a tile
};

/// What a block multiplies at a time: steps of a tile, all of them unless
/// several blocks share it.
struct Unit {
  Place place;
  mlir::Value begin, end; ///< i32.
  mlir::Value part;       ///< i32, if blocks share tiles.
  mlir::Value turn;       ///< i32, which phase to wait for if there are turns.
};

class WarpgroupProduct {
public:
  WarpgroupProduct(mlir::OpBuilder &builder, kernel::RegionOp region,
                   const Product &product, const Chip &chip)
      : builder(builder), region(region), product(product), chip(chip),
        epilogue(region, product), lanes(builder, region, 2),
        loops(lanes, product), emit(builder, region.getLoc()),
        groups(findGroups(region)) {
    lanes.setBufferAlignment(accessBytes);
  }

  /// Nothing but conditions for the host is emitted; false if the operands are
  /// of no use here.
  bool prepare();
  llvm::ArrayRef<mlir::Value> getConditions() const { return conditions; }
  void emitLaunch();

private:
  using Indices = llvm::SmallVector<codegen::LaneValue>;

  void chooseTile();
  double getOperandBytes(int64_t rows, int64_t columns, int64_t steps);
  bool isUnaligned(int64_t operand);
  /// Elements of the depth that a line in shared memory holds.
  int64_t stepElements() const {
    return lineBytes * 8 / elementType.getIntOrFloatBitWidth();
  }
  std::optional<BoxedTensor> matchBoxes(mlir::Value buffer, mlir::AffineMap map,
                                        llvm::ArrayRef<unsigned> along,
                                        llvm::ArrayRef<unsigned> across,
                                        BoxSpan alongSpan, BoxSpan acrossSpan);
  int64_t getLeftLines() const;
  std::optional<BoxedTensor> matchOperand(bool isLeft);
  std::optional<BoxedTensor> matchResult();
  /// Whether there is one result, of elements of 16 bits.
  bool isNarrow();

  void emitBlock();
  /// With `inTurns`, of the block's tiles every other one, beginning with the
  /// one of the number of the warpgroup among those that multiply.
  void forEachUnit(bool inTurns, llvm::function_ref<Ring(Unit, Ring)> body);
  Place findTile(mlir::Value tile);
  void emitCopies();
  Ring copyUnit(Unit unit, Ring ring);
  mlir::Value getStepCount();
  void copyOperand(bool isLeft, mlir::Value at, Place place, mlir::Value step,
                   mlir::Value barrier);
  int64_t getCopiedBytes() const;
  void emitProducts();
  mlir::Value turnBarrier(mlir::Value consumer);
  Ring multiplyUnit(Unit unit, Ring ring);
  void ifLeads(llvm::function_ref<void()> body);
  void releaseStage(mlir::Value stage, mlir::Value condition);

  Unit findPart(mlir::Value block);
  llvm::SmallVector<mlir::Value> addParts(mlir::Value part,
                                          mlir::ValueRange sums);
  void finishUnit(const Unit &unit, mlir::ValueRange sums);

  void storeTile(Place place, mlir::ValueRange sums);
  void storeThroughShared(Place place, mlir::ValueRange sums);
  void storeBoxes(Place place, mlir::Value buffer, int64_t first);
  /// From an index along `loop` of a group to that along all.
  mlir::Value behindBegin(unsigned loop, mlir::Value at);
  void copyLines(Place place, mlir::Value buffer, int64_t first);
  void storeDirectly(Place place, mlir::ValueRange sums);
  /// Indices for the lanes from row `row` and column `column` of a batch.
  Indices locate(mlir::Value batch, mlir::Value row, mlir::Value column);
  mlir::Value evaluate(const Indices &at, mlir::Value low, mlir::Value high);

  void expand(llvm::ArrayRef<unsigned> dims, mlir::Value linear,
              Indices &indices, int64_t lanesAlong = 1);
  mlir::Value barrier(bool isFull, mlir::Value stage);
  mlir::Location loc() { return region.getLoc(); }

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  const Product &product;
  const Chip &chip;
  EpilogueCost epilogue;
  codegen::LaneEmitter lanes;
  ProductLoops loops;
  WarpgroupEmitter emit;
  /// The loop over groups of which this is one, or null. Operands and result
  /// are boxed as a whole then.
  mlir::scf::ForOp groups;
  /// Where the group begins along each loop; null: at zero.
  llvm::SmallVector<mlir::Value> begins;

  mlir::Type elementType;
  Tile tile;
  Major leftMajor = Major::Depth, rightMajor = Major::Depth;
  std::optional<BoxedTensor> left, right, result;
  std::optional<WindowTensor> window; ///< Instead of `left`.
  /// Loops of the depth that are walked one by one, and in steps.
  llvm::SmallVector<unsigned> taps, depth;
  llvm::SmallVector<mlir::Value> conditions;
  mlir::Value leftMap, rightMap, resultMap;
  /// Sizes: of type index on the host, i32 in the kernel.
  mlir::Value numRows, numColumns, numTaps, numDepth, numBatch;
  bool isRagged = true;
  int64_t numParts = 1; ///< Of the depth of a tile, a block for each.
  mlir::Value shared, thread, group;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_WARPGROUPPRODUCT_H
