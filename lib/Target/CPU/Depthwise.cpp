//===- Depthwise.cpp - Convolutions of each channel by itself -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lanes run along the channels. There is too little work for a padded copy of
// the input: rows of the kernel that are outside are left out, and so are
// columns, at the few pixels where a column can be outside.
//
//   parallel for each unit (n, block of rows, block of channels):
//     for each row, for each tile of pixels away from the edges:
//       for each row of the kernel that is inside, for each column:
//         w = weights of the channels                       vectors registers
//         for each pixel: accumulator += x * w    pixels x vectors registers
//       epilogue on registers, store
//
//===----------------------------------------------------------------------===//

#include "WindowEmitter.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;

namespace {

/// What a unit reads, so that rows are still there for the next ones.
constexpr int64_t unitBytes = 256 << 10;
/// Multiply-adds that make a task worth its start.
constexpr int64_t taskWork = 64 << 10;
/// Units below which blocks get smaller, for the sake of balance.
constexpr int64_t wantedUnits = 16;
/// Columns of a kernel up to which they are unrolled.
constexpr int64_t maxUnrolled = 8;

class DepthwiseEmitter : WindowEmitter {
public:
  using WindowEmitter::WindowEmitter;

  bool analyze();
  void emit();

private:
  using Indices = SmallVector<LaneValue>;
  /// The part of a kernel's dimension that is inside of x.
  struct Range {
    Value begin, end;
  };
  /// Where a row of outputs is.
  struct Row {
    SmallVector<Value> batch, outer;
    SmallVector<Range> kernel;
    Value channel, base;
    unsigned vectors;
    Value active;
  };

  void chooseRows();
  Range clip(unsigned window, Value position);
  void emitUnit(Value linear);
  void emitRows(Row &row, Value begin, Value end);
  void emitOuter(Row &row, unsigned window);
  void emitRow(const Row &row);
  void emitTile(const Row &row, Value first, unsigned pixels,
                std::optional<Range> columns);
  SmallVector<Value> accumulate(const Row &row, unsigned window,
                                ValueRange initial, Value place, Value weight,
                                std::optional<Range> columns);
  SmallVector<Value> column(const Row &row, ValueRange initial, Value place,
                            Value weight, Value k);

  SmallVector<Value> batchSizes, windowSizes;
  int64_t tileVectors = 1, tilePixels = 8, channelBlocks = 1, blockRows = 1;
  Value rowBlocks, x, w;
  SmallVector<Value> xStrides;
  unsigned numWindows = 0;
};

} // namespace

bool DepthwiseEmitter::analyze() {
  if (!findShape() || !shape.isDepthwise || shape.xStride(shape.xChannel) != 1)
    return false;
  numWindows = shape.windows.size();
  for (auto i : llvm::seq(shape.batch.size()))
    batchSizes.push_back(lanes.getSize(shape.op->getResult(0), i));
  for (auto i : llvm::seq(numWindows))
    windowSizes.push_back(
        lanes.getSize(shape.op->getResult(0), shape.batch.size() + i));
  width =
      processor.lanes(std::max(32u, accumulatorType.getIntOrFloatBitWidth()));
  while (width > 1 && width / 2 >= shape.groups)
    width /= 2;
  tileVectors = shape.groups <= width ? 1 : 2;
  tilePixels = processor.vectorBits == 512 ? 8 : 5;
  channelBlocks = llvm::divideCeil(shape.groups, width * tileVectors);
  chooseRows();
  return true;
}

/// Rows are the positions of the first window; a single window has none.
void DepthwiseEmitter::chooseRows() {
  if (numWindows == 1) {
    rowBlocks = constant(1);
    return;
  }
  int64_t rows = constantOf(windowSizes[0]).value_or(16);
  int64_t perRow = width * tileVectors * shape.windows[0].stride *
                   (accumulatorType.getIntOrFloatBitWidth() / 8);
  for (unsigned i = 1; i < numWindows; ++i)
    perRow *= constantOf(windowSizes[i]).value_or(64) * shape.windows[i].stride;
  int64_t units = channelBlocks;
  for (Value size : batchSizes)
    units *= constantOf(size).value_or(1);
  int64_t parts =
      std::max(llvm::divideCeil(perRow * rows, unitBytes),
               llvm::divideCeil(wantedUnits, std::max<int64_t>(1, units)));
  blockRows = std::max<int64_t>(1, llvm::divideCeil(rows, parts));
  rowBlocks = builder.createOrFold<arith::CeilDivUIOp>(loc(), windowSizes[0],
                                                       constant(blockRows));
}

/// Positions k of the kernel with 0 <= position * stride - low + k * dilation
/// < size.
DepthwiseEmitter::Range DepthwiseEmitter::clip(unsigned window,
                                               Value position) {
  const auto &axis = shape.windows[window];
  if (!shape.pad)
    return {constant(0), constant(axis.kernel)};
  Value start =
      sub(getLowPad(axis.xDim), mul(position, axis.stride)); // of x, shifted
  Value size = lanes.getSize(shape.xTensor, axis.xDim);
  auto stepsTo = [&](Value distance) {
    Value positive = maximum(distance, constant(0));
    if (axis.dilation == 1)
      return positive;
    return div(add(positive, constant(axis.dilation - 1)),
               constant(axis.dilation));
  };
  return {stepsTo(start),
          minimum(constant(axis.kernel), stepsTo(add(start, size)))};
}

/// One column of the kernel: `place` is that of the first pixel.
SmallVector<Value> DepthwiseEmitter::column(const Row &row, ValueRange initial,
                                            Value place, Value weight,
                                            Value k) {
  const auto &axis = shape.windows.back();
  Value from = add(place, mul(mul(k, axis.dilation), xStrides[axis.xDim]));
  Value weights = add(weight, mul(k, shape.groups));
  auto load = [&](Value buffer, Value at, unsigned j) {
    if (j + 1 == row.vectors && row.active)
      lanes.setActive(row.active);
    Value value = widen(loadVector(buffer, add(at, constant(j * width))));
    lanes.setActive(nullptr);
    return value;
  };
  SmallVector<Value> b, next;
  for (unsigned j = 0; j < row.vectors; ++j)
    b.push_back(load(w, weights, j));
  Value step = mul(xStrides[axis.xDim], axis.stride);
  for (unsigned i = 0; i < initial.size() / row.vectors; ++i)
    for (unsigned j = 0; j < row.vectors; ++j)
      next.push_back(multiplyAdd(load(x, add(from, mul(step, i)), j), b[j],
                                 initial[i * row.vectors + j]));
  return next;
}

SmallVector<Value> DepthwiseEmitter::accumulate(const Row &row, unsigned window,
                                                ValueRange initial, Value place,
                                                Value weight,
                                                std::optional<Range> columns) {
  const auto &axis = shape.windows[window];
  bool isColumn = window + 1 == numWindows;
  if (isColumn && !columns && axis.kernel <= maxUnrolled) {
    SmallVector<Value> values(initial);
    for (int64_t k = 0; k < axis.kernel; ++k)
      values = column(row, values, place, weight, constant(k));
    return values;
  }
  Range range = !isColumn ? row.kernel[window]
                : columns ? *columns
                          : Range{constant(0), constant(axis.kernel)};
  int64_t weights = shape.groups;
  for (unsigned i = window + 1; i < numWindows; ++i)
    weights *= shape.windows[i].kernel;
  return loop(range.begin, range.end, 1, initial,
              [&](Value k, ValueRange sums) {
                if (isColumn)
                  return column(row, sums, place, weight, k);
                return accumulate(
                    row, window + 1, sums,
                    add(place, mul(mul(k, axis.dilation), xStrides[axis.xDim])),
                    add(weight, mul(k, weights)), columns);
              });
}

/// `pixels` outputs of a row from `first` on; `columns` are those of the
/// kernel that are inside, if not all are.
void DepthwiseEmitter::emitTile(const Row &row, Value first, unsigned pixels,
                                std::optional<Range> columns) {
  std::size_t mark = lanes.mark();
  auto activate = [&](unsigned j) {
    lanes.setActive(j + 1 == row.vectors ? row.active : Value());
  };
  auto indicesOf = [&](unsigned i, unsigned j) {
    Indices at;
    for (Value index : row.batch)
      at.push_back(LaneValue::uniform(index));
    for (Value index : row.outer)
      at.push_back(LaneValue::uniform(index));
    at.push_back(LaneValue::uniform(add(first, constant(i))));
    at.push_back({add(row.channel, constant(j * width)), 1, {}, width});
    return at;
  };
  SmallVector<Value> initial;
  OpOperand *init = shape.op.getDpsInitOperand(0);
  for (unsigned i = 0; i < pixels; ++i)
    for (unsigned j = 0; j < row.vectors; ++j) {
      activate(j);
      initial.push_back(
          lanes.materialize(lanes.evaluate(init->get(), indicesOf(i, j))));
    }
  lanes.setActive(nullptr);
  const auto &axis = shape.windows.back();
  Value start = sub(mul(first, axis.stride), getLowPad(axis.xDim));
  Value place = add(row.base, mul(start, xStrides[axis.xDim]));
  SmallVector<Value> results =
      accumulate(row, 0, initial, place, row.channel, columns);
  for (unsigned i = 0; i < pixels; ++i)
    for (unsigned j = 0; j < row.vectors; ++j) {
      activate(j);
      storeResult(results[i * row.vectors + j], indicesOf(i, j));
    }
  lanes.setActive(nullptr);
  lanes.forget(mark);
}

/// The pixels of a row: those where columns are outside one by one, the others
/// in tiles.
void DepthwiseEmitter::emitRow(const Row &row) {
  const auto &axis = shape.windows.back();
  Value size = windowSizes.back(), begin = constant(0), end = size;
  if (shape.pad) {
    // first * stride >= low; last * stride - low + reach < size of x.
    Value low = getLowPad(axis.xDim);
    begin = minimum(
        size, div(add(low, constant(axis.stride - 1)), constant(axis.stride)));
    Value room = sub(add(lanes.getSize(shape.xTensor, axis.xDim), low),
                     constant((axis.kernel - 1) * axis.dilation));
    end = div(add(maximum(room, constant(0)), constant(axis.stride - 1)),
              constant(axis.stride));
    end = maximum(begin, minimum(size, end));
  }
  auto edge = [&](Value from, Value to) {
    if (constantOf(sub(to, from)) == 0)
      return;
    loop(from, to, 1, [&](Value first) {
      emitTile(row, first, 1, clip(numWindows - 1, first));
    });
  };
  if (shape.pad)
    edge(constant(0), begin);
  Value count = sub(end, begin);
  std::optional<int64_t> known = constantOf(count);
  Value at = begin;
  auto emitLoop = [&](unsigned pixels) {
    Value next = sub(end, rem(sub(end, at), constant(pixels)));
    loop(at, next, pixels,
         [&](Value first) { emitTile(row, first, pixels, std::nullopt); });
    at = next;
  };
  unsigned pixels = known ? std::min(tilePixels, *known) : tilePixels;
  // Tiles of about equal size.
  if (known && *known > 0)
    pixels = llvm::divideCeil(*known, llvm::divideCeil(*known, tilePixels));
  if (!known || *known > 0) {
    emitLoop(pixels);
    if (known && *known % pixels)
      emitLoop(*known % pixels);
    if (!known)
      for (unsigned rest = llvm::bit_floor(pixels - 1); rest > 0; rest /= 2)
        emitLoop(rest);
  }
  if (shape.pad)
    edge(end, size);
}

/// Loops over the windows between rows and columns.
void DepthwiseEmitter::emitOuter(Row &row, unsigned window) {
  if (window + 1 == numWindows)
    return emitRow(row);
  loop(constant(0), windowSizes[window], 1, [&](Value position) {
    Row inner = row;
    const auto &axis = shape.windows[window];
    inner.outer.push_back(position);
    inner.kernel.push_back(clip(window, position));
    inner.base = add(inner.base,
                     mul(sub(mul(position, axis.stride), getLowPad(axis.xDim)),
                         xStrides[axis.xDim]));
    emitOuter(inner, window + 1);
  });
}

void DepthwiseEmitter::emitRows(Row &row, Value begin, Value end) {
  if (numWindows == 1)
    return emitRow(row);
  loop(begin, end, 1, [&](Value position) {
    Row inner = row;
    const auto &axis = shape.windows[0];
    inner.outer.push_back(position);
    inner.kernel.push_back(clip(0, position));
    inner.base = add(inner.base,
                     mul(sub(mul(position, axis.stride), getLowPad(axis.xDim)),
                         xStrides[axis.xDim]));
    emitOuter(inner, 1);
  });
}

void DepthwiseEmitter::emitUnit(Value linear) {
  Row row;
  int64_t span = width * tileVectors;
  Value block = rem(linear, constant(channelBlocks));
  Value rest = div(linear, constant(channelBlocks));
  Value begin = mul(rem(rest, rowBlocks), blockRows), end = begin;
  if (numWindows > 1)
    end = minimum(windowSizes[0], add(begin, constant(blockRows)));
  rest = div(rest, rowBlocks);
  row.batch.resize(batchSizes.size());
  for (unsigned i = batchSizes.size(); i-- > 0;) {
    row.batch[i] = i == 0 ? rest : rem(rest, batchSizes[i]);
    rest = div(rest, batchSizes[i]);
  }
  row.channel = mul(block, span);
  row.base = row.channel;
  for (auto [axis, index] : llvm::zip_equal(shape.batch, row.batch))
    row.base = add(row.base, mul(index, xStrides[axis]));
  row.vectors = tileVectors;
  int64_t left = shape.groups - (channelBlocks - 1) * span;
  if (left == span)
    return emitRows(row, begin, end);
  Row last = row;
  last.vectors = llvm::divideCeil(left, width);
  if (left % width)
    last.active = constant(left % width);
  if (channelBlocks == 1)
    return emitRows(last, begin, end);
  emitBranch(
      block, channelBlocks - 1, [&] { emitRows(last, begin, end); },
      [&] { emitRows(row, begin, end); });
}

void DepthwiseEmitter::emit() {
  lanes.setLanes(width);
  x = flatten(shape.xBuffer, xStrides);
  SmallVector<Value> ignored;
  w = flatten(shape.wBuffer, ignored);
  Value units = mul(rowBlocks, channelBlocks);
  for (Value size : batchSizes)
    units = mul(units, size);
  int64_t work = width * tileVectors * blockRows;
  for (const auto &axis : shape.windows)
    work *= axis.kernel;
  for (Value size : ArrayRef<Value>(windowSizes).drop_front(numWindows > 1))
    work *= constantOf(size).value_or(64);
  int64_t grain = llvm::divideCeil(taskWork, std::max<int64_t>(1, work));
  emitTasks(builder, loc(), units, constant(grain), processor,
            [&](Value begin, Value end) {
              loop(begin, end, 1, [&](Value linear) { emitUnit(linear); });
            });
}

LogicalResult graphc::cpu::emitDepthwise(OpBuilder &builder, RegionOp region,
                                         const Processor &processor) {
  DepthwiseEmitter emitter(builder, region, processor);
  if (!emitter.analyze())
    return failure();
  emitter.emit();
  return success();
}
