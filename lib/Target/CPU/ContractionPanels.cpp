//===- ContractionPanels.cpp - Copies of B in panels, of A widened --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What lies behind the last column of B is copied too, as whatever can be read
// without harm: those columns of the sums are never stored.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"
#include "Transpose.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

/// `count` elements of B, not widened.
Value ContractionEmitter::loadB(LaneValue n, LaneValue k, int64_t count) {
  int64_t before = lanes.getLanes();
  lanes.setLanes(count);
  iteration[shape.n] = n;
  iteration[shape.k.front()] = k;
  Value value = lanes.materialize(lanes.load(
      operandOf(shape.b), lanes.apply(shape.getMap(shape.b), iteration)));
  lanes.setLanes(before);
  return value;
}

/// Puts a vector (or an element) at [panel, k, column..] of the panels.
void ContractionEmitter::storePanel(Value value, const Tile &tile, Value panel,
                                    Value k, Value column) {
  Value row = sub(k, tile.kBegin);
  if (schedule.pairs) {
    row = div(row, constant(2));
    column = mul(column, constant(2));
  }
  SmallVector<Value> at{sub(panel, tile.group), row, column};
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(builder, loc(), value, tile.panels, at);
  else
    memref::StoreOp::create(builder, loc(), value, tile.panels, at);
}

/// One row of a panel (two, as pairs), n being contiguous in B.
void ContractionEmitter::packAlongN(const Tile &tile, Value panel, Value k) {
  std::optional<int64_t> staticN = constantOf(sizes[shape.n]);
  bool masks = !staticN || *staticN % schedule.columns != 0;
  for (unsigned j = 0; j < vectors; ++j) {
    Value column = constant(j * width);
    Value n = add(mul(panel, constant(schedule.columns)), column);
    if (masks)
      lanes.setActive(sub(sizes[shape.n], n));
    auto read = [&](Value position) {
      return loadB({n, 1, {}, width}, LaneValue::uniform(position), width);
    };
    Value value = read(k);
    if (schedule.pairs) {
      Value next = read(add(k, constant(1)));
      SmallVector<int64_t> mask;
      for (int64_t lane = 0; lane < width; ++lane)
        llvm::append_values(mask, lane, width + lane);
      value = vector::ShuffleOp::create(builder, loc(), value, next, mask);
    } else {
      value = widen(value);
    }
    lanes.setActive(nullptr);
    storePanel(value, tile, panel, k, column);
  }
}

/// A square of `width` columns and as many steps (pairs) of k, k being
/// contiguous in B.
void ContractionEmitter::packAlongK(const Tile &tile, Value panel, Value column,
                                    Value k) {
  Value first = add(mul(panel, constant(schedule.columns)), column);
  Value last = sub(sizes[shape.n], constant(1));
  SmallVector<Value> rows;
  int64_t length = schedule.pairs ? 2 * width : width;
  auto words = VectorType::get({width}, builder.getI32Type());
  auto pairs = VectorType::get({2 * width}, builder.getBF16Type());
  for (int64_t i = 0; i < width; ++i) {
    Value n = make<arith::MinUIOp>(add(first, constant(i)), last);
    Value row = loadB(LaneValue::uniform(n), {k, 1, {}, length}, length);
    rows.push_back(
        schedule.pairs
            ? vector::BitCastOp::create(builder, loc(), words, row).getResult()
            : widen(row));
  }
  for (auto [i, row] :
       llvm::enumerate(swapBlocks(builder, loc(), std::move(rows)))) {
    if (schedule.pairs)
      row = vector::BitCastOp::create(builder, loc(), pairs, row);
    storePanel(row, tile, panel, add(k, constant(schedule.pairs ? 2 * i : i)),
               column);
  }
}

/// One row of a panel (two, as pairs), one element at a time.
void ContractionEmitter::packElements(const Tile &tile, Value panel, Value k) {
  Value last = sub(sizes[shape.n], constant(1));
  Value start = mul(panel, constant(schedule.columns));
  loop(constant(0), constant(schedule.columns), 1, [&](Value column) {
    Value n = make<arith::MinUIOp>(add(start, column), last);
    for (int64_t i = 0; i < (schedule.pairs ? 2 : 1); ++i) {
      Value at = add(k, constant(i));
      Value element = loadB(LaneValue::uniform(n), LaneValue::uniform(at), 1);
      if (!schedule.pairs) {
        storePanel(widen(element), tile, panel, at, column);
        continue;
      }
      Value row = div(sub(k, tile.kBegin), constant(2));
      Value place = add(mul(column, constant(2)), constant(i));
      memref::StoreOp::create(builder, loc(), element, tile.panels,
                              {sub(panel, tile.group), row, place});
    }
  });
}

/// Elements of A that are no sums would be widened one by one for each panel,
/// each by as many instructions as it is multiplied by.
bool ContractionEmitter::widensA() const {
  return schedule.feed != Feed::Dot && !schedule.pairs && shape.k.size() == 1 &&
         (inBlocks || shape.extent(shape.k)) &&
         getElementTypeOrSelf(shape.a->get().getType()) != shape.accumulator;
}

/// The block of k of the rows of the tile, widened, if it is to be.
void ContractionEmitter::copyA(const Tile &tile) {
  if (!tile.left)
    return;
  Value buffer = operandOf(shape.a);
  auto [strides, offset] =
      cast<MemRefType>(buffer.getType()).getStridesAndOffset();
  (void)offset;
  bool isDense = !strides.empty() && strides.back() == 1 &&
                 shape.isLast(shape.a, shape.k.front());
  int64_t before = lanes.getLanes();
  auto copy = [&](Value begin, Value end, int64_t count) {
    loop(begin, end, count, [&](Value k) {
      lanes.setLanes(count);
      iteration[shape.k.front()] = {k, count == 1 ? 0 : 1, {}, count};
      for (unsigned i = 0; i < tile.rows; ++i) {
        setLoops(shape.m, add(tile.m, constant(i)));
        Value value = widen(lanes.materialize(
            lanes.load(buffer, lanes.apply(shape.getMap(shape.a), iteration))));
        SmallVector<Value> at{constant(i), sub(k, tile.kBegin)};
        if (count == 1)
          memref::StoreOp::create(builder, loc(), value, tile.left, at);
        else
          vector::StoreOp::create(builder, loc(), value, tile.left, at);
      }
    });
  };
  Value main = tile.kBegin;
  int64_t count = lanesOfK();
  if (isDense && count > 1) {
    main = sub(tile.kEnd, rem(sub(tile.kEnd, tile.kBegin), constant(count)));
    copy(tile.kBegin, main, count);
  }
  copy(main, tile.kEnd, 1);
  lanes.setLanes(before);
}

/// Copies the block of k of all panels of the group.
void ContractionEmitter::packPanels(const Tile &tile, Value panelEnd) {
  auto type = cast<MemRefType>(operandOf(shape.b).getType());
  auto [strides, offset] = type.getStridesAndOffset();
  (void)offset;
  bool isDense = !strides.empty() && strides.back() == 1;
  bool alongN = isDense && shape.isLast(shape.b, shape.n);
  bool alongK = isDense && width > 1 && shape.isLast(shape.b, shape.k.front());
  int64_t step = schedule.pairs ? 2 : 1;
  loop(tile.group, panelEnd, 1, [&](Value panel) {
    if (alongN) {
      loop(tile.kBegin, tile.kEnd, step,
           [&](Value k) { packAlongN(tile, panel, k); });
      return;
    }
    Value main = tile.kBegin;
    if (alongK) {
      Value depth = sub(tile.kEnd, tile.kBegin);
      int64_t length = step * width;
      main = sub(tile.kEnd, rem(depth, constant(length)));
      loop(tile.kBegin, main, length, [&](Value k) {
        for (unsigned j = 0; j < vectors; ++j)
          packAlongK(tile, panel, constant(j * width), k);
      });
    }
    loop(main, tile.kEnd, step, [&](Value k) { packElements(tile, panel, k); });
  });
}
