//===- RowEmitter.h - Reductions along rows, for GPUs -----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A group of threads shares a row, or a vector of neighbouring rows where those
// are what lies together in memory:
//
//   along rows     x: the threads of a row      y: the rows of a block
//   along columns  x: vectors of rows           y: the threads of such a vector
//                  those of fewer, whose rows are kept (RowStrip.cpp): z
//
// Each thread takes every so many-th vector of the row, combines what it reads,
// and the group combines the rest by exchanges within warps and through shared
// memory. A row of static size that the group's registers hold is read once:
// all its vectors are named, and what one pass computed the next one finds.
//
// Few long rows would leave most of the device idle. They are split: many
// groups per row leave in memory what each has of its part, and the last one to
// do so combines that, always in the same order.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_ROWEMITTER_H
#define GRAPHC_LIB_TARGET_NVPTX_ROWEMITTER_H

#include "IndexMath.h"
#include "OpenShapes.h"
#include "RowReductions.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace graphc::nvptx {

/// The attributes of a region whose rows are split: in how many parts, and
/// which operand is the workspace, bytes for what the parts have.
inline constexpr llvm::StringLiteral partsAttrName = "parts";
inline constexpr llvm::StringLiteral workspaceAttrName = "workspace";
/// In as many parts as the host finds best.
inline constexpr int64_t openParts = 0;

/// Vectors that a thread reads at once at most, each for a sum of its own.
inline constexpr int64_t unrolled = 4;

/// Blocks of split rows: four for each multiprocessor of a large device, whose
/// threads have enough loads under way, and few parts to combine. Their chunks
/// take turns, so that what is read at a time lies together in memory, and no
/// block has much more than others.
inline constexpr int64_t wantedParts = 528;

/// How the threads of one launch share rows.
struct RowLayout {
  bool alongColumns = false;
  /// Elements of a vector.
  int64_t width = 1;
  /// Threads that share a row, and rows (vectors of rows) of a block.
  int64_t group = 32, rows = 1;
  /// Threads along x of a strip of vectors of rows; 0 if not in strips.
  int64_t strip = 0;
  /// The number of threads that share a row where the host chooses it, warps of
  /// them and `group` at most. All steps are named then.
  mlir::Value threads;
};

/// What the host has found out of rows whose size their type leaves open.
struct OpenRow {
  /// Open sizes and strides are multiples of a vector.
  bool isWhole = false;
  /// Threads that share a row, if it is so short that each has no more than
  /// `named` of its vectors; as many warps as it takes if it is 0.
  std::optional<int64_t> group;
  int64_t named = 0;
  /// Rows are few and long.
  bool isSplit = false;
  /// Threads of a strip at most, if all of it is kept; 0 if it is not.
  int64_t stripThreads = 0;
};

class RowEmitter : private IndexMath {
public:
  RowEmitter(mlir::OpBuilder &builder, kernel::RegionOp region,
             std::optional<OpenRow> open = std::nullopt)
      : IndexMath(builder, region.getLoc()), region(region),
        lanes(builder, region, 1), open(open) {}

  /// False for what this cannot do.
  bool plan();
  /// Emits the launches, after `plan`; of rows of open size several, between
  /// which the host chooses.
  void emit();

  /// In how many parts rows are best split; 1 for not at all.
  int64_t chooseParts();
  /// What `parts` need of a workspace.
  int64_t getWorkspaceBytes(int64_t parts);

private:
  using Indices = llvm::SmallVector<codegen::LaneValue>;
  using Values = llvm::SmallVector<mlir::Value>;
  using Pass = llvm::SmallVector<RowReduction>;
  /// The values after those of the vector (or part) at an index.
  using Step = llvm::function_ref<Values(mlir::Value, mlir::ValueRange)>;

  // RowPlan.cpp
  void chooseWidth();
  void chooseGroup();
  void chooseOpenGroup();
  bool mergePasses();

  // RowRegisters.cpp
  /// Values that each element of a row that registers hold has there at once.
  int64_t countLive();
  /// Vectors that a thread combines at once, each for values of its own or, as
  /// a chunk, all for the same ones.
  int64_t getSteps(const Pass &pass, bool isChunked) const;

  // RowPlan.cpp
  RowLayout getSplitLayout() const;
  std::optional<int64_t> getAttr(llvm::StringRef name);
  mlir::Value countParts();
  int64_t getLeastParts();
  bool meetInLaunch();
  RowLayout getFinishLayout(int64_t parts) const;
  mlir::Value getCount(int64_t width);
  mlir::Value getUnits(const RowLayout &layout);
  /// Of what all parts of all rows have, or the rows if there are no parts.
  mlir::MemRefType getBufferType(const RowReduction &reduction, unsigned value,
                                 mlir::Value parts) const;
  int64_t getBufferBytes(mlir::MemRefType type);

  // RowStrip.cpp
  int64_t getElementBytes();
  std::optional<int64_t> countNeighbours();
  int64_t getStrip(int64_t bytes);
  int64_t getKept(int64_t threads);
  bool tryStrip(int64_t strip, int64_t threads, int64_t most);
  bool isStripWorthIt();
  bool chooseStrip();
  void emitOpenStrips(bool isWhole, llvm::ArrayRef<int64_t> threads);
  Values combineStrip(const Pass &pass, mlir::ValueRange mine);

  // Row.cpp
  void launchRows(const RowLayout &newLayout, mlir::Value parts,
                  llvm::function_ref<void()> thread);
  void setRow();
  void setInner(mlir::Value linear);
  mlir::Value divideVectors(unsigned dim);
  void setIndices(mlir::Value linear, unsigned begin, unsigned end);
  codegen::LaneValue getVectorIndex(unsigned dim, mlir::Value index);
  void nameVectors();
  void forEachVector(llvm::function_ref<void()> body);
  void storeRow();
  void evaluateRow();
  void emitResults();
  void guard(mlir::Value condition, llvm::function_ref<void()> body);
  codegen::LaneValue asLanes(mlir::Value value) const;

  // RowAccumulate.cpp
  void emitPass(const Pass &pass);
  Values getNeutral(const Pass &pass);
  Values getNeutralScalars(const Pass &pass);
  Values stepOver(const Pass &pass, llvm::ArrayRef<Indices> iterations,
                  mlir::ValueRange current);
  /// Over vectors of the row, or by other steps: up to `end`, of `most` of all
  /// threads, if that is known.
  Values accumulate(const Pass &pass, mlir::Value end,
                    std::optional<int64_t> most, Step step = nullptr);
  Values accumulateAlong(const Pass &pass, mlir::Value begin, mlir::Value end,
                         mlir::ValueRange initial, Step step);
  /// The same over vectors, several for one value.
  Values accumulateChunks(const Pass &pass, mlir::Value begin, mlir::Value end,
                          mlir::ValueRange initial);
  /// Where the thread has the first of its chunks of `steps` vectors, and how
  /// far apart they begin.
  mlir::Value getFirst(int64_t steps);
  mlir::Value getStride(int64_t steps);
  /// Where the last of `steps` at once from `begin` on have to begin, and where
  /// the single ones begin that are left.
  std::pair<mlir::Value, mlir::Value>
  splitSteps(mlir::Value begin, mlir::Value end, int64_t steps);
  Indices getInner(mlir::Value linear);
  Values accumulateNamed(const Pass &pass);
  Values combine(const Pass &pass, mlir::ValueRange a, mlir::ValueRange b);
  /// What the group has, in each of its threads.
  Values combineGroup(const Pass &pass, mlir::ValueRange mine);
  /// `totals` with what the reductions began with, known as their results.
  Values finish(const Pass &pass, mlir::ValueRange totals);
  Values finishOne(const RowReduction &reduction, mlir::ValueRange total);

  // RowOpen.cpp
  bool isOpen();
  void emitOpen();
  void emitUnsplit(bool isWhole, int64_t width);
  void emitShort(bool isWhole, int64_t width);
  void emitVariant(const OpenRow &variant);

  // RowSplit.cpp
  void emitSplit(mlir::Value parts);
  void emitPart(const Pass &pass, mlir::Value parts, mlir::ValueRange buffers);
  void emitTotals(const Pass &pass, mlir::Value parts, mlir::ValueRange buffers,
                  mlir::ValueRange totals, bool isLast);
  void launchPass(const Pass &pass, mlir::Value parts, mlir::ValueRange buffers,
                  mlir::ValueRange totals, bool isLast);
  /// Whether this is the last of the `number` blocks of its rows to get here,
  /// which then sees what the others have stored before.
  mlir::Value arriveLast(mlir::Value counters, mlir::Value number);
  Values makeBuffers(const Pass &pass, mlir::Value parts, int64_t &offset);
  Indices getPartIndices(mlir::Value part);

  bool isFull(mlir::Value tensor) const {
    return mlir::cast<mlir::RankedTensorType>(tensor.getType()).getRank() ==
           static_cast<int64_t>(rank);
  }
  bool hasFullResults() {
    return llvm::any_of(region.getYieldedValues(),
                        [&](mlir::Value value) { return isFull(value); });
  }
  bool hasRowResults() {
    return llvm::any_of(region.getYieldedValues(),
                        [&](mlir::Value value) { return !isFull(value); });
  }
  kernel::RegionOp region;
  codegen::LaneEmitter lanes;
  std::optional<OpenRow> open;
  mlir::gpu::LaunchOp launch;

  unsigned rank = 0, rowDims = 0;
  Values sizes;
  llvm::SmallVector<Pass> passes;
  /// See `countLive`; `shortLive` where no passes are merged.
  int64_t live = 1, shortLive = 1;
  /// Lanes run along this dimension.
  unsigned vectorDim = 0;
  /// Of the launch that is emitted.
  RowLayout layout;
  /// Elements of the vectors of any layout, at most.
  int64_t widest = 1;
  /// Vectors (along rows) or steps (along columns) of a row: an index, and the
  /// number of them of one thread where all are named.
  mlir::Value count;
  std::optional<int64_t> named;

  // Of the thread that is emitted.
  mlir::Value member; ///< Index in its group.
  /// Which of the groups that take turns with chunks of a row this is, and how
  /// many there are; null where a group has the whole row.
  mlir::Value turn, turns;
  Indices iteration;
  mlir::Value rowIsInside; ///< Null: always.
  /// Of each named vector: the inner indices and whether it is in the row.
  llvm::SmallVector<std::pair<Indices, mlir::Value>> vectors;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_ROWEMITTER_H
