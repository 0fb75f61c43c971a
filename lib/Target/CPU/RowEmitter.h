//===- RowEmitter.h - Pointwise and row kernels -----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CPU_ROWEMITTER_H
#define GRAPHC_LIB_TARGET_CPU_ROWEMITTER_H

#include "../Codegen/LaneEmitter.h"
#include "../Codegen/Reductions.h"
#include "Forms.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace graphc::cpu {

/// True when `op` keeps one of its elements and where along `dim` it was: the
/// body chooses between (element, index) and what it has, so that it can choose
/// between two of those as well.
bool isSelection(mlir::linalg::LinalgOp op, unsigned dim);

/// Emits one kernel of the forms pointwise and row; see Row.cpp for the nest,
/// RowPlan.cpp for what is decided before, RowTiles.cpp for transposed
/// operands.
class RowEmitter {
public:
  RowEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
             const Processor &processor)
      : builder(builder), region(region), processor(processor),
        lanes(builder, region, 1) {}

  mlir::LogicalResult emit();

private:
  using Indices = llvm::SmallVector<LaneValue>;

  // Decisions.
  mlir::LogicalResult analyze();
  void chooseLanes();
  void collectPasses();
  void chooseStashes();
  void chooseCopies();
  void chooseTiles();

  // The nest.
  void emitUnit(mlir::Value linear);
  void emitRows();
  void emitPass(llvm::ArrayRef<mlir::linalg::LinalgOp> reductions, bool isLast);
  llvm::SmallVector<mlir::Value>
  innerLoop(unsigned dim, mlir::ValueRange initial, unsigned accumulators,
            unsigned unroll, llvm::ArrayRef<unsigned> rest,
            llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)>
                body);
  void storeFull();
  void storeRow();
  void useCopy(unsigned copy);
  mlir::Value combine(const Accumulator &accumulator, mlir::Value a,
                      mlir::Value b) {
    return combineValues(builder, loc(), accumulator, a, b);
  }
  bool canCombineLanes(mlir::linalg::LinalgOp op);
  llvm::SmallVector<mlir::Value> choose(mlir::linalg::LinalgOp op,
                                        mlir::ValueRange a, mlir::ValueRange b);
  llvm::SmallVector<mlir::Value> chooseLane(mlir::linalg::LinalgOp op,
                                            mlir::ValueRange parts);

  // Transposed operands.
  void emitTiles(mlir::Value tile);
  void emitTile(mlir::Value first);
  void emitTileRows(mlir::Value begin, mlir::Value end);

  bool isFull(mlir::Value tensor) const {
    return mlir::cast<mlir::RankedTensorType>(tensor.getType()).getRank() ==
           (std::int64_t)rank;
  }
  bool isInnerVector() const { return vectorDim && *vectorDim >= rowDims; }
  mlir::Location loc() { return region.getLoc(); }
  mlir::Value constant(std::int64_t value) {
    return lanes.constantIndex(value);
  }
  /// How many steps of `step` cover dimension `dim`.
  mlir::Value countSteps(unsigned dim, std::int64_t step);
  template <typename... Args>
  auto loop(Args &&...args) {
    return lanes.loop(std::forward<Args>(args)...);
  }

  mlir::OpBuilder &builder;
  kernel::RegionOp region;
  const Processor &processor;
  LaneEmitter lanes;

  unsigned rank = 0, rowDims = 0;
  llvm::SmallVector<mlir::Value> sizes;
  std::optional<unsigned> vectorDim;
  std::int64_t width = 1;
  ReductionPasses passes;
  llvm::DenseMap<mlir::Operation *, unsigned> passOf;
  /// Values kept for later passes: the pass that makes them and their buffer.
  struct Stash {
    mlir::Value tensor;
    unsigned pass;
    mlir::Value buffer;
  };
  llvm::SmallVector<Stash> stashes;
  /// Vectors side by side that lanes along a row dimension take at once, so
  /// that each step of a reduction reads more than a cache line.
  std::int64_t maxCopies = 1;
  llvm::SmallVector<LaneValue> copies;
  /// The dimension along which some operands are contiguous while results are
  /// along `vectorDim`, and those operands.
  std::optional<unsigned> tileDim;
  struct Tiled {
    mlir::BlockArgument tensor;
    mlir::AffineMap map;
  };
  llvm::SmallVector<Tiled> tiled;
  /// The accumulators of the current pass when some of them are sums of floats.
  llvm::ArrayRef<Accumulator> summed;
  /// Current iteration of all dimensions; inner ones are set inside loops.
  Indices iteration;
};

} // namespace graphc::cpu

#endif // GRAPHC_LIB_TARGET_CPU_ROWEMITTER_H
