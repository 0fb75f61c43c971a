//===- Exchange.cpp - What the threads of a block combine -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"

#include "IndexMath.h"
#include "SharedMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;

static constexpr int64_t warp = 32;

bool nvptx::canExchange(Type type) {
  if (!type.isIntOrFloat())
    return false;
  unsigned bits = type.getIntOrFloatBitWidth();
  return bits == 8 || bits == 16 || bits == 32 || bits == 64;
}

/// Words of 32 bits are what instructions exchange.
static Value shuffle(OpBuilder &builder, Location loc, Value value,
                     Value distance, gpu::ShuffleMode mode) {
  constexpr unsigned wordBits = 32;
  Type type = value.getType(), word = builder.getIntegerType(wordBits);
  Value width = arith::ConstantIntOp::create(builder, loc, word, warp);
  auto shuffleWord = [&](Value word) -> Value {
    return gpu::ShuffleOp::create(builder, loc, word, distance, width, mode)
        .getShuffleResult();
  };
  unsigned bits = type.getIntOrFloatBitWidth();
  if (bits == wordBits)
    return shuffleWord(value);
  Type integer = builder.getIntegerType(bits);
  Value raw =
      type.isInteger()
          ? value
          : arith::BitcastOp::create(builder, loc, integer, value).getResult();
  Value result;
  if (bits < wordBits) {
    Value wide = arith::ExtUIOp::create(builder, loc, word, raw);
    result = arith::TruncIOp::create(builder, loc, integer, shuffleWord(wide));
  }
  for (unsigned first = 0; bits > wordBits && first < bits; first += wordBits) {
    Value place = arith::ConstantOp::create(
        builder, loc, builder.getIntegerAttr(integer, first));
    Value part = first ? arith::ShRUIOp::create(builder, loc, raw, place) : raw;
    part = shuffleWord(arith::TruncIOp::create(builder, loc, word, part));
    part = arith::ExtUIOp::create(builder, loc, integer, part);
    result = first ? arith::OrIOp::create(
                         builder, loc, result,
                         arith::ShLIOp::create(builder, loc, part, place))
                         .getResult()
                   : part;
  }
  return type.isInteger()
             ? result
             : arith::BitcastOp::create(builder, loc, type, result).getResult();
}

static Value number(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIntOp::create(builder, loc, builder.getI32Type(),
                                      value);
}

Value nvptx::shuffleXor(OpBuilder &builder, Location loc, Value value,
                        int64_t mask) {
  return shuffleXor(builder, loc, value, number(builder, loc, mask));
}

Value nvptx::shuffleXor(OpBuilder &builder, Location loc, Value value,
                        Value mask) {
  return shuffle(builder, loc, value, mask, gpu::ShuffleMode::XOR);
}

Value nvptx::shuffleFrom(OpBuilder &builder, Location loc, Value value,
                         Value lane) {
  return shuffle(builder, loc, value, lane, gpu::ShuffleMode::IDX);
}

Value nvptx::shuffleUp(OpBuilder &builder, Location loc, Value value,
                       int64_t distance) {
  return shuffle(builder, loc, value, number(builder, loc, distance),
                 gpu::ShuffleMode::UP);
}

static SmallVector<Value> shuffleAll(OpBuilder &builder, Location loc,
                                     ValueRange values, int64_t mask) {
  return llvm::map_to_vector(values, [&](Value value) {
    return nvptx::shuffleXor(builder, loc, value, mask);
  });
}

/// Combines what the lanes have whose numbers differ in bits below `group`.
static SmallVector<Value> combineLanes(OpBuilder &builder, Location loc,
                                       int64_t group, ValueRange values,
                                       nvptx::Combiner combine) {
  SmallVector<Value> mine(values);
  for (int64_t mask = group / 2; mask > 0; mask /= 2)
    mine = combine(mine, shuffleAll(builder, loc, mine, mask));
  return mine;
}

/// Puts values that all lanes of warp number `place` have into shared memory,
/// and waits for all of the `warps`.
static SmallVector<Value> shareAmongWarps(OpBuilder &builder,
                                          gpu::LaunchOp launch, Value place,
                                          int64_t warps, ValueRange values) {
  Location loc = launch.getLoc();
  SmallVector<Value> shared;
  for (Value value : values) {
    shared.push_back(nvptx::addShared(builder, launch, warps, value.getType()));
    memref::StoreOp::create(builder, loc, value, shared.back(), place);
  }
  gpu::BarrierOp::create(builder, loc);
  return shared;
}

SmallVector<Value> nvptx::exchangeAndCombine(OpBuilder &builder,
                                             gpu::LaunchOp launch, Value member,
                                             int64_t group, ValueRange values,
                                             Combiner combine) {
  Location loc = launch.getLoc();
  SmallVector<Value> mine =
      combineLanes(builder, loc, std::min(group, warp), values, combine);
  if (group <= warp)
    return mine;
  // One of each per warp, which every warp then combines.
  int64_t warps = group / warp;
  IndexMath math(builder, loc);
  Value place = math.fold<arith::DivUIOp>(member, math.constant(warp));
  SmallVector<Value> shared =
      shareAmongWarps(builder, launch, place, warps, mine);
  Value lane = math.fold<arith::RemUIOp>(member, math.constant(warps));
  for (auto [value, buffer] : llvm::zip_equal(mine, shared))
    value = memref::LoadOp::create(builder, loc, buffer, lane);
  return combineLanes(builder, loc, warps, mine, combine);
}

SmallVector<Value> nvptx::exchangeAmongWarps(OpBuilder &builder,
                                             gpu::LaunchOp launch,
                                             ValueRange values,
                                             ValueRange neutral,
                                             Combiner combine) {
  Location loc = launch.getLoc();
  IndexMath math(builder, loc);
  SmallVector<Value> mine = combineLanes(builder, loc, warp, values, combine);
  Value thread = launch.getThreadIds().x;
  Value place = math.fold<arith::DivUIOp>(thread, math.constant(warp));
  SmallVector<Value> shared =
      shareAmongWarps(builder, launch, place, warp, mine);
  Value warps =
      math.fold<arith::DivUIOp>(launch.getBlockSize().x, math.constant(warp));
  Value lane = math.fold<arith::RemUIOp>(thread, math.constant(warp));
  Value isThere =
      math.fold<arith::CmpIOp>(arith::CmpIPredicate::ult, lane, warps);
  for (auto [value, buffer, other] : llvm::zip_equal(mine, shared, neutral)) {
    // What no warp has written is read, and not used.
    Value read = memref::LoadOp::create(builder, loc, buffer, lane);
    value = arith::SelectOp::create(builder, loc, isThere, read, other);
  }
  return combineLanes(builder, loc, warp, mine, combine);
}

/// A vector or scalar at [row][column] of shared memory.
static Value loadShared(OpBuilder &builder, Location loc, Type type,
                        Value shared, ArrayRef<Value> indices) {
  if (auto vectorType = dyn_cast<VectorType>(type))
    return vector::LoadOp::create(builder, loc, vectorType, shared, indices);
  return memref::LoadOp::create(builder, loc, shared, indices);
}

SmallVector<Value> nvptx::combineColumns(OpBuilder &builder,
                                         gpu::LaunchOp launch, int64_t columns,
                                         int64_t group, ValueRange values,
                                         Combiner combine) {
  gpu::KernelDim3 ids = launch.getThreadIds();
  return combineColumns(builder, launch, {ids.x, ids.y, nullptr}, columns,
                        group, values, combine);
}

SmallVector<Value> nvptx::combineColumns(OpBuilder &builder,
                                         gpu::LaunchOp launch,
                                         const ColumnPlace &place,
                                         int64_t columns, int64_t group,
                                         ValueRange values, Combiner combine) {
  Location loc = launch.getLoc();
  IndexMath math(builder, loc);
  auto constant = [&](int64_t number) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, number);
  };
  Value zero = constant(0);
  SmallVector<Value> shared;
  for (Value value : values) {
    auto vectorType = dyn_cast<VectorType>(value.getType());
    int64_t width = vectorType ? vectorType.getNumElements() : 1;
    shared.push_back(nvptx::addShared(builder, launch, {group, columns, width},
                                      getElementTypeOrSelf(value.getType())));
    if (vectorType)
      vector::StoreOp::create(builder, loc, value, shared.back(),
                              ValueRange{place.member, place.column, zero});
    else
      memref::StoreOp::create(builder, loc, value, shared.back(),
                              ValueRange{place.member, place.column, zero});
  }
  gpu::BarrierOp::create(builder, loc);
  // A tree, so that the error of sums grows with its depth only.
  SmallVector<SmallVector<Value>> parts;
  for (int64_t i = 0; i < group; i += place.step) {
    SmallVector<Value> &part = parts.emplace_back();
    Value member = constant(i);
    if (place.first)
      member = math.fold<arith::AddIOp>(place.first, member);
    for (auto [value, buffer] : llvm::zip_equal(values, shared))
      part.push_back(loadShared(builder, loc, value.getType(), buffer,
                                {member, place.column, zero}));
  }
  while (parts.size() > 1) {
    SmallVector<SmallVector<Value>> next;
    for (unsigned i = 0; i + 1 < parts.size(); i += 2)
      next.push_back(combine(parts[i], parts[i + 1]));
    if (parts.size() % 2)
      next.push_back(parts.back());
    parts = std::move(next);
  }
  return parts.front();
}

/// The lane's value, or each element of its vector.
static Value shuffleElements(OpBuilder &builder, Location loc, Value value,
                             int64_t mask) {
  auto type = dyn_cast<VectorType>(value.getType());
  if (!type)
    return nvptx::shuffleXor(builder, loc, value, mask);
  SmallVector<Value> elements;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    Value element = vector::ExtractOp::create(builder, loc, value, i);
    elements.push_back(nvptx::shuffleXor(builder, loc, element, mask));
  }
  return vector::FromElementsOp::create(builder, loc, type, elements);
}

SmallVector<Value> nvptx::combineLines(OpBuilder &builder, Location loc,
                                       int64_t width, int64_t lines,
                                       ValueRange values, Combiner combine) {
  SmallVector<Value> mine(values);
  for (int64_t mask = width * lines / 2; mask >= width; mask /= 2) {
    SmallVector<Value> others = llvm::map_to_vector(mine, [&](Value value) {
      return shuffleElements(builder, loc, value, mask);
    });
    mine = combine(mine, others);
  }
  return mine;
}
