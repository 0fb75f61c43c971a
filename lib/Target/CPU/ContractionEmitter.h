//===- ContractionEmitter.h - Loops of a matrix product ---------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_CONTRACTIONEMITTER_H
#define GRAPHC_LIB_TARGET_CPU_CONTRACTIONEMITTER_H

#include "../Codegen/LaneEmitter.h"
#include "ContractionSchedule.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace graphc::cpu {

/// Emits the loops of one contraction kernel; see Contraction.cpp for their
/// order, ContractionTile.cpp for what is in registers, ContractionResults.cpp
/// for what becomes of sums, ContractionDots.cpp for products of few rows,
/// ContractionPanels.cpp for the copies of B and ContractionShares.cpp for what
/// a thread does of all.
class ContractionEmitter {
public:
  ContractionEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
                     const Processor &processor, ContractionShape shape,
                     ContractionSchedule schedule)
      : builder(builder), region(region), processor(processor),
        lanes(builder, region, 1), shape(std::move(shape)), schedule(schedule) {
  }

  /// False when the schedule does not fit what bufferization left.
  bool prepare();
  void emit();

private:
  using Value = mlir::Value;

  /// What a tile in registers needs to know. Panels and rows are counted from
  /// the first of all.
  struct Tile {
    Value m, panel, kBegin, kEnd;
    unsigned rows = 1;
    unsigned width = 1;  ///< In panels.
    bool isLast = false; ///< The panel is not whole.
    Value group;         ///< First panel of the group.
    Value firstRow;      ///< First row in `sums`.
    Value passRow;       ///< First row that reads this block of B.
    Value sums;          ///< [row, column of the group]
    Value panels;        ///< [panel of the group, k of the block, column]
    Value left;          ///< A of its rows, widened: [row, k of the block]
  };

  /// What a thread keeps on its stack.
  struct Memory {
    Value sums, panels, left;
  };
  /// What threads share: units, which are panels (of `columns`) of chunks of
  /// rows of the outer loops. Strips are those of all rows.
  struct Division {
    Value rows, panels, strips;
    std::int64_t columns = 1;
    Value chunks, chunkRows, units;
  };

  // ContractionShares.cpp
  Memory allocateMemory();
  Division getWhole();
  void divideRows(Division &division, Value chunks);
  void emitUnits(Value begin, Value end, const Division &division,
                 const Memory &memory);
  mlir::scf::ForOp findSharedGroups();
  Value sumCosts(mlir::scf::ForOp groups, Value cost);
  void emitGroups(mlir::scf::ForOp groups);

  void emitSegment(Value mBegin, Value mEnd, Value begin, Value end,
                   const Memory &memory);
  void emitGroup(Tile tile, Value mBegin, Value mEnd, Value panelEnd);
  void emitRow(Tile tile, Value panelEnd);
  std::int64_t widthOfTile(unsigned rows) const;
  void overRows(Value begin, Value end,
                llvm::function_ref<void(Value, unsigned)> body);

  // ContractionTile.cpp
  void emitTile(const Tile &tile);
  llvm::SmallVector<Value> accumulate(llvm::ArrayRef<unsigned> dims,
                                      mlir::ValueRange initial,
                                      const Tile &tile);
  Value readA(const Tile &tile, unsigned row, Value k);
  void fetchSteps(Value buffer, llvm::SmallVector<Value> at, unsigned j);
  Value readB(const Tile &tile, unsigned panel, unsigned j);
  llvm::SmallVector<Value> placeInPanel(const Tile &tile, Value panel);
  std::int64_t fetchStep() const;
  void fetchAhead(const Tile &tile);

  // ContractionResults.cpp
  void emitResult(Value m, Value n, Value sum, Value active);
  void emitEpilogue(const Tile &tile, Value begin, Value end, Value panelEnd);
  bool startsAtZero();
  Value zeros();
  Value loadSum(Value sums, Value row, Value column);
  void storeSum(Value value, Value sums, Value row, Value column);

  // ContractionDots.cpp
  void emitDots(Value mBegin, Value mEnd, Value nBegin, Value nEnd);

  // ContractionPanels.cpp
  bool widensA() const;
  void copyA(const Tile &tile);
  void packPanels(const Tile &tile, Value panelEnd);
  void packAlongN(const Tile &tile, Value panel, Value k);
  void packAlongK(const Tile &tile, Value panel, Value column, Value k);
  void packElements(const Tile &tile, Value panel, Value k);
  Value loadB(LaneValue n, LaneValue k, std::int64_t count);
  void storePanel(Value value, const Tile &tile, Value panel, Value k,
                  Value column);

  std::int64_t rowsOfSums();
  /// Steps of k between which sums stay in registers; k is static unless it
  /// runs in blocks.
  std::int64_t depthOfBlock() const {
    return inBlocks ? schedule.depth : *shape.extent(shape.k);
  }
  std::int64_t lanesOfK() const {
    return processor.lanes(
        std::max(32u, shape.accumulator.getIntOrFloatBitWidth()));
  }
  /// Results of one step of the dot form.
  std::int64_t dotColumns() const {
    return std::min<std::int64_t>(lanesOfK(), schedule.columns);
  }
  Value widen(Value value);
  Value multiplyAdd(Value a, Value b, Value c);
  void loop(Value begin, Value end, std::int64_t step,
            llvm::function_ref<void(Value)> body);
  void setLoops(llvm::ArrayRef<unsigned> loops, Value linear);
  Value extent(llvm::ArrayRef<unsigned> loops);
  mlir::Location loc() { return region.getLoc(); }
  Value constant(std::int64_t value) { return lanes.constantIndex(value); }
  Value operandOf(mlir::OpOperand *operand) {
    return region.getOperand(ContractionShape::getArgument(operand));
  }
  template <typename Op>
  Value make(Value a, Value b) {
    return builder.createOrFold<Op>(loc(), a, b);
  }
  Value add(Value a, Value b) { return make<mlir::arith::AddIOp>(a, b); }
  Value sub(Value a, Value b) { return make<mlir::arith::SubIOp>(a, b); }
  Value mul(Value a, Value b) { return make<mlir::arith::MulIOp>(a, b); }
  Value div(Value a, Value b) { return make<mlir::arith::DivUIOp>(a, b); }
  Value rem(Value a, Value b) { return make<mlir::arith::RemUIOp>(a, b); }
  Value ceilDiv(Value a, Value b) {
    return make<mlir::arith::CeilDivUIOp>(a, b);
  }

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  const Processor &processor;
  LaneEmitter lanes;
  ContractionShape shape;
  ContractionSchedule schedule;
  llvm::SmallVector<Value> sizes;
  std::int64_t width = 1, vectors = 1;
  /// k runs in blocks; sums wait in memory from one to the next.
  bool inBlocks = false;
  llvm::SmallVector<LaneValue> iteration;
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_CONTRACTIONEMITTER_H
