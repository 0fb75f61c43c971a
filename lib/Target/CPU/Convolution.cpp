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

#include "ConvolutionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;

/// What a band should take of the second-level cache.
static constexpr int64_t bandBytes = 256 << 10;
/// The same where the weights, read once for each block, are more than that.
static constexpr int64_t wideBandBytes = 512 << 10;
/// A band lives on the stack of its task.
static constexpr int64_t maxBandBytes = 1 << 20;
/// Multiply-adds that make a task worth its start.
static constexpr int64_t taskWork = 64 << 10;
/// Units below which blocks get smaller, for the sake of balance.
static constexpr int64_t wantedUnits = 16;

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
  isDense = inPlace && shape.xStride(last.xDim) == shape.inPerGroup &&
            llvm::all_of(shape.windows, [](const auto &window) {
              return window.kernel == 1 && window.stride == 1;
            });
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
