//===- ConvolutionTile.cpp - Pixels by outputs in registers ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvolutionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

/// Tiles of pixels up to which weights are fetched ahead.
static constexpr int64_t maxFetchPasses = 32;
/// Tiles of outputs up to which the one that first reads x counts.
static constexpr int64_t maxFetchTiles = 4;

SmallVector<Value> ConvolutionEmitter::innermost(ValueRange initial,
                                                 ArrayRef<Value> places,
                                                 Weights weights, int64_t count,
                                                 unsigned vectors,
                                                 Value active) {
  auto forOp = scf::ForOp::create(builder, loc(), constant(0), constant(count),
                                  constant(1), initial);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(forOp.getBody());
  Value r = forOp.getInductionVar();
  Value row = add(weights.now, mul(r, shape.tile));
  auto fetch = [&](Value buffer, Value place, unsigned locality) {
    memref::PrefetchOp::create(builder, loc(), buffer, place, /*isWrite=*/false,
                               locality, /*isDataCache=*/true);
  };
  if (weights.ahead)
    fetch(w, add(weights.ahead, mul(r, weights.step)), 2);
  if (isDense && (!weights.ahead || tilesPerGroup <= maxFetchTiles)) {
    // Processors follow few rows at a time: fetch those of the next tile.
    int64_t rows = places.size();
    Value ahead = add(places.front(), constant(rows * shape.inPerGroup));
    fetch(x, add(ahead, mul(r, rows)), 3);
  }
  // Every step reads whole lines of weights, faster than they are followed.
  if (width > 1 && shape.isTiled)
    for (unsigned j = 0; j < vectors; ++j)
      fetch(w, add(row, constant(stepsToFetch * shape.tile + j * width)), 3);
  SmallVector<Value> b;
  for (unsigned j = 0; j < vectors; ++j) {
    // Tiles are whole.
    if (j + 1 == vectors && active && !shape.isTiled)
      lanes.setActive(active);
    b.push_back(widen(loadVector(w, add(row, constant(j * width)))));
    lanes.setActive(nullptr);
  }
  SmallVector<Value> next;
  Value source = inPlace ? x : band;
  for (auto [i, place] : llvm::enumerate(places)) {
    Value element =
        memref::LoadOp::create(builder, loc(), source, add(place, r));
    Value a = lanes.materialize(LaneValue::uniform(element));
    for (unsigned j = 0; j < vectors; ++j)
      next.push_back(
          multiplyAdd(a, b[j], forOp.getRegionIterArgs()[i * vectors + j]));
  }
  scf::YieldOp::create(builder, loc(), next);
  return SmallVector<Value>(forOp.getResults());
}

/// Loops over the kernel from `window` on.
SmallVector<Value>
ConvolutionEmitter::accumulate(unsigned window, ValueRange initial,
                               ArrayRef<Value> places, Weights weights,
                               unsigned vectors, Value active) {
  unsigned numWindows = shape.windows.size();
  if (window == numWindows)
    return innermost(initial, places, weights, shape.inPerGroup, vectors,
                     active);
  const auto &axis = shape.windows[window];
  if (window + 1 == numWindows && joined)
    return innermost(initial, places, weights, axis.kernel * shape.inPerGroup,
                     vectors, active);
  int64_t numRows = shape.inPerGroup;
  for (unsigned i = window + 1; i < numWindows; ++i)
    numRows *= shape.windows[i].kernel;
  if (axis.kernel == 1)
    return accumulate(window + 1, initial, places, weights, vectors, active);
  return loop(
      constant(0), constant(axis.kernel), 1, initial,
      [&](Value k, ValueRange sums) {
        Value shift = mul(mul(k, axis.dilation), steps[window]);
        SmallVector<Value> moved = llvm::map_to_vector(
            places, [&](Value place) { return add(place, shift); });
        Weights next = weights;
        next.now = add(weights.now, mul(k, numRows * shape.tile));
        if (weights.ahead)
          next.ahead = add(weights.ahead, mul(k, numRows * weights.step));
        return accumulate(window + 1, sums, moved, next, vectors, active);
      });
}

/// Positions in the block of `rows` pixels from `first` on.
SmallVector<SmallVector<Value>>
ConvolutionEmitter::coordinatesOf(const Unit &unit, Value first,
                                  unsigned rows) {
  unsigned count = shape.windows.size();
  SmallVector<Value> at(count);
  Value rest = first;
  for (unsigned i = count; i-- > 1;) {
    at[i] = rem(rest, unit.extent[i]);
    rest = div(rest, unit.extent[i]);
  }
  at[0] = rest;
  SmallVector<SmallVector<Value>> all{at};
  std::optional<int64_t> columns = constantOf(unit.extent.back());
  bool staysInRow = count == 1 || (columns && *columns % rows == 0);
  for (unsigned row = 1; row < rows; ++row) {
    if (staysInRow) {
      SmallVector<Value> next = all.front();
      next.back() = add(next.back(), constant(row));
      all.push_back(next);
      continue;
    }
    SmallVector<Value> next = all.back();
    next.back() = add(next.back(), constant(1));
    for (unsigned i = count; i-- > 1;) {
      Value isOver = arith::CmpIOp::create(
          builder, loc(), arith::CmpIPredicate::eq, next[i], unit.extent[i]);
      next[i] =
          arith::SelectOp::create(builder, loc(), isOver, constant(0), next[i]);
      next[i - 1] = arith::SelectOp::create(
          builder, loc(), isOver, add(next[i - 1], constant(1)), next[i - 1]);
    }
    all.push_back(next);
  }
  return all;
}

/// What the tile of `rows` pixels from `first` on reads of
/// [tile.., kernel.., channel, output in tile].
ConvolutionEmitter::Weights
ConvolutionEmitter::weightsOf(const Unit &unit, Value first, unsigned rows) {
  if (!shape.isTiled)
    return {unit.output, {}};
  int64_t numRows = shape.inPerGroup;
  for (const auto &axis : shape.windows)
    numRows *= axis.kernel;
  int64_t span = width * tileVectors;
  int64_t parts = shape.tile / span;
  Value tile =
      add(mul(unit.group, llvm::divideCeil(shape.outPerGroup, shape.tile)),
          div(unit.tile, constant(parts)));
  Weights weights{add(mul(tile, numRows * shape.tile),
                      mul(rem(unit.tile, constant(parts)), span)),
                  {}};
  // Each tile of pixels walks over all weights of its tile of outputs; the
  // first would wait for memory at every step. Let all of them fetch a part of
  // what is next, unless they are so many that the wait is of no account.
  int64_t pixels = 1;
  for (Value extent : unit.extent)
    pixels *= constantOf(extent).value_or(0);
  int64_t passes = pixels / rows;
  if (passes < 2 || passes > maxFetchPasses || parts != 1)
    return weights;
  weights.step = llvm::divideCeil(shape.tile, passes);
  weights.ahead = add(add(weights.now, constant(numRows * shape.tile)),
                      mul(div(first, constant(rows)), numRows * weights.step));
  return weights;
}

/// Where vector `j` of the tile is in the result, at `position` of the block.
ConvolutionEmitter::Indices
ConvolutionEmitter::indicesOf(const Unit &unit, ArrayRef<Value> position,
                              unsigned j) {
  Indices at;
  for (Value index : unit.batch)
    at.push_back(LaneValue::uniform(index));
  for (auto [index, start] : llvm::zip_equal(position, unit.start))
    at.push_back(LaneValue::uniform(add(start, index)));
  at.push_back({add(unit.output, constant(j * width)), 1, {}, width});
  return at;
}

void ConvolutionEmitter::emitTile(const Unit &unit, Value first, unsigned rows,
                                  unsigned vectors, Value active) {
  std::size_t mark = lanes.mark();
  SmallVector<SmallVector<Value>> coordinates =
      coordinatesOf(unit, first, rows);
  SmallVector<Value> places;
  std::optional<int64_t> columns = constantOf(unit.extent.back());
  bool staysInRow =
      shape.windows.size() == 1 || (columns && *columns % rows == 0);
  for (auto [row, at] : llvm::enumerate(coordinates)) {
    if (row && staysInRow) {
      // Known distances become displacements of one address.
      places.push_back(
          add(places.front(),
              mul(mul(steps.back(), shape.windows.back().stride), row)));
      continue;
    }
    Value place = unit.base;
    for (auto [i, position] : llvm::enumerate(at))
      place = add(place, mul(mul(position, shape.windows[i].stride), steps[i]));
    places.push_back(place);
  }
  auto activate = [&](unsigned j) {
    lanes.setActive(j + 1 == vectors ? active : Value());
  };
  SmallVector<Value> initial;
  OpOperand *init = shape.op.getDpsInitOperand(0);
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < vectors; ++j) {
      activate(j);
      initial.push_back(lanes.materialize(
          lanes.evaluate(init->get(), indicesOf(unit, coordinates[i], j))));
    }
  lanes.setActive(nullptr);

  // What the epilogue reads and writes is often far away, and a tile too short
  // to wait for it: the tile after this one finds it near.
  if (width > 1)
    for (ArrayRef<Value> at :
         coordinatesOf(unit, add(first, constant(rows)), rows))
      for (unsigned j = 0; j < vectors; ++j)
        prefetchResult(indicesOf(unit, at, j));

  SmallVector<Value> results = accumulate(
      0, initial, places, weightsOf(unit, first, rows), vectors, active);

  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < vectors; ++j) {
      activate(j);
      storeResult(results[i * vectors + j], indicesOf(unit, coordinates[i], j));
    }
  lanes.setActive(nullptr);
  lanes.forget(mark);
}

/// All pixels of a block.
void ConvolutionEmitter::emitPixels(const Unit &unit, unsigned vectors,
                                    Value active) {
  Value pixels = constant(1);
  for (Value extent : unit.extent)
    pixels = mul(pixels, extent);
  std::optional<int64_t> known = constantOf(pixels);
  unsigned rows = maxRows;
  if (known)
    rows = chooseRows(*known, constantOf(unit.extent.back()).value_or(1));
  Value begin = constant(0);
  auto emitLoop = [&](unsigned count) {
    Value rest = rem(sub(pixels, begin), constant(count));
    Value end = sub(pixels, rest);
    loop(begin, end, count,
         [&](Value first) { emitTile(unit, first, count, vectors, active); });
    begin = end;
  };
  emitLoop(rows);
  if (known) {
    if (*known % rows)
      emitLoop(*known % rows);
    return;
  }
  for (unsigned count = llvm::bit_floor(rows - 1); count > 0; count /= 2)
    emitLoop(count);
}
