//===- PackPixels.cpp - Convolutions of few channels by whole lines -------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensor cores and the copy engine want the depth of a product in pieces of 16
// bytes or more. Of an image with three channels a pixel is none. But what a
// window reads of one of its lines is contiguous where channels are innermost:
// a window of 7 pixels reads 21 numbers that lie side by side, and the next
// window begins a few pixels behind. So the image is copied once, with its
// padding and with as many channels as make the beginning of every window
// aligned, and the depth becomes the line of a window, for each of its lines:
//
//   sum of i, tap, c:  image[y + i, x * s + tap, c] * weights[i, tap, c]
//   sum of i, k:       lines[y + i, x * s * C + k]  * weights[i, k]
//
// Where such lines are short, what is below a pixel in the window becomes part
// of the pixel, again and again for every line of the result:
//
//   sum of k:          lines[y, x * s * C * I + k]  * weights[k]
//
// Windows that share no pixels are simply the rows of a matrix.
//
//===----------------------------------------------------------------------===//

#include "PixelPacker.h"

#include "graphc/Transforms/Passes.h"

#include <numeric>

namespace graphc {
#define GEN_PASS_DEF_PACKPIXELS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Elements of 16 bits in what the copy engine moves at least.
static constexpr int64_t unit = 8;
/// Elements of a step along the depth, in a line of shared memory.
static constexpr int64_t stepElements = 64;
/// With fewer results, or a shorter depth, not much of a tile of tensor cores
/// is filled.
static constexpr int64_t leastResults = 32, leastDepth = 16;

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Windows that share no pixels: a matrix with a row for each.
void PixelPacker::packWindows() {
  int64_t depth = conv.getDepth(), padded = llvm::alignTo(depth, unit);
  SmallVector<int64_t> dimensions;
  SmallVector<AffineExpr> map = {loop(conv.imageLoop)};
  for (const Space &each : space) {
    dimensions.push_back(each.count);
    copied.push_back(each.getExtent());
    map.push_back(loop(each.row));
  }
  dimensions.push_back(padded);
  map.push_back(loop(conv.channelLoop));
  auto element = [&](ArrayRef<Value> at) {
    Value rest = at.back(), isInside;
    if (padded != depth)
      rest = check(rest, depth, isInside);
    Value channel = split(rest, conv.numChannels);
    SmallVector<Value> pixel(space.size());
    for (unsigned i = space.size(); i-- > 0;)
      pixel[i] = move(at[1 + i], split(rest, space[i].taps), space[i]);
    return readPixel(at.front(), pixel, channel, isInside);
  };
  Value image = copyImages(dimensions, element);
  Value weights = collapse(conv.getWeights(), conv.firstTap, space.size() + 1);
  replace(image, map, reorder(weights, {0}, {padded}), 0);
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

/// As few elements of a pixel as let windows begin at multiples of units.
Lines PixelPacker::planLines(bool isFolded) const {
  int64_t stride = space.back().stride, front = 1, inner = 1;
  if (isFolded) {
    front = space.front().taps;
    for (const Space &each : space.drop_front().drop_back())
      inner *= each.taps;
  }
  Lines best = {isFolded, {}, 0, 0};
  for (int64_t taps = front; taps < front + (isFolded ? unit : 1); ++taps)
    for (int64_t count = conv.numChannels; count < conv.numChannels + unit;
         ++count) {
      int64_t pixel = taps * inner * count;
      if (pixel * stride % unit != 0 || (best.pixel && pixel >= best.pixel))
        continue;
      best.pixel = pixel;
      best.channels = count;
      best.taps.assign(isFolded, taps);
    }
  if (isFolded)
    for (const Space &each : space.drop_front().drop_back())
      best.taps.push_back(each.taps);
  // Lines of the image begin at such multiples, too.
  best.length = llvm::alignTo(space.back().getExtent(),
                              unit / std::gcd(unit, best.pixel));
  return best;
}

/// For an image, in picoseconds of a whole H100: a step of all rows as measured
/// for short lines, and an element of the copy.
double PixelPacker::estimateTime(const Lines &lines) const {
  constexpr double perStep = 23, perElement = 1;
  double steps =
      llvm::divideCeil(lines.pixel * space.back().taps, stepElements);
  double elements = lines.pixel * lines.length;
  for (const Space &each : space.drop_back()) {
    steps *= lines.isFolded ? 1 : each.taps;
    elements *= lines.isFolded ? each.count : each.getExtent();
  }
  return steps * conv.getRows() * perStep + elements * perElement;
}

/// Windows that overlap: lines that begin `stride` pixels apart.
void PixelPacker::packLines(const Lines &lines) {
  const Space &last = space.back();
  ArrayRef<Space> outer = space.drop_back();
  copiedChannels = lines.channels;
  SmallVector<int64_t> dimensions;
  SmallVector<AffineExpr> map = {loop(conv.imageLoop)};
  // Weights in the order of a line: pixel, what is below it, channel.
  SmallVector<unsigned> order;
  SmallVector<int64_t> sizes;
  for (auto [i, each] : llvm::enumerate(outer)) {
    copied.push_back(each.getExtent());
    AffineExpr row = loop(each.row);
    if (lines.isFolded) {
      dimensions.push_back(each.count);
      map.push_back(row);
      continue;
    }
    dimensions.push_back(copied.back());
    map.push_back(row * each.stride + loop(each.tap) * each.dilation);
    order.push_back(i);
    sizes.push_back(each.taps);
  }
  unsigned kept = order.size(), inLine = lines.taps.size() + 2;
  copied.push_back(lines.length);
  dimensions.push_back(lines.length);
  map.push_back(loop(last.row) * (last.stride * lines.pixel) +
                loop(conv.channelLoop));
  order.push_back(outer.size());
  sizes.push_back(last.taps);
  for (auto [i, taps] : llvm::enumerate(lines.taps)) {
    order.push_back(i);
    sizes.push_back(taps);
  }
  order.push_back(space.size());
  sizes.push_back(lines.channels);
  // One dimension is copied in longer vectors than some.
  dimensions.push_back(lines.pixel);

  auto element = [&](ArrayRef<Value> at) {
    SmallVector<Value> pixel(at.slice(1, space.size()));
    Value rest = at.back(), isInside;
    Value channel = lines.isFolded ? split(rest, lines.channels) : rest;
    for (unsigned i = lines.taps.size(); i-- > 0;) {
      Value tap = i ? split(rest, lines.taps[i]) : rest;
      if (lines.taps[i] > outer[i].taps)
        tap = check(tap, outer[i].taps, isInside);
      pixel[i] = move(pixel[i], tap, outer[i]);
    }
    return readPixel(at.front(), pixel, channel, isInside);
  };
  Value image = copyImages(dimensions, element);
  Value weights = reorder(conv.getWeights(), order, sizes);
  replace(collapse(image, space.size(), 2), map,
          collapse(weights, conv.firstTap + kept, inLine), kept);
}

void PixelPacker::pack() {
  if (llvm::none_of(space, [](const Space &each) { return each.overlaps(); }))
    return packWindows();
  Lines lines = planLines(/*isFolded=*/false);
  if (space.size() > 1) {
    Lines folded = planLines(/*isFolded=*/true);
    if (estimateTime(folded) < estimateTime(lines))
      lines = folded;
  }
  packLines(lines);
}

/// Whole units are copied as they are. Space between the pixels of a line is
/// not copied.
static bool isWorthPacking(const Convolution &conv) {
  const Space &last = conv.space.back();
  bool isSparse = last.dilation != 1 && last.taps > 1;
  return conv.numChannels % unit != 0 && conv.getDepth() >= leastDepth &&
         conv.getRows() >= leastResults && conv.getColumns() >= leastResults &&
         !isSparse;
}

namespace {
struct PackPixels : graphc::impl::PackPixelsBase<PackPixels> {
  void runOnOperation() override {
    SmallVector<linalg::GenericOp> ops;
    getOperation()->walk([&](linalg::GenericOp op) { ops.push_back(op); });
    for (linalg::GenericOp op : ops) {
      std::optional<Convolution> conv = Convolution::match(op);
      if (conv && isWorthPacking(*conv))
        PixelPacker(*conv).pack();
    }
  }
};
} // namespace
