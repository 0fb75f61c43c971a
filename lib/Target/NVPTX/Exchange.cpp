//===- Exchange.cpp - What the threads of a block combine -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchange.h"

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

static Value shuffleWord(OpBuilder &builder, Location loc, Value word,
                         int64_t mask) {
  return gpu::ShuffleOp::create(builder, loc, word, mask, warp,
                                gpu::ShuffleMode::XOR)
      .getShuffleResult();
}

Value nvptx::shuffleXor(OpBuilder &builder, Location loc, Value value,
                        int64_t mask) {
  Type type = value.getType();
  unsigned bits = type.getIntOrFloatBitWidth();
  if (bits == 32)
    return shuffleWord(builder, loc, value, mask);
  Type word = builder.getI32Type(), integer = builder.getIntegerType(bits);
  Value raw =
      type.isInteger()
          ? value
          : arith::BitcastOp::create(builder, loc, integer, value).getResult();
  Value result;
  if (bits < 32) {
    Value wide = arith::ExtUIOp::create(builder, loc, word, raw);
    result = arith::TruncIOp::create(builder, loc, integer,
                                     shuffleWord(builder, loc, wide, mask));
  } else {
    Value half = arith::ConstantOp::create(
        builder, loc, builder.getIntegerAttr(integer, warp));
    auto exchange = [&](Value part) -> Value {
      Value low = arith::TruncIOp::create(builder, loc, word, part);
      return arith::ExtUIOp::create(builder, loc, integer,
                                    shuffleWord(builder, loc, low, mask));
    };
    Value low = exchange(raw);
    Value high = exchange(arith::ShRUIOp::create(builder, loc, raw, half));
    high = arith::ShLIOp::create(builder, loc, high, half);
    result = arith::OrIOp::create(builder, loc, low, high);
  }
  return type.isInteger()
             ? result
             : arith::BitcastOp::create(builder, loc, type, result).getResult();
}

static Value addShared(OpBuilder &builder, gpu::LaunchOp launch,
                       ArrayRef<int64_t> shape, Type element) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  return launch.addWorkgroupAttribution(
      MemRefType::get(shape, element, MemRefLayoutAttrInterface(), space),
      launch.getLoc());
}

Value nvptx::exchangeAndCombine(OpBuilder &builder, gpu::LaunchOp launch,
                                Value member, int64_t group, Value value,
                                Combiner combine) {
  Location loc = launch.getLoc();
  for (int64_t mask = std::min(group, warp) / 2; mask > 0; mask /= 2)
    value = combine(value, shuffleXor(builder, loc, value, mask));
  if (group <= warp)
    return value;
  // One value per warp, which every warp then combines.
  int64_t warps = group / warp;
  auto constant = [&](int64_t number) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, number);
  };
  Value shared = addShared(builder, launch, warps, value.getType());
  Value place = arith::DivUIOp::create(builder, loc, member, constant(warp));
  // All lanes of a warp have the same value to store.
  memref::StoreOp::create(builder, loc, value, shared, place);
  gpu::BarrierOp::create(builder, loc);
  Value lane = arith::RemUIOp::create(builder, loc, member, constant(warps));
  value = memref::LoadOp::create(builder, loc, shared, lane);
  for (int64_t mask = warps / 2; mask > 0; mask /= 2)
    value = combine(value, shuffleXor(builder, loc, value, mask));
  return value;
}

Value nvptx::combineColumns(OpBuilder &builder, gpu::LaunchOp launch,
                            int64_t group, Value value, Combiner combine) {
  Location loc = launch.getLoc();
  auto vectorType = dyn_cast<VectorType>(value.getType());
  int64_t width = vectorType ? vectorType.getNumElements() : 1;
  Value shared = addShared(builder, launch, {group, warp, width},
                           getElementTypeOrSelf(value.getType()));
  auto constant = [&](int64_t number) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, number);
  };
  Value x = launch.getThreadIds().x, y = launch.getThreadIds().y,
        zero = constant(0);
  auto store = [&](Value row) {
    if (vectorType)
      vector::StoreOp::create(builder, loc, value, shared,
                              ValueRange{row, x, zero});
    else
      memref::StoreOp::create(builder, loc, value, shared,
                              ValueRange{row, x, zero});
  };
  auto load = [&](Value row) -> Value {
    if (vectorType)
      return vector::LoadOp::create(builder, loc, vectorType, shared,
                                    ValueRange{row, x, zero});
    return memref::LoadOp::create(builder, loc, shared,
                                  ValueRange{row, x, zero});
  };
  store(y);
  gpu::BarrierOp::create(builder, loc);
  // A tree, so that the error of sums grows with its depth only.
  SmallVector<Value> parts;
  for (int64_t i = 0; i < group; ++i)
    parts.push_back(load(constant(i)));
  while (parts.size() > 1) {
    SmallVector<Value> next;
    for (unsigned i = 0; i + 1 < parts.size(); i += 2)
      next.push_back(combine(parts[i], parts[i + 1]));
    if (parts.size() % 2)
      next.push_back(parts.back());
    parts = std::move(next);
  }
  return parts.front();
}
