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

#include "RowReductions.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

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

/// True when `value`, in the body of `op`, is made of what none of `before` is
/// behind, and of nothing that the body accumulates.
static bool isIndependent(LinalgOp op, Value value, ArrayRef<LinalgOp> before) {
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
  auto point = centred ? dyn_cast<BlockArgument>(centred.getRhs()) : nullptr;
  if (!point || point.getOwner() != op.getBlock() ||
      point.getArgNumber() >= op.getNumDpsInputs() ||
      !isIndependent(op, centred.getLhs(), before))
    return std::nullopt;
  AffineMap map =
      op.getMatchingIndexingMap(op.getDpsInputOperand(point.getArgNumber()));
  for (unsigned dim = rowDims; dim < op.getNumLoops(); ++dim)
    if (map.isFunctionOfDim(dim))
      return std::nullopt;
  RowReduction reduction(op);
  reduction.centred = centred;
  return reduction;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

namespace {
/// Float arithmetic in one place, of scalars and vectors.
struct Floats {
  OpBuilder &builder;
  Location loc;

  Value number(Type type, double value) {
    auto element = cast<FloatType>(getElementTypeOrSelf(type));
    TypedAttr attribute = builder.getFloatAttr(element, value);
    if (auto vectorType = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vectorType, attribute);
    return arith::ConstantOp::create(builder, loc, attribute);
  }
  Value add(Value a, Value b) {
    return arith::AddFOp::create(builder, loc, a, b);
  }
  Value subtract(Value a, Value b) {
    return arith::SubFOp::create(builder, loc, a, b);
  }
  Value fma(Value a, Value b, Value c) {
    return math::FmaOp::create(builder, loc, a, b, c);
  }
  Value multiply(Value a, Value b) {
    return arith::MulFOp::create(builder, loc, a, b);
  }
  /// A weight, whose last bits do not matter.
  Value divide(Value a, Value b) {
    return arith::DivFOp::create(builder, loc, a, b,
                                 arith::FastMathFlags::afn |
                                     arith::FastMathFlags::arcp);
  }
  Value larger(Value a, Value b) {
    return arith::MaximumFOp::create(builder, loc, a, b);
  }
  /// `scalar` in as many lanes as `like` has.
  Value spread(Value scalar, Value like) {
    if (!isa<VectorType>(like.getType()))
      return scalar;
    return vector::BroadcastOp::create(builder, loc, like.getType(), scalar);
  }
  Value lane(Value value, int64_t number) {
    if (!isa<VectorType>(value.getType()))
      return value;
    return vector::ExtractOp::create(builder, loc, value, number);
  }
};
} // namespace

SmallVector<Value>
RowReduction::addToMoments(LaneEmitter &lanes,
                           ArrayRef<SmallVector<LaneValue>> iterations,
                           ValueRange moments) const {
  arith::SubFOp difference = centred;
  Floats floats{lanes.getBuilder(), getLoc()};
  SmallVector<Value> read;
  for (ArrayRef<LaneValue> iteration : iterations)
    read.push_back(lanes.materialize(
        lanes.evaluateInBody(op, difference.getLhs(), iteration)));
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

Value RowReduction::getSquares(LaneEmitter &lanes,
                               ArrayRef<LaneValue> iteration,
                               ValueRange moments) const {
  arith::SubFOp difference = centred;
  LaneValue at = lanes.evaluateInBody(op, difference.getRhs(), iteration);
  Value point =
      isa<VectorType>(moments[0].getType()) ? lanes.materialize(at) : at.scalar;
  Floats floats{lanes.getBuilder(), getLoc()};
  Value off = floats.subtract(moments[0], point);
  Value count = floats.spread(floats.lane(moments[2], 0), off);
  return floats.add(moments[1],
                    floats.multiply(count, floats.multiply(off, off)));
}
