//===- OpenOffsets.cpp - Operands that begin anywhere in a buffer ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenOffsets.h"

#include "IndexMath.h"
#include "Mma.h"
#include "OpenShapes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;

/// The host has found that all open offsets are of whole pieces.
static constexpr StringLiteral wholeOffsetsAttrName = "graphc.whole_offsets";

static SmallVector<Value> getOpenOffsets(kernel::RegionOp region) {
  SmallVector<Value> open;
  for (Value operand : region->getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type || !type.isStrided() || !type.getElementType().isIntOrFloat())
      continue;
    auto [strides, offset] = type.getStridesAndOffset();
    if (ShapedType::isDynamic(offset) &&
        llvm::none_of(strides, ShapedType::isDynamic))
      open.push_back(operand);
  }
  return open;
}

static int64_t getPieceElements(Value buffer) {
  Type type = getElementTypeOrSelf(buffer);
  return std::max<int64_t>(
      1,
      nvptx::pieceBytes / llvm::divideCeil(type.getIntOrFloatBitWidth(), 8u));
}

/// Whether `buffer` is a part that begins at a multiple of whole pieces,
/// whatever number of lines that is.
static bool isWhole(Value buffer) {
  auto slice = buffer.getDefiningOp<memref::SubViewOp>();
  if (!slice || !slice.getSourceType().isStrided())
    return false;
  auto [strides, offset] = slice.getSourceType().getStridesAndOffset();
  int64_t unit = getPieceElements(buffer);
  if (ShapedType::isDynamic(offset) || offset % unit)
    return false;
  return llvm::all_of(
      llvm::zip_equal(slice.getStaticOffsets(), strides), [&](auto pair) {
        auto [begin, stride] = pair;
        if (!ShapedType::isDynamic(begin) && begin == 0)
          return true;
        return !ShapedType::isDynamic(stride) && stride % unit == 0;
      });
}

/// Whether all of `open` begin at whole pieces.
static Value emitCheck(OpBuilder &builder, Location loc, ArrayRef<Value> open) {
  nvptx::IndexMath math(builder, loc);
  Value zero = math.constant(0), rest = zero;
  for (Value buffer : open) {
    if (isWhole(buffer))
      continue;
    Value offset =
        memref::ExtractStridedMetadataOp::create(builder, loc, buffer)
            .getOffset();
    rest = math.fold<arith::OrIOp>(
        rest, math.fold<arith::RemUIOp>(
                  offset, math.constant(getPieceElements(buffer))));
  }
  return math.fold<arith::CmpIOp>(arith::CmpIPredicate::eq, rest, zero);
}

LogicalResult nvptx::emitByOffsets(OpBuilder &builder, kernel::RegionOp region,
                                   function_ref<LogicalResult()> emit) {
  SmallVector<Value> open = getOpenOffsets(region);
  if (open.empty())
    return emit();
  bool isEmitted = true;
  emitEither(
      builder, region.getLoc(), emitCheck(builder, region.getLoc(), open),
      [&] {
        region->setAttr(wholeOffsetsAttrName, builder.getUnitAttr());
        isEmitted &= succeeded(emit());
        region->removeAttr(wholeOffsetsAttrName);
      },
      [&] { isEmitted &= succeeded(emit()); });
  return success(isEmitted);
}

void nvptx::assumeOffsets(LaneEmitter &lanes, kernel::RegionOp region) {
  if (!region->hasAttr(wholeOffsetsAttrName))
    return;
  for (Value buffer : getOpenOffsets(region))
    lanes.assumeStrides(buffer, getPieceElements(buffer));
}
