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

#include "Convolution.h"
#include "RelayoutConstant.h"

#include "graphc/Import/ExternWeight.h"
#include "graphc/Transforms/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"

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

namespace {
/// Lines of the copy: what its pixels consist of.
struct Lines {
  /// What is below a pixel in a window is part of it.
  bool isFolded;
  SmallVector<int64_t> taps; ///< Of each outer dimension of space, if folded.
  int64_t channels;          ///< With those that are zero.
  int64_t pixel;             ///< Elements.
  int64_t length = 0;        ///< Pixels.
};

/// Copies images and weights of a convolution and makes a product of it.
class Packer {
public:
  explicit Packer(const Convolution &conv)
      : conv(conv), op(conv.op), space(conv.space), builder(op),
        loc(op.getLoc()) {}

  void pack();

private:
  using Element = llvm::function_ref<Value(ArrayRef<Value>)>;

  Lines planLines(bool isFolded) const;
  double estimateTime(const Lines &lines) const;
  void packLines(const Lines &lines);
  void packWindows();

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value makeBelow(Value index, int64_t size);
  Value check(Value index, int64_t size, Value &isInside);
  Value extract(Value tensor, ArrayRef<Value> indices, Value isInside);
  Value readPixel(Value image, ArrayRef<Value> pixel, Value channel,
                  Value isInside);
  Value split(Value &rest, int64_t size);
  Value move(Value row, Value tap, const Space &each);
  Value makeTensor(ArrayRef<OpFoldResult> sizes, Element element);
  Value copyImages(ArrayRef<int64_t> dimensions, Element element);
  Value collapse(Value value, unsigned first, unsigned count);
  Value reorder(Value weights, ArrayRef<unsigned> order,
                ArrayRef<int64_t> sizes);
  void replace(Value image, ArrayRef<AffineExpr> map, Value weights,
               unsigned numTaps);
  AffineExpr loop(unsigned number) {
    return getAffineDimExpr(number, builder.getContext());
  }

  const Convolution &conv;
  linalg::GenericOp op;
  ArrayRef<Space> space;
  OpBuilder builder;
  Location loc;
  /// What is copied: pixels along each dimension of space, and channels.
  SmallVector<int64_t> copied;
  int64_t copiedChannels = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// As unsigned numbers, negative indices are beyond every size.
Value Packer::makeBelow(Value index, int64_t size) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, index,
                               constant(size));
}

/// `index`, or one below `size` if it is not, and `isInside` is false then.
Value Packer::check(Value index, int64_t size, Value &isInside) {
  Value isBelow = makeBelow(index, size);
  isInside =
      isInside
          ? arith::AndIOp::create(builder, loc, isInside, isBelow).getResult()
          : isBelow;
  return arith::MinUIOp::create(builder, loc, index, constant(size - 1));
}

/// An element, or zero.
Value Packer::extract(Value tensor, ArrayRef<Value> indices, Value isInside) {
  Value element = tensor::ExtractOp::create(builder, loc, tensor, indices);
  if (!isInside)
    return element;
  Value zero = arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(element.getType()));
  return arith::SelectOp::create(builder, loc, isInside, element, zero);
}

/// A channel of a pixel, or zero where that is padding: behind the channels, or
/// around the image, whose padding counts as pixels; or not `isInside`.
Value Packer::readPixel(Value image, ArrayRef<Value> pixel, Value channel,
                        Value isInside) {
  ArrayRef<int64_t> shape = cast<ShapedType>(conv.source.getType()).getShape();
  SmallVector<Value> at(shape.size());
  at[conv.images] = image;
  at[conv.channels] = copiedChannels > conv.numChannels
                          ? check(channel, conv.numChannels, isInside)
                          : channel;
  for (auto [i, each] : llvm::enumerate(space)) {
    int64_t size = shape[each.position], before = conv.low[each.position];
    Value &place = at[each.position] = pixel[i];
    if (before != 0)
      place = arith::SubIOp::create(builder, loc, place, constant(before));
    if (before != 0 || copied[i] > size)
      place = check(place, size, isInside);
  }
  return extract(conv.source, at, isInside);
}

/// The innermost index of size `size` in `rest`, which others are left of.
Value Packer::split(Value &rest, int64_t size) {
  Value index = arith::RemUIOp::create(builder, loc, rest, constant(size));
  rest = arith::DivUIOp::create(builder, loc, rest, constant(size));
  return index;
}

/// The pixel that a tap of a window is.
Value Packer::move(Value row, Value tap, const Space &each) {
  Value first = arith::MulIOp::create(builder, loc, row, constant(each.stride));
  Value offset =
      arith::MulIOp::create(builder, loc, tap, constant(each.dilation));
  return arith::AddIOp::create(builder, loc, first, offset);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value Packer::makeTensor(ArrayRef<OpFoldResult> sizes, Element element) {
  Value empty = tensor::EmptyOp::create(
      builder, loc, sizes, getElementTypeOrSelf(conv.source.getType()));
  AffineMap map = builder.getMultiDimIdentityMap(sizes.size());
  SmallVector<utils::IteratorType> loops(sizes.size(),
                                         utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, empty.getType(), ValueRange(), empty, map, loops,
      [](OpBuilder &, Location, ValueRange) {});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(generic.getBody());
  SmallVector<Value> indices;
  for (unsigned i = 0; i < loops.size(); ++i)
    indices.push_back(linalg::IndexOp::create(builder, loc, i));
  linalg::YieldOp::create(builder, loc, element(indices));
  return generic.getResult(0);
}

/// A tensor of images with these dimensions; the indices begin with the
/// image's.
Value Packer::copyImages(ArrayRef<int64_t> dimensions, Element element) {
  SmallVector<OpFoldResult> sizes = {
      tensor::getMixedSize(builder, loc, conv.source, conv.images)};
  llvm::append_range(sizes,
                     getAsIndexOpFoldResult(op.getContext(), dimensions));
  return makeTensor(sizes, element);
}

/// Makes one of `count` dimensions from `first` on.
Value Packer::collapse(Value value, unsigned first, unsigned count) {
  if (count == 1)
    return value;
  SmallVector<ReassociationIndices> groups;
  int64_t rank = cast<ShapedType>(value.getType()).getRank();
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (dim <= first || dim >= first + count)
      groups.emplace_back();
    groups.back().push_back(dim);
  }
  return tensor::CollapseShapeOp::create(builder, loc, value, groups);
}

/// `weights` with their dimensions from the first tap on in another order, and
/// with zeros behind what there is in each up to `sizes`.
Value Packer::reorder(Value weights, ArrayRef<unsigned> order,
                      ArrayRef<int64_t> sizes) {
  auto type = cast<RankedTensorType>(weights.getType());
  auto from = llvm::to_vector(llvm::seq<unsigned>(type.getRank()));
  SmallVector<int64_t> shape(type.getShape());
  for (auto [i, dim] : llvm::enumerate(order)) {
    from[conv.firstTap + i] = conv.firstTap + dim;
    shape[conv.firstTap + i] = sizes[i];
  }
  if (ArrayRef(shape) == type.getShape() && llvm::is_sorted(from))
    return weights;
  auto result = type.clone(shape);
  Value root = weights;
  if (auto view = root.getDefiningOp<tensor::CollapseShapeOp>())
    root = view.getSrc();
  ElementsAttr elements;
  if (matchPattern(root, m_Constant(&elements)) && !isExternal(elements)) {
    SmallVector<RelayoutDim> dims;
    SmallVector<int64_t> strides = computeStrides(type.getShape());
    for (auto [dim, size] : llvm::enumerate(shape))
      dims.push_back({size, strides[from[dim]], static_cast<int64_t>(dim), 1,
                      type.getDimSize(from[dim])});
    if (auto values = relayoutConstant(elements, result, dims))
      return arith::ConstantOp::create(builder, loc, result, values);
  }
  return makeTensor(getAsIndexOpFoldResult(op.getContext(), shape),
                    [&](ArrayRef<Value> at) {
                      SmallVector<Value> indices(at.size());
                      Value isInside;
                      for (auto [dim, index] : llvm::enumerate(at)) {
                        int64_t size = type.getDimSize(from[dim]);
                        indices[from[dim]] = index;
                        if (shape[dim] > size)
                          indices[from[dim]] = check(index, size, isInside);
                      }
                      return extract(weights, indices, isInside);
                    });
}

/// The product of both, where `map` reads the image; only the first `numTaps`
/// taps are still loops, and the channels are what `map` makes of them.
void Packer::replace(Value image, ArrayRef<AffineExpr> map, Value weights,
                     unsigned numTaps) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<AffineExpr> right(maps[1].getResults());
  right.erase(right.begin() + conv.firstTap + numTaps,
              right.begin() + conv.firstTap + space.size());
  SmallVector<AffineExpr> loops(op.getNumLoops(),
                                builder.getAffineConstantExpr(0));
  SmallVector<utils::IteratorType> types;
  SmallVector<unsigned> dropped;
  for (const Space &each : ArrayRef(space).drop_front(numTaps))
    dropped.push_back(each.tap);
  for (auto [number, type] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (llvm::is_contained(dropped, number))
      continue;
    loops[number] = loop(types.size());
    types.push_back(type);
  }
  auto renumber = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(op.getNumLoops(), 0, results, builder.getContext())
        .replaceDimsAndSymbols(loops, {}, types.size(), 0);
  };
  auto product = linalg::GenericOp::create(
      builder, op.getLoc(), op.getResultTypes(), ValueRange{image, weights},
      op.getOutputs(),
      ArrayRef{renumber(map), renumber(right), renumber(maps[2].getResults())},
      types);
  product.getRegion().takeBody(op.getRegion());
  op.replaceAllUsesWith(product);
  op.erase();
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Windows that share no pixels: a matrix with a row for each.
void Packer::packWindows() {
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
Lines Packer::planLines(bool isFolded) const {
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
double Packer::estimateTime(const Lines &lines) const {
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
void Packer::packLines(const Lines &lines) {
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

void Packer::pack() {
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
        Packer(*conv).pack();
    }
  }
};
} // namespace
