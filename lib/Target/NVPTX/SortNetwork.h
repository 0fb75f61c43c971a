//===- SortNetwork.h - Sorting what threads hold ----------------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_NVPTX_SORTNETWORK_H
#define GRAPHC_LIB_TARGET_NVPTX_SORTNETWORK_H

#include "dialects/Kernel/IR/Kernel.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"

namespace graphc::nvptx {

/// Elements as words (unsigned integers) that are in order as the elements are
/// to be: what decides in the upper bits, the index below. No two words of a
/// row are equal, so that any way to sort them is stable.
class SortWords {
public:
  SortWords(kernel::SortOp sort);

  /// Of 32, 64 or 128 bits, the fewest that hold any index of a row.
  mlir::IntegerType getType() const { return type; }
  int64_t getBytes() const { return type.getWidth() / 8; }
  /// The word of the element at `index` of its row.
  mlir::Value encode(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value element, mlir::Value index) const;
  /// Digits of 8 bits that decide.
  int64_t getNumDigits() const { return key.getWidth() / 8; }
  /// The digit number `place` of what decides, 0 being the least: i32.
  mlir::Value getDigit(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value word, int64_t place) const;
  /// The element of a word, which `load` loads where the word does not tell its
  /// bits: there are two zeros and many NaN.
  mlir::Value decode(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value word,
                     llvm::function_ref<mlir::Value()> load) const;
  /// Where the element of a word was, an index.
  mlir::Value decodeIndex(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value word) const;
  /// The word behind all others.
  mlir::Value makeLast(mlir::OpBuilder &builder, mlir::Location loc) const;

private:
  mlir::Type element;
  bool isDescending, isUnsigned;
  mlir::IntegerType type, key;
};

/// Networks of compare-exchanges among the threads of a block, each of which
/// holds `registers` words (a power of 2). Pairs meet in a thread, between the
/// lanes of a warp or through shared memory.
class SortNetwork {
public:
  SortNetwork(mlir::OpBuilder &builder, mlir::gpu::LaunchOp launch,
              mlir::IntegerType word, int64_t registers, int64_t threads);

  /// Sorts those of each group of 2^phases neighbouring threads: the first is
  /// then in the first register of the first thread, the next in its next.
  llvm::SmallVector<mlir::Value> sort(mlir::ValueRange words,
                                      mlir::Value phases);
  /// Sorts words that grow and then shrink. The first is in the first register
  /// of the first thread, the next in that of the next thread.
  llvm::SmallVector<mlir::Value> merge(mlir::ValueRange words);

  /// Shared memory for all words, and one more for each `registers` of them. It
  /// is used while words are sorted.
  mlir::Value getShared() const { return shared; }
  /// Where there the word number `index` lies without conflicts, whether
  /// threads ask for neighbours or each for a line of its own.
  mlir::Value getPlace(mlir::Value index);

private:
  using Values = llvm::SmallVector<mlir::Value>;

  mlir::Value constant(int64_t value);
  void compareExchange(mlir::Value &before, mlir::Value &after);
  void sortRegisters(Values &words);
  void mergeRegisters(Values &words);
  Values exchange(mlir::ValueRange words, mlir::Value mask, mlir::Value top,
                  bool mirrored);
  Values exchangeInWarp(mlir::ValueRange words, mlir::Value mask);
  Values exchangeInBlock(mlir::ValueRange words, mlir::Value partner);
  Values halve(mlir::ValueRange words, mlir::Value count);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  int64_t registers, threads;
  mlir::Value shared, thread;
};

} // namespace graphc::nvptx

#endif // GRAPHC_LIB_TARGET_NVPTX_SORTNETWORK_H
