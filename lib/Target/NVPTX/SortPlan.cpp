//===- SortPlan.cpp - How threads share a sort ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sort.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

/// Blocks that keep a device busy.
static constexpr int64_t manyBlocks = 528;
/// Of a row that several blocks share, each gets at least so many tiles.
static constexpr int64_t tilesOfPart = 8;
/// Tiles in which the first elements are picked have at least so many words:
/// the more, the fewer words get past what a tile let through.
static constexpr int64_t leastPicked = 512;

/// Chunks of rows of which nobody knows how many there are.
static constexpr int64_t unknownChunks = 64;
/// Passes of merging that cost less than sorting by digits does besides its
/// passes.
static constexpr int64_t extraMerges = 1;

static std::optional<int64_t> getStatic(Value shaped, unsigned dim) {
  auto type = cast<ShapedType>(shaped.getType());
  if (type.isDynamicDim(dim))
    return std::nullopt;
  return type.getDimSize(dim);
}

/// For picking `count` elements out of rows in tiles of `picked`.
static SmallVector<int64_t> chooseParts(std::optional<int64_t> rows,
                                        std::optional<int64_t> size,
                                        int64_t count, int64_t picked) {
  int64_t most =
      rows ? std::max<int64_t>(1, manyBlocks / std::max<int64_t>(1, *rows)) : 8;
  auto split = [&](int64_t words) {
    return std::min<int64_t>(most,
                             llvm::divideCeil(words, tilesOfPart * picked));
  };
  SmallVector<int64_t> parts = {size ? split(*size) : most};
  while (parts.back() > 1) {
    int64_t words = parts.back() * count;
    // Two more launches are not worth less.
    bool isLast =
        words <= 2 * tilesOfPart * picked || split(words) >= parts.back();
    parts.push_back(isLast ? 1 : split(words));
  }
  return parts;
}

int64_t SortPlan::getFirstWord(int64_t level) const {
  int64_t first = 0;
  for (int64_t i = 1; i < level; ++i)
    first += getNumWords(i);
  return first;
}

SortPlan::SortPlan(kernel::SortOp sort)
    : registers(SortWords(sort).getBytes() > 8 ? 8 : 16), threads(256),
      size(getStatic(sort.getInput(), 1)),
      count(getStatic(sort.getValues(), 1)) {
  std::optional<int64_t> rows = getStatic(sort.getInput(), 0);
  int64_t greatest = getTile();
  if (count && *count <= greatest / 2) {
    // Few have to be sorted again where there is room for many besides those
    // that stay.
    int64_t picked = std::clamp<int64_t>(llvm::PowerOf2Ceil(4 * *count),
                                         leastPicked, greatest);
    if (!size || *size > picked) {
      threads =
          picked > (SortWords(sort).getBytes() > 8 ? 512 : 1024) ? 256 : 128;
      registers = picked / threads;
      parts = chooseParts(rows, size, *count, picked);
      return;
    }
  }
  if (!size || *size > greatest) {
    planDigits(sort);
    return;
  }
  // No more than short rows need; of few rows no more than keeps all busy.
  int64_t span = llvm::PowerOf2Ceil(std::max<int64_t>(*size, 1));
  registers = std::min(registers, span);
  while (rows && registers > 2 && registers / 2 * threads >= span &&
         *rows * span < manyBlocks / 4 * getTile())
    registers /= 2;
}

/// Merging takes a pass more for twice as much, and two passes cost about as
/// much as the three launches for a digit.
void SortPlan::planDigits(kernel::SortOp sort) {
  int64_t passes = SortWords(sort).getNumDigits();
  leastSize = getTile() << (passes + extraMerges);
  if (size && (*size < leastSize || *size > greatestSize))
    return;
  std::optional<int64_t> rows = getStatic(sort.getInput(), 0);
  chunks = std::clamp<int64_t>(rows ? manyBlocks / std::max<int64_t>(*rows, 1)
                                    : unknownChunks,
                               1, manyBlocks);
  if (size)
    chunks = std::min<int64_t>(chunks, llvm::divideCeil(*size, getTile()));
}

Value SortPlan::makeWorkspace(OpBuilder &builder, kernel::SortOp sort) const {
  if (selects() ? parts.size() == 1 : size && *size <= getTile())
    return nullptr;
  Location loc = sort.getLoc();
  SmallVector<OpFoldResult> sizes;
  auto sizeOf = [&](unsigned dim) {
    return memref::getMixedSize(builder, loc, sort.getInput(), dim);
  };
  if (selects()) {
    sizes = {sizeOf(0), builder.getIndexAttr(getFirstWord(parts.size()))};
  } else {
    // Two halves, between which words go back and forth.
    int64_t counts = chunks > 0 ? getNumCounts() : 0;
    OpFoldResult length = builder.getIndexAttr(
        size ? llvm::alignTo(*size, getTile()) + counts : 0);
    if (!size) {
      auto constant = [&](int64_t value) -> Value {
        return arith::ConstantIndexOp::create(builder, loc, value);
      };
      Value tile = constant(getTile());
      Value tiles = arith::CeilDivUIOp::create(builder, loc,
                                               cast<Value>(sizeOf(1)), tile);
      length =
          arith::AddIOp::create(
              builder, loc, arith::MulIOp::create(builder, loc, tiles, tile),
              constant(counts))
              .getResult();
    }
    sizes = {builder.getIndexAttr(2), sizeOf(0), length};
  }
  auto [shape, dynamic] = decomposeMixedValues(sizes);
  return memref::AllocOp::create(
      builder, loc, MemRefType::get(shape, SortWords(sort).getType()), dynamic);
}
