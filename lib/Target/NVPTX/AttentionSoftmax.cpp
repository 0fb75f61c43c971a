//===- AttentionSoftmax.cpp - Scores and weights of attention -------------===//
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

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;

/// Of four sums in a row, the first two are of the upper row, the others of
/// the lower one.
static unsigned halfOf(std::size_t sum) { return sum % 4 / 2; }
/// Column of a sum, from the first of the thread.
static int64_t columnOf(std::size_t sum) { return sum / 4 * 8 + sum % 2; }

/// Combines values of one row in several chains, which run side by side.
static Value combineRow(ArrayRef<Value> values, unsigned half,
                        function_ref<Value(Value, Value)> combine) {
  constexpr unsigned chains = 4;
  SmallVector<Value> partial;
  for (auto [i, value] : llvm::enumerate(values)) {
    if (halfOf(i) != half)
      continue;
    unsigned chain = i / 4 * 2 % chains + i % 2;
    if (partial.size() < chains)
      partial.push_back(value);
    else
      partial[chain] = combine(partial[chain], value);
  }
  while (partial.size() > 1) {
    Value last = partial.pop_back_val();
    partial[partial.size() / 2] = combine(partial[partial.size() / 2], last);
  }
  return partial.front();
}

/// Where the scores of this thread are, two neighbours at once where they exist
/// together; begins to load what they need besides products.
void AttentionTile::prepareScores(Value tile, bool isMasked) {
  if (scale)
    return;
  Location loc = parts.loc();
  std::optional<int64_t> known = constantOf(parts.keys);
  scoreWidth = known && *known % 2 == 0 ? 2 : 1;
  lanes.setLanes(scoreWidth);
  Value first = i32.add(i32.mul(tile, blockKeys),
                        i32.mul(i32.rem(lane, i32.number(4)), 2));
  Value firstIndex = i32.toIndex(first);
  Value end = i32.sub(numKeys, i32.number(scoreWidth));
  Value lastRow = i32.sub(numQueries, i32.number(1));
  scorePositions.assign(blockKeys / 2, {});
  for (unsigned half = 0; half < 2; ++half) {
    // What is behind the end is computed and not used.
    Value query = i32.toIndex(
        builder.createOrFold<arith::MinUIOp>(loc, rows[half], lastRow));
    for (int64_t i = 2 * half; i < blockKeys / 2; i += 4)
      for (int64_t lane = 0; lane < 2; lane += scoreWidth) {
        // An offset from one address, unless there may be nothing there.
        int64_t column = columnOf(i) + lane;
        Value key = isMasked ? i32.toIndex(builder.createOrFold<arith::MinSIOp>(
                                   loc, i32.add(first, column), end))
                             : i32.add(firstIndex, parts.constant(column));
        SmallVector<LaneValue> &at = scorePositions[i + lane];
        at.assign(parts.row.begin(), parts.row.end());
        at.push_back(LaneValue::uniform(query));
        at.push_back({key, scoreWidth == 2, {}, scoreWidth});
      }
  }
  // More would take too many registers.
  constexpr unsigned maxBits = 16;
  for (OpOperand *operand : findScoreOperands())
    if (scoreWidth == 2 && getElementTypeOrSelf(operand->get().getType())
                                   .getIntOrFloatBitWidth() <= maxBits)
      for (ArrayRef<LaneValue> at : scorePositions)
        if (!at.empty())
          lanes.evaluate(operand->get(),
                         lanes.apply(cast<linalg::LinalgOp>(operand->getOwner())
                                         .getMatchingIndexingMap(operand),
                                     at));
}

/// Tensors from outside that scores change with, key by key.
SmallVector<OpOperand *> AttentionTile::findScoreOperands() {
  SmallVector<OpOperand *> found;
  for (Operation &candidate : parts.region.getBody().front()) {
    auto op = dyn_cast<linalg::LinalgOp>(candidate);
    if (!op || op.getNumReductionLoops() ||
        op.getNumLoops() != parts.numRows + 2 ||
        op->isBeforeInBlock(parts.products) ||
        !op->isBeforeInBlock(parts.max.getDefiningOp()))
      continue;
    for (OpOperand *input : op.getDpsInputOperands())
      if (isa<BlockArgument>(input->get()) &&
          getElementTypeOrSelf(input->get().getType()).isIntOrFloat() &&
          op.getMatchingIndexingMap(input).isFunctionOfDim(parts.numRows + 1))
        found.push_back(input);
  }
  return found;
}

/// Scores from products, by whatever the kernel says.
void AttentionTile::computeScores(SmallVector<Value> &values) {
  Location loc = parts.loc();
  Value target = isCausal ? parts.causal->getOperand(0) : parts.scores;
  auto type = VectorType::get({2}, builder.getF32Type());
  lanes.setLanes(scoreWidth);
  for (std::size_t i = 0; i < values.size(); i += scoreWidth) {
    std::size_t mark = lanes.mark();
    LaneValue product = LaneValue::uniform(values[i]);
    if (scoreWidth == 2)
      product = {{},
                 0,
                 vector::FromElementsOp::create(
                     builder, loc, type, ValueRange{values[i], values[i + 1]})};
    lanes.override(parts.products->getResult(0), product);
    Value score = lanes.materialize(lanes.evaluate(target, scorePositions[i]));
    lanes.clearOverrides();
    lanes.forget(mark);
    if (scoreWidth == 1) {
      values[i] = score;
      continue;
    }
    for (int64_t j = 0; j < 2; ++j)
      values[i + j] = vector::ExtractOp::create(builder, loc, score, j);
  }
}

/// Hides keys behind the last and, for causal attention, behind the query.
void AttentionTile::applyMask(SmallVector<Value> &values, Value tile) {
  Location loc = parts.loc();
  Value first = i32.add(i32.mul(tile, blockKeys),
                        i32.mul(i32.rem(lane, i32.number(4)), 2));
  Value hidden = real(-INFINITY), limits[2];
  for (unsigned half = 0; half < 2; ++half) {
    limits[half] = numKeys;
    if (isCausal)
      limits[half] = builder.createOrFold<arith::MinUIOp>(
          loc, numKeys, i32.add(rows[half], 1));
    limits[half] = i32.sub(limits[half], first);
  }
  for (auto [i, value] : llvm::enumerate(values)) {
    Value isVisible =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt,
                              limits[halfOf(i)], i32.number(columnOf(i)));
    value = select(isVisible, value, hidden);
  }
}

std::array<Value, 2> AttentionTile::applySoftmax(SmallVector<Value> &values,
                                                 Rows &state, Value tile,
                                                 bool isMasked) {
  Location loc = parts.loc();
  if (!scale)
    computeScores(values);
  if (isMasked)
    applyMask(values, tile);
  // Powers of two; a scale is part of the exponent.
  Value factor = real((scale ? scale : 1) * log2e);
  std::array<Value, 2> factors;
  Value bases[2], offsets[2];
  for (unsigned half = 0; half < 2; ++half) {
    Value max = combineRow(values, half,
                           [&](Value a, Value b) { return larger(a, b); });
    // Four lanes share a row.
    for (int64_t mask : {1, 2})
      max = larger(max, shuffleXor(builder, loc, max, mask));
    max = larger(state.max[half], max);
    bases[half] = finite(max);
    Value old =
        arith::SubFOp::create(builder, loc, state.max[half], bases[half]);
    factors[half] = exp2(multiply(old, factor));
    offsets[half] =
        arith::NegFOp::create(builder, loc, multiply(bases[half], factor));
    state.max[half] = max;
  }
  for (auto [i, value] : llvm::enumerate(values)) {
    unsigned half = halfOf(i);
    // Masks may be so large that their product with the factor is not finite.
    value =
        scale
            ? fma(value, factor, offsets[half])
            : multiply(arith::SubFOp::create(builder, loc, value, bases[half]),
                       factor);
    value = exp2(value);
  }
  for (unsigned half = 0; half < 2; ++half) {
    Value sum =
        combineRow(values, half, [&](Value a, Value b) { return add(a, b); });
    state.sum[half] = fma(state.sum[half], factors[half], sum);
  }
  return factors;
}

SmallVector<Value> AttentionTile::packWeights(ArrayRef<Value> values) {
  Location loc = parts.loc();
  auto wide = VectorType::get({2}, builder.getF32Type());
  auto narrow = VectorType::get({2}, elementType);
  auto word = VectorType::get({1}, builder.getI32Type());
  SmallVector<Value> weights;
  for (std::size_t i = 0; i < values.size(); i += 2) {
    Value pair = vector::FromElementsOp::create(
        builder, loc, wide, ValueRange{values[i], values[i + 1]});
    pair = arith::TruncFOp::create(builder, loc, narrow, pair);
    pair = vector::BitCastOp::create(builder, loc, word, pair);
    weights.push_back(vector::ExtractOp::create(builder, loc, pair, 0));
  }
  return weights;
}

void AttentionTile::rescale(MutableArrayRef<Value> sums,
                            const std::array<Value, 2> &factors) {
  for (auto [i, sum] : llvm::enumerate(sums))
    sum = multiply(sum, factors[halfOf(i)]);
}
