//===- Transpose.cpp - Square tiles of registers --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Transpose.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

/// Swaps the off-diagonal blocks of every square of 2 x 2 blocks, for blocks of
/// size 1, 2, 4, ... Every shuffle takes whole blocks from the same place in
/// their 128-bit part as soon as blocks are that large.
SmallVector<Value> graphc::cpu::transposeTile(OpBuilder &builder, Location loc,
                                              ValueRange rows) {
  SmallVector<Value> tile(rows);
  int64_t size = tile.size();
  for (int64_t block = 1; block < size; block *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < size; ++lane) {
      bool isOdd = lane & block;
      low.push_back(isOdd ? size + lane - block : lane);
      high.push_back(isOdd ? size + lane : lane + block);
    }
    for (int64_t i = 0; i < size; ++i) {
      if (i & block)
        continue;
      Value a = tile[i], b = tile[i + block];
      tile[i] = vector::ShuffleOp::create(builder, loc, a, b, low);
      tile[i + block] = vector::ShuffleOp::create(builder, loc, a, b, high);
    }
  }
  return tile;
}
