//===- AttentionParts.cpp - What an attention kernel is made of -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionParts.h"

#include "graphc/Support/ErrorCode.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;
using linalg::LinalgOp;

LogicalResult AttentionParts::analyze() {
  for (Operation &op : region.getBody().front()) {
    auto linalgOp = dyn_cast<LinalgOp>(op);
    if (!linalgOp)
      continue;
    if (op.hasAttr("graphc.causal"))
      causal = linalgOp;
    if (op.hasAttr("graphc.attention"))
      products = linalgOp;
    else if (linalgOp.getNumReductionLoops() == 0)
      continue;
    else if (linalgOp.getNumDpsInputs() == 2)
      weighted = linalgOp;
    else if (isa<arith::MaximumFOp>(linalgOp.getBlock()->front()))
      max = op.getResult(0), scores = op.getOperand(0);
    else
      sum = op.getResult(0);
  }
  if (!products || !weighted || !max || !sum || products.getNumLoops() < 3 ||
      weighted.getNumLoops() != products.getNumLoops())
    return withCode("kernel-form",
                    region.emitOpError("is not a whole attention"));
  for (OpOperand *operand : {getQuery(), getKey(), getValue()})
    if (!isa<BlockArgument>(operand->get()))
      return withCode("kernel-form",
                      region.emitOpError("computes what it multiplies"));
  numRows = products.getNumLoops() - 3;
  type = getElementTypeOrSelf(products->getResult(0).getType());

  Value result = products->getResult(0);
  for (unsigned dim = 0; dim < numRows; ++dim)
    rowSizes.push_back(lanes.getSize(result, dim));
  queries = lanes.getSize(result, numRows);
  keys = lanes.getSize(result, numRows + 1);
  depth = products.getStaticLoopRanges()[numRows + 2];
  valueDepth = weighted.getStaticLoopRanges()[numRows + 1];
  if (ShapedType::isDynamic(depth) || ShapedType::isDynamic(valueDepth))
    return withCode("kernel-form",
                    region.emitOpError("has heads of unknown size"));
  return success();
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

Value AttentionParts::add(Value a, Value b) {
  return builder.createOrFold<arith::AddIOp>(loc(), a, b);
}

Value AttentionParts::splat(double value) {
  Type lane = lanes.laneType(type);
  TypedAttr element = builder.getFloatAttr(type, value);
  if (auto vector = dyn_cast<VectorType>(lane))
    element = DenseElementsAttr::get(vector, element);
  return arith::ConstantOp::create(builder, loc(), element);
}

Value AttentionParts::fma(Value a, Value b, Value c) {
  return math::FmaOp::create(builder, loc(), a, b, c);
}

/// 2^n e^r with n whole and r small. Adding a large number rounds to whole and
/// leaves n in the low bits, where it becomes an exponent by a shift. What is
/// too small for a normal number is 0, and so is e^-inf; NaN stays.
Value AttentionParts::exp(Value a) {
  if (!type.isF32())
    return math::ExpOp::create(builder, loc(), a);
  Type lane = a.getType();
  auto integer = [&](int64_t value) -> Value {
    TypedAttr element = builder.getI32IntegerAttr(value);
    if (auto vector = dyn_cast<VectorType>(lane))
      element =
          DenseElementsAttr::get(vector.clone(builder.getI32Type()), element);
    return arith::ConstantOp::create(builder, loc(), element);
  };
  Type bits = integer(0).getType();
  Value magic = splat(0x1.8p23);
  Value shifted = fma(a, splat(0x1.715476p0), magic);
  Value n = subtract(shifted, magic);
  Value r = fma(n, splat(-0x1.62e4p-1), a);
  r = fma(n, splat(-0x1.7f7d1cp-20), r);
  // Minimax on |r| <= ln(2) / 2.
  Value p = splat(1.9875691500e-4);
  for (double c : {1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2,
                   1.6666665459e-1, 5.0000001201e-1, 1.0, 1.0})
    p = fma(p, r, splat(c));
  Value exponent = arith::ShLIOp::create(
      builder, loc(), arith::BitcastOp::create(builder, loc(), bits, shifted),
      integer(23));
  Value sum = arith::AddIOp::create(
      builder, loc(), arith::BitcastOp::create(builder, loc(), bits, p),
      exponent);
  Value result = arith::BitcastOp::create(builder, loc(), lane, sum);
  Value isSmall = arith::CmpFOp::create(
      builder, loc(), arith::CmpFPredicate::OLT, a, splat(-87.0));
  return arith::SelectOp::create(builder, loc(), isSmall, splat(0), result);
}

Value AttentionParts::subtract(Value a, Value b) {
  return arith::SubFOp::create(builder, loc(), a, b);
}

Value AttentionParts::larger(Value a, Value b) {
  Value isLarger =
      arith::CmpFOp::create(builder, loc(), arith::CmpFPredicate::OGT, a, b);
  return arith::SelectOp::create(builder, loc(), isLarger, a, b);
}

Value AttentionParts::finite(Value value) {
  Value isEmpty = arith::CmpFOp::create(
      builder, loc(), arith::CmpFPredicate::OEQ, value, splat(-INFINITY));
  return arith::SelectOp::create(builder, loc(), isEmpty, splat(0), value);
}

Value AttentionParts::widen(Value value) {
  if (getElementTypeOrSelf(value.getType()) == type)
    return value;
  Type target = type;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    target = vector.clone(type);
  return arith::ExtFOp::create(builder, loc(), target, value);
}

Value AttentionParts::broadcast(Value scalar) {
  Type lane = lanes.laneType(scalar.getType());
  if (lane == scalar.getType())
    return scalar;
  return vector::BroadcastOp::create(builder, loc(), lane, scalar);
}

Value AttentionParts::scratch(ArrayRef<int64_t> shape, Type element) {
  return memref::AllocaOp::create(builder, loc(),
                                  MemRefType::get(shape, element),
                                  builder.getI64IntegerAttr(64));
}

Value AttentionParts::load(Value buffer, ValueRange indices) {
  Type lane =
      lanes.laneType(cast<MemRefType>(buffer.getType()).getElementType());
  if (!isa<VectorType>(lane))
    return memref::LoadOp::create(builder, loc(), buffer, indices);
  return vector::LoadOp::create(builder, loc(), cast<VectorType>(lane), buffer,
                                indices);
}

void AttentionParts::store(Value value, Value buffer, ValueRange indices) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(builder, loc(), value, buffer, indices);
  else
    memref::StoreOp::create(builder, loc(), value, buffer, indices);
}

void AttentionParts::loopLanes(int64_t size, function_ref<void(Value)> body) {
  int64_t width = lanes.getLanes(), whole = size / width * width;
  if (whole > 0)
    loop(constant(0), constant(whole), width, body);
  if (whole == size)
    return;
  std::size_t mark = lanes.mark();
  lanes.setActive(constant(size - whole));
  body(constant(whole));
  lanes.setActive(nullptr);
  lanes.forget(mark);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

LaneValue AttentionParts::loadOperand(LinalgOp op, OpOperand *operand,
                                      ArrayRef<LaneValue> iteration) {
  Value buffer =
      region.getOperand(cast<BlockArgument>(operand->get()).getArgNumber());
  return lanes.load(buffer,
                    lanes.apply(op.getMatchingIndexingMap(operand), iteration));
}

LaneValue AttentionParts::loadQuery(LaneValue query, LaneValue depth) {
  Indices at(row);
  at.append({query, LaneValue::uniform(constant(0)), depth});
  return loadOperand(products, getQuery(), at);
}

LaneValue AttentionParts::loadKey(LaneValue key, LaneValue depth) {
  Indices at(row);
  at.append({LaneValue::uniform(constant(0)), key, depth});
  return loadOperand(products, getKey(), at);
}

LaneValue AttentionParts::loadValue(LaneValue key, LaneValue depth) {
  Indices at(row);
  at.append({LaneValue::uniform(constant(0)), depth, key});
  return loadOperand(weighted, getValue(), at);
}

bool AttentionParts::isDirect(OpOperand *operand) {
  return getElementTypeOrSelf(operand->get().getType()) == type &&
         isContiguous(operand);
}

bool AttentionParts::isContiguous(OpOperand *operand) {
  auto buffer = cast<MemRefType>(
      region.getOperand(cast<BlockArgument>(operand->get()).getArgNumber())
          .getType());
  auto [strides, offset] = buffer.getStridesAndOffset();
  (void)offset;
  LinalgOp op = operand == getValue() ? weighted : products;
  unsigned depthDim = operand == getValue() ? numRows + 1 : numRows + 2;
  for (auto [expr, stride] : llvm::zip_equal(
           op.getMatchingIndexingMap(operand).getResults(), strides))
    if (expr.isFunctionOfDim(depthDim))
      return stride == 1;
  return false;
}

void AttentionParts::setRow(Value linear) {
  row.assign(numRows, LaneValue());
  for (unsigned dim = numRows; dim-- > 0;) {
    Value index = linear;
    if (dim > 0) {
      index =
          builder.createOrFold<arith::RemUIOp>(loc(), linear, rowSizes[dim]);
      linear =
          builder.createOrFold<arith::DivUIOp>(loc(), linear, rowSizes[dim]);
    }
    row[dim] = LaneValue::uniform(index);
  }
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool AttentionParts::isPerDepth(Value yielded) {
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  options.inclusive = true;
  (void)getBackwardSlice(yielded, &slice, options);
  return slice.contains(weighted);
}

AttentionParts::Indices AttentionParts::positionIn(Value yielded,
                                                   ArrayRef<LaneValue> at) {
  auto op = dyn_cast_or_null<LinalgOp>(yielded.getDefiningOp());
  if (!op || op == weighted || op.getNumReductionLoops())
    return Indices(at);
  // Only the permutation at the end has one input; it reads what came before.
  if (op.getNumDpsInputs() != 1)
    return Indices(at);
  OpOperand *input = op.getDpsInputOperand(0);
  Indices source = positionIn(input->get(), at);
  AffineMap map = op.getMatchingIndexingMap(input);
  if (!map.isPermutation())
    return Indices(at);
  Indices position(op.getNumLoops());
  for (auto [i, expr] : llvm::enumerate(map.getResults()))
    position[cast<AffineDimExpr>(expr).getPosition()] = source[i];
  return position;
}

void AttentionParts::storeWeighted(LaneValue query, LaneValue depth) {
  Indices at(row);
  at.append({query, depth});
  unsigned firstInit = region.getInputs().size();
  for (auto [i, yielded] : llvm::enumerate(region.getYieldedValues())) {
    if (!isPerDepth(yielded))
      continue;
    Indices position = positionIn(yielded, at);
    lanes.store(lanes.evaluate(yielded, position),
                region.getOperand(firstInit + i), position);
  }
}

void AttentionParts::storeRows(LaneValue query) {
  Indices at(row);
  at.push_back(query);
  unsigned firstInit = region.getInputs().size();
  for (auto [i, yielded] : llvm::enumerate(region.getYieldedValues())) {
    if (isPerDepth(yielded))
      continue;
    lanes.store(lanes.evaluate(yielded, at), region.getOperand(firstInit + i),
                at);
  }
}
