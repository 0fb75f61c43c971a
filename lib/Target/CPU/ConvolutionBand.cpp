//===- ConvolutionBand.cpp - The window of x that a block reads -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stores into the band are whole registers that may run over what they are
// for: places in front are always written before those behind, and there is
// room for one register at the end.
//
//===----------------------------------------------------------------------===//

#include "ConvolutionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::cpu;

static void storeVector(OpBuilder &builder, Location loc, Value value,
                        Value buffer, Value place) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(builder, loc, value, buffer, place);
  else
    memref::StoreOp::create(builder, loc, value, buffer, place);
}

void ConvolutionEmitter::zeroBand(Value to, Value count) {
  Value zero = arith::ConstantOp::create(
      builder, loc(), builder.getZeroAttr(lanes.laneType(accumulatorType)));
  loop(constant(0), count, width,
       [&](Value i) { storeVector(builder, loc(), zero, band, add(to, i)); });
}

/// Elements that lie side by side in both.
void ConvolutionEmitter::fillRun(Value to, Value from, Value count) {
  Value rest = rem(count, constant(width));
  Value whole = sub(count, rest);
  auto copy = [&](Value i) {
    storeVector(builder, loc(), widen(loadVector(x, add(from, i))), band,
                add(to, i));
  };
  loop(constant(0), whole, width, copy);
  if (constantOf(rest) == 0 || width == 1)
    return;
  // Once or never.
  loop(whole, count, width, [&](Value i) {
    lanes.setActive(rest);
    copy(i);
    lanes.setActive(nullptr);
  });
}

/// The channels of one pixel.
void ConvolutionEmitter::fillChannels(Value to, Value from) {
  if (shape.xStride(shape.xChannel) == 1)
    return fillRun(to, from, constant(shape.inPerGroup));
  auto copy = [&](Value c) {
    Value place = add(from, mul(c, xStrides[shape.xChannel]));
    Value element = memref::LoadOp::create(builder, loc(), x, place);
    memref::StoreOp::create(builder, loc(), widen(element), band, add(to, c));
  };
  if (shape.inPerGroup > 4) {
    loop(constant(0), constant(shape.inPerGroup), 1, copy);
    return;
  }
  for (int64_t c = 0; c < shape.inPerGroup; ++c)
    copy(constant(c));
}

/// Positions of `window` and of those behind it: zeros where they are outside
/// of x. `from` is where x would begin.
void ConvolutionEmitter::fillWindow(const Unit &unit, unsigned window, Value to,
                                    Value from) {
  if (window == shape.windows.size())
    return fillChannels(to, from);
  const auto &w = shape.windows[window];
  int64_t inner = shape.inPerGroup;
  for (unsigned i = window + 1; i < shape.windows.size(); ++i)
    inner *= bandExtent(i, block[i]);
  // ((extent - 1) * stride + (kernel - 1) * dilation + 1)
  Value extent = add(mul(sub(unit.extent[window], constant(1)), w.stride),
                     constant((w.kernel - 1) * w.dilation + 1));
  Value start = mul(unit.start[window], w.stride);
  Value low = getLowPad(w.xDim);
  Value size = lanes.getSize(shape.xTensor, w.xDim);
  Value shift = sub(low, start);
  Value first = minimum(extent, maximum(constant(0), shift));
  Value end = maximum(first, minimum(extent, add(shift, size)));
  if (shape.pad)
    zeroBand(to, mul(first, inner));
  auto placeOf = [&](Value i) {
    return add(from, mul(sub(i, shift), xStrides[w.xDim]));
  };
  bool isRun = window + 1 == shape.windows.size() &&
               shape.xStride(shape.xChannel) == 1 &&
               shape.xStride(w.xDim) == shape.inPerGroup;
  if (isRun)
    fillRun(add(to, mul(first, inner)), placeOf(first),
            mul(sub(end, first), inner));
  else
    loop(first, end, 1, [&](Value i) {
      fillWindow(unit, window + 1, add(to, mul(i, inner)), placeOf(i));
    });
  if (shape.pad)
    zeroBand(add(to, mul(end, inner)), mul(sub(extent, end), inner));
}

void ConvolutionEmitter::fillBand(const Unit &unit) {
  Value from = mul(mul(unit.group, shape.inPerGroup), xStrides[shape.xChannel]);
  for (auto [axis, index] : llvm::zip_equal(shape.batch, unit.batch))
    from = add(from, mul(index, xStrides[axis]));
  fillWindow(unit, 0, constant(0), from);
}
