//===- RowReductions.cpp - What threads combine of a row ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowReductions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;
using namespace graphc::nvptx;
using linalg::LinalgOp;

//===----------------------------------------------------------------------===//
// Selections
//===----------------------------------------------------------------------===//

namespace {
/// What the body of a selection computes with: the input, as it is kept, and
/// its index.
struct Selection {
  Value input, index;
};
} // namespace

static Value skip(Value value, bool isWidened) {
  if (isWidened)
    if (auto widened = value.getDefiningOp<arith::ExtFOp>())
      return widened.getIn();
  return value;
}

/// The selection of a body
///   keep = some function of (input, index, element so far, its index)
///   yield select(keep, input, element so far), select(keep, index, its index)
/// where elements may be widened before and made narrow again.
static std::optional<Selection> matchSelection(LinalgOp op) {
  if (op->getNumResults() != 2 || op.getNumDpsInputs() != 1)
    return std::nullopt;
  Block *body = op.getBlock();
  auto yielded = body->getTerminator()->getOperands();
  auto narrowed = yielded[0].getDefiningOp<arith::TruncFOp>();
  auto element = (narrowed ? narrowed.getIn() : yielded[0])
                     .getDefiningOp<arith::SelectOp>();
  auto index = yielded[1].getDefiningOp<arith::SelectOp>();
  if (!element || !index || element.getCondition() != index.getCondition() ||
      skip(element.getFalseValue(), bool(narrowed)) != body->getArgument(1) ||
      index.getFalseValue() != body->getArgument(2))
    return std::nullopt;
  Value input = element.getTrueValue();
  if (skip(input, /*isWidened=*/true) != body->getArgument(0))
    return std::nullopt;
  // Elements are kept as they come, or widened.
  if (body->getArgument(0).getType() == body->getArgument(1).getType())
    input = body->getArgument(0);
  if (input.getType() != body->getArgument(1).getType())
    return std::nullopt;
  return Selection{input, index.getTrueValue()};
}

/// True when what decides is made of the input, its index and what was kept
/// only, so that it can be computed for what two threads have kept.
static bool decidesByValues(LinalgOp op, const Selection &selection) {
  SmallVector<Value> work(op.getBlock()->getTerminator()->getOperands());
  SmallPtrSet<Value, 16> seen;
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (!seen.insert(value).second || value == selection.input ||
        value == selection.index)
      continue;
    Operation *producer = value.getDefiningOp();
    if (!producer) {
      auto argument = cast<BlockArgument>(value);
      // The input itself, where it is widened before it is kept.
      if (argument.getOwner() != op.getBlock() || argument.getArgNumber() == 0)
        return false;
      continue;
    }
    if (isa<arith::ConstantOp>(producer))
      continue;
    if (producer->getBlock() != op.getBlock() ||
        producer->getNumResults() != 1 || producer->getNumRegions() ||
        !OpTrait::hasElementwiseMappableTraits(producer))
      return false;
    llvm::append_range(work, producer->getOperands());
  }
  return true;
}

/// A copy of `op` on `operands`, in as many lanes as those have.
static Value cloneInLanes(OpBuilder &builder, Operation *op,
                          ArrayRef<Value> operands, VectorType shape) {
  OperationState state(op->getLoc(), op->getName());
  for (Value operand : operands) {
    if (shape && !isa<VectorType>(operand.getType()))
      operand = vector::BroadcastOp::create(
          builder, op->getLoc(), shape.clone(operand.getType()), operand);
    state.addOperands(operand);
  }
  Type type = op->getResult(0).getType();
  state.addTypes(shape ? shape.clone(type) : type);
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return builder.create(state)->getResult(0);
}

SmallVector<Value> RowReduction::select(OpBuilder &builder, ValueRange earlier,
                                        ValueRange later, Value never) const {
  Selection selection = *matchSelection(op);
  Block *body = LinalgOp(op).getBlock();
  auto shape = dyn_cast<VectorType>(earlier[0].getType());
  DenseMap<Value, Value> values = {{selection.input, later[0]},
                                   {selection.index, later[1]},
                                   {body->getArgument(1), earlier[0]},
                                   {body->getArgument(2), earlier[1]}};
  std::function<Value(Value)> get = [&](Value value) -> Value {
    if (Value known = values.lookup(value))
      return known;
    if (value == never)
      return values[value] = arith::ConstantOp::create(
                 builder, getLoc(), builder.getBoolAttr(false));
    Operation *producer = value.getDefiningOp();
    if (isa<arith::ConstantOp>(producer))
      return values[value] = builder.clone(*producer)->getResult(0);
    SmallVector<Value> operands;
    for (Value operand : producer->getOperands())
      operands.push_back(get(operand));
    return values[value] = cloneInLanes(builder, producer, operands, shape);
  };
  ValueRange yielded = body->getTerminator()->getOperands();
  return {get(yielded[0]), get(yielded[1])};
}

/// Appends the loops of which `index` is the row-major number, from outer to
/// inner. False for any other number.
static bool collectPlaces(LinalgOp op, Value index,
                          SmallVectorImpl<unsigned> &loops) {
  Operation *producer = index.getDefiningOp();
  if (!producer || producer->getBlock() != op.getBlock())
    return false;
  if (auto place = dyn_cast<linalg::IndexOp>(producer)) {
    loops.push_back(place.getDim());
    return true;
  }
  if (isa<arith::IndexCastOp>(producer))
    return collectPlaces(op, producer->getOperand(0), loops);
  auto sum = dyn_cast<arith::AddIOp>(producer);
  auto product = sum ? sum.getLhs().getDefiningOp<arith::MulIOp>() : nullptr;
  if (!product || !collectPlaces(op, product.getLhs(), loops))
    return false;
  unsigned outer = loops.size();
  if (!collectPlaces(op, sum.getRhs(), loops) || loops.size() != outer + 1)
    return false;
  // By the size of the inner one.
  int64_t size = op.getStaticLoopRanges()[loops.back()];
  APInt constant;
  if (matchPattern(product.getRhs(), m_ConstantInt(&constant)))
    return !ShapedType::isDynamic(size) && constant.sge(size);
  return ShapedType::isDynamic(size) &&
         product.getRhs().getParentBlock() != op.getBlock();
}

/// The i1 that says whether the index of an element is below the one that is
/// kept, if the body of a selection asks for it.
static Value findEarlier(LinalgOp op, const Selection &selection) {
  BlockArgument kept = op.getMatchingBlockArgument(op.getDpsInitOperand(1));
  for (Operation *user : kept.getUsers())
    if (auto compare = dyn_cast<arith::CmpIOp>(user))
      if (compare.getPredicate() == arith::CmpIPredicate::slt &&
          compare.getLhs() == selection.index && compare.getRhs() == kept)
        return compare;
  return nullptr;
}

bool RowReduction::isUpward(unsigned rowDims) const {
  if (isIndirect() || !accumulators.empty())
    return false;
  LinalgOp linalgOp = op;
  Selection selection = *matchSelection(linalgOp);
  // No element of the same value is before what it begins with.
  auto start =
      linalgOp.getDpsInitOperand(1)->get().getDefiningOp<linalg::FillOp>();
  SmallVector<unsigned> loops;
  if (!start || !matchPattern(start.getInputs()[0], m_Zero()) ||
      !findEarlier(linalgOp, selection) ||
      !collectPlaces(linalgOp, selection.index, loops) ||
      loops.size() != linalgOp.getNumLoops() - rowDims)
    return false;
  AffineMap toLoops = getLoopMap(linalgOp);
  return llvm::all_of(llvm::enumerate(loops), [&](auto loop) {
    auto dim = cast<AffineDimExpr>(toLoops.getResult(loop.value()));
    return dim.getPosition() == rowDims + loop.index();
  });
}

SmallVector<Value> RowReduction::stepUpwards(LaneEmitter &lanes,
                                             ArrayRef<LaneValue> iteration,
                                             ValueRange values) const {
  Selection selection = *matchSelection(op);
  auto evaluate = [&](Value value) {
    return lanes.materialize(lanes.evaluateInBody(op, value, iteration));
  };
  return select(lanes.getBuilder(), values,
                {evaluate(selection.input), evaluate(selection.index)},
                findEarlier(op, selection));
}

//===----------------------------------------------------------------------===//
// Any reduction
//===----------------------------------------------------------------------===//

std::optional<RowReduction> RowReduction::match(LinalgOp op) {
  RowReduction reduction(op);
  if (auto selection = matchSelection(op)) {
    if (decidesByValues(op, *selection))
      return reduction;
    return std::nullopt;
  }
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    std::optional<Accumulator> accumulator = matchAccumulator(op, i);
    if (!accumulator)
      return std::nullopt;
    reduction.accumulators.push_back(*accumulator);
  }
  return reduction;
}

bool RowReduction::isSumOfFloats() const {
  if (isIndirect())
    return true;
  return !accumulators.empty() &&
         llvm::all_of(accumulators, [](const Accumulator &accumulator) {
           return isa<arith::AddFOp>(accumulator.combiner);
         });
}

SmallVector<Value>
RowReduction::getNeutral(LaneEmitter &lanes,
                         ArrayRef<LaneValue> iteration) const {
  OpBuilder &builder = lanes.getBuilder();
  SmallVector<Value> neutral;
  if (isOfMoments()) {
    Value zero = arith::ConstantOp::create(
        builder, getLoc(), builder.getZeroAttr(getElementType(0)));
    return {zero, zero, zero};
  }
  if (isIndirect())
    return getNeutralExponentials(builder);
  for (const Accumulator &accumulator : accumulators)
    neutral.push_back(codegen::getNeutral(builder, getLoc(), accumulator));
  if (!accumulators.empty())
    return neutral;
  // A selection may begin more than once: nothing is better than itself.
  LinalgOp linalgOp = op;
  for (OpOperand &init : linalgOp.getDpsInitsMutable())
    neutral.push_back(
        lanes
            .evaluate(
                init.get(),
                lanes.apply(linalgOp.getMatchingIndexingMap(&init), iteration))
            .scalar);
  return neutral;
}

SmallVector<Value> RowReduction::combine(OpBuilder &builder, ValueRange earlier,
                                         ValueRange later) const {
  if (isOfMoments())
    return combineMoments(builder, earlier, later);
  if (isIndirect())
    return combineExponentials(builder, earlier, later);
  if (accumulators.empty())
    return select(builder, earlier, later);
  SmallVector<Value> combined;
  for (auto [accumulator, a, b] : llvm::zip_equal(accumulators, earlier, later))
    combined.push_back(combineValues(builder, getLoc(), accumulator, a, b));
  return combined;
}

SmallVector<Value> RowReduction::combineLanes(OpBuilder &builder,
                                              ValueRange vectors) const {
  SmallVector<Value> combined;
  // Lanes have no order that a sum could keep.
  for (auto [accumulator, value] : llvm::zip(accumulators, vectors))
    combined.push_back(
        vector::ReductionOp::create(builder, getLoc(), accumulator.kind, value,
                                    arith::FastMathFlags::reassoc));
  if (!accumulators.empty())
    return combined;
  int64_t lanes = cast<VectorType>(vectors[0].getType()).getNumElements();
  for (int64_t lane = 0; lane < lanes; ++lane) {
    SmallVector<Value> one = llvm::map_to_vector(vectors, [&](Value value) {
      if (!isa<VectorType>(value.getType()))
        return value;
      return vector::ExtractOp::create(builder, getLoc(), value, lane)
          .getResult();
    });
    combined = lane ? combine(builder, combined, one) : one;
  }
  return combined;
}
