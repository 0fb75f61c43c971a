//===- Contraction.cpp - Register-tiled matrix products -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C[outer.., m.., n] = epilogue(sum over k of A[outer.., m.., k] * B[.., k, n])
//
//   for each thread's share of (outer, chunk of m, panel of n):
//     for each group of panels:
//       for each block of k:
//         copy the block of B into panels, unless it lies ready
//         for each tile of rows (of short floats, copied as f32),
//         for each tile of panels:
//           sums = registers[rows][vectors], zero
//           for k: sums += broadcast A[m + i, k] * B[k, n + j lanes]
//           add the sums to those on the stack
//       epilogue: sums -> what the kernel yields
//
// Sums take the way over the stack so that a tile need not know of the edges of
// C, and the epilogue is emitted once, however large it is. A is read in place,
// by scalars. Threads share panels first, so that each reads B once, or rows
// where A and C are more than B.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using kernel::RegionOp;

/// Bytes of sums that wait on the stack while k runs in blocks.
static constexpr int64_t maxSumBytes = 512 << 10;

bool ContractionEmitter::prepare() {
  unsigned bits = shape.accumulator.getIntOrFloatBitWidth();
  width = std::min(processor.lanes(std::max(32u, bits)), schedule.columns);
  vectors = schedule.columns / width;
  for (OpOperand &operand : shape.op->getOpOperands())
    if (!isa<BlockArgument>(operand.get()) && !shape.op.isDpsInit(&operand))
      return false;
  sizes.resize(shape.op.getNumLoops());
  for (OpOperand &operand : shape.op->getOpOperands())
    for (auto [i, expr] : llvm::enumerate(shape.getMap(&operand).getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (Value &size = sizes[dim.getPosition()]; !size)
          size = lanes.getSize(operand.get(), i);
  if (llvm::is_contained(sizes, Value()))
    return false;
  iteration.assign(sizes.size(), LaneValue::uniform(constant(0)));

  if (schedule.feed == Feed::Packed && !shape.panel)
    schedule.feed = shape.k.size() == 1 ? Feed::Pack : Feed::Direct;
  if (shape.panel) {
    if (*shape.panel != schedule.columns ||
        shape.isPairPacked != schedule.pairs)
      return false;
    schedule.feed = Feed::Packed;
  }
  if (schedule.feed == Feed::Pack && shape.k.size() != 1)
    return false;
  std::optional<int64_t> depth = shape.extent(shape.k);
  inBlocks = shape.k.size() == 1 && schedule.depth > 0 &&
             (!depth || *depth > schedule.depth);
  if (schedule.feed == Feed::Pack && !inBlocks && !depth)
    return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Small helpers
//===----------------------------------------------------------------------===//

Value ContractionEmitter::widen(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  if (element == shape.accumulator)
    return value;
  Type target = shape.accumulator;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    target = VectorType::get(vector.getShape(), target);
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(builder, loc(), target, value);
  bool isUnsigned =
      shape.op.getBlock()
          ->walk([](arith::ExtUIOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  if (isUnsigned)
    return arith::ExtUIOp::create(builder, loc(), target, value);
  return arith::ExtSIOp::create(builder, loc(), target, value);
}

Value ContractionEmitter::multiplyAdd(Value a, Value b, Value c) {
  if (isa<FloatType>(shape.accumulator)) {
    if (schedule.pairs)
      return x86vector::DotBF16Op::create(builder, loc(), c.getType(), c, a, b);
    if (schedule.fused && isa<VectorType>(c.getType()))
      return vector::FMAOp::create(builder, loc(), a, b, c);
    Value product = arith::MulFOp::create(builder, loc(), a, b);
    return arith::AddFOp::create(builder, loc(), product, c);
  }
  Value product = arith::MulIOp::create(builder, loc(), a, b);
  return arith::AddIOp::create(builder, loc(), product, c);
}

void ContractionEmitter::loop(Value begin, Value end, int64_t step,
                              function_ref<void(Value)> body) {
  std::optional<int64_t> first = constantOf(begin), last = constantOf(end);
  if (first && last && *first >= *last)
    return;
  if (!first || !last || *first + step < *last) {
    lanes.loop(begin, end, step, body);
    return;
  }
  std::size_t mark = lanes.mark();
  body(begin);
  lanes.forget(mark);
}

/// Takes `linear` apart into the loops `loops`, the last one fastest.
void ContractionEmitter::setLoops(ArrayRef<unsigned> loops, Value linear) {
  for (unsigned dim : llvm::reverse(loops.drop_front(!loops.empty()))) {
    iteration[dim] = LaneValue::uniform(rem(linear, sizes[dim]));
    linear = div(linear, sizes[dim]);
  }
  if (!loops.empty())
    iteration[loops.front()] = LaneValue::uniform(linear);
}

Value ContractionEmitter::extent(ArrayRef<unsigned> loops) {
  Value product = constant(1);
  for (unsigned dim : loops)
    product = mul(product, sizes[dim]);
  return product;
}

/// How many panels a tile of `rows` rows is wide: where it is known at run time
/// only that there are few, their sums would leave registers unused.
int64_t ContractionEmitter::widthOfTile(unsigned rows) const {
  if (shape.extent(shape.m) || rows >= schedule.rows)
    return schedule.tile;
  int64_t tiles = schedule.rows * schedule.tile * 2 / (3 * int64_t(rows));
  return std::clamp<int64_t>(std::min(tiles, schedule.group), schedule.tile,
                             std::max<int64_t>(schedule.tile, 4));
}

/// All panels of the group for some rows.
void ContractionEmitter::emitRow(Tile tile, Value panelEnd) {
  Value panels = sub(panelEnd, tile.group);
  Value end = panelEnd;
  bool masks = false;
  if (schedule.feed == Feed::Direct) {
    // The last panel of all may be narrower.
    std::optional<int64_t> n = constantOf(sizes[shape.n]);
    masks = !n || *n % schedule.columns != 0;
    if (masks) {
      Value whole = div(sizes[shape.n], constant(schedule.columns));
      end = builder.createOrFold<arith::MinUIOp>(loc(), panelEnd, whole);
      end = builder.createOrFold<arith::MaxUIOp>(loc(), end, tile.group);
      panels = sub(end, tile.group);
    }
  }
  int64_t width = widthOfTile(tile.rows);
  Value mainEnd = sub(end, rem(panels, constant(width)));
  loop(tile.group, mainEnd, width, [&](Value panel) {
    Tile at = tile;
    at.panel = panel;
    at.width = width;
    emitTile(at);
  });
  if (width > 1)
    loop(mainEnd, end, 1, [&](Value panel) {
      Tile at = tile;
      at.panel = panel;
      emitTile(at);
    });
  if (masks)
    loop(end, panelEnd, 1, [&](Value panel) {
      Tile at = tile;
      at.panel = panel;
      at.isLast = true;
      emitTile(at);
    });
}

/// `body(m, rows)` for rows [begin, end), in tiles as high as they go.
void ContractionEmitter::overRows(Value begin, Value end,
                                  function_ref<void(Value, unsigned)> body) {
  std::optional<int64_t> total = shape.extent(shape.m);
  int64_t rows = schedule.rows;
  Value mainEnd = sub(end, rem(sub(end, begin), constant(rows)));
  loop(begin, mainEnd, rows, [&](Value m) { body(m, rows); });
  if (total) {
    // Shares end at multiples of `rows`, but for the last.
    if (int64_t left = *total % rows)
      loop(mainEnd, end, left, [&](Value m) { body(m, left); });
    return;
  }
  for (int64_t left = llvm::bit_floor(uint64_t(rows - 1)); left > 0;
       left /= 2) {
    Value next = sub(end, rem(sub(end, mainEnd), constant(left)));
    loop(mainEnd, next, left, [&](Value m) { body(m, left); });
    mainEnd = next;
  }
}

//===----------------------------------------------------------------------===//
// Groups of panels
//===----------------------------------------------------------------------===//

int64_t ContractionEmitter::rowsOfSums() {
  if (!inBlocks)
    return schedule.rows;
  int64_t bytes =
      schedule.group * schedule.columns *
      llvm::divideCeil(shape.accumulator.getIntOrFloatBitWidth(), 8);
  int64_t rows = std::max<int64_t>(1, maxSumBytes / bytes / schedule.rows);
  if (std::optional<int64_t> total = shape.extent(shape.m))
    rows = std::min<int64_t>(rows, llvm::divideCeil(*total, schedule.rows));
  return rows * schedule.rows;
}

void ContractionEmitter::emitGroup(Tile tile, Value mBegin, Value mEnd,
                                   Value panelEnd) {
  if (!inBlocks) {
    tile.kBegin = constant(0);
    tile.kEnd = extent(shape.k);
    if (schedule.feed == Feed::Pack)
      packPanels(tile, panelEnd);
    tile.passRow = mBegin;
    overRows(mBegin, mEnd, [&](Value m, unsigned rows) {
      tile.m = tile.firstRow = m;
      tile.rows = rows;
      copyA(tile);
      emitRow(tile, panelEnd);
      emitEpilogue(tile, m, add(m, constant(rows)), panelEnd);
    });
    return;
  }
  loop(mBegin, mEnd, rowsOfSums(), [&](Value first) {
    Value last = builder.createOrFold<arith::MinUIOp>(
        loc(), add(first, constant(rowsOfSums())), mEnd);
    tile.firstRow = tile.passRow = first;
    Value columns = mul(sub(panelEnd, tile.group), constant(schedule.columns));
    loop(constant(0), sub(last, first), 1, [&](Value row) {
      loop(constant(0), columns, width,
           [&](Value column) { storeSum(zeros(), tile.sums, row, column); });
    });
    Value depth = sizes[shape.k.front()];
    loop(constant(0), depth, schedule.depth, [&](Value k) {
      tile.kBegin = k;
      tile.kEnd = builder.createOrFold<arith::MinUIOp>(
          loc(), add(k, constant(schedule.depth)), depth);
      if (schedule.feed == Feed::Pack)
        packPanels(tile, panelEnd);
      overRows(first, last, [&](Value m, unsigned rows) {
        tile.m = m;
        tile.rows = rows;
        copyA(tile);
        emitRow(tile, panelEnd);
      });
    });
    emitEpilogue(tile, first, last, panelEnd);
  });
}

/// Panels [begin, end) for rows [mBegin, mEnd).
void ContractionEmitter::emitSegment(Value mBegin, Value mEnd, Value begin,
                                     Value end, const Memory &memory) {
  if (schedule.feed == Feed::Dot) {
    Value count = constant(dotColumns());
    Value nEnd = builder.createOrFold<arith::MinUIOp>(loc(), mul(end, count),
                                                      sizes[shape.n]);
    return emitDots(mBegin, mEnd, mul(begin, count), nEnd);
  }
  loop(begin, end, schedule.group, [&](Value group) {
    Tile tile;
    tile.group = group;
    tile.sums = memory.sums;
    tile.panels = memory.panels;
    tile.left = memory.left;
    Value last = builder.createOrFold<arith::MinUIOp>(
        loc(), add(group, constant(schedule.group)), end);
    emitGroup(tile, mBegin, mEnd, last);
  });
}

LogicalResult graphc::cpu::emitContraction(OpBuilder &builder, RegionOp region,
                                           const Processor &processor) {
  std::optional<ContractionShape> shape = ContractionShape::get(region);
  if (!shape || !region.getScheduleAttr() || !LaneEmitter::canVectorize(region))
    return emitRow(builder, region, processor);
  FailureOr<ContractionSchedule> schedule = ContractionSchedule::get(region);
  if (failed(schedule))
    return failure();
  ContractionEmitter emitter(builder, region, processor, *shape, *schedule);
  if (!emitter.prepare())
    return emitRow(builder, region, processor);
  emitter.emit();
  return success();
}
