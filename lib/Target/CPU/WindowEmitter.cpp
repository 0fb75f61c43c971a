//===- WindowEmitter.cpp - Code that walks over windows -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

bool WindowEmitter::findShape() {
  if (!LaneEmitter::canVectorize(region))
    return false;
  std::optional<ConvolutionShape> found = ConvolutionShape::get(region);
  if (!found)
    return false;
  shape = *found;
  accumulatorType = getElementTypeOrSelf(shape.op->getResult(0).getType());
  return accumulatorType.isF32() || accumulatorType.isF64() ||
         accumulatorType.isInteger();
}

Value WindowEmitter::getLowPad(unsigned dim) {
  if (!shape.pad)
    return constant(0);
  OpFoldResult padding = shape.pad.getMixedLowPad()[dim];
  if (isa<Attribute>(padding))
    return constant(*getConstantIntValue(padding));
  return lanes.getScalar(cast<Value>(padding));
}

void WindowEmitter::prefetchResult(ArrayRef<LaneValue> at) {
  std::size_t mark = lanes.mark();
  // The sum is not there yet; one can be divided by.
  Value one = arith::ConstantOp::create(builder, loc(),
                                        builder.getOneAttr(accumulatorType));
  lanes.remember(shape.op->getResult(0), at, LaneValue::uniform(one));
  unsigned firstInit = region.getInputs().size();
  for (auto [i, value] : llvm::enumerate(region.getYieldedValues())) {
    lanes.prefetch(value, at);
    lanes.prefetchAt(region.getOperand(firstInit + i), at, /*isWrite=*/true);
  }
  lanes.forget(mark);
}

/// `buffer` as one row of elements, and its strides.
Value WindowEmitter::flatten(Value buffer, SmallVectorImpl<Value> &strides) {
  auto type = cast<MemRefType>(buffer.getType());
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc(), buffer);
  auto [known, offset] = type.getStridesAndOffset();
  Value reach = constant(1);
  for (auto [i, stride] : llvm::enumerate(known)) {
    strides.push_back(ShapedType::isDynamic(stride) ? metadata.getStrides()[i]
                                                    : constant(stride));
    Value size = type.isDynamicDim(i) ? metadata.getSizes()[i]
                                      : constant(type.getDimSize(i));
    reach = add(reach, mul(size, strides.back()));
  }
  OpFoldResult start = builder.getIndexAttr(offset);
  if (ShapedType::isDynamic(offset))
    start = metadata.getOffset();
  auto flat =
      MemRefType::get({ShapedType::kDynamic}, type.getElementType(),
                      StridedLayoutAttr::get(builder.getContext(), offset, {1}),
                      type.getMemorySpace());
  return memref::ReinterpretCastOp::create(
      builder, loc(), flat, metadata.getBaseBuffer(), start,
      ArrayRef<OpFoldResult>{reach},
      ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
}

Value WindowEmitter::widen(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  if (element == accumulatorType)
    return value;
  Type target = accumulatorType;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    target = VectorType::get(vector.getShape(), target);
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(builder, loc(), target, value);
  if (shape.isUnsigned)
    return arith::ExtUIOp::create(builder, loc(), target, value);
  return arith::ExtSIOp::create(builder, loc(), target, value);
}

Value WindowEmitter::multiplyAdd(Value a, Value b, Value c) {
  if (isa<FloatType>(accumulatorType)) {
    if (isa<VectorType>(c.getType()))
      return vector::FMAOp::create(builder, loc(), a, b, c);
    Value product = arith::MulFOp::create(builder, loc(), a, b);
    return arith::AddFOp::create(builder, loc(), product, c);
  }
  Value product = arith::MulIOp::create(builder, loc(), a, b);
  return arith::AddIOp::create(builder, loc(), product, c);
}

/// One register of `buffer` from `place` on; active lanes only.
Value WindowEmitter::loadVector(Value buffer, Value place) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  if (width == 1)
    return memref::LoadOp::create(builder, loc(), buffer, place);
  auto type = VectorType::get({width}, element);
  Value mask = lanes.getMask();
  if (!mask)
    return vector::LoadOp::create(builder, loc(), type, buffer, place);
  Value zero =
      arith::ConstantOp::create(builder, loc(), builder.getZeroAttr(type));
  return vector::MaskedLoadOp::create(builder, loc(), type, buffer, place, mask,
                                      zero);
}

void WindowEmitter::emitBranch(Value index, int64_t lastIndex,
                               function_ref<void()> last,
                               function_ref<void()> others) {
  Value isLast = arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::eq,
                                       index, constant(lastIndex));
  lanes.branch(isLast, last, others);
}
