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
//         for each tile of rows, for each tile of panels:
//           sums = registers[rows][vectors], zero
//           for k: sums += broadcast A[m + i, k] * B[k, n + j lanes]
//           add the sums to those on the stack
//       epilogue: sums -> what the kernel yields
//
// Sums take the way over the stack so that a tile need not know of the edges of
// C, and the epilogue is emitted once, however large it is. A is read in place,
// by scalars. Threads share panels first, so that each reads B once.
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

/// Multiply-adds that make a share worth a thread.
static constexpr int64_t shareWork = 128 << 10;
/// Bytes of sums that wait on the stack while k runs in blocks.
static constexpr int64_t maxSumBytes = 512 << 10;
/// Passes over B up to which it is fetched ahead.
static constexpr int64_t maxFetchPasses = 32;
/// Rows of B whose lanes are summed together.
static constexpr int64_t maxDotWidth = 16;

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
  std::size_t mark = lanes.mark();
  if (first && last && *first + step >= *last) {
    body(begin);
    lanes.forget(mark);
    return;
  }
  auto forOp = scf::ForOp::create(builder, loc(), begin, end, constant(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(forOp.getBody()->getTerminator());
  body(forOp.getInductionVar());
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

Value ContractionEmitter::zeros() {
  Type type = shape.accumulator;
  if (width > 1)
    type = VectorType::get({width}, type);
  return arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type));
}

Value ContractionEmitter::loadSum(Value sums, Value row, Value column) {
  return lanes.materialize(
      lanes.load(sums, {LaneValue::uniform(row), {column, 1, {}, width}}));
}

void ContractionEmitter::storeSum(Value value, Value sums, Value row,
                                  Value column) {
  LaneValue lane =
      width == 1 ? LaneValue::uniform(value) : LaneValue{{}, 0, value};
  lanes.store(lane, sums, {LaneValue::uniform(row), {column, 1, {}, width}});
}

//===----------------------------------------------------------------------===//
// A tile in registers
//===----------------------------------------------------------------------===//

/// A[m, k] in every lane, or the pair at k.
Value ContractionEmitter::readA(Value m, Value k) {
  setLoops(shape.m, m);
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
    auto forOp = scf::ForOp::create(builder, loc(),
                                    isBlocked ? tile.kBegin : constant(0),
                                    isBlocked ? tile.kEnd : sizes[dims.front()],
                                    constant(schedule.pairs ? 2 : 1), initial);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(forOp.getBody());
    iteration[dims.front()] = LaneValue::uniform(forOp.getInductionVar());
    SmallVector<Value> next =
        accumulate(dims.drop_front(), forOp.getRegionIterArgs(), tile);
    scf::YieldOp::create(builder, loc(), next);
    return SmallVector<Value>(forOp.getResults());
  }
  SmallVector<Value> b;
  for (unsigned panel = 0; panel < tile.width; ++panel)
    for (unsigned j = 0; j < vectors; ++j)
      b.push_back(readB(tile, panel, j));
  if (fetchStep())
    fetchAhead(tile);
  Value k = shape.k.empty() ? Value() : iteration[shape.k.back()].scalar;
  SmallVector<Value> next;
  for (unsigned i = 0; i < tile.rows; ++i) {
    Value a = readA(add(tile.m, constant(i)), k);
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
  Value mainEnd = sub(end, rem(panels, constant(schedule.tile)));
  loop(tile.group, mainEnd, schedule.tile, [&](Value panel) {
    Tile at = tile;
    at.panel = panel;
    at.width = schedule.tile;
    emitTile(at);
  });
  if (schedule.tile > 1)
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
  for (int64_t left = rows / 2; left > 0; left /= 2) {
    Value next = sub(end, rem(sub(end, mainEnd), constant(left)));
    loop(mainEnd, next, left, [&](Value m) { body(m, left); });
    mainEnd = next;
  }
}

//===----------------------------------------------------------------------===//
// From sums to results
//===----------------------------------------------------------------------===//

/// Row `m`, columns [n, n + width), of which `active` take part.
void ContractionEmitter::emitResult(Value m, Value n, Value sum, Value active) {
  std::size_t mark = lanes.mark();
  lanes.setActive(active);
  setLoops(shape.m, m);
  iteration[shape.n] =
      width == 1 ? LaneValue::uniform(n) : LaneValue{n, 1, {}, width};
  OpOperand *init = shape.op.getDpsInitOperand(0);
  SmallVector<LaneValue> at = lanes.apply(shape.getMap(init), iteration);
  if (!startsAtZero()) {
    Value start = lanes.materialize(lanes.evaluate(init->get(), at));
    if (isa<FloatType>(shape.accumulator))
      sum = arith::AddFOp::create(builder, loc(), start, sum);
    else
      sum = arith::AddIOp::create(builder, loc(), start, sum);
  }
  lanes.remember(shape.op->getResult(0), at,
                 width == 1 ? LaneValue::uniform(sum) : LaneValue{{}, 0, sum});
  unsigned firstInit = region.getInputs().size();
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues()))
    lanes.store(lanes.evaluate(value, at), region.getOperand(firstInit + i),
                at);
  lanes.setActive(nullptr);
  lanes.forget(mark);
}

bool ContractionEmitter::startsAtZero() {
  auto fill =
      shape.op.getDpsInitOperand(0)->get().getDefiningOp<linalg::FillOp>();
  return fill && (matchPattern(fill.getInputs()[0], m_AnyZeroFloat()) ||
                  matchPattern(fill.getInputs()[0], m_Zero()));
}

void ContractionEmitter::emitEpilogue(const Tile &tile, Value begin, Value end,
                                      Value panelEnd) {
  std::optional<int64_t> staticN = constantOf(sizes[shape.n]);
  bool alwaysWhole = staticN && *staticN % schedule.columns == 0;
  auto emitWhole = [&](Value row, Value m, Value column, Value n) {
    for (unsigned j = 0; j < vectors; ++j) {
      Value step = constant(j * width);
      emitResult(m, add(n, step), loadSum(tile.sums, row, add(column, step)),
                 nullptr);
    }
  };
  loop(begin, end, 1, [&](Value m) {
    Value row = sub(m, tile.firstRow);
    loop(tile.group, panelEnd, 1, [&](Value panel) {
      Value n = mul(panel, constant(schedule.columns));
      Value column = mul(sub(panel, tile.group), constant(schedule.columns));
      if (alwaysWhole)
        return emitWhole(row, m, column, n);
      Value left = sub(sizes[shape.n], n);
      Value isWhole =
          arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::uge, left,
                                constant(schedule.columns));
      auto branch = scf::IfOp::create(builder, loc(), isWhole,
                                      /*withElseRegion=*/true);
      OpBuilder::InsertionGuard guard(builder);
      std::size_t mark = lanes.mark();
      builder.setInsertionPoint(branch.thenBlock()->getTerminator());
      emitWhole(row, m, column, n);
      lanes.forget(mark);
      builder.setInsertionPoint(branch.elseBlock()->getTerminator());
      loop(constant(0), left, width, [&](Value step) {
        Value active = width == 1
                           ? Value()
                           : builder.createOrFold<arith::MinUIOp>(
                                 loc(), sub(left, step), constant(width));
        emitResult(m, add(n, step), loadSum(tile.sums, row, add(column, step)),
                   active);
      });
      lanes.forget(mark);
    });
  });
}

//===----------------------------------------------------------------------===//
// Groups and shares
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
        emitRow(tile, panelEnd);
      });
    });
    emitEpilogue(tile, first, last, panelEnd);
  });
}

/// Sixteen columns at a time: the rows of B that make them, side by side.
void ContractionEmitter::emitDots(Value mBegin, Value mEnd, Value nBegin,
                                  Value nEnd) {
  unsigned k = shape.k.front();
  int64_t count = std::min(maxDotWidth, dotColumns());
  Value depth = sizes[k];
  Value main = sub(depth, rem(depth, constant(lanesOfK())));
  Value lastRow = sub(sizes[shape.n], constant(1));
  loop(nBegin, nEnd, count, [&](Value n) {
    loop(mBegin, mEnd, 1, [&](Value m) {
      lanes.setLanes(lanesOfK());
      setLoops(shape.m, m);
      Type sumType = shape.accumulator;
      if (lanesOfK() > 1)
        sumType = VectorType::get({lanesOfK()}, sumType);
      SmallVector<Value> sums(
          count, arith::ConstantOp::create(builder, loc(),
                                           builder.getZeroAttr(sumType)));
      auto read = [&](OpOperand *operand) {
        return widen(lanes.materialize(
            lanes.load(operandOf(operand),
                       lanes.apply(shape.getMap(operand), iteration))));
      };
      auto step = [&](Value position, ValueRange before) {
        iteration[k] = {position, 1, {}, lanesOfK()};
        Value a = read(shape.a);
        SmallVector<Value> after;
        for (int64_t i = 0; i < count; ++i) {
          Value row = builder.createOrFold<arith::MinUIOp>(
              loc(), add(n, constant(i)), lastRow);
          iteration[shape.n] = LaneValue::uniform(row);
          after.push_back(multiplyAdd(a, read(shape.b), before[i]));
        }
        return after;
      };
      auto forOp = scf::ForOp::create(builder, loc(), constant(0), main,
                                      constant(lanesOfK()), sums);
      {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToEnd(forOp.getBody());
        scf::YieldOp::create(
            builder, loc(),
            step(forOp.getInductionVar(), forOp.getRegionIterArgs()));
      }
      sums.assign(forOp.getResults().begin(), forOp.getResults().end());
      std::optional<int64_t> staticDepth = constantOf(depth);
      if (!staticDepth || *staticDepth % lanesOfK() != 0) {
        Value active = sub(depth, main);
        Value isOpen = arith::CmpIOp::create(
            builder, loc(), arith::CmpIPredicate::ugt, active, constant(0));
        auto branch = scf::IfOp::create(
            builder, loc(), ValueRange(sums).getTypes(), isOpen, true);
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToEnd(branch.thenBlock());
        lanes.setActive(active);
        scf::YieldOp::create(builder, loc(), step(main, sums));
        lanes.setActive(nullptr);
        builder.setInsertionPointToEnd(branch.elseBlock());
        scf::YieldOp::create(builder, loc(), sums);
        sums.assign(branch.getResults().begin(), branch.getResults().end());
      }
      lanes.setLanes(width);
      Value all = zeros();
      for (auto [i, sum] : llvm::enumerate(sums)) {
        Value scalar = sum;
        if (isa<VectorType>(sum.getType()))
          scalar = vector::ReductionOp::create(builder, loc(),
                                               vector::CombiningKind::ADD, sum,
                                               arith::FastMathFlags::reassoc);
        all = width == 1 ? scalar
                         : vector::InsertOp::create(builder, loc(), scalar, all,
                                                    int64_t(i))
                               .getResult();
      }
      std::optional<int64_t> staticN = constantOf(sizes[shape.n]);
      Value active;
      if (width > 1 && (!staticN || *staticN % count != 0))
        active = builder.createOrFold<arith::MinUIOp>(
            loc(), sub(sizes[shape.n], n), constant(count));
      emitResult(m, n, all, active);
    });
  });
}

/// Panels [begin, end) for rows [mBegin, mEnd).
void ContractionEmitter::emitSegment(Value mBegin, Value mEnd, Value begin,
                                     Value end, Value sums, Value panels) {
  if (schedule.feed == Feed::Dot) {
    Value count = constant(dotColumns());
    Value nEnd = builder.createOrFold<arith::MinUIOp>(loc(), mul(end, count),
                                                      sizes[shape.n]);
    return emitDots(mBegin, mEnd, mul(begin, count), nEnd);
  }
  loop(begin, end, schedule.group, [&](Value group) {
    Tile tile;
    tile.group = group;
    tile.sums = sums;
    tile.panels = panels;
    Value last = builder.createOrFold<arith::MinUIOp>(
        loc(), add(group, constant(schedule.group)), end);
    emitGroup(tile, mBegin, mEnd, last);
  });
}

void ContractionEmitter::emit() {
  if (schedule.feed == Feed::Dot)
    width = dotColumns();
  lanes.setLanes(width);
  int64_t columns =
      schedule.feed == Feed::Dot ? dotColumns() : schedule.columns;
  Value panels = ceilDiv(sizes[shape.n], constant(columns));
  Value rows = extent(shape.m), outer = extent(shape.outer);
  // Nothing to compute, nothing to divide by.
  for (unsigned dim = 0; dim < shape.op.getNumParallelLoops(); ++dim)
    if (shape.sizes[dim] == 0)
      return;
  panels = make<arith::MaxUIOp>(panels, constant(1));
  Value strips = mul(outer, panels);

  // Work per panel of all rows decides how many threads are worth it.
  Value work = mul(mul(rows, extent(shape.k)), constant(columns));
  Value wanted = ceilDiv(mul(work, strips), constant(shareWork));
  std::optional<int64_t> most = constantOf(wanted);
  bool isSmall = most && *most <= 1;
  Value tasks = constant(1);
  if (processor.parallel && !isSmall)
    tasks = builder.createOrFold<arith::MinUIOp>(
        loc(), getThreads(builder, loc()), wanted);
  // Too few panels for all threads: rows are shared, too.
  Value chunks = constant(1);
  std::optional<int64_t> staticRows = shape.extent(shape.m);
  if (processor.parallel && !isSmall && schedule.feed != Feed::Dot &&
      (!staticRows || *staticRows > schedule.rows)) {
    Value safe =
        builder.createOrFold<arith::MaxUIOp>(loc(), tasks, constant(1));
    Value isEven =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::eq,
                              rem(strips, safe), constant(0));
    Value isMany =
        arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::uge, strips,
                              mul(safe, constant(4)));
    Value isFair = arith::OrIOp::create(builder, loc(), isEven, isMany);
    Value tiles = ceilDiv(rows, constant(schedule.rows));
    Value some =
        builder.createOrFold<arith::MaxUIOp>(loc(), strips, constant(1));
    Value more = builder.createOrFold<arith::MinUIOp>(
        loc(), ceilDiv(mul(safe, constant(4)), some), tiles);
    chunks = arith::SelectOp::create(builder, loc(), isFair, constant(1), more);
    chunks = builder.createOrFold<arith::MaxUIOp>(loc(), chunks, constant(1));
  }
  Value chunkRows = mul(ceilDiv(ceilDiv(rows, chunks), constant(schedule.rows)),
                        constant(schedule.rows));
  Value units = mul(strips, chunks);

  emitShares(builder, loc(), units, tasks, [&](Value begin, Value end) {
    Value sums, panelMemory;
    auto allocate = [&](ArrayRef<int64_t> sizes, Type element) -> Value {
      return memref::AllocaOp::create(builder, loc(),
                                      MemRefType::get(sizes, element),
                                      builder.getI64IntegerAttr(64));
    };
    if (schedule.feed != Feed::Dot)
      sums = allocate({rowsOfSums(), schedule.group * schedule.columns},
                      shape.accumulator);
    if (schedule.feed == Feed::Pack) {
      int64_t depth = inBlocks ? schedule.depth : *shape.extent(shape.k);
      panelMemory =
          schedule.pairs
              ? allocate({schedule.group, depth / 2, 2 * schedule.columns},
                         builder.getBF16Type())
              : allocate({schedule.group, depth, schedule.columns},
                         shape.accumulator);
    }
    Value firstStrip = div(begin, panels), lastStrip = ceilDiv(end, panels);
    loop(firstStrip, lastStrip, 1, [&](Value strip) {
      Value start = mul(strip, panels);
      // begin may lie before or within the strip, and so may end.
      Value from =
          sub(builder.createOrFold<arith::MaxUIOp>(loc(), begin, start), start);
      Value to =
          builder.createOrFold<arith::MinUIOp>(loc(), sub(end, start), panels);
      setLoops(shape.outer, div(strip, chunks));
      Value mBegin =
          make<arith::MinUIOp>(mul(rem(strip, chunks), chunkRows), rows);
      Value mEnd = builder.createOrFold<arith::MinUIOp>(
          loc(), add(mBegin, chunkRows), rows);
      emitSegment(mBegin, mEnd, from, to, sums, panelMemory);
    });
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
