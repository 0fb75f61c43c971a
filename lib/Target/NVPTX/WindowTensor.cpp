//===- WindowTensor.cpp - Images that the copy engine walks ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowTensor.h"

#include "dialects/Kernel/IR/Windows.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::nvptx;

/// Elements of 16 bits in 16 bytes.
static constexpr int64_t unit = 8;

/// The static size of a loop, or 0.
static int64_t getLoopSize(linalg::LinalgOp op, unsigned loop) {
  int64_t size = op.getStaticLoopRanges()[loop];
  return ShapedType::isDynamic(size) ? 0 : size;
}

/// Of an index that is a pixel of the rows and an element of the depth: where
/// the line of a pixel begins, and the loop along it.
static std::optional<std::pair<kernel::AffineTerm, unsigned>>
matchLine(AffineExpr expr, const Product &product) {
  std::optional<SmallVector<kernel::AffineTerm>> terms = kernel::splitSum(expr);
  if (!terms || terms->size() != 2)
    return std::nullopt;
  for (auto [begin, element] : {std::pair((*terms)[0], (*terms)[1]),
                                std::pair((*terms)[1], (*terms)[0])})
    if (llvm::is_contained(product.rows, begin.loop) &&
        llvm::is_contained(product.depth, element.loop) &&
        element.factor == 1 && begin.factor % unit == 0)
      return std::pair(begin, element.loop);
  return std::nullopt;
}

/// Sets what the terms say; `tapLoop` is ~0 if there is one tap.
bool WindowTensor::matchSpace(AffineExpr expr, const Product &product,
                              Space &found, unsigned &tapLoop) {
  std::optional<SmallVector<kernel::AffineTerm>> terms = kernel::splitSum(expr);
  if (!terms || terms->size() > 2)
    return false;
  unsigned row = ~0u;
  tapLoop = ~0u;
  found.dilation = found.taps = 1;
  for (auto [loop, factor] : *terms) {
    bool isRow = llvm::is_contained(product.rows, loop);
    if (isRow ? row != ~0u
              : tapLoop != ~0u || !llvm::is_contained(product.depth, loop))
      return false;
    (isRow ? row : tapLoop) = loop;
    (isRow ? found.stride : found.dilation) = factor;
  }
  if (row == ~0u || row != product.rows[space.size() + 1])
    return false;
  found.count = getLoopSize(product.op, row);
  if (tapLoop != ~0u)
    found.taps = getLoopSize(product.op, tapLoop);
  return found.count && found.taps;
}

std::optional<WindowTensor> WindowTensor::match(kernel::RegionOp region,
                                                const Product &product) {
  linalg::LinalgOp op = product.op;
  OpOperand *operand = op.getDpsInputOperand(product.left);
  AffineMap map = op.getMatchingIndexingMap(operand);
  Value value = operand->get();
  std::optional<SmallVector<int64_t>> padding =
      kernel::lookThroughPadding(value);
  auto argument = dyn_cast<BlockArgument>(value);
  if (!padding || !argument || argument.getOwner() != &region.getBody().front())
    return std::nullopt;
  if (!product.batch.empty() || product.rows.size() < 2 ||
      product.rows.size() > 4)
    return std::nullopt;
  WindowTensor tensor;
  tensor.buffer = region.getOperand(argument.getArgNumber());
  auto type = dyn_cast<MemRefType>(tensor.buffer.getType());
  if (!type || !type.isStrided())
    return std::nullopt;
  auto [strides, offset] = type.getStridesAndOffset();
  bool hasImages = false, hasChannels = false;
  kernel::AffineTerm lines = {
      ~0u, 1}; // The loop that overlapping lines begin along.
  unsigned channelPosition = 0;
  // In the order of the rows: dimensions of the buffer may have another.
  SmallVector<unsigned> spacePositions;
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    bool isPadded = (*padding)[position] != 0;
    if (dim && dim.getPosition() == product.rows.front() && !isPadded &&
        !hasImages) {
      hasImages = true;
      tensor.imagePosition = position;
      tensor.imageStep = strides[position];
      continue;
    }
    if (dim && llvm::is_contained(product.depth, dim.getPosition()) &&
        strides[position] == 1 && !isPadded && !hasChannels) {
      hasChannels = true;
      channelPosition = position;
      tensor.channels = dim.getPosition();
      continue;
    }
    std::optional<std::pair<kernel::AffineTerm, unsigned>> line =
        matchLine(expr, product);
    if (line && strides[position] == 1 && !isPadded && !hasChannels) {
      hasChannels = true;
      channelPosition = position;
      std::tie(lines, tensor.channels) = *line;
      continue;
    }
    spacePositions.push_back(position);
  }
  if (!hasImages || !hasChannels ||
      spacePositions.size() + 1 + (lines.loop != ~0u) != product.rows.size())
    return std::nullopt;
  tensor.numChannels = getLoopSize(op, tensor.channels);
  // A loop of the rows names its dimension.
  for (unsigned row : ArrayRef(product.rows).drop_front()) {
    if (row == lines.loop) {
      int64_t count = getLoopSize(op, row);
      tensor.space.push_back({count, count, 1, 1, 0, 1, lines.factor});
      continue;
    }
    const unsigned *position = llvm::find_if(spacePositions, [&](unsigned p) {
      return map.getResult(p).isFunctionOfDim(row);
    });
    Space next;
    unsigned tapLoop;
    if (position == spacePositions.end() ||
        !tensor.matchSpace(map.getResult(*position), product, next, tapLoop))
      return std::nullopt;
    next.step = strides[*position];
    next.padding = (*padding)[*position];
    next.size = type.getDimSize(*position);
    if (ShapedType::isDynamic(next.size))
      return std::nullopt;
    if (tapLoop != ~0u)
      tensor.taps.push_back(tapLoop);
    tensor.space.push_back(next);
  }
  // The depth has no other loops but those.
  if (tensor.taps.size() + 1 != product.depth.size() || !tensor.numChannels ||
      ShapedType::isDynamic(offset) || offset % unit)
    return std::nullopt;
  for (auto [position, stride] : llvm::enumerate(strides))
    if (position != channelPosition &&
        (ShapedType::isDynamic(stride) || stride % unit))
      return std::nullopt;
  // What the copy engine holds of each dimension.
  int64_t limit = tensor.space.size() == 1   ? 1 << 15
                  : tensor.space.size() == 2 ? 1 << 7
                                             : 1 << 4;
  for (const Space &each : tensor.space) {
    int64_t upper =
        (each.count - 1) * each.stride - each.padding - (each.size - 1);
    if (!each.count || each.padding < 0 || each.padding > limit ||
        upper < -limit || upper >= limit || each.stride > 8 ||
        (each.taps - 1) * each.dilation >= 2 * limit)
      return std::nullopt;
  }
  return tensor;
}

Value WindowTensor::makeMap(OpBuilder &builder, Location loc,
                            int64_t channelsExtent, int64_t rows) const {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  SmallVector<Value> sizes = {constant(numChannels)}, strides;
  SmallVector<int32_t> lower, upper, steps;
  for (const Space &each : llvm::reverse(space)) {
    sizes.push_back(constant(each.size));
    strides.push_back(constant(each.step));
    lower.push_back(-each.padding);
    upper.push_back((each.count - 1) * each.stride - each.padding -
                    (each.size - 1));
    steps.push_back(each.stride);
  }
  sizes.push_back(
      builder.createOrFold<memref::DimOp>(loc, buffer, imagePosition));
  strides.push_back(constant(imageStep));
  return kernel::WindowMapOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), buffer,
      constant(0), sizes, strides, lower, upper, steps, channelsExtent, rows,
      lineBytes);
}

void WindowTensor::load(WarpgroupEmitter &emit, Value shared, Value map,
                        Value barrier, Value row, Value tap,
                        Value channel) const {
  SmallVector<Value> at = {channel}, offsets;
  Value pixel = row, element = tap;
  for (const Space &each : llvm::reverse(space)) {
    Value index = emit.rem(pixel, each.count);
    pixel = emit.div(pixel, each.count);
    at.push_back(
        emit.sub(emit.mul(index, each.stride), emit.number(each.padding)));
    offsets.push_back(emit.mul(emit.rem(element, each.taps), each.dilation));
    element = emit.div(element, each.taps);
  }
  at.push_back(pixel);
  emit.loadWindow(shared, map, barrier, at, offsets);
}
