//===- RowTiles.cpp - Pointwise kernels with transposed operands ----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Results are contiguous along one dimension, some operands along another. A
// square tile of such an operand is read along the dimension that suits it and
// transposed in registers; every row of the tile is then computed as usual.
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"
#include "Transpose.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

/// The rows of tile number `tile`, all of them or what is left.
void RowEmitter::emitTiles(Value tile) {
  Value begin =
      builder.createOrFold<arith::MulIOp>(loc(), tile, constant(width));
  std::optional<int64_t> rows = constantOf(sizes[*tileDim]);
  if (rows && *rows % width == 0)
    return emitTileRows(begin, nullptr);
  Value end =
      builder.createOrFold<arith::AddIOp>(loc(), begin, constant(width));
  Value isWhole = arith::CmpIOp::create(
      builder, loc(), arith::CmpIPredicate::ule, end, sizes[*tileDim]);
  lanes.branch(
      isWhole, [&] { emitTileRows(begin, nullptr); },
      [&] { emitTileRows(begin, sizes[*tileDim]); });
}

/// A whole row of tiles along the lanes when `end` is null, else rows up to
/// `end` without tiles.
void RowEmitter::emitTileRows(Value begin, Value end) {
  Value size = sizes[*vectorDim];
  if (end)
    return loop(begin, end, 1, [&](Value row) {
      iteration[*tileDim] = LaneValue::uniform(row);
      emitPass({}, /*isLast=*/true);
    });
  Value rest =
      builder.createOrFold<arith::RemUIOp>(loc(), size, constant(width));
  Value whole = builder.createOrFold<arith::SubIOp>(loc(), size, rest);
  loop(constant(0), whole, width, [&](Value first) {
    iteration[*tileDim] = LaneValue::uniform(begin);
    emitTile(first);
  });
  if (constantOf(rest) == 0)
    return;
  // What is left of each row, lane by lane.
  end = builder.createOrFold<arith::AddIOp>(loc(), begin, constant(width));
  loop(begin, end, 1, [&](Value row) {
    iteration[*tileDim] = LaneValue::uniform(row);
    loop(whole, size, width, [&](Value first) {
      iteration[*vectorDim] = {first, 1, {}, width};
      lanes.setActive(rest);
      storeFull();
      lanes.setActive(nullptr);
    });
  });
}

/// The tile whose lanes start at `first`.
void RowEmitter::emitTile(Value first) {
  Value begin = iteration[*tileDim].scalar;
  SmallVector<SmallVector<Value>> columns;
  for (Tiled &operand : tiled) {
    Value buffer = region.getOperand(operand.tensor.getArgNumber());
    SmallVector<Value> rows;
    iteration[*tileDim] = {begin, 1, {}, width};
    for (int64_t i = 0; i < width; ++i) {
      iteration[*vectorDim] = LaneValue::uniform(
          builder.createOrFold<arith::AddIOp>(loc(), first, constant(i)));
      rows.push_back(lanes.materialize(
          lanes.load(buffer, lanes.apply(operand.map, iteration))));
    }
    columns.push_back(transposeTile(builder, loc(), rows));
  }
  iteration[*vectorDim] = {first, 1, {}, width};
  for (int64_t i = 0; i < width; ++i) {
    iteration[*tileDim] = LaneValue::uniform(
        builder.createOrFold<arith::AddIOp>(loc(), begin, constant(i)));
    std::size_t mark = lanes.mark();
    for (auto [operand, column] : llvm::zip_equal(tiled, columns))
      lanes.override(operand.tensor, {{}, 0, column[i]});
    storeFull();
    lanes.clearOverrides();
    lanes.forget(mark);
  }
}
