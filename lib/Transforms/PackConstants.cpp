//===- PackConstants.cpp - Constants in the order of their readers --------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RelayoutConstant.h"

#include "graphc/Import/ExternWeight.h"
#include "graphc/Support/ErrorCode.h"
#include "graphc/Transforms/ConstantOperand.h"
#include "graphc/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace graphc {
#define GEN_PASS_DEF_PACKCONSTANTS
#include "graphc/Transforms/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using kernel::RegionOp;
using linalg::LinalgOp;

namespace {

/// A layout of an operand in terms of the loops that read it.
struct Layout {
  SmallVector<RelayoutDim> dims;
  AffineMap map;
};

/// Sizes and steps (elements of the whole constant) of dimensions.
struct Dims {
  SmallVector<int64_t> sizes, strides;
};

struct PackConstants : graphc::impl::PackConstantsBase<PackConstants> {
  void runOnOperation() override {
    SmallVector<RegionOp> regions;
    getOperation()->walk([&](RegionOp region) {
      if (region->hasAttr(requestName))
        regions.push_back(region);
    });
    for (RegionOp region : regions) {
      if (failed(pack(region)))
        return signalPassFailure();
      region->removeAttr(requestName);
    }
  }

private:
  static constexpr StringLiteral requestName = "pack";
  /// Packed already: the values and their layout.
  DenseMap<std::pair<Attribute, Attribute>, DenseResourceElementsAttr> known;
  /// The same of constants whose values come later.
  DenseMap<std::pair<Operation *, std::pair<Attribute, Attribute>>, Value>
      knownValues;

  LogicalResult pack(RegionOp region);
  Value packNow(arith::ConstantOp constant, RankedTensorType type,
                ArrayRef<RelayoutDim> dims, ArrayRef<int64_t> key);
  Value packLater(RegionOp region, arith::ConstantOp constant,
                  RankedTensorType type, ArrayRef<RelayoutDim> dims,
                  ArrayRef<int64_t> key);
  static Layout getLayout(LinalgOp op, AffineMap map, const Dims &source,
                          int64_t loop, int64_t columns, int64_t pairs);
};

} // namespace

static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// What an operand has of `type`: the dimensions that it shows, and those at
/// one index of which it lies.
static std::pair<Dims, Dims> splitDims(RankedTensorType type,
                                       tensor::ExtractSliceOp slice) {
  llvm::SmallBitVector dropped(type.getRank());
  if (slice)
    dropped = slice.getDroppedDims();
  Dims shown, at;
  int64_t stride = type.getNumElements();
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    stride /= std::max<int64_t>(size, 1);
    Dims &dims = dropped[dim] ? at : shown;
    dims.sizes.push_back(size);
    dims.strides.push_back(stride);
  }
  return {shown, at};
}

/// The part of `packed`, which begins with the dimensions that `slice` lies at
/// one index of, for the same indices.
static Value slicePacked(Value packed, tensor::ExtractSliceOp slice) {
  OpBuilder builder(slice);
  auto type = cast<RankedTensorType>(packed.getType());
  SmallVector<OpFoldResult> offsets, sizes;
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  for (auto [dim, offset] : llvm::enumerate(slice.getMixedOffsets())) {
    if (!dropped[dim])
      continue;
    offsets.push_back(offset);
    sizes.push_back(builder.getIndexAttr(1));
  }
  ArrayRef<int64_t> shape = type.getShape().drop_front(offsets.size());
  for (int64_t size : shape) {
    offsets.push_back(builder.getIndexAttr(0));
    sizes.push_back(builder.getIndexAttr(size));
  }
  SmallVector<OpFoldResult> steps(offsets.size(), builder.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(
      builder, slice.getLoc(),
      RankedTensorType::get(shape, type.getElementType()), packed, offsets,
      sizes, steps);
}

/// Other loops come first in their order, with the panel in front of those that
/// the product sums over; the column within the panel is last, or the parity of
/// a pair.
Layout PackConstants::getLayout(LinalgOp op, AffineMap map, const Dims &dims,
                                int64_t loop, int64_t columns, int64_t pairs) {
  MLIRContext *context = op.getContext();
  Layout layout;
  SmallVector<AffineExpr> exprs;
  auto add = [&](AffineExpr expr, RelayoutDim dim) {
    exprs.push_back(expr);
    layout.dims.push_back(dim);
  };
  auto source = [&](int64_t position) -> std::pair<int64_t, int64_t> {
    for (auto [i, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (dim.getPosition() == position)
          return {dims.sizes[i], dims.strides[i]};
    return {0, 0};
  };
  auto expr = [&](int64_t position) {
    return getAffineDimExpr(position, context);
  };
  auto [size, stride] = source(loop);
  unsigned parallel = op.getNumParallelLoops();
  auto addPanels = [&, size = size, stride = stride] {
    add(expr(loop).floorDiv(columns),
        {ceilDiv(size, columns), stride * columns, loop, columns});
  };
  bool hasPanels = false;
  for (int64_t position = 0; position < op.getNumLoops(); ++position) {
    if (position == parallel && !hasPanels) {
      addPanels();
      hasPanels = true;
    }
    if (position == loop || !map.isFunctionOfDim(position))
      continue;
    auto [extent, step] = source(position);
    if (position == pairs)
      add(expr(position).floorDiv(2),
          {ceilDiv(extent, 2), step * 2, position, 2});
    else
      add(expr(position), {extent, step, position, 1});
  }
  add(expr(loop) % columns, {columns, stride, loop, 1});
  layout.dims.back().limit = size;
  if (pairs >= 0) {
    auto [extent, step] = source(pairs);
    add(expr(pairs) % 2, {2, step, pairs, 1});
    layout.dims.back().limit = extent;
  }
  layout.map = AffineMap::get(op.getNumLoops(), 0, exprs, context);
  return layout;
}

/// A constant with the values of `constant` in another layout.
Value PackConstants::packNow(arith::ConstantOp constant, RankedTensorType type,
                             ArrayRef<RelayoutDim> dims,
                             ArrayRef<int64_t> key) {
  auto elements = cast<ElementsAttr>(constant.getValue());
  DenseResourceElementsAttr &packed =
      known[{elements, DenseI64ArrayAttr::get(&getContext(), key)}];
  if (!packed) {
    packed = relayoutConstant(elements, type, dims);
    if (!packed)
      return Value();
    ++numPacked;
  }
  OpBuilder builder(constant);
  return arith::ConstantOp::create(builder, constant.getLoc(), type, packed);
}

/// A kernel that will lay the values out when there are some;
/// graphc-hoist-weights lets that be once.
Value PackConstants::packLater(RegionOp region, arith::ConstantOp constant,
                               RankedTensorType type,
                               ArrayRef<RelayoutDim> dims,
                               ArrayRef<int64_t> key) {
  auto function = region->getParentOfType<func::FuncOp>();
  Value &packed = knownValues[{
      function,
      {constant.getValue(), DenseI64ArrayAttr::get(&getContext(), key)}}];
  if (packed)
    return packed;
  // In front of all readers.
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  Value source = arith::ConstantOp::create(
      builder, constant.getLoc(), constant.getType(), constant.getValue());
  packed = buildRelayout(builder, constant.getLoc(), source, type, dims,
                         "pack_" + region.getKernelName().str());
  ++numPacked;
  return packed;
}

LogicalResult PackConstants::pack(RegionOp region) {
  auto request = region->getAttrOfType<DictionaryAttr>(requestName);
  auto read = [&](StringRef key, int64_t otherwise) {
    auto number = request ? request.getAs<IntegerAttr>(key) : IntegerAttr();
    return number ? number.getInt() : otherwise;
  };
  int64_t position = read("operand", -1), loop = read("loop", -1),
          columns = read("columns", 0), pairs = read("pairs", -1);
  auto refuse = [&](StringRef why) {
    return withCode("kernel-schedule",
                    region.emitOpError("cannot be packed as requested: "))
           << why;
  };
  if (position < 0 || position >= (int64_t)region.getInputs().size())
    return refuse("no such operand");
  BlockArgument argument = region.getBlockArgument(position);
  auto op = argument.hasOneUse()
                ? dyn_cast<LinalgOp>(*argument.getUsers().begin())
                : LinalgOp();
  if (!op)
    return refuse("the operand is not read by one linalg op alone");
  OpOperand &operand = *argument.getUses().begin();
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (!kernel::isProjection(map))
    return refuse("the operand is not read in the order of loops");
  if (columns < 1 || loop < 0 || loop >= op.getNumLoops() ||
      !map.isFunctionOfDim(loop) || pairs == loop ||
      pairs >= op.getNumLoops() || (pairs >= 0 && !map.isFunctionOfDim(pairs)))
    return refuse("the operand does not vary with such a loop");

  ConstantOperand found = ConstantOperand::find(region.getInputs()[position]);
  auto elements = found ? dyn_cast<ElementsAttr>(found.constant.getValue())
                        : ElementsAttr();
  if (!elements)
    return refuse("the operand is no constant");

  auto type = cast<RankedTensorType>(argument.getType());
  auto [shown, at] =
      splitDims(found.slice ? found.slice.getSourceType() : type, found.slice);
  Layout layout = getLayout(op, map, shown, loop, columns, pairs);
  // What lies at an index is in one piece.
  SmallVector<RelayoutDim> dims;
  for (auto [i, size] : llvm::enumerate(at.sizes))
    dims.push_back({size, at.strides[i], -1 - int64_t(i), 1});
  llvm::append_range(dims, layout.dims);
  SmallVector<int64_t> shape;
  SmallVector<int64_t> key(type.getShape());
  key.push_back(at.sizes.size());
  for (const RelayoutDim &dim : dims) {
    shape.push_back(dim.size);
    llvm::append_values(key, dim.size, dim.stride);
  }
  auto packedType = RankedTensorType::get(shape, type.getElementType());
  Value replacement =
      isExternal(elements)
          ? packLater(region, found.constant, packedType, dims, key)
          : packNow(found.constant, packedType, dims, key);
  if (!replacement)
    return refuse("the constant has no values");
  if (found.slice)
    replacement = slicePacked(replacement, found.slice);
  Builder builder(&getContext());
  Value old = region.getInputs()[position];
  region.getInputsMutable()[position].assign(replacement);
  argument.setType(replacement.getType());
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps[operand.getOperandNumber()] = layout.map;
  op->setAttr("indexing_maps", builder.getAffineMapArrayAttr(maps));
  // What is no longer used must not become a weight.
  while (Operation *unused = old.getDefiningOp()) {
    if (!unused->use_empty())
      break;
    Value next = unused->getNumOperands() ? unused->getOperand(0) : Value();
    unused->erase();
    if (!next)
      break;
    old = next;
  }
  return success();
}
