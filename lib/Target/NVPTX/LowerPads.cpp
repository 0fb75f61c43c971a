//===- LowerPads.cpp - Paddings become pointwise --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Target/NVPTX/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace graphc {
#define GEN_PASS_DEF_NVPTXLOWERPADS
#include "graphc/Target/NVPTX/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Windows look through a padding themselves.
static bool isReadThroughWindows(tensor::PadOp pad) {
  return llvm::any_of(pad->getUses(), [](OpOperand &use) {
    auto reader = dyn_cast<linalg::LinalgOp>(use.getOwner());
    return reader &&
           !reader.getMatchingIndexingMap(&use).isProjectedPermutation();
  });
}

/// Every element is one of the source, or the constant.
static void lower(tensor::PadOp pad) {
  OpBuilder builder(pad);
  Location loc = pad.getLoc();
  RankedTensorType type = pad.getResultType();
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  auto map = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  Value fill = pad.getConstantPaddingValue();
  auto body = [&](OpBuilder &inner, Location, ValueRange) {
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(inner, loc, value);
    };
    Value isInside;
    SmallVector<Value> indices;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      int64_t low = pad.getStaticLow()[dim];
      int64_t size = pad.getSourceType().getDimSize(dim);
      Value index = linalg::IndexOp::create(inner, loc, dim);
      if (size == type.getDimSize(dim)) {
        indices.push_back(index);
        continue;
      }
      Value at = arith::AddIOp::create(inner, loc, index, constant(-low));
      // As unsigned numbers, negative indices are beyond every size.
      Value isBelow = arith::CmpIOp::create(
          inner, loc, arith::CmpIPredicate::ult, at, constant(size));
      isInside =
          isInside
              ? arith::AndIOp::create(inner, loc, isInside, isBelow).getResult()
              : isBelow;
      at = arith::MinSIOp::create(inner, loc, at, constant(size - 1));
      indices.push_back(arith::MaxSIOp::create(inner, loc, at, constant(0)));
    }
    Value element =
        tensor::ExtractOp::create(inner, loc, pad.getSource(), indices);
    if (isInside)
      element = arith::SelectOp::create(inner, loc, isInside, element, fill);
    linalg::YieldOp::create(inner, loc, element);
  };
  auto generic =
      linalg::GenericOp::create(builder, loc, TypeRange(type), ValueRange(),
                                ValueRange(empty), {map}, loops, body);
  pad.replaceAllUsesWith(generic.getResult(0));
  pad.erase();
}

namespace {
struct NVPTXLowerPads : graphc::impl::NVPTXLowerPadsBase<NVPTXLowerPads> {
  void runOnOperation() override {
    SmallVector<tensor::PadOp> pads;
    getOperation()->walk([&](tensor::PadOp pad) {
      // Of nothing, there is no element to read.
      if (pad.getConstantPaddingValue() && !pad->use_empty() &&
          pad.getResultType().hasStaticShape() &&
          pad.getSourceType().hasStaticShape() &&
          pad.getSourceType().getNumElements() > 0 &&
          !isReadThroughWindows(pad))
        pads.push_back(pad);
    });
    for (tensor::PadOp pad : pads)
      lower(pad);
  }
};
} // namespace
