//===- Creation.cpp - Constants and other sources -------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace graphc;

/// `value` with the stored type of its elements; the bytes of a resource stay
/// where they are. Null when that is not possible.
static ElementsAttr convertElements(ElementsAttr value) {
  auto type = cast<RankedTensorType>(value.getType());
  Type elementType = type.getElementType();
  Type storedType = getStoredType(elementType);
  if (storedType == elementType)
    return value;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type.clone(storedType),
                                          resource.getRawHandle());
  auto dense = dyn_cast<DenseIntElementsAttr>(value);
  if (!dense)
    return {};
  return dense.mapValues(storedType, [&](const APInt &element) {
    return element.zextOrTrunc(storedType.getIntOrFloatBitWidth());
  });
}

namespace {

struct ConstantConversion : GraphPattern<graph::ConstantOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::ConstantOp op, LinalgBuilder &b) const override {
    ElementsAttr value = convertElements(op.getValue());
    if (!value)
      return b.refuse(op, "unknown kind of elements");
    b.rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, value.getType(),
                                                     cast<TypedAttr>(value));
    return success();
  }
};

struct FullConversion : GraphPattern<graph::FullOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::FullOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    Tensor result = b.pointwise(
        type.getShape(), b.read(op), type.getElementType(),
        [](ScalarBuilder &, ArrayRef<Value> args) { return args[0]; });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

struct IotaConversion : GraphPattern<graph::IotaOp> {
  using GraphPattern::GraphPattern;

  LogicalResult lower(graph::IotaOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    Tensor result =
        b.pointwise(type.getShape(), {}, type.getElementType(),
                    [&](ScalarBuilder &at, ArrayRef<Value>) {
                      return at.op<arith::IndexCastOp>(
                          at.getI64Type(), at.op<linalg::IndexOp>(op.getDim()));
                    });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

} // namespace

void graphc::populateCreationPatterns(const TypeConverter &converter,
                                      SymbolValues &symbols,
                                      RewritePatternSet &patterns) {
  patterns.add<ConstantConversion, FullConversion, IotaConversion>(
      converter, patterns.getContext(), symbols);
}
