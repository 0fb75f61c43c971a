//===- Sort.h - Sorting rows ------------------------------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SORT_H
#define GRAPHC_LIB_TARGET_NVPTX_SORT_H

#include "SortNetwork.h"

namespace graphc::nvptx {

/// How the threads of a device share a kernel.sort: what a block sorts at once
/// is a tile.
struct SortPlan {
  explicit SortPlan(kernel::SortOp sort);

  /// What a thread and a block hold.
  int64_t registers, threads;
  int64_t getTile() const { return registers * threads; }
  /// Sizes of rows, and how many of the first elements are wanted; nothing when
  /// they show at run time only.
  std::optional<int64_t> size, count;
  /// The first elements are picked out of rows instead of sorting all, in
  /// launches of so many blocks for each row: parts of a row leave words to
  /// those of the next launch. The last one has 1.
  llvm::SmallVector<int64_t> parts;
  bool selects() const { return !parts.empty(); }
  /// Words that are left to launch number `level`, and behind how many in the
  /// workspace.
  int64_t getNumWords(int64_t level) const { return parts[level - 1] * *count; }
  int64_t getFirstWord(int64_t level) const;
  /// Chunks of tiles into which long rows are cut to sort them digit by digit,
  /// and from which size on rows are long enough for that; 0 for never.
  int64_t chunks = 0, leastSize = 0;
  /// Words of a digit are counted in 32 bits.
  static constexpr int64_t greatestSize = UINT32_MAX - (1 << 16);
  /// Digits are of 8 bits.
  static constexpr int64_t numDigits = 256;
  /// Words of the workspace of a row, behind those of its elements: a count for
  /// each chunk and digit, then for each digit.
  int64_t getNumCounts() const { return numDigits * (chunks + 1); }

  /// Registers of words that are looked at before it is asked whether there is
  /// room for more.
  int64_t getBatch() const {
    return 8 * *count <= getTile() ? registers / 2 : registers / 4;
  }

  /// Memory in which blocks that share a row meet; null when none do.
  mlir::Value makeWorkspace(mlir::OpBuilder &builder,
                            kernel::SortOp sort) const;

private:
  void planDigits(kernel::SortOp sort);
};

/// Code that the launches for one kernel.sort have in common.
class SortEmitter {
public:
  SortEmitter(mlir::OpBuilder &builder, kernel::SortOp sort);

  /// Tiles of rows, which are merged where a row has several.
  void emitSort();
  /// The same of long rows, digit by digit; see RadixSort.cpp.
  void emitRadixSort();
  /// The first elements only; see TopK.cpp.
  void emitSelection();

private:
  friend class RadixPass;
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;

  Value constant(int64_t value);
  template <typename OpTy>
  Value fold(Value lhs, Value rhs) {
    return builder.createOrFold<OpTy>(loc, lhs, rhs);
  }
  Value less(Value lhs, Value rhs);
  Value select(Value condition, Value ifTrue, Value ifFalse);
  void guard(Value condition, llvm::function_ref<void()> body);
  /// Launches `blocks` blocks of the plan's threads; `body` gets the number of
  /// the block.
  void launchBlocks(Value blocks,
                    llvm::function_ref<void(mlir::gpu::LaunchOp, Value)> body);
  /// The same with a network.
  void launch(Value blocks,
              llvm::function_ref<void(SortNetwork &, Value)> body);

  /// The word of the element at `column` of `row`, the last one outside.
  Value loadWord(Value row, Value column);
  /// The element of `word` is number `place` of its row's result.
  void storeResult(Value word, Value row, Value place);

  // Sort.cpp
  void sortTiles(bool areRows);
  void mergeRuns(Value source, Value run, bool isLast);
  Value findSplit(Value source, Value row, Value begin, Value lengthA,
                  Value lengthB, Value diagonal);
  void storeFromWorkspace(Value half);
  void mergeAll();
  void emitLongSort();

  // TopK.cpp
  struct Pick;
  void pickFirst(int64_t level);
  void pickFromPart(SortNetwork &network, const Pick &pick, Value row,
                    Value part);
  Value keepFirst(SortNetwork &network, const Pick &pick,
                  mlir::ValueRange sorted);
  Value sortPicked(SortNetwork &network, const Pick &pick, Value number);
  void append(SortNetwork &network, const Pick &pick, mlir::ValueRange words,
              Value limit);
  Value countPicked(const Pick &pick);
  Value loadLeft(int64_t level, Value row, Value number);

  mlir::OpBuilder &builder;
  kernel::SortOp sort;
  mlir::Location loc;
  SortPlan plan;
  SortWords words;
  /// On the host.
  Value rows, size, count, tiles;
  Value thread;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SORT_H
