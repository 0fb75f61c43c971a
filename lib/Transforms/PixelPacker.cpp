//===- PixelPacker.cpp - Copies of images in whole lines ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PixelPacker.h"
#include "RelayoutConstant.h"

#include "graphc/Import/ExternWeight.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graphc;

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// As unsigned numbers, negative indices are beyond every size.
Value PixelPacker::makeBelow(Value index, int64_t size) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, index,
                               constant(size));
}

/// `index`, or one below `size` if it is not, and `isInside` is false then.
Value PixelPacker::check(Value index, int64_t size, Value &isInside) {
  Value isBelow = makeBelow(index, size);
  isInside =
      isInside
          ? arith::AndIOp::create(builder, loc, isInside, isBelow).getResult()
          : isBelow;
  return arith::MinUIOp::create(builder, loc, index, constant(size - 1));
}

/// An element, or zero.
Value PixelPacker::extract(Value tensor, ArrayRef<Value> indices,
                           Value isInside) {
  Value element = tensor::ExtractOp::create(builder, loc, tensor, indices);
  if (!isInside)
    return element;
  Value zero = arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(element.getType()));
  return arith::SelectOp::create(builder, loc, isInside, element, zero);
}

/// A channel of a pixel, or zero where that is padding: behind the channels, or
/// around the image, whose padding counts as pixels; or not `isInside`.
Value PixelPacker::readPixel(Value image, ArrayRef<Value> pixel, Value channel,
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
Value PixelPacker::split(Value &rest, int64_t size) {
  Value index = arith::RemUIOp::create(builder, loc, rest, constant(size));
  rest = arith::DivUIOp::create(builder, loc, rest, constant(size));
  return index;
}

/// The pixel that a tap of a window is.
Value PixelPacker::move(Value row, Value tap, const Space &each) {
  Value first = arith::MulIOp::create(builder, loc, row, constant(each.stride));
  Value offset =
      arith::MulIOp::create(builder, loc, tap, constant(each.dilation));
  return arith::AddIOp::create(builder, loc, first, offset);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value PixelPacker::makeTensor(ArrayRef<OpFoldResult> sizes, Element element) {
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
Value PixelPacker::copyImages(ArrayRef<int64_t> dimensions, Element element) {
  SmallVector<OpFoldResult> sizes = {
      tensor::getMixedSize(builder, loc, conv.source, conv.images)};
  llvm::append_range(sizes,
                     getAsIndexOpFoldResult(op.getContext(), dimensions));
  return makeTensor(sizes, element);
}

/// Makes one of `count` dimensions from `first` on.
Value PixelPacker::collapse(Value value, unsigned first, unsigned count) {
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
Value PixelPacker::reorder(Value weights, ArrayRef<unsigned> order,
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
void PixelPacker::replace(Value image, ArrayRef<AffineExpr> map, Value weights,
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
