//===- BoxedTensor.cpp - Tensors that the copy engine walks ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BoxedTensor.h"

#include "dialects/Kernel/IR/Kernel.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

static constexpr int64_t maxRank = 5, alignment = 16;

/// The dimensions that `loop` walks along, innermost first: one, or those of a
/// tile and of all tiles.
static SmallVector<unsigned> findPositions(AffineMap map, unsigned loop) {
  AffineExpr dim = getAffineDimExpr(loop, map.getContext());
  if (std::optional<unsigned> position = map.getResultPosition(dim))
    return {*position};
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    auto inner = dyn_cast<AffineBinaryOpExpr>(expr);
    if (!inner || inner.getKind() != AffineExprKind::Mod ||
        inner.getLHS() != dim)
      continue;
    const AffineExpr *outer =
        llvm::find(map.getResults(), dim.floorDiv(inner.getRHS()));
    if (outer != map.getResults().end())
      return {static_cast<unsigned>(position),
              static_cast<unsigned>(outer - map.getResults().begin())};
  }
  return {};
}

/// Whether every dimension is of one loop, or a constant one.
static bool isWalk(AffineMap map, MemRefType type) {
  llvm::SmallBitVector seen(map.getNumResults());
  for (auto [position, expr] : llvm::enumerate(map.getResults()))
    if (isa<AffineConstantExpr>(expr))
      seen.set(position);
  for (unsigned loop = 0; loop < map.getNumDims(); ++loop) {
    SmallVector<unsigned> positions = findPositions(map, loop);
    for (unsigned position : positions)
      seen.set(position);
    if (positions.size() < 2)
      continue;
    auto tile = cast<AffineBinaryOpExpr>(map.getResult(positions.front()));
    auto size = dyn_cast<AffineConstantExpr>(tile.getRHS());
    if (!size || size.getValue() != type.getDimSize(positions.front()))
      return false;
  }
  return seen.all();
}

BoxedTensor::Axis BoxedTensor::collect(OpBuilder &builder, Location loc,
                                       AffineMap map,
                                       ArrayRef<unsigned> loops) {
  auto type = cast<MemRefType>(buffer.getType());
  auto [strides, offset] = type.getStridesAndOffset();
  Axis axis;
  SmallVector<unsigned> positions;
  for (unsigned loop : llvm::reverse(loops))
    llvm::append_range(positions, findPositions(map, loop));
  for (unsigned position : positions) {
    if (type.getDimSize(position) == 1)
      continue;
    int64_t size = type.getDimSize(position), stride = strides[position];
    // As if they were one, where they lie evenly.
    if (!axis.empty() && !ShapedType::isDynamic(stride) &&
        !ShapedType::isDynamic(axis.back().knownSize) &&
        !ShapedType::isDynamic(axis.back().knownStride) &&
        stride == axis.back().knownSize * axis.back().knownStride) {
      Dim &inner = axis.back();
      Value outer = builder.createOrFold<memref::DimOp>(loc, buffer, position);
      inner.size = builder.createOrFold<arith::MulIOp>(loc, inner.size, outer);
      inner.knownSize = ShapedType::isDynamic(size) ? ShapedType::kDynamic
                                                    : inner.knownSize * size;
      continue;
    }
    Value step;
    if (ShapedType::isDynamic(stride))
      step = memref::ExtractStridedMetadataOp::create(builder, loc, buffer)
                 .getStrides()[position];
    else
      step = arith::ConstantIndexOp::create(builder, loc, stride);
    axis.push_back({builder.createOrFold<memref::DimOp>(loc, buffer, position),
                    step, size, stride});
  }
  if (axis.empty()) {
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    axis.push_back({one, one, 1, 1});
  }
  return axis;
}

SmallVector<const BoxedTensor::Dim *> BoxedTensor::order() const {
  SmallVector<const Dim *> dims = {&along.front(), &across.front()};
  for (const Axis *axis : {&along, &across, &batch})
    for (const Dim &dim : ArrayRef(*axis).drop_front(axis == &batch ? 0 : 1))
      dims.push_back(&dim);
  return dims;
}

bool BoxedTensor::check(OpBuilder &builder, Location loc) {
  if (along.front().knownStride != 1)
    return false;
  // A box stays within one dimension of several.
  auto fits = [](const Axis &axis, BoxSpan span) {
    int64_t size = axis.front().knownSize;
    return axis.size() == 1 ||
           (!ShapedType::isDynamic(size) && size % span.extent == 0 &&
            span.step % span.extent == 0);
  };
  SmallVector<const Dim *> dims = order();
  auto type = cast<MemRefType>(buffer.getType());
  int64_t unit = alignment / (type.getElementTypeBitWidth() / 8);
  if (!fits(along, alongSpan) || !fits(across, acrossSpan) ||
      alongSpan.step % unit || static_cast<int64_t>(dims.size()) > maxRank)
    return false;
  auto isMultiple = [&](int64_t known, auto get) {
    if (!ShapedType::isDynamic(known))
      return known % unit == 0;
    Value rest = arith::RemUIOp::create(
        builder, loc, get(),
        arith::ConstantIndexOp::create(builder, loc, unit));
    conditions.push_back(
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, rest,
                              arith::ConstantIndexOp::create(builder, loc, 0)));
    return true;
  };
  for (const Dim *dim : ArrayRef(dims).drop_front()) {
    // The stride of a single element is of no concern, but is checked.
    if (dim->knownSize == 1)
      continue;
    if (!isMultiple(dim->knownStride, [&] { return dim->stride; }))
      return false;
  }
  return isMultiple(type.getStridesAndOffset().second, [&]() -> Value {
    return memref::ExtractStridedMetadataOp::create(builder, loc, buffer)
        .getOffset();
  });
}

std::optional<BoxedTensor>
BoxedTensor::match(OpBuilder &builder, Location loc, Value buffer,
                   AffineMap map, ArrayRef<unsigned> along,
                   ArrayRef<unsigned> across, ArrayRef<unsigned> batch,
                   BoxSpan alongSpan, BoxSpan acrossSpan) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type || !type.getElementType().isIntOrFloat() ||
      type.getElementTypeBitWidth() % 8 || !type.isStrided() ||
      !isWalk(map, type))
    return std::nullopt;
  BoxedTensor tensor;
  tensor.buffer = buffer;
  tensor.alongSpan = alongSpan;
  tensor.acrossSpan = acrossSpan;
  tensor.along = tensor.collect(builder, loc, map, along);
  tensor.across = tensor.collect(builder, loc, map, across);
  tensor.batch = tensor.collect(builder, loc, map, batch);
  if (tensor.batch.size() == 1 && tensor.batch.front().knownSize == 1)
    tensor.batch.clear();
  if (!tensor.check(builder, loc))
    return std::nullopt;
  return tensor;
}

Value BoxedTensor::makeMap(OpBuilder &builder, Location loc) const {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t unit = alignment / (type.getElementTypeBitWidth() / 8);
  SmallVector<Value> sizes, strides;
  SmallVector<int32_t> box;
  for (auto [i, dim] : llvm::enumerate(order())) {
    sizes.push_back(dim->size);
    box.push_back(i == 0 ? alongSpan.extent : i == 1 ? acrossSpan.extent : 1);
    if (i == 0)
      continue;
    // Any that the engine takes.
    strides.push_back(
        dim->knownSize == 1
            ? arith::ConstantIndexOp::create(builder, loc, unit).getResult()
            : dim->stride);
  }
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  return kernel::TensorMapOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), buffer,
      zero, sizes, strides, box, lineBytes);
}

SmallVector<Value> BoxedTensor::locate(WarpgroupEmitter &emit, Value alongAt,
                                       Value acrossAt, Value batchAt) const {
  SmallVector<SmallVector<Value>> parts;
  for (auto [axis, index] :
       {std::pair(&along, alongAt), std::pair(&across, acrossAt),
        std::pair(&batch, batchAt)}) {
    SmallVector<Value> &taken = parts.emplace_back();
    Value rest = index;
    for (const Dim &dim : *axis) {
      bool isLast = &dim == &axis->back();
      Value size = isLast ? Value() : emit.toI32(dim.size);
      taken.push_back(isLast ? rest : emit.rem(rest, size));
      rest = isLast ? rest : emit.div(rest, size);
    }
  }
  SmallVector<Value> at = {parts[0].front(), parts[1].front()};
  llvm::append_range(at, ArrayRef(parts[0]).drop_front());
  llvm::append_range(at, ArrayRef(parts[1]).drop_front());
  llvm::append_range(at, parts[2]);
  return at;
}
