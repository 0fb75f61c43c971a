//===- Convolution.cpp - Direct convolutions with channels last -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// y[n.., q.., o] = sum over k.., c of x[n.., q*s + k*d.., c] * w[o, k.., c]
//
//   parallel for each unit (n, block of q, group, tile of o):
//     band = the window of x that the block reads, padded, in f32
//     for each tile of pixels in the block:
//       accumulators = initial values          pixels x vectors registers
//       for k.., c: accumulators += broadcast band[pixel + k, c] * w[k, c, ..]
//       epilogue on registers, store
//
// Units that follow one another share the band, which lies on the stack. An
// input without padding, of the type that is computed in, is read in place.
// Pixels of a tile are numbered through the rows of the block, so that narrow
// images fill the registers, too. A kernel column and its channels are one
// loop where they lie side by side.
//
//===----------------------------------------------------------------------===//

#include "WindowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;

namespace {

/// What a band should take of the second-level cache.
constexpr int64_t bandBytes = 256 << 10;
/// The same where the weights, read once for each block, are more than that.
constexpr int64_t wideBandBytes = 512 << 10;
/// A band lives on the stack of its task.
constexpr int64_t maxBandBytes = 1 << 20;
/// Multiply-adds that make a task worth its start.
constexpr int64_t taskWork = 64 << 10;
/// Units below which blocks get smaller, for the sake of balance.
constexpr int64_t wantedUnits = 16;
/// Tiles of pixels up to which weights are fetched ahead.
constexpr int64_t maxFetchPasses = 32;

class ConvolutionEmitter : WindowEmitter {
public:
  using WindowEmitter::WindowEmitter;

  /// False when this is no convolution of a kind that tiles fit.
  bool analyze();
  void emit();

private:
  using Indices = SmallVector<LaneValue>;
  /// Where a unit is.
  struct Unit {
    SmallVector<Value> batch, start, extent;
    Value group, tile;
    /// First output of the tile.
    Value output;
    /// Where x or the band begins.
    Value base;
  };
  /// Places of weights: those that are read now, and those of the tile after
  /// this one that are fetched meanwhile, `step` for every row of weights.
  struct Weights {
    Value now, ahead;
    int64_t step = 0;
  };

  void chooseTiles();
  void chooseBlocks();
  int64_t bandExtent(unsigned window, int64_t block) const;
  int64_t bandSize(ArrayRef<int64_t> block) const;
  unsigned chooseRows(int64_t pixels, int64_t columns) const;

  Unit decode(Value linear);
  Value inPlaceBase(const Unit &unit);
  void emitUnit(Unit &unit);
  void emitPixels(const Unit &unit, unsigned vectors, Value active);
  void emitTile(const Unit &unit, Value first, unsigned rows, unsigned vectors,
                Value active);
  SmallVector<SmallVector<Value>> coordinatesOf(const Unit &unit, Value first,
                                                unsigned rows);
  Weights weightsOf(const Unit &unit, Value first, unsigned rows);
  SmallVector<Value> accumulate(unsigned window, ValueRange initial,
                                ArrayRef<Value> places, Weights weights,
                                unsigned vectors, Value active);
  SmallVector<Value> innermost(ValueRange initial, ArrayRef<Value> places,
                               Weights weights, int64_t count, unsigned vectors,
                               Value active);

  void fillBand(const Unit &unit);
  void fillWindow(const Unit &unit, unsigned window, Value to, Value from);
  void fillRun(Value to, Value from, Value count);
  void fillChannels(Value to, Value from);
  void zeroBand(Value to, Value count);

  SmallVector<Value> batchSizes, windowSizes;
  int64_t tileVectors = 1, maxRows = 8;
  /// Register tiles per group.
  int64_t tilesPerGroup = 1;
  SmallVector<int64_t> block;
  SmallVector<Value> blockCounts;
  bool inPlace = false;
  /// A kernel column and its channels are one run of x, or the band.
  bool joined = false;
  Value x, w, band;
  SmallVector<Value> xStrides;
  /// Elements of x or the band from one position of a window to the next.
  SmallVector<Value> steps;
};

} // namespace

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

bool ConvolutionEmitter::analyze() {
  if (!findShape() || shape.isDepthwise)
    return false;
  for (auto i : llvm::seq(shape.batch.size()))
    batchSizes.push_back(lanes.getSize(shape.op->getResult(0), i));
  for (auto i : llvm::seq(shape.windows.size()))
    windowSizes.push_back(
        lanes.getSize(shape.op->getResult(0), shape.batch.size() + i));
  inPlace = !shape.pad && shape.xType.getElementType() == accumulatorType &&
            shape.xStride(shape.xChannel) == 1;
  const auto &last = shape.windows.back();
  joined = last.dilation == 1 &&
           (!inPlace || shape.xStride(last.xDim) == shape.inPerGroup);
  chooseTiles();
  chooseBlocks();
  return bandSize(block) * 8 <= 2 * maxBandBytes || inPlace;
}

void ConvolutionEmitter::chooseTiles() {
  int64_t bits = std::max(32u, accumulatorType.getIntOrFloatBitWidth());
  width = processor.lanes(bits);
  if (shape.isTiled)
    width = std::min(width, shape.tile);
  else
    while (width > 1 && width / 2 >= shape.outPerGroup)
      width /= 2;
  tileVectors = shape.outPerGroup <= width ? 1 : 2;
  if (shape.isTiled)
    tileVectors = std::min(tileVectors, shape.tile / width);
  // Accumulators, the weights and one element of x fit into the registers.
  maxRows = processor.vectorBits == 512 ? (tileVectors == 1 ? 12 : 8)
                                        : (tileVectors == 1 ? 10 : 6);
  tilesPerGroup = llvm::divideCeil(shape.outPerGroup, width * tileVectors);
}

int64_t ConvolutionEmitter::bandExtent(unsigned window, int64_t size) const {
  const auto &w = shape.windows[window];
  return (size - 1) * w.stride + (w.kernel - 1) * w.dilation + 1;
}

/// Elements that a block reads; a band has those between, too.
int64_t ConvolutionEmitter::bandSize(ArrayRef<int64_t> sizes) const {
  int64_t size = shape.inPerGroup;
  for (auto i : llvm::seq<unsigned>(sizes.size()))
    size *= inPlace ? std::min(bandExtent(i, sizes[i]),
                               sizes[i] * shape.windows[i].kernel)
                    : bandExtent(i, sizes[i]);
  return size;
}

/// Whole rows if they fit, then as many as fit, of about equal size.
void ConvolutionEmitter::chooseBlocks() {
  unsigned count = shape.windows.size();
  int64_t elementBytes = accumulatorType.getIntOrFloatBitWidth() / 8;
  int64_t numWeights = shape.outPerGroup * shape.inPerGroup;
  for (const auto &axis : shape.windows)
    numWeights *= axis.kernel;
  int64_t limit =
      numWeights * elementBytes > wideBandBytes ? wideBandBytes : bandBytes;
  auto fits = [&] { return bandSize(block) * elementBytes <= limit; };
  block.assign(count, 1);
  SmallVector<int64_t> sizes;
  for (unsigned i = 0; i < count; ++i)
    // Empty results still need blocks to divide by.
    sizes.push_back(std::max<int64_t>(
        1, constantOf(windowSizes[i]).value_or(i + 1 == count ? 64 : 16)));
  for (unsigned i = count; i-- > 0;) {
    int64_t least = i + 1 == count ? std::min<int64_t>(sizes[i], 16) : 1;
    block[i] = sizes[i];
    int64_t parts = 1;
    while (!fits() && block[i] > least)
      block[i] = std::max<int64_t>(least, llvm::divideCeil(sizes[i], ++parts));
  }
  int64_t units = tilesPerGroup * shape.groups;
  for (Value size : batchSizes)
    units *= constantOf(size).value_or(1);
  for (unsigned i = 0; i < count; ++i)
    units *= llvm::divideCeil(sizes[i], block[i]);
  int64_t pixels = 1;
  for (int64_t size : block)
    pixels *= size;
  int64_t parts = llvm::divideCeil(wantedUnits, std::max<int64_t>(1, units));
  if (parts > 1 && pixels / parts >= 4 * maxRows) {
    parts *= llvm::divideCeil(sizes[0], block[0]);
    block[0] = llvm::divideCeil(sizes[0], std::min(parts, sizes[0]));
  }
  for (unsigned i = 0; i < count; ++i)
    blockCounts.push_back(builder.createOrFold<arith::CeilDivUIOp>(
        loc(), windowSizes[i], constant(block[i])));
}

/// Pixels per tile for a block of `pixels`, in rows of `columns`: the least
/// time, where a tile takes no less than its latency.
unsigned ConvolutionEmitter::chooseRows(int64_t pixels, int64_t columns) const {
  int64_t best = maxRows, bestCost = std::numeric_limits<int64_t>::max();
  auto cost = [&](int64_t rows) {
    return std::max<int64_t>(8, rows * tileVectors);
  };
  for (int64_t rows = std::min(maxRows, pixels);
       rows > maxRows / 2 || rows == pixels; --rows) {
    if (rows < 1)
      break;
    int64_t total = pixels / rows * cost(rows);
    if (pixels % rows)
      total += cost(pixels % rows);
    // Within one row, places follow from the first.
    total = total * 16 + (columns % rows ? pixels / 2 : 0);
    if (total < bestCost) {
      bestCost = total;
      best = rows;
    }
  }
  return best;
}

//===----------------------------------------------------------------------===//
// The band
//===----------------------------------------------------------------------===//

// Stores into the band are whole registers that may run over what they are
// for: places in front are always written before those behind, and there is
// room for one register at the end.

static void storeVector(OpBuilder &builder, Location loc, Value value,
                        Value buffer, Value place) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(builder, loc, value, buffer, place);
  else
    memref::StoreOp::create(builder, loc, value, buffer, place);
}

void ConvolutionEmitter::zeroBand(Value to, Value count) {
  Value zero = arith::ConstantOp::create(
      builder, loc(), builder.getZeroAttr(lanes.laneType(accumulatorType)));
  loop(constant(0), count, width,
       [&](Value i) { storeVector(builder, loc(), zero, band, add(to, i)); });
}

/// Elements that lie side by side in both.
void ConvolutionEmitter::fillRun(Value to, Value from, Value count) {
  Value rest = rem(count, constant(width));
  Value whole = sub(count, rest);
  auto copy = [&](Value i) {
    storeVector(builder, loc(), widen(loadVector(x, add(from, i))), band,
                add(to, i));
  };
  loop(constant(0), whole, width, copy);
  if (constantOf(rest) == 0 || width == 1)
    return;
  // Once or never.
  loop(whole, count, width, [&](Value i) {
    lanes.setActive(rest);
    copy(i);
    lanes.setActive(nullptr);
  });
}

/// The channels of one pixel.
void ConvolutionEmitter::fillChannels(Value to, Value from) {
  if (shape.xStride(shape.xChannel) == 1)
    return fillRun(to, from, constant(shape.inPerGroup));
  auto copy = [&](Value c) {
    Value place = add(from, mul(c, xStrides[shape.xChannel]));
    Value element = memref::LoadOp::create(builder, loc(), x, place);
    memref::StoreOp::create(builder, loc(), widen(element), band, add(to, c));
  };
  if (shape.inPerGroup > 4) {
    loop(constant(0), constant(shape.inPerGroup), 1, copy);
    return;
  }
  for (int64_t c = 0; c < shape.inPerGroup; ++c)
    copy(constant(c));
}

/// Positions of `window` and of those behind it: zeros where they are outside
/// of x. `from` is where x would begin.
void ConvolutionEmitter::fillWindow(const Unit &unit, unsigned window, Value to,
                                    Value from) {
  if (window == shape.windows.size())
    return fillChannels(to, from);
  const auto &w = shape.windows[window];
  int64_t inner = shape.inPerGroup;
  for (unsigned i = window + 1; i < shape.windows.size(); ++i)
    inner *= bandExtent(i, block[i]);
  // ((extent - 1) * stride + (kernel - 1) * dilation + 1)
  Value extent = add(mul(sub(unit.extent[window], constant(1)), w.stride),
                     constant((w.kernel - 1) * w.dilation + 1));
  Value start = mul(unit.start[window], w.stride);
  Value low = getLowPad(w.xDim);
  Value size = lanes.getSize(shape.xTensor, w.xDim);
  Value shift = sub(low, start);
  Value first = minimum(extent, maximum(constant(0), shift));
  Value end = maximum(first, minimum(extent, add(shift, size)));
  if (shape.pad)
    zeroBand(to, mul(first, inner));
  auto placeOf = [&](Value i) {
    return add(from, mul(sub(i, shift), xStrides[w.xDim]));
  };
  bool isRun = window + 1 == shape.windows.size() &&
               shape.xStride(shape.xChannel) == 1 &&
               shape.xStride(w.xDim) == shape.inPerGroup;
  if (isRun)
    fillRun(add(to, mul(first, inner)), placeOf(first),
            mul(sub(end, first), inner));
  else
    loop(first, end, 1, [&](Value i) {
      fillWindow(unit, window + 1, add(to, mul(i, inner)), placeOf(i));
    });
  if (shape.pad)
    zeroBand(add(to, mul(end, inner)), mul(sub(extent, end), inner));
}

void ConvolutionEmitter::fillBand(const Unit &unit) {
  Value from = mul(mul(unit.group, shape.inPerGroup), xStrides[shape.xChannel]);
  for (auto [axis, index] : llvm::zip_equal(shape.batch, unit.batch))
    from = add(from, mul(index, xStrides[axis]));
  fillWindow(unit, 0, constant(0), from);
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

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
  if (weights.ahead)
    memref::PrefetchOp::create(builder, loc(), w,
                               add(weights.ahead, mul(r, weights.step)),
                               /*isWrite=*/false, /*localityHint=*/2,
                               /*isDataCache=*/true);
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
  auto forOp = scf::ForOp::create(builder, loc(), constant(0),
                                  constant(axis.kernel), constant(1), initial);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(forOp.getBody());
  Value k = forOp.getInductionVar();
  Value shift = mul(mul(k, axis.dilation), steps[window]);
  SmallVector<Value> moved = llvm::map_to_vector(
      places, [&](Value place) { return add(place, shift); });
  weights.now = add(weights.now, mul(k, numRows * shape.tile));
  if (weights.ahead)
    weights.ahead = add(weights.ahead, mul(k, numRows * weights.step));
  SmallVector<Value> next = accumulate(window + 1, forOp.getRegionIterArgs(),
                                       moved, weights, vectors, active);
  scf::YieldOp::create(builder, loc(), next);
  return SmallVector<Value>(forOp.getResults());
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
  auto indicesOf = [&](unsigned i, unsigned j) {
    Indices at;
    for (Value index : unit.batch)
      at.push_back(LaneValue::uniform(index));
    for (auto [position, start] : llvm::zip_equal(coordinates[i], unit.start))
      at.push_back(LaneValue::uniform(add(start, position)));
    at.push_back({add(unit.output, constant(j * width)), 1, {}, width});
    return at;
  };
  SmallVector<Value> initial;
  OpOperand *init = shape.op.getDpsInitOperand(0);
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < vectors; ++j) {
      activate(j);
      initial.push_back(
          lanes.materialize(lanes.evaluate(init->get(), indicesOf(i, j))));
    }
  lanes.setActive(nullptr);

  SmallVector<Value> results = accumulate(
      0, initial, places, weightsOf(unit, first, rows), vectors, active);

  unsigned firstInit = region.getInputs().size();
  for (unsigned i = 0; i < rows; ++i)
    for (unsigned j = 0; j < vectors; ++j) {
      activate(j);
      Indices at = indicesOf(i, j);
      Value result = results[i * vectors + j];
      lanes.remember(shape.op->getResult(0), at,
                     width == 1 ? LaneValue::uniform(result)
                                : LaneValue{{}, 0, result});
      for (auto [k, value] : llvm::enumerate(region.getYieldedValues()))
        lanes.store(lanes.evaluate(value, at), region.getOperand(firstInit + k),
                    at);
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

//===----------------------------------------------------------------------===//
// Units
//===----------------------------------------------------------------------===//

/// Tiles of one block follow one another.
ConvolutionEmitter::Unit ConvolutionEmitter::decode(Value linear) {
  Unit unit;
  unsigned count = shape.windows.size();
  unit.tile = rem(linear, constant(tilesPerGroup));
  Value rest = div(linear, constant(tilesPerGroup));
  unit.group = rem(rest, constant(shape.groups));
  rest = div(rest, constant(shape.groups));
  unit.output = add(mul(unit.group, shape.outPerGroup),
                    mul(unit.tile, width * tileVectors));
  unit.start.resize(count);
  unit.extent.resize(count);
  for (unsigned i = count; i-- > 0;) {
    Value index = rem(rest, blockCounts[i]);
    rest = div(rest, blockCounts[i]);
    unit.start[i] = mul(index, block[i]);
    std::optional<int64_t> size = constantOf(windowSizes[i]);
    unit.extent[i] =
        size && *size % block[i] == 0
            ? constant(block[i])
            : minimum(constant(block[i]), sub(windowSizes[i], unit.start[i]));
  }
  unit.batch.resize(batchSizes.size());
  for (unsigned i = batchSizes.size(); i-- > 0;) {
    unit.batch[i] = i == 0 ? rest : rem(rest, batchSizes[i]);
    rest = div(rest, batchSizes[i]);
  }
  return unit;
}

Value ConvolutionEmitter::inPlaceBase(const Unit &unit) {
  Value base = mul(unit.group, shape.inPerGroup);
  for (auto [axis, index] : llvm::zip_equal(shape.batch, unit.batch))
    base = add(base, mul(index, xStrides[axis]));
  for (auto [axis, start] : llvm::zip_equal(shape.windows, unit.start))
    base = add(base, mul(mul(start, axis.stride), xStrides[axis.xDim]));
  return base;
}

void ConvolutionEmitter::emitUnit(Unit &unit) {
  unit.base = inPlace ? inPlaceBase(unit) : constant(0);
  int64_t span = width * tileVectors;
  int64_t rest = shape.outPerGroup - (tilesPerGroup - 1) * span;
  if (rest == span)
    return emitPixels(unit, tileVectors, nullptr);
  unsigned vectors = llvm::divideCeil(rest, width);
  auto emitLast = [&] {
    emitPixels(unit, vectors, rest % width ? constant(rest % width) : Value());
  };
  if (tilesPerGroup == 1)
    return emitLast();
  // The last tile is narrower.
  emitBranch(unit.tile, tilesPerGroup - 1, emitLast,
             [&] { emitPixels(unit, tileVectors, nullptr); });
}

void ConvolutionEmitter::emit() {
  lanes.setLanes(width);
  x = flatten(shape.xBuffer, xStrides);
  SmallVector<Value> ignored;
  w = flatten(shape.wBuffer, ignored);
  steps.resize(shape.windows.size());
  int64_t step = shape.inPerGroup;
  for (unsigned i = shape.windows.size(); i-- > 0;) {
    steps[i] = inPlace ? xStrides[shape.windows[i].xDim] : constant(step);
    step *= bandExtent(i, block[i]);
  }

  Value units = constant(tilesPerGroup * shape.groups);
  for (Value size : batchSizes)
    units = mul(units, size);
  for (Value count : blockCounts)
    units = mul(units, count);
  int64_t work = width * tileVectors * shape.inPerGroup;
  for (auto [axis, size] : llvm::zip_equal(shape.windows, block))
    work *= axis.kernel * size;
  int64_t grain = llvm::divideCeil(taskWork, std::max<int64_t>(1, work));
  // One share per thread: each fills its bands once.
  Value shares = constant(1);
  if (processor.parallel) {
    shares =
        builder.createOrFold<arith::CeilDivUIOp>(loc(), units, constant(grain));
    if (constantOf(shares) != 1)
      shares = builder.createOrFold<arith::MinUIOp>(
          loc(), getThreads(builder, loc()), shares);
  }
  emitShares(builder, loc(), units, shares, [&](Value begin, Value end) {
    if (inPlace) {
      loop(begin, end, 1, [&](Value linear) {
        Unit unit = decode(linear);
        emitUnit(unit);
      });
      return;
    }
    band = memref::AllocaOp::create(
        builder, loc(),
        MemRefType::get({bandSize(block) + width}, accumulatorType),
        builder.getI64IntegerAttr(64));
    Value none = constant(-1);
    auto forOp = scf::ForOp::create(builder, loc(), begin, end, constant(1),
                                    ValueRange{none});
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(forOp.getBody());
    std::size_t mark = lanes.mark();
    Unit unit = decode(forOp.getInductionVar());
    Value current = div(forOp.getInductionVar(), constant(tilesPerGroup));
    Value isNew =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ne, current,
                              forOp.getRegionIterArgs()[0]);
    auto branch = scf::IfOp::create(builder, loc(), isNew, false);
    {
      OpBuilder::InsertionGuard inner(builder);
      builder.setInsertionPoint(branch.thenBlock()->getTerminator());
      fillBand(unit);
    }
    emitUnit(unit);
    lanes.forget(mark);
    scf::YieldOp::create(builder, loc(), current);
  });
}

LogicalResult graphc::cpu::emitConvolution(OpBuilder &builder, RegionOp region,
                                           const Processor &processor) {
  if (succeeded(emitDepthwise(builder, region, processor)))
    return success();
  ConvolutionEmitter emitter(builder, region, processor);
  if (!emitter.analyze())
    return emitRow(builder, region, processor);
  emitter.emit();
  return success();
}
