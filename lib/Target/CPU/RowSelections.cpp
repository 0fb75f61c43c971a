//===- RowSelections.cpp - Reductions that keep an element and its index --===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every lane chooses among its own elements. What the lanes have chosen is
// chosen from by the same body, given elements and indices of other lanes.
//
//===----------------------------------------------------------------------===//

#include "RowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using linalg::LinalgOp;

bool graphc::cpu::isSelection(LinalgOp op, unsigned dim) {
  if (op->getNumResults() != 2 || op.getNumDpsInputs() != 1)
    return false;
  Block *body = op.getBlock();
  auto yielded = body->getTerminator()->getOperands();
  auto element = yielded[0].getDefiningOp<arith::SelectOp>();
  auto index = yielded[1].getDefiningOp<arith::SelectOp>();
  if (!element || !index || element.getCondition() != index.getCondition() ||
      element.getFalseValue() != body->getArgument(1) ||
      index.getFalseValue() != body->getArgument(2))
    return false;
  Value input = element.getTrueValue();
  if (auto widened = input.getDefiningOp<arith::ExtFOp>())
    input = widened.getIn();
  auto place = index.getTrueValue().getDefiningOp<arith::IndexCastOp>();
  if (input != body->getArgument(0) || !place)
    return false;
  auto position = place.getIn().getDefiningOp<linalg::IndexOp>();
  return position && position.getDim() == dim &&
         llvm::hasSingleElement(body->getOps<linalg::IndexOp>());
}

/// The results of the body for the element and index `a`, having `b`.
SmallVector<Value> RowEmitter::choose(LinalgOp op, ValueRange a, ValueRange b) {
  Value input = op.getDpsInputOperand(0)->get();
  Value element = a[0];
  // It was widened from this type.
  Type stored = lanes.laneType(getElementTypeOrSelf(input.getType()));
  if (stored != element.getType())
    element = arith::TruncFOp::create(builder, loc(), stored, element);
  LaneValue old = iteration[*vectorDim];
  Type indices = lanes.laneType(builder.getIndexType());
  std::size_t mark = lanes.mark();
  iteration[*vectorDim] = {
      {}, 0, arith::IndexCastOp::create(builder, loc(), indices, a[1])};
  lanes.override(input, {{}, 0, element});
  SmallVector<Value> chosen;
  for (LaneValue value : lanes.evaluateBody(
           op, iteration, {LaneValue{{}, 0, b[0]}, LaneValue{{}, 0, b[1]}}))
    chosen.push_back(lanes.materialize(value));
  lanes.clearOverrides();
  lanes.forget(mark);
  iteration[*vectorDim] = old;
  return chosen;
}

/// The choice of all lanes of all `parts` (pairs of vectors).
SmallVector<Value> RowEmitter::chooseLane(LinalgOp op, ValueRange parts) {
  SmallVector<Value> best(parts.take_front(2));
  for (parts = parts.drop_front(2); !parts.empty(); parts = parts.drop_front(2))
    best = choose(op, parts.take_front(2), best);
  for (int64_t distance = width / 2; distance > 0; distance /= 2) {
    SmallVector<int64_t> rotation;
    for (int64_t lane = 0; lane < width; ++lane)
      rotation.push_back((lane + distance) % width);
    SmallVector<Value> other;
    for (Value value : best)
      other.push_back(
          vector::ShuffleOp::create(builder, loc(), value, value, rotation));
    best = choose(op, other, best);
  }
  for (Value &value : best)
    value = vector::ExtractOp::create(builder, loc(), value, 0);
  return best;
}

bool RowEmitter::canCombineLanes(LinalgOp op) {
  if (isSelection(op, *vectorDim))
    return true;
  for (unsigned i = 0; i < op->getNumResults(); ++i)
    if (!matchAccumulator(op, i))
      return false;
  return true;
}
