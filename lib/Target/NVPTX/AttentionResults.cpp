//===- AttentionResults.cpp - What attention stores -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionTile.h"
#include "Exchange.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

/// What a choice that depends on `isEmpty` alone gives for an empty row.
static std::optional<double> getEmptyResult(arith::CmpFOp isEmpty) {
  if (isEmpty.getPredicate() != arith::CmpFPredicate::OEQ ||
      !matchPattern(isEmpty.getRhs(), m_AnyZeroFloat()) ||
      !isEmpty->hasOneUse())
    return std::nullopt;
  auto select = dyn_cast<arith::SelectOp>(*isEmpty->user_begin());
  FloatAttr number;
  if (!select || select.getCondition() != isEmpty ||
      !matchPattern(select.getTrueValue(), m_Constant(&number)) ||
      !(number.getValue().isZero() || number.getValue().isNaN()))
    return std::nullopt;
  return number.getValueAsDouble();
}

/// The sums stand nowhere but under the weighted values, and for a sum of 0
/// there is one number, 0 or NaN: values times the inverse, or that number, say
/// the same. None if it is not so.
std::optional<double> AttentionTile::findEmptyResult() {
  std::optional<double> empty;
  for (Operation *user : parts.sum.getUsers()) {
    auto op = dyn_cast<LinalgOp>(user);
    if (!op || op.getNumDpsInits() != 1)
      return std::nullopt;
    if (!parts.isPerDepth(op->getResult(0)))
      continue; // stored from the sums themselves
    Value weighted, sum;
    for (OpOperand *input : op.getDpsInputOperands()) {
      if (input->get() == parts.sum)
        sum = op.getMatchingBlockArgument(input);
      if (input->get() == parts.weighted->getResult(0))
        weighted = op.getMatchingBlockArgument(input);
    }
    for (Operation *use : sum.getUsers()) {
      if (auto divide = dyn_cast<arith::DivFOp>(use)) {
        if (divide.getLhs() != weighted)
          return std::nullopt;
        continue;
      }
      auto compare = dyn_cast<arith::CmpFOp>(use);
      std::optional<double> found =
          compare ? getEmptyResult(compare) : std::nullopt;
      if (!found || (empty && std::isnan(*empty) != std::isnan(*found)))
        return std::nullopt;
      empty = found;
    }
  }
  return empty;
}

Value AttentionTile::fromFirstColumn(Value column) {
  return firstColumn ? i32.add(firstColumn, column) : column;
}

void AttentionTile::storeResults(const Rows &state, ArrayRef<Value> sums) {
  Location loc = parts.loc();
  Value lastRow = i32.sub(numQueries, i32.number(1));
  std::optional<double> empty = findEmptyResult();
  auto pair = VectorType::get({2}, builder.getF32Type());
  for (unsigned half = 0; half < 2; ++half) {
    Value sum = state.sum[half], max = state.max[half];
    for (int64_t mask : {1, 2})
      sum = add(sum, shuffleXor(builder, loc, sum, mask));
    if (scale)
      max = multiply(max, real(scale));
    Value inverse;
    if (empty) {
      Value isEmpty = arith::CmpFOp::create(
          builder, loc, arith::CmpFPredicate::OEQ, sum, real(0));
      inverse = arith::DivFOp::create(builder, loc, real(1), sum);
      inverse = select(isEmpty, real(*empty), inverse);
    }
    SmallVector<Value> pairs;
    for (std::size_t i = 2 * half; i < sums.size(); i += 4) {
      Value values[] = {sums[i], sums[i + 1]};
      if (inverse)
        for (Value &value : values)
          value = multiply(value, inverse);
      pairs.push_back(
          vector::FromElementsOp::create(builder, loc, pair, values));
    }
    std::size_t mark = lanes.mark();
    lanes.override(parts.max, LaneValue::uniform(max));
    lanes.override(parts.sum, LaneValue::uniform(inverse ? real(1) : sum));
    int64_t whole = blockColumns / 8;
    storePairs(half, ArrayRef(pairs).take_front(whole));
    for (Value rest : ArrayRef(pairs).drop_front(whole))
      storeColumns(half, rest);
    lanes.clearOverrides();
    lanes.forget(mark);

    // One lane of the four stores what there is for a row.
    lanes.setLanes(1);
    Value isFirst = i32.isEqual(i32.rem(lane, i32.number(4)), 0);
    if (firstColumn)
      isFirst = arith::AndIOp::create(builder, loc, isFirst,
                                      i32.isEqual(firstColumn, 0));
    Value isInside = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ule, rows[half], lastRow);
    if (llvm::any_of(parts.region.getYieldedValues(),
                     [&](Value value) { return !parts.isPerDepth(value); }))
      when(arith::AndIOp::create(builder, loc, isFirst, isInside), [&] {
        lanes.override(parts.max, LaneValue::uniform(max));
        lanes.override(parts.sum, LaneValue::uniform(sum));
        parts.storeRows(LaneValue::uniform(i32.toIndex(rows[half])));
        lanes.clearOverrides();
      });
  }
}

/// Stores columns 2 * (lane % 4) and the next of eight for each of `pairs`.
void AttentionTile::storePairs(unsigned half, ArrayRef<Value> pairs) {
  if (pairs.empty())
    return;
  Location loc = parts.loc();
  lanes.setLanes(2);
  Value lastRow = i32.sub(numQueries, i32.number(1));
  Value query = i32.toIndex(
      builder.createOrFold<arith::MinUIOp>(loc, rows[half], lastRow));
  Value isInside = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::ule, rows[half], lastRow);
  Value column = fromFirstColumn(i32.mul(i32.rem(lane, i32.number(4)), 2));
  unsigned firstInit = parts.region.getInputs().size();
  for (unsigned i = 0; i < parts.region.getYieldedValues().size(); ++i) {
    Value yielded = parts.region.getYieldedValues()[i];
    if (!parts.isPerDepth(yielded))
      continue;
    Value buffer = parts.region.getOperand(firstInit + i);
    SmallVector<Value> results;
    SmallVector<SmallVector<LaneValue>> positions;
    for (auto [group, pair] : llvm::enumerate(pairs)) {
      std::size_t mark = lanes.mark();
      lanes.override(parts.weighted->getResult(0), {{}, 0, pair});
      SmallVector<LaneValue> at(parts.row);
      at.push_back(LaneValue::uniform(query));
      at.push_back({i32.toIndex(i32.add(column, 8 * group)), 1, {}, 2});
      positions.push_back(parts.positionIn(yielded, at));
      results.push_back(
          lanes.materialize(lanes.evaluate(yielded, positions.back())));
      lanes.forget(mark);
    }
    auto type = cast<MemRefType>(buffer.getType());
    unsigned depthDim = 0;
    for (auto [dim, index] : llvm::enumerate(positions.front()))
      if (index.stride == 1)
        depthDim = dim;
    std::size_t whole = type.getElementTypeBitWidth() == 16 &&
                                depthDim + 1 == type.getRank() &&
                                isAligned(type, depthDim)
                            ? pairs.size() / 4 * 4
                            : 0;
    SmallVector<Value> words;
    auto word = VectorType::get({1}, builder.getI32Type());
    for (std::size_t group = 0; group < whole; ++group)
      words.push_back(vector::ExtractOp::create(
          builder, loc,
          vector::BitCastOp::create(builder, loc, word, results[group]), 0));
    for (std::size_t group = 0; group < whole; group += 4)
      transpose(MutableArrayRef(words).slice(group, 4));
    when(isInside, [&] {
      storeWords(yielded, buffer, half, words);
      for (std::size_t group = whole; group < pairs.size(); ++group)
        lanes.store({{}, 0, results[group]}, buffer, positions[group]);
    });
  }
}

/// Stores what there is of a pair of the last eight columns.
void AttentionTile::storeColumns(unsigned half, Value pair) {
  Location loc = parts.loc();
  lanes.setLanes(1);
  Value first =
      i32.add(i32.mul(i32.rem(lane, i32.number(4)), 2), blockColumns / 8 * 8);
  Value isRow = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                      rows[half], numQueries);
  for (int64_t i = 0; i < 2; ++i) {
    Value column = i32.add(first, i);
    Value isColumn =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, column,
                              i32.number(blockColumns));
    when(arith::AndIOp::create(builder, loc, isRow, isColumn), [&] {
      lanes.override(
          parts.weighted->getResult(0),
          LaneValue::uniform(vector::ExtractOp::create(builder, loc, pair, i)));
      parts.storeWeighted(
          LaneValue::uniform(i32.toIndex(rows[half])),
          LaneValue::uniform(i32.toIndex(fromFirstColumn(column))));
    });
  }
}

/// Lane l of four has word l of each group of four words; after it, the words
/// of its group.
void AttentionTile::transpose(MutableArrayRef<Value> words) {
  Location loc = parts.loc();
  for (unsigned bit : {1, 2}) {
    Value isUpper = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ne,
        builder.createOrFold<arith::AndIOp>(loc, lane, i32.number(bit)),
        i32.number(0));
    for (unsigned i = 0; i < 4; ++i) {
      if (i & bit)
        continue;
      Value &low = words[i], &high = words[i | bit];
      Value other = shuffleXor(builder, loc, select(isUpper, low, high), bit);
      Value newLow = select(isUpper, other, low);
      high = select(isUpper, high, other);
      low = newLow;
    }
  }
}

/// Of every four groups of eight columns, the lane stores its own.
void AttentionTile::storeWords(Value yielded, Value buffer, unsigned half,
                               SmallVector<Value> words) {
  Location loc = parts.loc();
  auto type = cast<MemRefType>(buffer.getType());
  auto all = VectorType::get({4}, builder.getI32Type());
  auto elements = VectorType::get({8}, type.getElementType());
  Value own = fromFirstColumn(i32.mul(i32.rem(lane, i32.number(4)), 8));
  for (std::size_t group = 0; group < words.size(); group += 4) {
    Value line = vector::FromElementsOp::create(
        builder, loc, all, ArrayRef<Value>(words).slice(group, 4));
    line = vector::BitCastOp::create(builder, loc, elements, line);
    SmallVector<LaneValue> at(parts.row);
    at.push_back(LaneValue::uniform(i32.toIndex(rows[half])));
    at.push_back(LaneValue::uniform(i32.toIndex(i32.add(own, 8 * group))));
    SmallVector<Value> indices = llvm::map_to_vector(
        parts.positionIn(yielded, at),
        [](const LaneValue &index) { return index.scalar; });
    vector::StoreOp::create(builder, loc, line, buffer, indices,
                            /*nontemporal=*/false, llvm::MaybeAlign(16));
  }
}
