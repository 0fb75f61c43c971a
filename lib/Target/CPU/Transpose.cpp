//===- Transpose.cpp - Square tiles of registers --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Transpose.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

/// Elements below 32 bits are shuffled in as many.
static constexpr unsigned minBits = 32;

static Type withElement(Type type, Type element) {
  return cast<VectorType>(type).clone(element);
}

static Value widen(OpBuilder &builder, Location loc, Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  unsigned bits = element.getIntOrFloatBitWidth();
  if (bits >= minBits)
    return value;
  Type integer = builder.getIntegerType(bits);
  if (element != integer)
    value = arith::BitcastOp::create(
        builder, loc, withElement(value.getType(), integer), value);
  return arith::ExtUIOp::create(
      builder, loc,
      withElement(value.getType(), builder.getIntegerType(minBits)), value);
}

static Value narrow(OpBuilder &builder, Location loc, Value value,
                    Type element) {
  unsigned bits = element.getIntOrFloatBitWidth();
  if (bits >= minBits)
    return value;
  Type integer = builder.getIntegerType(bits);
  value = arith::TruncIOp::create(builder, loc,
                                  withElement(value.getType(), integer), value);
  if (element == integer)
    return value;
  return arith::BitcastOp::create(builder, loc,
                                  withElement(value.getType(), element), value);
}

/// Swaps the off-diagonal blocks of every square of 2 x 2 blocks, for blocks of
/// size 1, 2, 4, ... Every shuffle takes whole blocks from the same place in
/// their 128-bit part as soon as blocks are that large.
SmallVector<Value> graphc::cpu::swapBlocks(OpBuilder &builder, Location loc,
                                           SmallVector<Value> tile) {
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

SmallVector<Value> graphc::cpu::transposeTile(OpBuilder &builder, Location loc,
                                              ValueRange rows) {
  Type element = getElementTypeOrSelf(rows.front().getType());
  SmallVector<Value> tile;
  for (Value row : rows)
    tile.push_back(widen(builder, loc, row));
  tile = swapBlocks(builder, loc, std::move(tile));
  for (Value &column : tile)
    column = narrow(builder, loc, column, element);
  return tile;
}
