//===- LaneEmitter.cpp - Elements of a kernel, many at a time -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneEmitter.h"

#include "Strides.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;

std::optional<int64_t> graphc::codegen::constantOf(Value value) {
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

void LaneEmitter::prefetch(Value tensor, ArrayRef<LaneValue> indices) {
  std::size_t start = mark();
  isPrefetching = true;
  evaluate(tensor, indices);
  isPrefetching = false;
  forget(start);
}

void LaneEmitter::prefetchAt(Value buffer, ArrayRef<LaneValue> indices,
                             bool isWrite) {
  // A row that all positions share is near anyway.
  if (cast<MemRefType>(buffer.getType()).getRank() < 2 ||
      llvm::any_of(indices, [](auto &index) { return bool(index.vector); }))
    return;
  SmallVector<Value> scalars = llvm::map_to_vector(
      indices, [](const LaneValue &index) { return index.scalar; });
  memref::PrefetchOp::create(builder, loc(), buffer, scalars, isWrite,
                             /*localityHint=*/3, /*isDataCache=*/true);
}

SmallVector<Value> LaneEmitter::getPositions() {
  Value last;
  if (active)
    last = builder.createOrFold<arith::SubIOp>(loc(), active, constantIndex(1));
  SmallVector<Value> positions;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value position = constantIndex(lane);
    if (active)
      position = arith::MinUIOp::create(builder, loc(), position, last);
    positions.push_back(position);
  }
  return positions;
}

Value LaneEmitter::extractLane(Value vector, Value position) {
  if (std::optional<int64_t> lane = constantOf(position))
    return vector::ExtractOp::create(builder, loc(), vector, *lane);
  return vector::ExtractOp::create(builder, loc(), vector, position);
}

SmallVector<Value> LaneEmitter::getLane(ArrayRef<LaneValue> indices,
                                        Value position) {
  SmallVector<Value> at;
  for (const LaneValue &index : indices) {
    if (index.vector) {
      at.push_back(extractLane(index.vector, position));
    } else if (index.stride == 0) {
      at.push_back(index.scalar);
    } else {
      Value scaled = builder.createOrFold<arith::MulIOp>(
          loc(), position, constantIndex(index.stride));
      at.push_back(
          builder.createOrFold<arith::AddIOp>(loc(), index.scalar, scaled));
    }
  }
  return at;
}

llvm::MaybeAlign LaneEmitter::getAlignment(MemRefType type, int64_t assumed,
                                           ArrayRef<LaneValue> indices) {
  auto [strides, offset] = type.getStridesAndOffset();
  if (ShapedType::isDynamic(offset) && assumed)
    offset = assumed;
  if (!bufferAlignment || ShapedType::isDynamic(offset))
    return std::nullopt;
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8u);
  int64_t known = std::gcd(bufferAlignment, offset * bytes);
  for (auto [index, stride, factor] :
       llvm::zip_equal(indices, strides, getStrideFactors(type))) {
    if (!index.vector && isZeroInteger(index.scalar))
      continue;
    if (index.vector)
      return std::nullopt;
    // Both divide it; powers of two are what alignment is made of.
    if (ShapedType::isDynamic(stride))
      stride = std::max(factor & -factor, assumed & -assumed);
    std::optional<int64_t> constant = constantOf(index.scalar);
    known =
        std::gcd(known, constant.value_or(index.multipleOf) * stride * bytes);
  }
  return llvm::MaybeAlign(known & -known);
}

/// Vectors are of neighbours along the last dimension. Where others are in
/// memory, as in channels-last tensors, makes `buffer` a view whose last
/// dimension they are along, and `indices` those of the view.
bool LaneEmitter::putNeighboursLast(Value &buffer,
                                    SmallVectorImpl<LaneValue> &indices) {
  auto type = cast<MemRefType>(buffer.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  if (strides.empty() || strides.back() == 1)
    return !strides.empty();
  const auto *along = llvm::find_if(
      indices, [](const LaneValue &index) { return index.stride != 0; });
  unsigned dim = along - indices.begin();
  if (strides[dim] != 1 || along->stride != 1)
    return false;
  SmallVector<unsigned> order(
      llvm::make_filter_range(llvm::seq<unsigned>(0, strides.size()),
                              [&](unsigned other) { return other != dim; }));
  order.push_back(dim);
  AffineMap map = AffineMap::getPermutationMap(order, builder.getContext());
  buffer = memref::TransposeOp::create(builder, loc(), buffer,
                                       AffineMapAttr::get(map));
  LaneValue last = indices[dim];
  indices.erase(indices.begin() + dim);
  indices.push_back(last);
  return true;
}

LaneValue LaneEmitter::load(Value buffer, ArrayRef<LaneValue> at) {
  SmallVector<LaneValue> indices(at);
  auto type = cast<MemRefType>(buffer.getType());
  int64_t assumed = assumedStrides.lookup(buffer);
  if (isPrefetching) {
    prefetchAt(buffer, indices, /*isWrite=*/false);
    // One can be divided by.
    return LaneValue::uniform(arith::ConstantOp::create(
        builder, loc(), builder.getOneAttr(type.getElementType())));
  }
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
  if (isKnown && step == 1 && putNeighboursLast(buffer, indices)) {
    SmallVector<Value> scalarIndices = llvm::map_to_vector(
        indices, [](const LaneValue &index) { return index.scalar; });
    type = cast<MemRefType>(buffer.getType());
    if (!active)
      return {{},
              0,
              vector::LoadOp::create(builder, loc(), vectorType, buffer,
                                     scalarIndices, /*nontemporal=*/false,
                                     getAlignment(type, assumed, indices))};
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
  for (auto [lane, position] : llvm::enumerate(getPositions())) {
    Value element = memref::LoadOp::create(builder, loc(), buffer,
                                           getLane(indices, position));
    result = vector::InsertOp::create(builder, loc(), element, result,
                                      static_cast<int64_t>(lane));
  }
  return {{}, 0, result};
}

void LaneEmitter::store(LaneValue value, Value buffer, ArrayRef<LaneValue> at) {
  SmallVector<LaneValue> indices(at);
  auto type = cast<MemRefType>(buffer.getType());
  int64_t assumed = assumedStrides.lookup(buffer);
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
  if (isKnown && step == 1 && putNeighboursLast(buffer, indices)) {
    SmallVector<Value> scalarIndices = llvm::map_to_vector(
        indices, [](const LaneValue &index) { return index.scalar; });
    type = cast<MemRefType>(buffer.getType());
    if (active)
      vector::MaskedStoreOp::create(builder, loc(), buffer, scalarIndices,
                                    getMask(), vector);
    else
      vector::StoreOp::create(builder, loc(), vector, buffer, scalarIndices,
                              /*nontemporal=*/false,
                              getAlignment(type, assumed, indices));
    return;
  }
  // Lane by lane. Lanes that take no part repeat the store of the last active.
  for (Value position : getPositions()) {
    SmallVector<Value> at = getLane(indices, position);
    memref::StoreOp::create(builder, loc(), extractLane(vector, position),
                            buffer, at);
  }
}

void LaneEmitter::storeYields(linalg::LinalgOp op, Value value,
                              ArrayRef<LaneValue> at) {
  remember(op->getResult(0), at,
           lanes == 1 ? LaneValue::uniform(value) : LaneValue{{}, 0, value});
  unsigned firstInit = region.getInputs().size();
  for (auto [i, yielded] : llvm::enumerate(region.getYieldedValues()))
    store(evaluate(yielded, at), region.getOperand(firstInit + i), at);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

SmallVector<Value>
LaneEmitter::loop(Value begin, Value end, Value step, ValueRange initial,
                  function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto forOp = scf::ForOp::create(builder, loc(), begin, end, step, initial);
  OpBuilder::InsertionGuard guard(builder);
  if (initial.empty())
    builder.setInsertionPoint(forOp.getBody()->getTerminator());
  else
    builder.setInsertionPointToEnd(forOp.getBody());
  std::size_t start = mark();
  SmallVector<Value> results =
      body(forOp.getInductionVar(), forOp.getRegionIterArgs());
  forget(start);
  if (!initial.empty())
    scf::YieldOp::create(builder, loc(), results);
  return SmallVector<Value>(forOp.getResults());
}

void LaneEmitter::loop(Value begin, Value end, int64_t step,
                       function_ref<void(Value)> body) {
  loop(begin, end, step, ValueRange(), [&](Value index, ValueRange) {
    body(index);
    return SmallVector<Value>();
  });
}

void LaneEmitter::branch(Value condition, function_ref<void()> whenTrue,
                         function_ref<void()> whenFalse) {
  auto ifOp = scf::IfOp::create(builder, loc(), condition,
                                /*withElseRegion=*/bool(whenFalse));
  OpBuilder::InsertionGuard guard(builder);
  std::size_t start = mark();
  builder.setInsertionPoint(ifOp.thenBlock()->getTerminator());
  whenTrue();
  forget(start);
  if (!whenFalse)
    return;
  builder.setInsertionPoint(ifOp.elseBlock()->getTerminator());
  whenFalse();
  forget(start);
}
