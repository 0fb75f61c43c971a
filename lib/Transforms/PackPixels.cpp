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
//   sum of tap, c:  image[y + i, x * s + tap, c]  * weights[i, tap, c]
//   sum of k:       lines[y + i, x * s * C + k]   * weights[i, k]
//
// Windows that share no pixels are simply the rows of a matrix.
//
//===----------------------------------------------------------------------===//

#include "KernelForms.h"
#include "RelayoutConstant.h"

#include "dialects/Kernel/IR/Windows.h"
#include "graphc/Import/ExternWeight.h"
#include "graphc/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <numeric>

namespace graphc {
#define GEN_PASS_DEF_PACKPIXELS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;

/// Elements of 16 bits in what the copy engine moves at least.
static constexpr int64_t unit = 8;
/// With fewer results, or a shorter depth, not much of a tile of tensor cores
/// is filled.
static constexpr int64_t leastResults = 32, leastDepth = 16;

static bool isParallel(utils::IteratorType type) {
  return type == utils::IteratorType::parallel;
}

namespace {
/// A dimension of space: pixel o of the result reads o * stride + tap *
/// dilation, counted from the first pixel of the padding.
struct Space {
  unsigned position; ///< In the image.
  unsigned row, tap; ///< Loops.
  int64_t stride, dilation, taps, count;
  int64_t copied = 0; ///< Pixels of the padded image that are copied.

  bool overlaps() const { return stride < (taps - 1) * dilation + 1; }
  /// Pixels up to the last that a window reads.
  int64_t getExtent() const {
    return (count - 1) * stride + (taps - 1) * dilation + 1;
  }
};

/// A convolution, and what becomes of it.
class Convolution {
public:
  static std::optional<Convolution> match(linalg::GenericOp op);

  bool isWorthPacking();
  void pack();

private:
  bool matchImage();
  bool matchWeights();

  Value constant(OpBuilder &builder, int64_t value) {
    return arith::ConstantIndexOp::create(builder, op.getLoc(), value);
  }
  Value makeZero(OpBuilder &builder) {
    Type type = getElementTypeOrSelf(source.getType());
    return arith::ConstantOp::create(builder, op.getLoc(),
                                     builder.getZeroAttr(type));
  }
  Value readPixel(OpBuilder &builder, Value image, ArrayRef<Value> pixel,
                  Value channel);
  /// A tensor of images with these dimensions, element by element; the indices
  /// begin with the image's.
  Value
  copyImages(ArrayRef<int64_t> dimensions,
             llvm::function_ref<Value(OpBuilder &, ArrayRef<Value>)> element);
  Value collapse(Value value, unsigned first, unsigned count);
  Value widen(unsigned collapsed, unsigned position, int64_t size);
  void packWindows();
  void packLines();
  void replace(Value image, ArrayRef<AffineExpr> map, Value weights,
               unsigned numTaps);

  linalg::GenericOp op;
  Value source;              ///< The image without its padding.
  SmallVector<int64_t> low;  ///< The padding, by dimension.
  unsigned images, channels; ///< Positions in the source.
  unsigned imageLoop, channelLoop;
  SmallVector<Space> space; ///< Outermost first.
  int64_t numChannels;
  bool hasMoreChannels = false; ///< Copies have more, which are zero.
  unsigned firstTap; ///< In the weights; the channels follow the taps.
};
} // namespace

bool Convolution::matchImage() {
  AffineMap map = op.getIndexingMapsArray()[0];
  SmallVector<utils::IteratorType> loops = op.getIteratorTypesArray();
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  ArrayRef<int64_t> shape = cast<ShapedType>(source.getType()).getShape();
  bool hasImages = false, hasChannels = false;
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      bool isImage = isParallel(loops[dim.getPosition()]);
      bool &has = isImage ? hasImages : hasChannels;
      if (has || low[position] != 0)
        return false;
      has = true;
      (isImage ? images : channels) = position;
      (isImage ? imageLoop : channelLoop) = dim.getPosition();
      continue;
    }
    std::optional<SmallVector<kernel::AffineTerm>> terms =
        kernel::splitSum(expr);
    if (!terms || terms->size() != 2 || ShapedType::isDynamic(shape[position]))
      return false;
    Space next;
    next.position = position;
    if (!isParallel(loops[(*terms)[0].loop]))
      std::swap((*terms)[0], (*terms)[1]);
    auto [row, tap] = std::pair((*terms)[0], (*terms)[1]);
    if (!isParallel(loops[row.loop]) || isParallel(loops[tap.loop]))
      return false;
    next.row = row.loop;
    next.tap = tap.loop;
    next.stride = row.factor;
    next.dilation = tap.factor;
    next.count = sizes[row.loop];
    next.taps = sizes[tap.loop];
    if (ShapedType::isDynamic(next.count) || ShapedType::isDynamic(next.taps))
      return false;
    space.push_back(next);
  }
  if (!hasImages || !hasChannels || space.empty())
    return false;
  numChannels = shape[channels];
  return !ShapedType::isDynamic(numChannels) &&
         op.getNumReductionLoops() == space.size() + 1;
}

/// One after the other: all taps, in the order of space, and the channels.
bool Convolution::matchWeights() {
  AffineMap map = op.getIndexingMapsArray()[1];
  SmallVector<unsigned> wanted;
  for (const Space &each : space)
    wanted.push_back(each.tap);
  wanted.push_back(channelLoop);
  bool hasFound = false;
  for (unsigned position = 0; position < map.getNumResults(); ++position) {
    AffineExpr expr = map.getResult(position);
    if (expr.isFunctionOfDim(imageLoop) ||
        llvm::any_of(space, [&](const Space &each) {
          return expr.isFunctionOfDim(each.row);
        }))
      return false;
    if (!llvm::any_of(
            wanted, [&](unsigned loop) { return expr.isFunctionOfDim(loop); }))
      continue;
    if (hasFound || position + wanted.size() > map.getNumResults())
      return false;
    hasFound = true;
    firstTap = position;
    for (unsigned loop : wanted)
      if (map.getResult(position++) != getAffineDimExpr(loop, op.getContext()))
        return false;
    --position;
  }
  return hasFound;
}

std::optional<Convolution> Convolution::match(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumResults() != 1 || !hasMultiplyAddBody(op))
    return std::nullopt;
  Convolution found;
  found.op = op;
  found.source = op.getInputs()[0];
  Type type = getElementTypeOrSelf(found.source.getType());
  auto weights = dyn_cast<ShapedType>(op.getInputs()[1].getType());
  if (!weights || !(type.isBF16() || type.isF16()) ||
      weights.getElementType() != type || !weights.hasStaticShape())
    return std::nullopt;
  std::optional<SmallVector<int64_t>> low =
      kernel::lookThroughPadding(found.source);
  if (!low)
    return std::nullopt;
  found.low = std::move(*low);
  if (!found.matchImage() || !found.matchWeights())
    return std::nullopt;
  return found;
}

/// Whole units are copied as they are. Space between the pixels of a line is
/// not copied.
bool Convolution::isWorthPacking() {
  int64_t depth = numChannels, rows = 1;
  for (const Space &each : space) {
    depth *= each.taps;
    rows *= each.count;
  }
  int64_t columns = 1;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  AffineMap weights = op.getIndexingMapsArray()[1];
  for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray()))
    if (isParallel(type) && weights.isFunctionOfDim(loop))
      columns *= sizes[loop];
  bool isSparse = space.back().dilation != 1 && space.back().taps > 1;
  return numChannels % unit != 0 && depth >= leastDepth &&
         rows >= leastResults && columns >= leastResults && !isSparse;
}

/// A channel of a pixel, or zero where that is padding: behind the channels, or
/// around the image, whose padding counts as pixels.
Value Convolution::readPixel(OpBuilder &builder, Value image,
                             ArrayRef<Value> pixel, Value channel) {
  Location loc = op.getLoc();
  ArrayRef<int64_t> shape = cast<ShapedType>(source.getType()).getShape();
  Value isInside;
  // As unsigned numbers, negative indices are beyond every size.
  auto check = [&](Value index, int64_t size) {
    Value isBelow =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, index,
                              constant(builder, size));
    isInside =
        isInside
            ? arith::AndIOp::create(builder, loc, isInside, isBelow).getResult()
            : isBelow;
    return arith::MinUIOp::create(builder, loc, index,
                                  constant(builder, size - 1))
        .getResult();
  };
  SmallVector<Value> at(shape.size());
  at[images] = image;
  at[channels] = hasMoreChannels ? check(channel, numChannels) : channel;
  for (auto [each, index] : llvm::zip_equal(space, pixel)) {
    int64_t size = shape[each.position], before = low[each.position];
    at[each.position] = index;
    if (before != 0)
      at[each.position] =
          arith::SubIOp::create(builder, loc, index, constant(builder, before));
    if (before != 0 || each.copied > size)
      at[each.position] = check(at[each.position], size);
  }
  Value element = tensor::ExtractOp::create(builder, loc, source, at);
  if (!isInside)
    return element;
  return arith::SelectOp::create(builder, loc, isInside, element,
                                 makeZero(builder));
}

Value Convolution::copyImages(
    ArrayRef<int64_t> dimensions,
    llvm::function_ref<Value(OpBuilder &, ArrayRef<Value>)> element) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(source.getType());
  SmallVector<OpFoldResult> sizes = {
      tensor::getMixedSize(builder, loc, source, images)};
  for (int64_t size : dimensions)
    sizes.push_back(builder.getIndexAttr(size));
  Value empty =
      tensor::EmptyOp::create(builder, loc, sizes, type.getElementType());
  AffineMap map = builder.getMultiDimIdentityMap(sizes.size());
  SmallVector<utils::IteratorType> loops(sizes.size(),
                                         utils::IteratorType::parallel);
  auto body = [&](OpBuilder &inner, Location, ValueRange) {
    SmallVector<Value> indices;
    for (unsigned loop = 0; loop < loops.size(); ++loop)
      indices.push_back(linalg::IndexOp::create(inner, loc, loop));
    linalg::YieldOp::create(inner, loc, element(inner, indices));
  };
  return linalg::GenericOp::create(builder, loc, empty.getType(), ValueRange(),
                                   empty, map, loops, body)
      .getResult(0);
}

/// Makes one of `count` dimensions from `first` on.
Value Convolution::collapse(Value value, unsigned first, unsigned count) {
  if (count == 1)
    return value;
  SmallVector<ReassociationIndices> groups;
  int64_t rank = cast<ShapedType>(value.getType()).getRank();
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (dim <= first || dim >= first + count)
      groups.emplace_back();
    groups.back().push_back(dim);
  }
  OpBuilder builder(op);
  return tensor::CollapseShapeOp::create(builder, op.getLoc(), value, groups);
}

/// The weights, whose `collapsed` dimensions from `position` on are one, with
/// zeros behind what there is in it, up to `size`.
Value Convolution::widen(unsigned collapsed, unsigned position, int64_t size) {
  Value weights = op.getInputs()[1];
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto constant = weights.getDefiningOp<arith::ConstantOp>();
  auto elements =
      constant ? dyn_cast<ElementsAttr>(constant.getValue()) : ElementsAttr();
  weights = collapse(weights, position, collapsed);
  auto type = cast<RankedTensorType>(weights.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t before = shape[position];
  if (before == size)
    return weights;
  shape[position] = size;
  auto widened = type.clone(shape);
  if (elements && !isExternal(elements)) {
    SmallVector<RelayoutDim> dims(shape.size());
    int64_t stride = 1;
    for (unsigned dim = shape.size(); dim-- > 0;) {
      dims[dim] = {shape[dim], stride, dim, 1};
      stride *= type.getDimSize(dim);
    }
    dims[position].limit = before;
    if (auto values = relayoutConstant(elements, widened, dims))
      return arith::ConstantOp::create(builder, loc, widened, values);
  }
  SmallVector<OpFoldResult> zeros(shape.size(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> high = zeros;
  high[position] = builder.getIndexAttr(size - before);
  return tensor::PadOp::create(builder, loc, widened, weights, zeros, high,
                               makeZero(builder));
}

/// The product of both, where `map` reads the image; only the first `numTaps`
/// taps are still loops, and the channels are what `map` makes of them.
void Convolution::replace(Value image, ArrayRef<AffineExpr> map, Value weights,
                          unsigned numTaps) {
  MLIRContext *context = op.getContext();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<AffineExpr> right(maps[1].getResults());
  right.erase(right.begin() + firstTap + numTaps,
              right.begin() + firstTap + space.size());
  SmallVector<AffineExpr> loops(op.getNumLoops(),
                                getAffineConstantExpr(0, context));
  SmallVector<utils::IteratorType> types;
  SmallVector<unsigned> dropped;
  for (const Space &each : ArrayRef(space).drop_front(numTaps))
    dropped.push_back(each.tap);
  for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (llvm::is_contained(dropped, loop))
      continue;
    loops[loop] = getAffineDimExpr(types.size(), context);
    types.push_back(type);
  }
  auto renumber = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(op.getNumLoops(), 0, results, context)
        .replaceDimsAndSymbols(loops, {}, types.size(), 0);
  };
  OpBuilder builder(op);
  auto product = linalg::GenericOp::create(
      builder, op.getLoc(), op.getResultTypes(), ValueRange{image, weights},
      op.getOutputs(),
      ArrayRef{renumber(map), renumber(right), renumber(maps[2].getResults())},
      types);
  product.getRegion().takeBody(op.getRegion());
  op.replaceAllUsesWith(product);
  op.erase();
}

/// Windows that share no pixels: a matrix with a row for each.
void Convolution::packWindows() {
  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  int64_t depth = numChannels;
  SmallVector<int64_t> dimensions;
  SmallVector<AffineExpr> map = {getAffineDimExpr(imageLoop, context)};
  for (Space &each : space) {
    depth *= each.taps;
    dimensions.push_back(each.count);
    map.push_back(getAffineDimExpr(each.row, context));
    each.copied = each.getExtent();
  }
  int64_t padded = llvm::alignTo(depth, unit);
  dimensions.push_back(padded);
  map.push_back(getAffineDimExpr(channelLoop, context));
  auto element = [&](OpBuilder &builder, ArrayRef<Value> at) -> Value {
    Value rest = at.back();
    if (padded != depth)
      rest = arith::MinUIOp::create(builder, loc, rest,
                                    constant(builder, depth - 1));
    auto split = [&](int64_t size) {
      Value count = constant(builder, size);
      Value index = arith::RemUIOp::create(builder, loc, rest, count);
      rest = arith::DivUIOp::create(builder, loc, rest, count);
      return index;
    };
    Value channel = split(numChannels);
    SmallVector<Value> pixel(space.size());
    for (int64_t i = space.size(); i-- > 0;) {
      Value first = arith::MulIOp::create(builder, loc, at[i + 1],
                                          constant(builder, space[i].stride));
      Value tap = arith::MulIOp::create(builder, loc, split(space[i].taps),
                                        constant(builder, space[i].dilation));
      pixel[i] = arith::AddIOp::create(builder, loc, first, tap);
    }
    Value value = readPixel(builder, at.front(), pixel, channel);
    if (padded == depth)
      return value;
    Value isInside =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                              at.back(), constant(builder, depth));
    return arith::SelectOp::create(builder, loc, isInside, value,
                                   makeZero(builder));
  };
  Value image = copyImages(dimensions, element);
  replace(image, map, widen(/*collapsed=*/space.size() + 1, firstTap, padded),
          0);
}

/// Windows that overlap: lines that begin `stride` pixels apart.
void Convolution::packLines() {
  MLIRContext *context = op.getContext();
  Space &last = space.back();
  // Beginnings of windows and of lines of the image are aligned.
  int64_t padded =
      llvm::alignTo(numChannels, unit / std::gcd(unit, last.stride));
  hasMoreChannels = padded != numChannels;
  for (Space &each : space)
    each.copied = each.getExtent();
  last.copied = llvm::alignTo(last.copied, unit / std::gcd(unit, padded));
  SmallVector<int64_t> dimensions;
  SmallVector<AffineExpr> map = {getAffineDimExpr(imageLoop, context)};
  for (const Space &each : space) {
    dimensions.push_back(each.copied);
    map.push_back(getAffineDimExpr(each.row, context) * each.stride +
                  getAffineDimExpr(each.tap, context) * each.dilation);
  }
  map.back() = getAffineDimExpr(last.row, context) * (last.stride * padded) +
               getAffineDimExpr(channelLoop, context);
  dimensions.push_back(padded);
  auto element = [&](OpBuilder &builder, ArrayRef<Value> at) {
    return readPixel(builder, at.front(), at.drop_front().drop_back(),
                     at.back());
  };
  Value image = collapse(copyImages(dimensions, element), space.size(), 2);
  unsigned kept = space.size() - 1;
  Value weights = widen(/*collapsed=*/1, firstTap + space.size(), padded);
  replace(image, map, collapse(weights, firstTap + kept, 2), kept);
}

void Convolution::pack() {
  if (llvm::any_of(space, [](const Space &each) { return each.overlaps(); }))
    packLines();
  else
    packWindows();
}

namespace {
struct PackPixels : graphc::impl::PackPixelsBase<PackPixels> {
  void runOnOperation() override {
    SmallVector<linalg::GenericOp> ops;
    getOperation()->walk([&](linalg::GenericOp op) { ops.push_back(op); });
    for (linalg::GenericOp op : ops) {
      std::optional<Convolution> convolution = Convolution::match(op);
      if (convolution && convolution->isWorthPacking())
        convolution->pack();
    }
  }
};
} // namespace
