//===- RowMoments.cpp - Variances by one pass over a row ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each lane keeps the mean of what it has seen and the sum of squares of the
// differences from it. What it reads at once it sums up in two passes over
// registers; that, and what two lanes have, is combined by weights (Chan et
// al.). As good as two passes over memory. For any p,
//
//   sum (x - p)^2 = sum (x - mean)^2 + count (mean - p)^2
//
//===----------------------------------------------------------------------===//

#include "Floats.h"
#include "RowReductions.h"

#include "mlir/Analysis/SliceAnalysis.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

/// True when none of `before` is behind `value`.
static bool isFreeOf(Value value, ArrayRef<LinalgOp> before) {
  if (!value.getDefiningOp())
    return true;
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  options.inclusive = true;
  (void)getBackwardSlice(value, &slice, options);
  return llvm::none_of(before,
                       [&](LinalgOp other) { return slice.contains(other); });
}

bool nvptx::isIndependent(LinalgOp op, Value value, ArrayRef<LinalgOp> before) {
  if (value.getParentBlock() != op.getBlock())
    return isFreeOf(value, before);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    unsigned number = argument.getArgNumber();
    return number < op.getNumDpsInputs() &&
           isFreeOf(op.getDpsInputOperand(number)->get(), before);
  }
  Operation *inner = value.getDefiningOp();
  return inner->getNumResults() == 1 && inner->getNumRegions() == 0 &&
         llvm::all_of(inner->getOperands(), [&](Value operand) {
           return isIndependent(op, operand, before);
         });
}

bool nvptx::isOneOfRow(LinalgOp op, Value value, unsigned rowDims) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != op.getBlock() ||
      argument.getArgNumber() >= op.getNumDpsInputs())
    return false;
  AffineMap map =
      op.getMatchingIndexingMap(op.getDpsInputOperand(argument.getArgNumber()));
  return llvm::none_of(llvm::seq(rowDims, op.getNumLoops()),
                       [&](unsigned dim) { return map.isFunctionOfDim(dim); });
}

std::optional<RowReduction>
RowReduction::ofDifference(Kind kind, LinalgOp op, LinalgOp centre,
                           arith::SubFOp centred, unsigned rowDims,
                           ArrayRef<LinalgOp> before) {
  if (!isOneOfRow(centre, centred.getRhs(), rowDims) ||
      !isIndependent(centre, centred.getLhs(), before))
    return std::nullopt;
  RowReduction reduction(op);
  reduction.kind = kind;
  reduction.centred = centred;
  reduction.centre = centre;
  return reduction;
}

std::optional<RowReduction>
RowReduction::matchMoments(LinalgOp op, unsigned rowDims,
                           ArrayRef<LinalgOp> before) {
  if (op->getNumResults() != 1)
    return std::nullopt;
  auto sum = op.getBlock()
                 ->getTerminator()
                 ->getOperand(0)
                 .getDefiningOp<arith::AddFOp>();
  if (!sum || !isa<FloatType>(sum.getType()))
    return std::nullopt;
  Value soFar = op.getMatchingBlockArgument(op.getDpsInitOperand(0));
  Value added = sum.getLhs() == soFar ? sum.getRhs() : sum.getLhs();
  auto square = added.getDefiningOp<arith::MulFOp>();
  if ((sum.getLhs() != soFar && sum.getRhs() != soFar) || !square ||
      square.getLhs() != square.getRhs())
    return std::nullopt;
  auto centred = square.getLhs().getDefiningOp<arith::SubFOp>();
  return centred ? ofDifference(Kind::Moments, op, op, centred, rowDims, before)
                 : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

SmallVector<Value>
RowReduction::readAll(LaneEmitter &lanes,
                      ArrayRef<SmallVector<LaneValue>> iterations) const {
  arith::SubFOp difference = centred;
  SmallVector<Value> read;
  for (ArrayRef<LaneValue> iteration : iterations)
    read.push_back(lanes.materialize(
        lanes.evaluateInBody(centre, difference.getLhs(), iteration)));
  return read;
}

SmallVector<Value>
RowReduction::addToMoments(LaneEmitter &lanes,
                           ArrayRef<SmallVector<LaneValue>> iterations,
                           ValueRange moments) const {
  Floats floats{lanes.getBuilder(), getLoc()};
  SmallVector<Value> read = readAll(lanes, iterations);
  double number = read.size();
  Value sum = read[0];
  for (Value x : ArrayRef(read).drop_front())
    sum = floats.add(sum, x);
  Value mean =
      number == 1
          ? sum
          : floats.multiply(sum, floats.number(sum.getType(), 1 / number));
  Value squares = floats.number(sum.getType(), 0);
  for (Value x : number == 1 ? ArrayRef<Value>() : ArrayRef(read)) {
    Value off = floats.subtract(x, mean);
    squares = floats.fma(off, off, squares);
  }
  Value count = floats.number(getElementType(0), number);
  return combineMoments(lanes.getBuilder(), moments, {mean, squares, count});
}

SmallVector<Value> RowReduction::combineMoments(OpBuilder &builder,
                                                ValueRange earlier,
                                                ValueRange later) const {
  Floats floats{builder, getLoc()};
  // Lanes that were stored have one count each, all the same.
  Value before = floats.lane(earlier[2], 0), after = floats.lane(later[2], 0);
  Value count = floats.add(before, after);
  // What nobody has seen weighs nothing.
  Value weight = floats.divide(
      after, floats.larger(count, floats.number(count.getType(), 1)));
  Value delta = floats.subtract(later[0], earlier[0]);
  Value mean = floats.fma(delta, floats.spread(weight, delta), earlier[0]);
  // A square may be infinite where the weight is nothing.
  Value weighted = floats.multiply(
      delta, floats.spread(floats.multiply(before, weight), delta));
  Value squares = floats.fma(weighted, delta, floats.add(earlier[1], later[1]));
  return {mean, squares, count};
}

Value RowReduction::getCentre(LaneEmitter &lanes, ArrayRef<LaneValue> iteration,
                              Type type) const {
  arith::SubFOp difference = centred;
  LaneValue at = lanes.evaluateInBody(centre, difference.getRhs(), iteration);
  return isa<VectorType>(type) ? lanes.materialize(at) : at.scalar;
}

Value RowReduction::getSquares(LaneEmitter &lanes,
                               ArrayRef<LaneValue> iteration,
                               ValueRange moments) const {
  Value point = getCentre(lanes, iteration, moments[0].getType());
  Floats floats{lanes.getBuilder(), getLoc()};
  Value off = floats.subtract(moments[0], point);
  Value count = floats.spread(floats.lane(moments[2], 0), off);
  return floats.add(moments[1],
                    floats.multiply(count, floats.multiply(off, off)));
}
