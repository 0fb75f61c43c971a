//===- LowerViews.cpp - Views with the sizes that they carry --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace graphc {
#define GEN_PASS_DEF_LOWERVIEWS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

static OpFoldResult multiply(OpBuilder &builder, Location loc, OpFoldResult a,
                             OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return builder.getIndexAttr(*x * *y);
  if (x == 1)
    return b;
  if (y == 1)
    return a;
  Value product = builder.createOrFold<arith::MulIOp>(
      loc, getValueOrCreateConstantIndexOp(builder, loc, a),
      getValueOrCreateConstantIndexOp(builder, loc, b));
  return getAsOpFoldResult(product);
}

/// The last dimension of each group has the source's stride, those before it
/// the product of what follows.
static void lower(memref::ExpandShapeOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, op.getSrc());
  MemRefType sourceType = op.getSrcType(), type = op.getResultType();
  auto [sourceStrides, sourceOffset] = sourceType.getStridesAndOffset();
  auto known = [&](int64_t value, Value dynamic) -> OpFoldResult {
    if (ShapedType::isDynamic(value))
      return dynamic;
    return builder.getIndexAttr(value);
  };
  SmallVector<OpFoldResult> sizes = op.getMixedOutputShape();
  SmallVector<OpFoldResult> strides(type.getRank());
  for (auto [dim, group] : llvm::enumerate(op.getReassociationIndices())) {
    OpFoldResult stride = known(sourceStrides[dim], metadata.getStrides()[dim]);
    for (int64_t expanded : llvm::reverse(group)) {
      strides[expanded] = stride;
      stride = multiply(builder, loc, stride, sizes[expanded]);
    }
  }
  // Ones that stand before all groups of a scalar.
  for (OpFoldResult &stride : strides)
    if (!stride)
      stride = builder.getIndexAttr(1);
  Value view = memref::ReinterpretCastOp::create(
      builder, loc, type, metadata.getBaseBuffer(),
      known(sourceOffset, metadata.getOffset()), sizes, strides);
  op.replaceAllUsesWith(view);
  op.erase();
}

namespace {
struct LowerViews : graphc::impl::LowerViewsBase<LowerViews> {
  void runOnOperation() override {
    SmallVector<memref::ExpandShapeOp> views;
    getOperation()->walk(
        [&](memref::ExpandShapeOp op) { views.push_back(op); });
    for (memref::ExpandShapeOp view : views)
      lower(view);
  }
};
} // namespace
