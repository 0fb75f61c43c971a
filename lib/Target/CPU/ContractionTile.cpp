//===- ContractionTile.cpp - A tile of a matrix product in registers ------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

/// Passes over B up to which it is fetched ahead.
static constexpr int64_t maxFetchPasses = 32;

/// A[row of the tile, k] in every lane, or the pair at k.
Value ContractionEmitter::readA(const Tile &tile, unsigned row, Value k) {
  if (tile.left)
    return lanes.materialize(LaneValue::uniform(memref::LoadOp::create(
        builder, loc(), tile.left, {constant(row), sub(k, tile.kBegin)})));
  setLoops(shape.m, add(tile.m, constant(row)));
  AffineMap map = shape.getMap(shape.a);
  Value buffer = operandOf(shape.a);
  if (!schedule.pairs) {
    LaneValue element = lanes.load(buffer, lanes.apply(map, iteration));
    return lanes.materialize(LaneValue::uniform(widen(element.scalar)));
  }
  Type bf16 = builder.getBF16Type();
  auto pairType = VectorType::get({2}, bf16);
  SmallVector<Value> at;
  for (LaneValue index : lanes.apply(map, iteration))
    at.push_back(index.scalar);
  Value pair;
  auto [strides, offset] =
      cast<MemRefType>(buffer.getType()).getStridesAndOffset();
  (void)offset;
  if (shape.isLast(shape.a, shape.k.front()) && strides.back() == 1) {
    pair = vector::LoadOp::create(builder, loc(), pairType, buffer, at);
  } else {
    Value first = memref::LoadOp::create(builder, loc(), buffer, at);
    iteration[shape.k.front()] = LaneValue::uniform(add(k, constant(1)));
    at.clear();
    for (LaneValue index : lanes.apply(map, iteration))
      at.push_back(index.scalar);
    iteration[shape.k.front()] = LaneValue::uniform(k);
    Value second = memref::LoadOp::create(builder, loc(), buffer, at);
    pair = vector::FromElementsOp::create(builder, loc(), pairType,
                                          ValueRange{first, second});
  }
  Type i32 = builder.getI32Type();
  Value word = vector::BitCastOp::create(builder, loc(),
                                         VectorType::get({1}, i32), pair);
  word = vector::ExtractOp::create(builder, loc(), word, 0);
  Value all = vector::BroadcastOp::create(builder, loc(),
                                          VectorType::get({width}, i32), word);
  return vector::BitCastOp::create(builder, loc(),
                                   VectorType::get({2 * width}, bf16), all);
}

/// Where k is in a panel: both kinds of panels begin with (.., panel, k..).
SmallVector<Value> ContractionEmitter::placeInPanel(const Tile &tile,
                                                    Value panel) {
  SmallVector<Value> at;
  AffineMap map = shape.getMap(shape.b);
  unsigned numParallel = shape.op.getNumParallelLoops();
  bool isCopy = schedule.feed == Feed::Pack;
  if (!isCopy)
    for (unsigned dim = 0; dim < numParallel; ++dim)
      if (dim != shape.n && map.isFunctionOfDim(dim))
        at.push_back(iteration[dim].scalar);
  at.push_back(isCopy ? sub(panel, tile.group) : panel);
  for (unsigned dim = numParallel; dim < shape.op.getNumLoops(); ++dim) {
    Value k = iteration[dim].scalar;
    if (isCopy) {
      if (!llvm::is_contained(shape.k, dim))
        continue;
      k = sub(k, tile.kBegin);
    } else if (!map.isFunctionOfDim(dim)) {
      continue;
    }
    at.push_back(schedule.pairs ? div(k, constant(2)) : k);
  }
  return at;
}

/// Fetches vector `j` of what is read of a panel some steps after `at`: every
/// step reads whole lines, faster than processors follow by themselves.
void ContractionEmitter::fetchSteps(Value buffer, SmallVector<Value> at,
                                    unsigned j) {
  if (width == 1)
    return;
  at.back() = add(at.back(), constant(stepsToFetch));
  bool isPacked = schedule.feed == Feed::Packed;
  at.push_back(constant((schedule.pairs && !isPacked ? 2 : 1) * j * width));
  if (schedule.pairs && isPacked)
    at.push_back(constant(0));
  memref::PrefetchOp::create(builder, loc(), buffer, at, /*isWrite=*/false,
                             /*localityHint=*/3, /*isDataCache=*/true);
}

/// B[k, columns of vector `j` of the panel], or the pairs at k. `panel` counts
/// from that of the tile on.
Value ContractionEmitter::readB(const Tile &tile, unsigned panel, unsigned j) {
  Value first = constant(j * width);
  if (schedule.feed == Feed::Direct) {
    Value number = add(tile.panel, constant(panel));
    Value n = add(mul(number, constant(schedule.columns)), first);
    if (tile.isLast) {
      // Vectors behind the end read the last column, for nobody.
      n = make<arith::MinUIOp>(n, sub(sizes[shape.n], constant(1)));
      lanes.setActive(sub(sizes[shape.n], n));
    }
    iteration[shape.n] = {n, 1, {}, width};
    Value value = widen(lanes.materialize(lanes.load(
        operandOf(shape.b), lanes.apply(shape.getMap(shape.b), iteration))));
    lanes.setActive(nullptr);
    return value;
  }
  Value buffer =
      schedule.feed == Feed::Packed ? operandOf(shape.b) : tile.panels;
  SmallVector<Value> at = placeInPanel(tile, add(tile.panel, constant(panel)));
  fetchSteps(buffer, at, j);
  if (schedule.pairs) {
    auto type = VectorType::get({2 * width}, builder.getBF16Type());
    if (schedule.feed == Feed::Packed)
      llvm::append_values(at, first, constant(0));
    else
      at.push_back(constant(2 * j * width));
    return vector::LoadOp::create(builder, loc(), type, buffer, at);
  }
  SmallVector<LaneValue> indices;
  for (Value index : at)
    indices.push_back(LaneValue::uniform(index));
  indices.push_back({first, 1, {}, width});
  return widen(lanes.materialize(lanes.load(buffer, indices)));
}

/// Each tile of rows walks over a whole block of B, and the first would wait
/// for memory at every step: let all of them fetch a part of the next block, as
/// many columns as this for each row of B. None if B is read once, or so often
/// that the wait is of no account.
int64_t ContractionEmitter::fetchStep() const {
  if (schedule.feed != Feed::Packed || shape.k.size() != 1)
    return 0;
  // If nobody knows, as if there were some.
  int64_t passes = 8;
  if (std::optional<int64_t> rows = shape.extent(shape.m))
    passes = *rows / schedule.rows;
  if (passes < 2 || passes > maxFetchPasses)
    return 0;
  return llvm::divideCeil(schedule.columns, passes);
}

/// The part of the next block of this panel, or else of the panel that follows
/// the group, that the tile is to fetch at k.
void ContractionEmitter::fetchAhead(const Tile &tile) {
  LaneValue &k = iteration[shape.k.front()];
  LaneValue here = k;
  Value row = sub(k.scalar, tile.kBegin), depth = sub(tile.kEnd, tile.kBegin);
  if (schedule.pairs) {
    row = div(row, constant(2));
    depth = div(depth, constant(2));
  }
  Value pass = div(sub(tile.m, tile.passRow), constant(schedule.rows));
  Value zero = constant(0);
  Value isLast = builder.createOrFold<arith::CmpIOp>(
      loc(), arith::CmpIPredicate::uge, tile.kEnd, sizes[shape.k.front()]);
  auto select = [&](Value last, Value other) {
    return builder.createOrFold<arith::SelectOp>(loc(), isLast, last, other);
  };
  Value panel = add(tile.panel, select(constant(schedule.group), zero));
  k = LaneValue::uniform(select(zero, tile.kEnd));
  SmallVector<Value> at = placeInPanel(tile, panel);
  k = here;
  // A block of a panel lies in one piece.
  at.push_back(mul(add(mul(pass, depth), row), constant(fetchStep())));
  if (schedule.pairs)
    at.push_back(zero);
  memref::PrefetchOp::create(builder, loc(), operandOf(shape.b), at,
                             /*isWrite=*/false, /*localityHint=*/2,
                             /*isDataCache=*/true);
}

/// Loops over the dimensions `dims` of k, innermost last.
SmallVector<Value> ContractionEmitter::accumulate(ArrayRef<unsigned> dims,
                                                  ValueRange initial,
                                                  const Tile &tile) {
  if (!dims.empty()) {
    bool isBlocked = shape.k.size() == 1;
    return lanes.loop(isBlocked ? tile.kBegin : constant(0),
                      isBlocked ? tile.kEnd : sizes[dims.front()],
                      schedule.pairs ? 2 : 1, initial,
                      [&](Value k, ValueRange sums) {
                        iteration[dims.front()] = LaneValue::uniform(k);
                        return accumulate(dims.drop_front(), sums, tile);
                      });
  }
  SmallVector<Value> b;
  for (unsigned panel = 0; panel < tile.width; ++panel)
    for (unsigned j = 0; j < vectors; ++j)
      b.push_back(readB(tile, panel, j));
  // The last rows of an unknown number may be the only ones.
  if (fetchStep() && (tile.rows == schedule.rows || shape.extent(shape.m)))
    fetchAhead(tile);
  Value k = shape.k.empty() ? Value() : iteration[shape.k.back()].scalar;
  SmallVector<Value> next;
  for (unsigned i = 0; i < tile.rows; ++i) {
    Value a = readA(tile, i, k);
    for (auto [j, element] : llvm::enumerate(b))
      next.push_back(multiplyAdd(a, element, initial[i * b.size() + j]));
  }
  return next;
}

void ContractionEmitter::emitTile(const Tile &tile) {
  std::size_t mark = lanes.mark();
  unsigned perRow = tile.width * vectors;
  Value row = sub(tile.m, tile.firstRow);
  Value column = mul(sub(tile.panel, tile.group), constant(schedule.columns));
  auto place = [&](unsigned i, unsigned j) {
    return std::pair(add(row, constant(i)), add(column, constant(j * width)));
  };
  SmallVector<Value> sums(tile.rows * perRow, zeros());
  SmallVector<Value> results = accumulate(shape.k, sums, tile);
  for (unsigned i = 0; i < tile.rows; ++i)
    for (unsigned j = 0; j < perRow; ++j) {
      auto [r, c] = place(i, j);
      Value sum = results[i * perRow + j];
      // Sums of blocks are added up, which rounds less than one long sum.
      if (inBlocks) {
        Value before = loadSum(tile.sums, r, c);
        sum = isa<FloatType>(shape.accumulator)
                  ? make<arith::AddFOp>(before, sum)
                  : make<arith::AddIOp>(before, sum);
      }
      storeSum(sum, tile.sums, r, c);
    }
  lanes.forget(mark);
}
