//===- RowExponentials.cpp - Softmax by one pass over a row ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each lane keeps the greatest number r that it has seen and the sum of
// exp(x - r), which it scales where r grows. Whatever p is in the end,
//
//   sum exp(x - p) = exp(r - p) sum exp(x - r)
//
// and where p is the greatest of finite numbers, it is r, and the sum is taken
// as it is. r is never infinite, so that nothing subtracts infinities before p
// does. For a row with
//
//   +inf   r is the greatest float and the sum is infinite: NaN if p is, too
//   -inf   alone, r is the lowest float and the sum is 0: NaN if p is -inf
//   NaN    the sum is
//
// as sum exp(x - p) would be.
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

/// Follows `value`, in the body of `op`, to where it is computed: into the body
/// of a producer that runs over the same elements, which `op` becomes.
static Value follow(LinalgOp &op, Value value) {
  while (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() != op.getBlock() ||
        argument.getArgNumber() >= op.getNumDpsInputs())
      break;
    OpOperand *input = op.getDpsInputOperand(argument.getArgNumber());
    auto producer = input->get().getDefiningOp<LinalgOp>();
    if (!producer || producer.getNumReductionLoops() ||
        producer.getNumLoops() != op.getNumLoops() ||
        !op.getMatchingIndexingMap(input).isIdentity())
      break;
    value = producer.getBlock()->getTerminator()->getOperand(
        cast<OpResult>(input->get()).getResultNumber());
    op = producer;
  }
  return value;
}

/// Whether `a` in the body of `opA` and `b` in that of `opB` are surely the
/// same number of each element.
static bool isSame(LinalgOp opA, Value a, LinalgOp opB, Value b) {
  a = follow(opA, a);
  b = follow(opB, b);
  if (a == b)
    return true;
  auto argumentA = dyn_cast<BlockArgument>(a),
       argumentB = dyn_cast<BlockArgument>(b);
  if (!argumentA || !argumentB || argumentA.getOwner() != opA.getBlock() ||
      argumentB.getOwner() != opB.getBlock())
    return false;
  OpOperand &inA = opA->getOpOperand(argumentA.getArgNumber()),
            &inB = opB->getOpOperand(argumentB.getArgNumber());
  return inA.get() == inB.get() &&
         opA.getMatchingIndexingMap(&inA) == opB.getMatchingIndexingMap(&inB);
}

/// What is combined with `soFar`, the result up to there.
static Value getAdded(LinalgOp op, Operation *combiner) {
  Value soFar = op.getMatchingBlockArgument(op.getDpsInitOperand(0));
  return combiner->getOperand(combiner->getOperand(0) == soFar ? 1 : 0);
}

/// Whether p, in the body of `op`, follows from the greatest x, which one of
/// `before` finds. Another p may be -inf beside numbers greater than that, and
/// what is kept would not tell whether -inf is subtracted from -inf.
static bool isOfGreatest(LinalgOp op, Value x, Value p,
                         ArrayRef<LinalgOp> before) {
  Value row =
      op.getDpsInputOperand(cast<BlockArgument>(p).getArgNumber())->get();
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = options.inclusive = true;
  (void)getBackwardSlice(row, &slice, options);
  return llvm::any_of(before, [&](LinalgOp other) {
    std::optional<Accumulator> found = matchAccumulator(other, 0);
    return slice.contains(other) && found &&
           isa_and_nonnull<arith::MaximumFOp, arith::MaxNumFOp>(
               found->combiner) &&
           isSame(op, x, other, getAdded(other, found->combiner));
  });
}

std::optional<RowReduction>
RowReduction::matchExponentials(LinalgOp op, unsigned rowDims,
                                ArrayRef<LinalgOp> before) {
  std::optional<Accumulator> sum = matchAccumulator(op, 0);
  if (op->getNumResults() != 1 || !sum || !isa<arith::AddFOp>(sum->combiner))
    return std::nullopt;
  LinalgOp at = op;
  auto power =
      follow(at, getAdded(op, sum->combiner)).getDefiningOp<math::ExpOp>();
  if (!power)
    return std::nullopt;
  auto centred = follow(at, power.getOperand()).getDefiningOp<arith::SubFOp>();
  if (!centred || centred.getType() != sum->combiner->getResult(0).getType())
    return std::nullopt;
  std::optional<RowReduction> reduction =
      ofDifference(Kind::Exponentials, op, at, centred, rowDims, before);
  bool isBelow =
      reduction && isOfGreatest(at, centred.getLhs(), centred.getRhs(), before);
  return isBelow ? reduction : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/// The greatest float, or the lowest.
static double getLimit(Type type, bool isLowest) {
  auto element = cast<FloatType>(getElementTypeOrSelf(type));
  return llvm::APFloat::getLargest(element.getFloatSemantics(), isLowest)
      .convertToDouble();
}

SmallVector<Value>
RowReduction::getNeutralExponentials(OpBuilder &builder) const {
  Type type = getElementType(0);
  Floats floats{builder, getLoc()};
  return {floats.number(type, getLimit(type, /*isLowest=*/true)),
          floats.number(type, 0)};
}

SmallVector<Value>
RowReduction::addToExponentials(LaneEmitter &lanes,
                                ArrayRef<SmallVector<LaneValue>> iterations,
                                ValueRange values) const {
  Floats floats{lanes.getBuilder(), getLoc()};
  SmallVector<Value> read = readAll(lanes, iterations);
  Value most = read[0];
  for (Value x : ArrayRef(read).drop_front())
    most = floats.largerNumber(most, x);
  most = floats.smallerNumber(
      floats.largerNumber(values[0], most),
      floats.number(most.getType(), getLimit(most.getType(), false)));
  Value sum =
      floats.multiply(values[1], floats.exp(floats.subtract(values[0], most)));
  for (Value x : read)
    sum = floats.add(sum, floats.exp(floats.subtract(x, most)));
  return {most, sum};
}

SmallVector<Value> RowReduction::combineExponentials(OpBuilder &builder,
                                                     ValueRange earlier,
                                                     ValueRange later) const {
  Floats floats{builder, getLoc()};
  Value most = floats.largerNumber(earlier[0], later[0]);
  auto scale = [&](ValueRange values) {
    return floats.multiply(values[1],
                           floats.exp(floats.subtract(values[0], most)));
  };
  return {most, floats.add(scale(earlier), scale(later))};
}

Value RowReduction::getSumOfExponentials(LaneEmitter &lanes,
                                         ArrayRef<LaneValue> iteration,
                                         ValueRange values) const {
  Value point = getCentre(lanes, iteration, values[0].getType());
  Floats floats{lanes.getBuilder(), getLoc()};
  return floats.multiply(floats.exp(floats.subtract(values[0], point)),
                         values[1]);
}
