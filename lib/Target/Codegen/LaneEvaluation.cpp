//===- LaneEvaluation.cpp - What a kernel's body computes, in lanes -------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;

//===----------------------------------------------------------------------===//
// Scalars and sizes of the body
//===----------------------------------------------------------------------===//

Value LaneEmitter::getScalar(Value value) {
  if (Value known = scalars.lookupOrNull(value))
    return known;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return region.getOperand(argument.getArgNumber());
  Operation *op = value.getDefiningOp();
  if (auto dim = dyn_cast<tensor::DimOp>(op))
    return getSize(dim.getSource(), *dim.getConstantIndex());
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return builder.clone(*constant)->getResult(0);
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, getScalar(operand));
  return builder.clone(*op, mapping)
      ->getResult(cast<OpResult>(value).getResultNumber());
}

Value LaneEmitter::getSize(Value tensor, unsigned dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return constantIndex(type.getDimSize(dim));
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return memref::DimOp::create(
        builder, loc(), region.getOperand(argument.getArgNumber()), dim);
  Operation *op = tensor.getDefiningOp();
  unsigned result = cast<OpResult>(tensor).getResultNumber();
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return getSize(linalgOp.getDpsInitOperand(result)->get(), dim);
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return getScalar(empty.getDynamicSize(dim));
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return getSize(cast.getSource(), dim);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    unsigned position = 0;
    for (auto [i, size] : llvm::enumerate(slice.getMixedSizes())) {
      if (dropped.test(i))
        continue;
      if (position++ == dim)
        return isa<Attribute>(size) ? constantIndex(*getConstantIntValue(size))
                                    : getScalar(cast<Value>(size));
    }
  }
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
    OpFoldResult size = expand.getMixedOutputShape()[dim];
    return isa<Attribute>(size) ? constantIndex(*getConstantIntValue(size))
                                : getScalar(cast<Value>(size));
  }
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    Value size = constantIndex(1);
    auto reassociation = collapse.getReassociationIndices();
    for (int64_t source : reassociation[dim])
      size = builder.createOrFold<arith::MulIOp>(
          loc(), size, getSize(collapse.getSrc(), source));
    return size;
  }
  auto pad = cast<tensor::PadOp>(op);
  Value size = getSize(pad.getSource(), dim);
  for (OpFoldResult amount :
       {pad.getMixedLowPad()[dim], pad.getMixedHighPad()[dim]})
    size = builder.createOrFold<arith::AddIOp>(
        loc(), size,
        isa<Attribute>(amount) ? constantIndex(*getConstantIntValue(amount))
                               : getScalar(cast<Value>(amount)));
  return size;
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

void LaneEmitter::remember(Value tensor, ArrayRef<LaneValue> indices,
                           LaneValue value) {
  memo.push_back({tensor, SmallVector<LaneValue>(indices), value});
}

void LaneEmitter::redirect(Value tensor, Value buffer, unsigned dropped) {
  redirected[tensor] = {buffer, dropped};
}

/// Two constants of one value are two SSA values.
static bool isSame(const LaneValue &a, const LaneValue &b) {
  if (a == b)
    return true;
  if (a.vector || b.vector || a.stride != b.stride)
    return false;
  std::optional<int64_t> constant = constantOf(a.scalar);
  return constant && constant == constantOf(b.scalar);
}

LaneValue LaneEmitter::evaluate(Value tensor, ArrayRef<LaneValue> indices) {
  if (auto it = overridden.find(tensor); it != overridden.end())
    return it->second;
  for (const Memo &known : llvm::reverse(memo))
    if (known.tensor == tensor && llvm::equal(known.indices, indices, isSame))
      return known.value;
  LaneValue value = evaluateUncached(tensor, indices);
  remember(tensor, indices, value);
  return value;
}

LaneValue LaneEmitter::evaluatePad(tensor::PadOp pad,
                                   ArrayRef<LaneValue> indices) {
  Value fill = getScalar(pad.getConstantPaddingValue());
  Value inside;
  auto both = [&](Value a, Value b) -> Value {
    if (!a)
      return b;
    if (a.getType() != b.getType()) {
      Value &scalar = isa<VectorType>(a.getType()) ? b : a;
      scalar = vector::BroadcastOp::create(
          builder, loc(), VectorType::get({lanes}, builder.getI1Type()),
          scalar);
    }
    return arith::AndIOp::create(builder, loc(), a, b);
  };
  SmallVector<LaneValue> source;
  for (auto [dim, index] : llvm::enumerate(indices)) {
    OpFoldResult low = pad.getMixedLowPad()[dim];
    OpFoldResult high = pad.getMixedHighPad()[dim];
    if (isZeroInteger(low) && isZeroInteger(high)) {
      source.push_back(index);
      continue;
    }
    Value lowValue = isa<Attribute>(low)
                         ? constantIndex(*getConstantIntValue(low))
                         : getScalar(cast<Value>(low));
    Value negative =
        builder.createOrFold<arith::SubIOp>(loc(), constantIndex(0), lowValue);
    LaneValue shifted = add(index, LaneValue::uniform(negative));
    Value size = getSize(pad.getSource(), dim);
    // As unsigned numbers, negative indices are beyond every size.
    if (shifted.isUniform()) {
      inside = both(inside, arith::CmpIOp::create(builder, loc(),
                                                  arith::CmpIPredicate::ult,
                                                  shifted.scalar, size));
      Value limit =
          builder.createOrFold<arith::SubIOp>(loc(), size, constantIndex(1));
      Value zero = constantIndex(0);
      Value clamped = arith::MaxSIOp::create(
          builder, loc(),
          arith::MinSIOp::create(builder, loc(), shifted.scalar, limit), zero);
      source.push_back(LaneValue::uniform(clamped));
      continue;
    }
    Value vector = indexVector(shifted);
    auto broadcast = [&](Value scalar) -> Value {
      return vector::BroadcastOp::create(builder, loc(), vector.getType(),
                                         scalar);
    };
    inside = both(inside, arith::CmpIOp::create(builder, loc(),
                                                arith::CmpIPredicate::ult,
                                                vector, broadcast(size)));
    Value limit =
        builder.createOrFold<arith::SubIOp>(loc(), size, constantIndex(1));
    Value clamped = arith::MaxSIOp::create(
        builder, loc(),
        arith::MinSIOp::create(builder, loc(), vector, broadcast(limit)),
        broadcast(constantIndex(0)));
    source.push_back({{}, 0, clamped});
  }
  LaneValue value = evaluate(pad.getSource(), source);
  if (!inside)
    return value;
  if (value.isUniform() && !isa<VectorType>(inside.getType()))
    return LaneValue::uniform(
        arith::SelectOp::create(builder, loc(), inside, value.scalar, fill));
  Value fillVector = materialize(LaneValue::uniform(fill));
  return {{},
          0,
          arith::SelectOp::create(builder, loc(), inside, materialize(value),
                                  fillVector)};
}

LaneValue LaneEmitter::evaluateUncached(Value tensor,
                                        ArrayRef<LaneValue> indices) {
  if (auto it = redirected.find(tensor); it != redirected.end())
    return load(it->second.first, indices.drop_front(it->second.second));
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return load(region.getOperand(argument.getArgNumber()), indices);
  Operation *op = tensor.getDefiningOp();
  unsigned resultNumber = cast<OpResult>(tensor).getResultNumber();
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return LaneValue::uniform(getScalar(fill.getInputs()[0]));
  if (auto generic = dyn_cast<linalg::LinalgOp>(op)) {
    if (generic.getNumReductionLoops())
      return evaluateReduction(generic, resultNumber, indices);
    // The map of the result is a permutation.
    AffineMap map =
        generic.getMatchingIndexingMap(generic.getDpsInitOperand(resultNumber));
    SmallVector<LaneValue> iteration(generic.getNumLoops());
    for (auto [i, expr] : llvm::enumerate(map.getResults()))
      iteration[cast<AffineDimExpr>(expr).getPosition()] = indices[i];
    SmallVector<LaneValue> accumulators(generic.getNumDpsInits());
    for (auto [i, init] : llvm::enumerate(generic.getDpsInitsMutable()))
      if (generic.payloadUsesValueFromOperand(&init))
        accumulators[i] =
            evaluate(init.get(),
                     apply(generic.getMatchingIndexingMap(&init), iteration));
    SmallVector<LaneValue> results =
        evaluateBody(generic, iteration, accumulators);
    for (auto [i, value] : llvm::enumerate(results))
      if (i != resultNumber)
        remember(
            generic->getResult(i),
            apply(generic.getMatchingIndexingMap(generic.getDpsInitOperand(i)),
                  iteration),
            value);
    return results[resultNumber];
  }
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return evaluate(cast.getSource(), indices);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    SmallVector<LaneValue> source;
    unsigned position = 0;
    auto asIndex = [&](OpFoldResult value) {
      return LaneValue::uniform(isa<Attribute>(value)
                                    ? constantIndex(*getConstantIntValue(value))
                                    : getScalar(cast<Value>(value)));
    };
    for (auto [i, offset, stride] :
         llvm::enumerate(slice.getMixedOffsets(), slice.getMixedStrides())) {
      LaneValue index = asIndex(offset);
      if (!dropped.test(i))
        index = add(multiply(indices[position++], asIndex(stride)), index);
      source.push_back(index);
    }
    return evaluate(slice.getSource(), source);
  }
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
    SmallVector<LaneValue> source;
    for (ArrayRef<int64_t> group : expand.getReassociationIndices()) {
      LaneValue index = LaneValue::uniform(constantIndex(0), 1 << 30);
      for (int64_t dim : group)
        index =
            add(multiply(index,
                         LaneValue::uniform(getSize(expand.getResult(), dim))),
                indices[dim]);
      source.push_back(index);
    }
    return evaluate(expand.getSrc(), source);
  }
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    unsigned rank = collapse.getSrcType().getRank();
    SmallVector<LaneValue> source(rank, LaneValue::uniform(constantIndex(0)));
    for (auto [i, group] :
         llvm::enumerate(collapse.getReassociationIndices())) {
      LaneValue rest = indices[i];
      for (int64_t dim : llvm::reverse(ArrayRef<int64_t>(group).drop_front())) {
        if (collapse.getSrcType().getDimSize(dim) == 1)
          continue;
        Value size = getSize(collapse.getSrc(), dim);
        source[dim] = divide(rest, size, /*remainder=*/true);
        rest = divide(rest, size, /*remainder=*/false);
      }
      source[group.front()] = rest;
    }
    return evaluate(collapse.getSrc(), source);
  }
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return evaluatePad(pad, indices);
  // The verifier of the form (isSupportedBody) lets constants through only.
  auto constant = cast<arith::ConstantOp>(op);
  auto elements = cast<SplatElementsAttr>(constant.getValue());
  return LaneValue::uniform(arith::ConstantOp::create(
      builder, loc(), cast<TypedAttr>(elements.getSplatValue<Attribute>())));
}

LaneValue LaneEmitter::evaluateIndexOp(Operation *op,
                                       ArrayRef<LaneValue> operands) {
  if (isa<arith::AddIOp>(op))
    return add(operands[0], operands[1]);
  if (isa<arith::MulIOp>(op))
    return multiply(operands[0], operands[1]);
  return {};
}

LaneValue LaneEmitter::evaluateOp(Operation *op,
                                  function_ref<LaneValue(Value)> lookup) {
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    SmallVector<LaneValue> indices;
    for (Value index : extract.getIndices())
      indices.push_back(lookup(index));
    return evaluate(extract.getTensor(), indices);
  }
  SmallVector<LaneValue> operands;
  bool allUniform = true;
  for (Value operand : op->getOperands()) {
    operands.push_back(lookup(operand));
    allUniform &= operands.back().isUniform();
  }
  if (allUniform || lanes == 1) {
    IRMapping mapping;
    for (auto [operand, value] : llvm::zip_equal(op->getOperands(), operands))
      mapping.map(operand, value.vector ? value.vector : value.scalar);
    return LaneValue::uniform(builder.clone(*op, mapping)->getResult(0));
  }
  // Indices that grow evenly from lane to lane stay so, for contiguous loads.
  if (op->getResult(0).getType().isIndex() && op->getNumOperands() == 2 &&
      llvm::all_of(operands, [](auto &value) { return !value.vector; }))
    if (LaneValue index = evaluateIndexOp(op, operands);
        index.scalar || index.vector)
      return index;
  OperationState state(op->getLoc(), op->getName());
  for (const LaneValue &operand : operands)
    state.addOperands(materialize(operand));
  state.addTypes(laneType(op->getResult(0).getType()));
  state.addAttributes(
      llvm::to_vector(op->getDiscardableAttrDictionary().getValue()));
  state.propertiesAttr = op->getPropertiesAsAttribute();
  return {{}, 0, builder.create(state)->getResult(0)};
}

/// Lanes that take no part cannot fail.
void LaneEmitter::emitCheck(kernel::CheckOp check, LaneValue condition) {
  auto index = region->getAttrOfType<IntegerAttr>("status");
  if (!index || isPrefetching)
    return;
  Value holds =
      condition.isUniform() ? condition.scalar : materialize(condition);
  if (isa<VectorType>(holds.getType())) {
    if (Value mask = getMask()) {
      Value all = arith::ConstantOp::create(
          builder, loc(),
          DenseElementsAttr::get(cast<VectorType>(mask.getType()), true));
      holds = arith::SelectOp::create(builder, loc(), mask, holds, all);
    }
    holds = vector::ReductionOp::create(builder, loc(),
                                        vector::CombiningKind::AND, holds);
  }
  kernel::lowerCheck(builder, check, holds, region.getOperand(index.getInt()));
}

LaneValue LaneEmitter::evaluateInput(linalg::LinalgOp op, OpOperand *input,
                                     ArrayRef<LaneValue> iteration) {
  if (!isa<RankedTensorType>(input->get().getType()))
    return LaneValue::uniform(getScalar(input->get()));
  return evaluate(input->get(),
                  apply(op.getMatchingIndexingMap(input), iteration));
}

LaneValue LaneEmitter::evaluateInBody(linalg::LinalgOp op, Value value,
                                      ArrayRef<LaneValue> iteration) {
  if (value.getParentBlock() != op.getBlock())
    return LaneValue::uniform(getScalar(value));
  if (auto argument = dyn_cast<BlockArgument>(value))
    return evaluateInput(op, op.getDpsInputOperand(argument.getArgNumber()),
                         iteration);
  Operation *inner = value.getDefiningOp();
  if (auto index = dyn_cast<linalg::IndexOp>(inner))
    return iteration[index.getDim()];
  if (isa<arith::ConstantOp>(inner))
    return LaneValue::uniform(builder.clone(*inner)->getResult(0));
  return evaluateOp(inner, [&](Value operand) {
    return evaluateInBody(op, operand, iteration);
  });
}

SmallVector<LaneValue>
LaneEmitter::evaluateBody(linalg::LinalgOp op, ArrayRef<LaneValue> iteration,
                          ArrayRef<LaneValue> accumulators) {
  Block *block = op.getBlock();
  DenseMap<Value, LaneValue> values;
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    if (argument.use_empty())
      continue;
    values[argument] = evaluateInput(op, input, iteration);
  }
  for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable()))
    values[op.getMatchingBlockArgument(&init)] = accumulators[i];

  auto lookup = [&](Value value) -> LaneValue {
    if (auto it = values.find(value); it != values.end())
      return it->second;
    return LaneValue::uniform(getScalar(value));
  };
  for (Operation &inner : block->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      values[index] = iteration[index.getDim()];
      continue;
    }
    if (isa<arith::ConstantOp>(inner)) {
      values[inner.getResult(0)] =
          LaneValue::uniform(builder.clone(inner)->getResult(0));
      continue;
    }
    if (auto check = dyn_cast<kernel::CheckOp>(inner)) {
      emitCheck(check, lookup(check.getCondition()));
      continue;
    }
    values[inner.getResult(0)] = evaluateOp(&inner, lookup);
  }
  SmallVector<LaneValue> results;
  for (Value yielded : block->getTerminator()->getOperands())
    results.push_back(lookup(yielded));
  return results;
}

bool LaneEmitter::canVectorize(kernel::RegionOp region) {
  WalkResult result = region.getBody().walk([](Operation *op) {
    for (Type type : op->getResultTypes()) {
      Type element = getElementTypeOrSelf(type);
      if (!isa<IntegerType, FloatType, IndexType>(element))
        return WalkResult::interrupt();
    }
    bool isScalarOp = isa<linalg::LinalgOp>(op->getParentOp());
    if (!isScalarOp || isa<linalg::IndexOp, linalg::YieldOp, tensor::ExtractOp,
                           arith::ConstantOp, kernel::CheckOp>(op))
      return WalkResult::advance();
    return op->getNumResults() == 1 && op->getNumRegions() == 0 &&
                   OpTrait::hasElementwiseMappableTraits(op)
               ? WalkResult::advance()
               : WalkResult::interrupt();
  });
  return !result.wasInterrupted();
}
