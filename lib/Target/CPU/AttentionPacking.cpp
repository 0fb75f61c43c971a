//===- AttentionPacking.cpp - What attention copies first -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionEmitter.h"
#include "Transpose.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using linalg::LinalgOp;

void AttentionEmitter::chooseTiles() {
  unsigned bits = type.getIntOrFloatBitWidth();
  width = std::max<int64_t>(2, processor.lanes(bits));
  tileRows = processor.vectorBits == 512   ? 8
             : processor.vectorBits == 256 ? 6
                                           : 4;
  if (std::optional<int64_t> size = constantOf(queries)) {
    while (width > 2 && width / 2 >= *size)
      width /= 2;
    if (*size <= width)
      numVectors = 1;
  }
}

void AttentionEmitter::findMasks() {
  for (Operation &candidate : region.getBody().front()) {
    auto op = dyn_cast<LinalgOp>(candidate);
    if (!op || op.getNumReductionLoops() || op.getNumLoops() != numRows + 2 ||
        op->isBeforeInBlock(products) ||
        !op->isBeforeInBlock(max.getDefiningOp()))
      continue;
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto argument = dyn_cast<BlockArgument>(input->get());
      AffineMap map = op.getMatchingIndexingMap(input);
      if (!argument || !map.isFunctionOfDim(numRows) ||
          !map.isFunctionOfDim(numRows + 1))
        continue;
      Type element = getElementTypeOrSelf(argument.getType());
      if (!element.isIntOrFloat() || llvm::any_of(masks, [&](Mask &mask) {
            return mask.tensor == argument;
          }))
        continue;
      masks.push_back({argument, op, map, {}});
    }
  }
}

/// What one task keeps on its stack.
void AttentionEmitter::allocate() {
  int64_t queriesPerBlock = width * numVectors;
  int64_t paddedDepth = llvm::alignTo(depth, width);
  int64_t paddedValueDepth = llvm::alignTo(valueDepth, width);
  queryTile = scratch({paddedDepth, queriesPerBlock}, type);
  scoreTile = scratch({blockKeys, queriesPerBlock}, type);
  outTile = scratch({paddedValueDepth, queriesPerBlock}, type);
  rowTile = scratch({queriesPerBlock, paddedValueDepth}, type);
  maxTile = scratch({queriesPerBlock}, type);
  sumTile = scratch({queriesPerBlock}, type);
  if (!isDirect(getKey()))
    keyPanel = scratch({blockKeys, paddedDepth}, type);
  if (!isDirect(getValue()))
    valuePanel = scratch({blockKeys, paddedValueDepth}, type);
  for (Mask &mask : masks)
    mask.panel = scratch({blockKeys, queriesPerBlock},
                         getElementTypeOrSelf(mask.tensor.getType()));
}

void AttentionEmitter::packQuery(const Block &block) {
  Value last = add(queries, -1);
  for (unsigned vector = 0; vector < block.vectors; ++vector)
    loopLanes(depth, [&](Value e) {
      SmallVector<Value> rows;
      for (int64_t i = 0; i < width; ++i) {
        Value query = add(block.first, vector * width + i);
        if (!block.isActive(vector))
          query = arith::MinUIOp::create(builder, loc(), query, last);
        rows.push_back(widen(lanes.materialize(
            loadQuery(LaneValue::uniform(query), {e, 1, {}, width}))));
      }
      for (auto [i, column] :
           llvm::enumerate(transposeTile(builder, loc(), rows)))
        store(column, queryTile, {add(e, i), constant(vector * width)});
    });
}

/// Rows of keys or values as floats without gaps.
void AttentionEmitter::packRows(
    Value panel, Value key, Value count, int64_t size,
    function_ref<LaneValue(LaneValue, LaneValue)> read) {
  loop(constant(0), count, 1, [&](Value k) {
    LaneValue at = LaneValue::uniform(add(key, k));
    loopLanes(size, [&](Value e) {
      store(widen(lanes.materialize(read(at, {e, 1, {}, width}))), panel,
            {k, e});
    });
  });
}

void AttentionEmitter::packMasks(const Block &block, Value key, Value count) {
  Value last = add(queries, -1);
  for (Mask &mask : masks)
    for (unsigned vector = 0; vector < block.vectors; ++vector)
      loop(constant(0), count, width, [&](Value k) {
        Value left = arith::SubIOp::create(builder, loc(), count, k);
        lanes.setActive(
            arith::MinUIOp::create(builder, loc(), left, constant(width)));
        SmallVector<Value> rows;
        for (int64_t i = 0; i < width; ++i) {
          Value query = add(block.first, vector * width + i);
          if (!block.isActive(vector))
            query = arith::MinUIOp::create(builder, loc(), query, last);
          Indices at(row);
          at.push_back(LaneValue::uniform(query));
          at.push_back({add(key, k), 1, {}, 1});
          Value element = lanes.materialize(
              lanes.load(region.getOperand(mask.tensor.getArgNumber()),
                         lanes.apply(mask.map, at)));
          rows.push_back(element);
        }
        lanes.setActive(nullptr);
        for (auto [i, column] :
             llvm::enumerate(transposeTile(builder, loc(), rows)))
          store(column, mask.panel, {add(k, i), constant(vector * width)});
      });
}
