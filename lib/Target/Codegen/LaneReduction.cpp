//===- LaneReduction.cpp - Elements that are reductions -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reduction of one element, in the order of its loops. Sums of floats are
// sums of sums, whose error grows with the root of their length only.
//
//===----------------------------------------------------------------------===//

#include "LaneEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;

/// Floats that are summed up one after the other.
static constexpr int64_t summands = 128;

/// True when every result is a sum of floats and of nothing that the sum so far
/// changes.
static bool areSums(linalg::LinalgOp op) {
  Block *body = op.getBlock();
  return llvm::all_of(
      llvm::enumerate(body->getTerminator()->getOperands()), [&](auto yielded) {
        auto sum = yielded.value().template getDefiningOp<arith::AddFOp>();
        BlockArgument total =
            op.getMatchingBlockArgument(op.getDpsInitOperand(yielded.index()));
        return sum && total.hasOneUse() && *total.user_begin() == sum;
      });
}

/// The size of loop `dim`, from an operand that the loop walks along.
static Value getLoopSize(LaneEmitter &lanes, linalg::LinalgOp op,
                         unsigned dim) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [position, expr] : llvm::enumerate(map.getResults()))
      if (auto of = dyn_cast<AffineDimExpr>(expr))
        if (of.getPosition() == dim)
          return lanes.getSize(operand.get(), position);
  }
  // The verifier of linalg asks for maps from which all sizes follow.
  llvm_unreachable("a loop that no operand walks along");
}

SmallVector<LaneValue>
LaneEmitter::reduce(linalg::LinalgOp op, ArrayRef<unsigned> dims,
                    SmallVectorImpl<LaneValue> &iteration,
                    ArrayRef<LaneValue> values) {
  if (dims.empty())
    return evaluateBody(op, iteration, values);
  auto pack = [&](ArrayRef<LaneValue> unpacked) {
    return llvm::map_to_vector(
        unpacked, [&](const LaneValue &value) { return materialize(value); });
  };
  auto unpack = [&](ValueRange packed) {
    return llvm::map_to_vector(packed, [&](Value value) {
      return lanes == 1 ? LaneValue::uniform(value) : LaneValue{{}, 0, value};
    });
  };
  auto inner = [&](Value index, ValueRange current) {
    iteration[dims.front()] = LaneValue::uniform(index);
    return pack(reduce(op, dims.drop_front(), iteration, unpack(current)));
  };
  Value zero = constantIndex(0), size = getLoopSize(*this, op, dims.front());
  std::optional<int64_t> staticSize = constantOf(size);
  SmallVector<Value> initial = pack(values);
  if (!areSums(op) || (staticSize && *staticSize <= 2 * summands))
    return unpack(loop(zero, size, 1, initial, inner));
  auto outer = [&](Value first, ValueRange totals) {
    Value next =
        arith::MinUIOp::create(builder, loc(),
                               builder.createOrFold<arith::AddIOp>(
                                   loc(), first, constantIndex(summands)),
                               size);
    SmallVector<Value> neutral = llvm::map_to_vector(totals, [&](Value total) {
      return arith::ConstantOp::create(builder, loc(),
                                       builder.getZeroAttr(total.getType()))
          .getResult();
    });
    SmallVector<Value> sums = loop(first, next, 1, neutral, inner);
    for (auto [sum, total] : llvm::zip_equal(sums, totals))
      sum = arith::AddFOp::create(builder, loc(), total, sum);
    return sums;
  };
  return unpack(loop(zero, size, summands, initial, outer));
}

LaneValue LaneEmitter::evaluateReduction(linalg::LinalgOp op, unsigned result,
                                         ArrayRef<LaneValue> indices) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(result));
  SmallVector<LaneValue> iteration(op.getNumLoops());
  for (auto [i, expr] : llvm::enumerate(map.getResults()))
    iteration[cast<AffineDimExpr>(expr).getPosition()] = indices[i];
  SmallVector<unsigned> dims;
  op.getReductionDims(dims);
  SmallVector<LaneValue> initial;
  for (OpOperand &init : op.getDpsInitsMutable())
    initial.push_back(evaluate(
        init.get(), apply(op.getMatchingIndexingMap(&init), iteration)));
  SmallVector<LaneValue> results = reduce(op, dims, iteration, initial);
  for (auto [i, value] : llvm::enumerate(results)) {
    if (i == result)
      continue;
    AffineMap other = op.getMatchingIndexingMap(op.getDpsInitOperand(i));
    remember(op->getResult(i), apply(other, iteration), value);
  }
  return results[result];
}
