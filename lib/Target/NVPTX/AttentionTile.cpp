//===- AttentionTile.cpp - A tile of queries of attention -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// Bytes of keys and values that may stay in the cache while all queries of
/// their rows are computed.
static constexpr int64_t cachedBytes = 32 << 20;

//===----------------------------------------------------------------------===//
// Analysis
//===----------------------------------------------------------------------===//

/// Scores that are products times a positive number.
bool AttentionTile::findScale() {
  Value scores = parts.scores;
  if (isCausal)
    scores = parts.causal->getOperand(0);
  Value products = parts.products->getResult(0);
  if (scores == products) {
    scale = 1;
    return true;
  }
  auto op = scores.getDefiningOp<LinalgOp>();
  if (!op || op->getNumOperands() != 2 || op->getOperand(0) != products ||
      !llvm::hasSingleElement(op.getBlock()->without_terminator()) ||
      !op.getIndexingMapsArray()[0].isIdentity() ||
      !op.getIndexingMapsArray()[1].isIdentity())
    return false;
  auto multiply = dyn_cast<arith::MulFOp>(op.getBlock()->front());
  FloatAttr factor;
  if (!multiply || multiply.getLhs() != op.getBlock()->getArgument(0) ||
      !matchPattern(multiply.getRhs(), m_Constant(&factor)))
    return false;
  double number = factor.getValueAsDouble();
  if (!(number > 0) || std::isinf(number))
    return false;
  scale = number;
  return true;
}

bool AttentionTile::isAligned(MemRefType type, unsigned depthDim) {
  int64_t bytes = type.getElementTypeBitWidth() / 8;
  auto [strides, offset] = type.getStridesAndOffset();
  if (ShapedType::isDynamic(offset) || offset * bytes % copyAlignment ||
      strides[depthDim] != 1)
    return false;
  // Without gaps every stride is a multiple of the last size.
  if (type.getLayout().isIdentity() && depthDim + 1 == strides.size())
    return type.getDimSize(depthDim) * bytes % copyAlignment == 0;
  for (auto [dim, stride] : llvm::enumerate(strides))
    if (dim != depthDim && type.getDimSize(dim) != 1 &&
        (ShapedType::isDynamic(stride) || stride * bytes % copyAlignment))
      return false;
  return true;
}

bool AttentionTile::analyze() {
  blockColumns = parts.valueDepth;
  isCausal = parts.causal && parts.scores == parts.causal->getResult(0);
  if (!findScale())
    scale = 0;
  auto typeOf = [](OpOperand *operand) {
    return getElementTypeOrSelf(operand->get().getType());
  };
  elementType = typeOf(parts.getQuery());
  return parts.type.isF32() &&
         (elementType.isBF16() || elementType.isF16() || elementType.isF32()) &&
         typeOf(parts.getKey()) == elementType &&
         typeOf(parts.getValue()) == elementType;
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

SmallVector<Value>
AttentionTile::loop(Value begin, Value end, ValueRange initial,
                    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto forOp = scf::ForOp::create(builder, parts.loc(), begin, end,
                                  i32.number(1), initial);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(forOp.getBody());
  std::size_t mark = lanes.mark();
  SmallVector<Value> results =
      body(forOp.getInductionVar(), forOp.getRegionIterArgs());
  lanes.forget(mark);
  scf::YieldOp::create(builder, parts.loc(), results);
  return SmallVector<Value>(forOp.getResults());
}

void AttentionTile::when(Value condition, function_ref<void()> body) {
  lanes.branch(condition, body);
}

//===----------------------------------------------------------------------===//
// Order of the work
//===----------------------------------------------------------------------===//

Value AttentionTile::countTiles() {
  Location loc = parts.loc();
  Value tiles = builder.createOrFold<arith::CeilDivUIOp>(
      loc, parts.queries, parts.constant(blockQueries));
  for (Value size : parts.rowSizes)
    tiles = builder.createOrFold<arith::MulIOp>(loc, tiles, size);
  return tiles;
}

void AttentionTile::beginBlock() {
  numQueries = i32.toI32(parts.queries);
  numKeys = i32.toI32(parts.keys);
  queryTiles = i32.div(i32.add(numQueries, blockQueries - 1), blockQueries);
  numTiles = queryTiles;
  rowSizes.clear();
  for (Value size : parts.rowSizes) {
    rowSizes.push_back(i32.toI32(size));
    numTiles = i32.mul(numTiles, rowSizes.back());
  }
}

void AttentionTile::setRow(Value number) {
  row.assign(parts.numRows, Value());
  parts.row.assign(parts.numRows, LaneValue());
  for (unsigned dim = parts.numRows; dim-- > 0;) {
    Value index = number;
    if (dim > 0) {
      index = i32.rem(number, rowSizes[dim]);
      number = i32.div(number, rowSizes[dim]);
    }
    row[dim] = index;
    parts.row[dim] = LaneValue::uniform(i32.toIndex(index));
  }
}

/// Neighbours share keys and values, which the cache then has. Tiles of causal
/// queries are of different length: long ones come first, within sections of as
/// many rows as the cache has room for. Every other section goes backwards, so
/// that lengths have no steps and blocks that take them in turns (see forTiles)
/// have as much to do; the last one ends with short tiles.
void AttentionTile::setTile(Value number) {
  Location loc = parts.loc();
  Value tile;
  if (!isCausal) {
    tile = i32.rem(number, queryTiles);
    setRow(i32.div(number, queryTiles));
  } else {
    auto min = [&](Value a, Value b) -> Value {
      return builder.createOrFold<arith::MinUIOp>(loc, a, b);
    };
    auto divideCeil = [&](Value a, Value b) {
      return i32.div(i32.sub(i32.add(a, b), i32.number(1)), b);
    };
    int64_t lineBytes = (parts.depth + parts.valueDepth) *
                        elementType.getIntOrFloatBitWidth() / 8;
    Value someKeys =
        builder.createOrFold<arith::MaxUIOp>(loc, numKeys, i32.number(1));
    Value fitting = i32.div(i32.number(cachedBytes / lineBytes), someKeys);
    fitting = builder.createOrFold<arith::MaxUIOp>(loc, fitting, i32.number(1));
    Value allRows = i32.div(numTiles, queryTiles);
    fitting = divideCeil(allRows, divideCeil(allRows, fitting));
    Value sections = divideCeil(allRows, fitting);
    Value span = i32.mul(fitting, queryTiles);
    Value section = i32.div(number, span), rest = i32.rem(number, span);
    Value first = i32.mul(section, fitting);
    Value count = min(fitting, i32.sub(allRows, first));
    tile = i32.div(rest, count);
    Value isForward =
        i32.isEqual(i32.rem(i32.sub(sections, section), i32.number(2)), 0);
    Value back = i32.sub(i32.sub(queryTiles, i32.number(1)), tile);
    tile = select(isForward, tile, back);
    setRow(i32.add(first, i32.rem(rest, count)));
  }
  firstQuery = i32.mul(tile, blockQueries);
  Value visible = numKeys;
  if (isCausal)
    visible = builder.createOrFold<arith::MinUIOp>(
        loc, numKeys, i32.add(firstQuery, blockQueries));
  keyTiles = i32.div(i32.add(visible, blockKeys - 1), blockKeys);
}

Value AttentionTile::countWholeTiles(Value first) {
  return builder.createOrFold<arith::MinUIOp>(
      parts.loc(), i32.div(i32.add(first, 1), blockKeys),
      i32.div(numKeys, blockKeys));
}

AttentionTile::Rows AttentionTile::startRows() {
  return {{real(-INFINITY), real(-INFINITY)}, {real(0), real(0)}};
}

void AttentionTile::setRows(Value first) {
  for (unsigned half = 0; half < 2; ++half)
    rows[half] = i32.add(i32.add(first, i32.div(lane, 4)), 8 * half);
}
