//===- AttentionParts.cpp - Code that emitters of attention share ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionParts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

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
