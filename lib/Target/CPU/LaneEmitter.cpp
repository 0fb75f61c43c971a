//===- LaneEmitter.cpp - Elements of a kernel, many at a time -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include <numeric>

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

std::optional<int64_t> graphc::cpu::constantOf(Value value) {
  return getConstantIntValue(value);
}

Value LaneEmitter::constantIndex(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc(), value);
}

Type LaneEmitter::laneType(Type elementType) const {
  if (lanes == 1)
    return elementType;
  return VectorType::get({lanes}, elementType);
}

void LaneEmitter::setActive(Value count) {
  active = count;
  mask = nullptr;
  if (active && lanes > 1)
    mask = vector::CreateMaskOp::create(
        builder, loc(), VectorType::get({lanes}, builder.getI1Type()), active);
}

Value LaneEmitter::indexVector(LaneValue value) {
  if (value.vector)
    return value.vector;
  auto type = VectorType::get({lanes}, value.scalar.getType());
  Value base = vector::BroadcastOp::create(builder, loc(), type, value.scalar);
  if (value.stride == 0)
    return base;
  SmallVector<int64_t> steps;
  for (int64_t lane = 0; lane < lanes; ++lane)
    steps.push_back(lane * value.stride);
  Value step;
  SmallVector<Attribute> attributes;
  for (int64_t s : steps)
    attributes.push_back(builder.getIntegerAttr(value.scalar.getType(), s));
  step = arith::ConstantOp::create(builder, loc(),
                                   DenseElementsAttr::get(type, attributes));
  return arith::AddIOp::create(builder, loc(), base, step);
}

Value LaneEmitter::materialize(LaneValue value) {
  if (lanes == 1)
    return value.vector ? value.vector : value.scalar;
  return indexVector(value);
}

//===----------------------------------------------------------------------===//
// Index arithmetic
//===----------------------------------------------------------------------===//

LaneValue LaneEmitter::add(LaneValue a, LaneValue b) {
  if (!a.vector && !b.vector) {
    if (a.isUniform() && isZeroInteger(a.scalar))
      return b;
    if (b.isUniform() && isZeroInteger(b.scalar))
      return a;
    return {builder.createOrFold<arith::AddIOp>(loc(), a.scalar, b.scalar),
            a.stride + b.stride,
            {},
            std::gcd(a.multipleOf, b.multipleOf)};
  }
  return {
      {},
      0,
      arith::AddIOp::create(builder, loc(), indexVector(a), indexVector(b))};
}

LaneValue LaneEmitter::multiply(LaneValue a, LaneValue b) {
  std::optional<int64_t> factor;
  if (!b.vector && b.stride == 0)
    factor = constantOf(b.scalar);
  if (!factor && !a.vector && a.stride == 0) {
    factor = constantOf(a.scalar);
    if (factor)
      std::swap(a, b);
  }
  if (!a.vector && factor)
    return {builder.createOrFold<arith::MulIOp>(loc(), a.scalar, b.scalar),
            a.stride * *factor,
            {},
            a.multipleOf * std::max<int64_t>(1, std::abs(*factor))};
  if (a.isUniform() && b.isUniform())
    return LaneValue::uniform(
        builder.createOrFold<arith::MulIOp>(loc(), a.scalar, b.scalar),
        a.multipleOf * b.multipleOf);
  return {
      {},
      0,
      arith::MulIOp::create(builder, loc(), indexVector(a), indexVector(b))};
}

LaneValue LaneEmitter::divide(LaneValue a, int64_t divisor, bool remainder) {
  if (divisor == 1)
    return remainder ? LaneValue::uniform(constantIndex(0)) : a;
  return divide(a, constantIndex(divisor), remainder);
}

/// Indices are never negative, so that unsigned division is floor division and
/// much cheaper.
LaneValue LaneEmitter::divide(LaneValue a, Value divisor, bool remainder) {
  auto scalarOp = [&](Value x) -> Value {
    return remainder ? builder.createOrFold<arith::RemUIOp>(loc(), x, divisor)
                     : builder.createOrFold<arith::DivUIOp>(loc(), x, divisor);
  };
  if (a.isUniform())
    return LaneValue::uniform(scalarOp(a.scalar));
  std::optional<int64_t> constant = constantOf(divisor);
  if (!a.vector && constant && a.stride > 0) {
    // A vector that starts at a multiple of its span and divides the divisor
    // stays within one quotient.
    int64_t span = a.stride * lanes;
    if (*constant % span == 0 && a.multipleOf % span == 0) {
      if (!remainder)
        return LaneValue::uniform(scalarOp(a.scalar));
      return {scalarOp(a.scalar), a.stride, {}, span};
    }
  }
  Value x = indexVector(a);
  Value d = vector::BroadcastOp::create(builder, loc(), x.getType(), divisor);
  return {{},
          0,
          remainder ? arith::RemUIOp::create(builder, loc(), x, d).getResult()
                    : arith::DivUIOp::create(builder, loc(), x, d).getResult()};
}

LaneValue LaneEmitter::evaluateExpr(AffineExpr expr,
                                    ArrayRef<LaneValue> indices) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return indices[dim.getPosition()];
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return LaneValue::uniform(constantIndex(constant.getValue()));
  auto binary = cast<AffineBinaryOpExpr>(expr);
  LaneValue lhs = evaluateExpr(binary.getLHS(), indices);
  if (expr.getKind() == AffineExprKind::Add)
    return add(lhs, evaluateExpr(binary.getRHS(), indices));
  if (expr.getKind() == AffineExprKind::Mul)
    return multiply(lhs, evaluateExpr(binary.getRHS(), indices));
  // floordiv, mod and ceildiv by a constant; a ceildiv is a floordiv of x+d-1.
  int64_t divisor = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  if (expr.getKind() == AffineExprKind::CeilDiv)
    lhs = add(lhs, LaneValue::uniform(constantIndex(divisor - 1)));
  return divide(lhs, divisor, expr.getKind() == AffineExprKind::Mod);
}

SmallVector<LaneValue> LaneEmitter::apply(AffineMap map,
                                          ArrayRef<LaneValue> indices) {
  SmallVector<LaneValue> results;
  for (AffineExpr expr : map.getResults())
    results.push_back(evaluateExpr(expr, indices));
  return results;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

LaneValue LaneEmitter::load(Value buffer, ArrayRef<LaneValue> indices) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<Value> scalarIndices;
  bool isAffine = true;
  for (const LaneValue &index : indices) {
    isAffine &= !index.vector;
    scalarIndices.push_back(index.scalar);
  }
  auto [strides, offset] = type.getStridesAndOffset();
  (void)offset;
  int64_t step = 0;
  bool isKnown = isAffine;
  if (isAffine)
    for (auto [index, stride] : llvm::zip_equal(indices, strides)) {
      if (index.stride == 0)
        continue;
      if (ShapedType::isDynamic(stride))
        isKnown = false;
      else
        step += index.stride * stride;
    }
  if (lanes == 1 || (isKnown && step == 0)) {
    if (!isAffine) // One lane: its index is the vector itself.
      for (auto [scalar, index] : llvm::zip_equal(scalarIndices, indices))
        if (index.vector)
          scalar = index.vector;
    return LaneValue::uniform(
        memref::LoadOp::create(builder, loc(), buffer, scalarIndices));
  }
  auto vectorType = VectorType::get({lanes}, type.getElementType());
  bool unitLastDim = !strides.empty() && strides.back() == 1;
  if (isKnown && step == 1 && unitLastDim) {
    if (!active)
      return {{},
              0,
              vector::LoadOp::create(builder, loc(), vectorType, buffer,
                                     scalarIndices)};
    Value zero = arith::ConstantOp::create(builder, loc(),
                                           builder.getZeroAttr(vectorType));
    return {{},
            0,
            vector::MaskedLoadOp::create(builder, loc(), vectorType, buffer,
                                         scalarIndices, getMask(), zero)};
  }
  // Lane by lane. Lanes that take no part read what the last active one reads.
  Value result = arith::ConstantOp::create(builder, loc(),
                                           builder.getZeroAttr(vectorType));
  Value last;
  if (active)
    last = builder.createOrFold<arith::SubIOp>(loc(), active, constantIndex(1));
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value position = constantIndex(lane);
    if (active)
      position = arith::MinUIOp::create(builder, loc(), position, last);
    SmallVector<Value> at;
    for (const LaneValue &index : indices) {
      if (index.vector) {
        at.push_back(active ? vector::ExtractOp::create(builder, loc(),
                                                        index.vector, position)
                                  .getResult()
                            : vector::ExtractOp::create(builder, loc(),
                                                        index.vector, lane)
                                  .getResult());
      } else if (index.stride == 0) {
        at.push_back(index.scalar);
      } else {
        Value scaled = builder.createOrFold<arith::MulIOp>(
            loc(), position, constantIndex(index.stride));
        at.push_back(
            builder.createOrFold<arith::AddIOp>(loc(), index.scalar, scaled));
      }
    }
    Value element = memref::LoadOp::create(builder, loc(), buffer, at);
    result = vector::InsertOp::create(builder, loc(), element, result, lane);
  }
  return {{}, 0, result};
}

void LaneEmitter::store(LaneValue value, Value buffer,
                        ArrayRef<LaneValue> indices) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<Value> scalarIndices;
  for (const LaneValue &index : indices)
    scalarIndices.push_back(index.scalar);
  if (lanes == 1) {
    memref::StoreOp::create(builder, loc(), materialize(value), buffer,
                            scalarIndices);
    return;
  }
  auto [strides, offset] = type.getStridesAndOffset();
  (void)offset;
  int64_t step = 0;
  bool isKnown = true;
  for (auto [index, stride] : llvm::zip_equal(indices, strides)) {
    if (!index.vector && index.stride == 0)
      continue;
    if (index.vector || ShapedType::isDynamic(stride))
      isKnown = false;
    else
      step += index.stride * stride;
  }
  if (isKnown && step == 0) { // All lanes hold one element.
    memref::StoreOp::create(
        builder, loc(),
        value.isUniform()
            ? value.scalar
            : vector::ExtractOp::create(builder, loc(), materialize(value), 0)
                  .getResult(),
        buffer, scalarIndices);
    return;
  }
  Value vector = materialize(value);
  if (isKnown && step == 1 && strides.back() == 1) {
    if (active)
      vector::MaskedStoreOp::create(builder, loc(), buffer, scalarIndices,
                                    getMask(), vector);
    else
      vector::StoreOp::create(builder, loc(), vector, buffer, scalarIndices);
    return;
  }
  // Lane by lane. Lanes that take no part repeat the store of the last active.
  Value last;
  if (active)
    last = builder.createOrFold<arith::SubIOp>(loc(), active, constantIndex(1));
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value position = constantIndex(lane);
    if (active)
      position = arith::MinUIOp::create(builder, loc(), position, last);
    SmallVector<Value> at;
    for (const LaneValue &index : indices) {
      if (index.vector) {
        at.push_back(
            vector::ExtractOp::create(builder, loc(), index.vector, position));
      } else if (index.stride == 0) {
        at.push_back(index.scalar);
      } else {
        Value scaled = builder.createOrFold<arith::MulIOp>(
            loc(), position, constantIndex(index.stride));
        at.push_back(
            builder.createOrFold<arith::AddIOp>(loc(), index.scalar, scaled));
      }
    }
    Value element =
        active ? vector::ExtractOp::create(builder, loc(), vector, position)
                     .getResult()
               : vector::ExtractOp::create(builder, loc(), vector, lane)
                     .getResult();
    memref::StoreOp::create(builder, loc(), element, buffer, at);
  }
}

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
    for (int64_t source : collapse.getReassociationIndices()[dim])
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
    // Parallel loops only here; the map of the result is a permutation.
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
  if (!index)
    return;
  Value holds = materialize(condition);
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

SmallVector<LaneValue>
LaneEmitter::evaluateBody(linalg::LinalgOp op, ArrayRef<LaneValue> iteration,
                          ArrayRef<LaneValue> accumulators) {
  Block *block = op.getBlock();
  DenseMap<Value, LaneValue> values;
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    if (argument.use_empty())
      continue;
    if (!isa<RankedTensorType>(input->get().getType())) {
      values[argument] = LaneValue::uniform(getScalar(input->get()));
      continue;
    }
    values[argument] = evaluate(
        input->get(), apply(op.getMatchingIndexingMap(input), iteration));
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
