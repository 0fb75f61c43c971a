//===- LinalgOperands.cpp - Reads, views and slices of tensors ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"

using namespace mlir;
using namespace graphc;

using graph::Expr;

Tensor LinalgBuilder::tensor(Value graphValue) {
  auto type = llvm::cast<graph::StridedTensorType>(graphValue.getType());
  return {rewriter.getRemappedValue(graphValue),
          llvm::to_vector(type.getShape()), type.getElementType()};
}

/// From the dimensions of `result` to those of `source`, which has the same
/// sizes but for unit dimensions. Null when it has not.
static AffineMap getUnitDimMap(ArrayRef<Expr> result, ArrayRef<Expr> source,
                               MLIRContext *context) {
  SmallVector<AffineExpr> exprs;
  unsigned position = 0;
  auto skipUnits = [&] {
    while (position < result.size() && result[position] == 1)
      ++position;
  };
  for (Expr size : source) {
    if (size == 1) {
      exprs.push_back(getAffineConstantExpr(0, context));
      continue;
    }
    skipUnits();
    if (position == result.size() || result[position] != size)
      return {};
    exprs.push_back(getAffineDimExpr(position++, context));
  }
  skipUnits();
  if (position != result.size())
    return {};
  return AffineMap::get(result.size(), 0, exprs, context);
}

/// From the dimensions of `result` to those of `source`, broadcast from the
/// right.
static AffineMap getBroadcastMap(ArrayRef<Expr> result, ArrayRef<Expr> source,
                                 MLIRContext *context) {
  SmallVector<AffineExpr> exprs;
  unsigned offset = result.size() - source.size();
  for (auto [i, size] : llvm::enumerate(source))
    exprs.push_back(size == 1 && result[offset + i] != 1
                        ? getAffineConstantExpr(0, context)
                        : getAffineDimExpr(offset + i, context));
  return AffineMap::get(result.size(), 0, exprs, context);
}

static bool isNarrow(graph::StridedTensorType type) {
  return isa<FloatType>(type.getElementType()) &&
         type.getElementType().getIntOrFloatBitWidth() < 32;
}

/// One step through a view: the value behind `value` and the map from the
/// dimensions of `value` to its. A null value when it is no such view.
static std::pair<Value, AffineMap> lookThrough(Value value) {
  MLIRContext *context = value.getContext();
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumOperands() == 0)
    return {};
  Value source = op->getOperand(0);
  auto sourceType = dyn_cast<graph::StridedTensorType>(source.getType());
  auto type = dyn_cast<graph::StridedTensorType>(value.getType());
  if (!type || !sourceType)
    return {};
  unsigned rank = type.getRank();
  if (auto permute = dyn_cast<graph::PermuteOp>(op)) {
    SmallVector<AffineExpr> exprs(rank);
    for (auto [i, dim] : llvm::enumerate(permute.getPerm()))
      exprs[dim] = getAffineDimExpr(i, context);
    return {source, AffineMap::get(rank, 0, exprs, context)};
  }
  if (isa<graph::ExpandOp, graph::FullOp>(op))
    return {source,
            getBroadcastMap(type.getShape(), sourceType.getShape(), context)};
  if (isa<graph::ContiguousOp>(op))
    return {source, AffineMap::getMultiDimIdentityMap(rank, context)};
  if (isa<graph::ReshapeOp>(op))
    if (AffineMap map =
            getUnitDimMap(type.getShape(), sourceType.getShape(), context))
      return {source, map};
  // Bodies load narrow floats wide.
  if (isa<graph::CastOp>(op) && isNarrow(sourceType) &&
      type.getElementType() == getComputeType(sourceType.getElementType()))
    return {source, AffineMap::getMultiDimIdentityMap(rank, context)};
  return {};
}

Attribute graphc::getSplat(Value graphValue) {
  while (Value source = lookThrough(graphValue).first)
    graphValue = source;
  auto constant = graphValue.getDefiningOp<graph::ConstantOp>();
  if (!constant)
    return {};
  auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
  return dense && dense.isSplat() ? dense.getSplatValue<Attribute>()
                                  : Attribute();
}

Operand LinalgBuilder::read(Value graphValue) {
  auto type = llvm::cast<graph::StridedTensorType>(graphValue.getType());
  AffineMap map = getMultiDimIdentityMap(type.getRank());
  while (true) {
    auto [source, step] = lookThrough(graphValue);
    if (!source)
      break;
    map = step.compose(map);
    graphValue = source;
  }
  if (Attribute splat = getSplat(graphValue))
    return {Value(), map, type.getElementType(), splat};
  type = llvm::cast<graph::StridedTensorType>(graphValue.getType());
  return {rewriter.getRemappedValue(graphValue), map, type.getElementType(),
          Attribute()};
}

Operand LinalgBuilder::read(Value graphValue, ArrayRef<Expr> shape) {
  auto type = llvm::cast<graph::StridedTensorType>(graphValue.getType());
  return through(read(graphValue),
                 getBroadcastMap(shape, type.getShape(), getContext()));
}

Operand LinalgBuilder::read(const Tensor &tensor) {
  return {tensor.value, getMultiDimIdentityMap(tensor.shape.size()),
          tensor.elementType, Attribute()};
}

Operand LinalgBuilder::through(Operand operand, AffineMap map) {
  operand.map = operand.map.compose(map);
  return operand;
}

AffineMap LinalgBuilder::select(unsigned rank, ArrayRef<int64_t> dims) {
  SmallVector<AffineExpr> exprs = llvm::map_to_vector(
      dims, [&](int64_t dim) { return getAffineDimExpr(dim); });
  return AffineMap::get(rank, 0, exprs, getContext());
}

AffineMap LinalgBuilder::broadcast(ArrayRef<Expr> result,
                                   ArrayRef<Expr> source) {
  return getBroadcastMap(result, source, getContext());
}

Tensor LinalgBuilder::empty(ArrayRef<Expr> shape, Type elementType) {
  Value value =
      tensor::EmptyOp::create(*this, sizes(shape), getStoredType(elementType));
  return {value, llvm::to_vector(shape), elementType};
}

Tensor LinalgBuilder::filled(ArrayRef<Expr> shape, Type elementType,
                             Attribute value) {
  Tensor result = empty(shape, elementType);
  ScalarBuilder scalars(getLoc(), *this);
  Value scalar =
      scalars.store(scalars.constant(value, elementType), elementType);
  auto fill = linalg::FillOp::create(*this, scalar, result.value);
  if (group)
    fill->setAttr("graphc.group", getI64IntegerAttr(*group));
  result.value = fill.getResult(0);
  return result;
}

/// Splits the dimensions of both shapes into as many groups as possible, of
/// which the i-th of either has the same number of elements.
static void getReshapeGroups(ArrayRef<Expr> source, ArrayRef<Expr> result,
                             SmallVector<ReassociationIndices> &sourceGroups,
                             SmallVector<ReassociationIndices> &resultGroups) {
  unsigned i = 0, j = 0;
  auto giveUp = [&] {
    sourceGroups.assign(1, llvm::to_vector(llvm::seq<int64_t>(source.size())));
    resultGroups.assign(1, llvm::to_vector(llvm::seq<int64_t>(result.size())));
  };
  while (i < source.size() && j < result.size()) {
    Expr left = source[i], right = result[j];
    ReassociationIndices leftDims{i++}, rightDims{j++};
    while (left != right) {
      if (i < source.size() && left != 0 && right.divideExactly(left)) {
        left = left * source[i];
        leftDims.push_back(i++);
      } else if (j < result.size() && right != 0 && left.divideExactly(right)) {
        right = right * result[j];
        rightDims.push_back(j++);
      } else {
        return giveUp();
      }
    }
    sourceGroups.push_back(leftDims);
    resultGroups.push_back(rightDims);
  }
  for (; i < source.size(); ++i) {
    if (source[i] != 1 || sourceGroups.empty())
      return giveUp();
    sourceGroups.back().push_back(i);
  }
  for (; j < result.size(); ++j) {
    if (result[j] != 1 || resultGroups.empty())
      return giveUp();
    resultGroups.back().push_back(j);
  }
}

Tensor LinalgBuilder::reshape(const Tensor &source, ArrayRef<Expr> shape) {
  if (ArrayRef<Expr>(source.shape) == shape)
    return source;
  SmallVector<ReassociationIndices> sourceGroups, resultGroups;
  if (!source.shape.empty() && !shape.empty())
    getReshapeGroups(source.shape, shape, sourceGroups, resultGroups);

  // One dimension per group in between.
  Value value = source.value;
  SmallVector<Expr> joined;
  for (const ReassociationIndices &group : sourceGroups) {
    Expr size = expr(1);
    for (int64_t dim : group)
      size = size * source.shape[dim];
    joined.push_back(size);
  }
  if (joined.size() != source.shape.size())
    value = tensor::CollapseShapeOp::create(*this, value, sourceGroups);
  if (joined.size() == shape.size())
    return retype({value, joined, source.elementType}, shape);
  // A group with a dynamic result size needs a dynamic source size.
  SmallVector<int64_t> sourceSizes;
  for (auto [size, group] : llvm::zip_equal(joined, resultGroups))
    sourceSizes.push_back(
        llvm::all_of(group,
                     [&](int64_t dim) { return shape[dim].isConstant(); })
            ? size.getConstant().value_or(ShapedType::kDynamic)
            : ShapedType::kDynamic);
  auto sourceType =
      RankedTensorType::get(sourceSizes, getStoredType(source.elementType));
  if (value.getType() != sourceType)
    value = tensor::CastOp::create(*this, sourceType, value);
  value = tensor::ExpandShapeOp::create(
      *this, getTensorType(shape, source.elementType), value, resultGroups,
      sizes(shape));
  return {value, llvm::to_vector(shape), source.elementType};
}

Tensor LinalgBuilder::retype(const Tensor &source, ArrayRef<Expr> shape) {
  auto type = getTensorType(shape, source.elementType);
  Value value = source.value;
  if (value.getType() != type)
    value = tensor::CastOp::create(*this, type, value);
  return {value, llvm::to_vector(shape), source.elementType};
}

static bool hasNoElements(ArrayRef<Expr> shape) {
  return llvm::any_of(shape, [](Expr size) { return size == 0; });
}

Tensor LinalgBuilder::slice(const Tensor &source, ArrayRef<Expr> offsets,
                            ArrayRef<Expr> extents, ArrayRef<Expr> steps) {
  if (ArrayRef<Expr>(source.shape) == extents)
    return source;
  // No offset of such a slice lies within bounds.
  if (hasNoElements(extents))
    return empty(extents, source.elementType);
  Value value = tensor::ExtractSliceOp::create(
      *this, source.value, sizes(offsets), sizes(extents), sizes(steps));
  return {value, llvm::to_vector(extents), source.elementType};
}

Tensor LinalgBuilder::pad(const Tensor &source, ArrayRef<Expr> low,
                          ArrayRef<Expr> high, Attribute value) {
  auto isZero = [](Expr size) { return size == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return source;
  SmallVector<Expr> shape;
  for (auto [size, before, after] : llvm::zip_equal(source.shape, low, high))
    shape.push_back(size + before + after);
  // The inner of such a tensor lies out of bounds.
  if (hasNoElements(source.shape))
    return filled(shape, source.elementType, value);
  ScalarBuilder scalars(getLoc(), *this);
  Value scalar = scalars.store(scalars.constant(value, source.elementType),
                               source.elementType);
  Value padded =
      tensor::PadOp::create(*this, getTensorType(shape, source.elementType),
                            source.value, sizes(low), sizes(high), scalar);
  return {padded, shape, source.elementType};
}

Tensor LinalgBuilder::insert(const Tensor &source, const Tensor &into,
                             ArrayRef<Expr> offsets, ArrayRef<Expr> steps) {
  if (hasNoElements(source.shape))
    return into;
  Tensor result = into;
  result.value = tensor::InsertSliceOp::create(
      *this, source.value, into.value, sizes(offsets), sizes(source.shape),
      sizes(steps));
  return result;
}
