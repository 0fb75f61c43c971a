//===- PanelProduct.h - Products through panels in a ring -------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_PANELPRODUCT_H
#define GRAPHC_LIB_TARGET_NVPTX_PANELPRODUCT_H

#include "MmaEmitter.h"

namespace graphc::nvptx {

/// The panel of one operand that a block's tile needs for a step along the
/// depth, in shared memory: rows or columns, its lines, with some elements of
/// the depth each.
class Panel {
public:
  virtual ~Panel();

  virtual std::int64_t getBytes() const = 0;
  /// Where this thread is: its number, an i32, of `threads`; the loops of the
  /// batch are set in `iteration`; `firstLine` is the tile's first row or
  /// column, an index; sizes are those of the whole product.
  virtual void begin(mlir::Value thread, std::int64_t threads,
                     const ProductLoops::Indices &iteration,
                     mlir::Value firstLine, mlir::Value numLines,
                     mlir::Value numDepth) = 0;

  /// Begins to bring the panel at `depth` (an index) to `panel`, a pointer.
  /// What could not be copied comes back, for `finish`.
  virtual llvm::SmallVector<mlir::Value> fetch(mlir::Value panel,
                                               mlir::Value depth) = 0;
  /// Stores what `fetch` gave.
  virtual void finish(mlir::Value panel, mlir::ValueRange pieces) = 0;
  /// Types of what `fetch` gives.
  virtual llvm::SmallVector<mlir::Type> getPendingTypes() = 0;
};

/// A product of which a block computes a tile at a time: step by step a panel
/// of each operand goes through a ring of stages in shared memory.
class PanelProductEmitter : protected MmaEmitter {
protected:
  using MmaEmitter::MmaEmitter;
  virtual ~PanelProductEmitter();

  virtual Panel &getPanel(bool isLeft) = 0;

  /// Sizes of a tile, and elements of the depth in a step.
  void setTile(std::int64_t rows, std::int64_t columns, std::int64_t depth);
  mlir::Value countTiles();
  /// How many tiles of such sizes the multiprocessor computes that has most to
  /// do; sizes that are not known count as some thousands.
  std::int64_t countRounds(std::int64_t rows, std::int64_t columns);
  /// Sets the tile of `block`, and the loops of its batch.
  void placeTile(mlir::Value block);
  /// Tells both panels where this thread, one of `threads`, is.
  void beginPanels(std::int64_t threads);
  /// Brings both panels at step `step` to the stage at `offset`. What could not
  /// be copied comes back, for `finish`.
  Values fetch(mlir::Value step, mlir::Value offset);
  void finish(mlir::ValueRange pending, mlir::Value offset);
  /// Walks over all steps: `multiply` adds the products of the stage at an
  /// offset to sums.
  Values
  walkSteps(std::int64_t stages, mlir::ValueRange sums,
            llvm::function_ref<Values(mlir::ValueRange sums, mlir::Value stage)>
                multiply);

  mlir::Value panelOf(bool isLeft, mlir::Value offset);
  /// Where step `step` begins.
  mlir::Value getDepth(mlir::Value step) {
    return fold<mlir::arith::MulIOp>(step, constant(depth));
  }
  std::int64_t stageBytes() {
    return getPanel(true).getBytes() + getPanel(false).getBytes();
  }

  mlir::Value numSteps, firstRow, firstColumn;

private:
  std::int64_t tileRows = 0, tileColumns = 0, depth = 0;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_PANELPRODUCT_H
