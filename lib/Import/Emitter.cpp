//===- Emitter.cpp - Builds graph ops -------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "llvm/ADT/SmallSet.h"

#include <limits>

using namespace mlir;
using namespace graphc::aten;

//===----------------------------------------------------------------------===//
// Errors and queries
//===----------------------------------------------------------------------===//

std::nullptr_t Emitter::fail(StringRef errorClass, const Twine &message) {
  if (!failure)
    failure = Failure{errorClass.str(), message.str()};
  return nullptr;
}

std::optional<Emitter::Failure> Emitter::takeFailure() {
  return std::exchange(failure, std::nullopt);
}

StridedTensorType Emitter::type(Value x) const {
  return x ? mlir::cast<StridedTensorType>(x.getType()) : StridedTensorType();
}

Type Emitter::elementType(Value x) const {
  return x ? type(x).getElementType() : f32();
}

int64_t Emitter::rank(Value x) const { return x ? type(x).getRank() : 0; }

SmallVector<Expr> Emitter::shape(Value x) const {
  return x ? llvm::to_vector(type(x).getShape()) : SmallVector<Expr>();
}

Expr Emitter::size(Value x, int64_t dim) {
  int64_t wrapped = wrapDim(dim, rank(x));
  return x && wrapped < rank(x) ? type(x).getDim(wrapped) : expr(1);
}

Expr Emitter::numElements(Value x) const {
  return graph::product(getContext(), shape(x));
}

int64_t Emitter::wrapDim(int64_t dim, int64_t rank) {
  int64_t extent = std::max<int64_t>(rank, 1);
  if (dim < -extent || dim >= extent) {
    fail("op-argument", "dimension " + Twine(dim) + " is out of range for " +
                            Twine(rank) + " dimensions");
    return 0;
  }
  return dim < 0 ? dim + extent : dim;
}

SmallVector<int64_t> Emitter::wrapDims(ArrayRef<int64_t> dims, int64_t rank) {
  SmallVector<int64_t> result;
  if (dims.empty())
    return llvm::to_vector(llvm::seq<int64_t>(0, rank));
  for (int64_t dim : dims)
    result.push_back(wrapDim(dim, rank));
  llvm::sort(result);
  if (std::adjacent_find(result.begin(), result.end()) != result.end())
    fail("op-argument", "a dimension appears twice");
  // A 0-d tensor has a dimension 0 to reduce that is not there.
  if (rank == 0)
    result.clear();
  return result;
}

SmallVector<Expr> Emitter::exprs(ArrayRef<int64_t> values) const {
  return graph::constants(getContext(), values);
}

int64_t Emitter::constantOf(Expr value, StringRef what) {
  if (value && value.getConstant())
    return *value.getConstant();
  if (!hasFailed())
    unsupported("'" + what + "' is the symbolic size " +
                (value ? value.str() : std::string("?")));
  return 0;
}

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

static APFloat toFloat(double value, Type type) {
  APFloat result(value);
  bool losesInfo;
  result.convert(mlir::cast<FloatType>(type).getFloatSemantics(),
                 APFloat::rmNearestTiesToEven, &losesInfo);
  return result;
}

static APInt toInteger(double value, Type type) {
  // Truncation as C's, saturated to 64 bits; the width then wraps.
  int64_t truncated = 0;
  if (value >= 9.2233720368547758e18)
    truncated = std::numeric_limits<int64_t>::max();
  else if (value <= -9.2233720368547758e18)
    truncated = std::numeric_limits<int64_t>::min();
  else if (value == value)
    truncated = static_cast<int64_t>(value);
  return APInt(64, truncated, true).sextOrTrunc(type.getIntOrFloatBitWidth());
}

Value Emitter::number(double value, Type type) {
  RankedTensorType scalar = RankedTensorType::get({}, type);
  DenseElementsAttr attribute;
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Type part = complex.getElementType();
    attribute = DenseElementsAttr::get(
        scalar, std::complex<APFloat>(toFloat(value, part), toFloat(0, part)));
  } else if (isFloat(type)) {
    attribute = DenseElementsAttr::get(scalar, toFloat(value, type));
  } else if (isBool(type)) {
    attribute = DenseElementsAttr::get(scalar, APInt(1, value != 0));
  } else {
    attribute = DenseElementsAttr::get(scalar, toInteger(value, type));
  }
  return emit<graph::ConstantOp>(attribute);
}

Value Emitter::number(const Item &item, Type type) {
  if (const auto *value = item.as<double>())
    return number(*value, type);
  if (const auto *value = item.as<bool>())
    return number(*value ? 1.0 : 0.0, type);
  if (const auto *value = item.as<Expr>()) {
    std::optional<int64_t> constant = value->getConstant();
    if (!constant)
      return cast(sizeToTensor(*value), type);
    if (!isInteger(type))
      return number(static_cast<double>(*constant), type);
    unsigned width = type.getIntOrFloatBitWidth();
    return emit<graph::ConstantOp>(
        DenseElementsAttr::get(RankedTensorType::get({}, type),
                               APInt(64, *constant, true).sextOrTrunc(width)));
  }
  if (const auto *value = item.as<SymBool>())
    return cast(sizeToTensor(value->value), type);
  if (const auto *value = item.as<TensorBool>())
    return cast(value->tensor, type);
  if (const auto *value = item.as<SymFloat>()) {
    Value tensor = value->tensor;
    if (!tensor)
      tensor = div(cast(sizeToTensor(value->numerator), f64()),
                   static_cast<double>(value->denominator));
    return cast(tensor, type);
  }
  if (const auto *value = item.as<std::complex<double>>()) {
    if (auto complex = dyn_cast<ComplexType>(type)) {
      Type part = complex.getElementType();
      return emit<graph::ConstantOp>(DenseElementsAttr::get(
          RankedTensorType::get({}, type),
          std::complex<APFloat>(toFloat(value->real(), part),
                                toFloat(value->imag(), part))));
    }
  }
  return fail("op-argument", "expected a number, got " + describe(item));
}

Value Emitter::operand(const Operand &operand, Type type) {
  return operand.tensor ? cast(operand.tensor, type)
                        : number(operand.number, type);
}

Value Emitter::sizeToTensor(Expr value) {
  return emit<graph::SizeToTensorOp>(value);
}

Value Emitter::full(ArrayRef<Expr> shape, Value scalar) {
  return emit<graph::FullOp>(scalar, shape);
}

Value Emitter::iota(ArrayRef<Expr> shape, int64_t dim) {
  return emit<graph::IotaOp>(shape, dim);
}

//===----------------------------------------------------------------------===//
// Elementwise and reductions
//===----------------------------------------------------------------------===//

Value Emitter::cast(Value x, Type type) {
  if (!x || elementType(x) == type)
    return x;
  return emit<graph::CastOp>(x, type);
}

Value Emitter::compare(graph::ComparePredicate predicate, Value a, Value b) {
  return emit<graph::CompareOp>(predicate, a, b);
}

Value Emitter::reduce(graph::ReduceKind kind, Value x, ArrayRef<int64_t> dims,
                      bool keepdim) {
  return emit<graph::ReduceOp>(kind, x, dims, keepdim);
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

Value Emitter::permute(Value x, ArrayRef<int64_t> perm) {
  if (llvm::equal(perm, llvm::seq<int64_t>(0, perm.size())))
    return x;
  return emit<graph::PermuteOp>(x, perm);
}

Value Emitter::transpose(Value x, int64_t a, int64_t b) {
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank(x)));
  if (perm.empty())
    return x;
  std::swap(perm[a], perm[b]);
  return permute(x, perm);
}

Value Emitter::spellSizes(Value x) {
  for (int64_t dim = 0; dim < rank(x); ++dim)
    x = resize(x, dim, ranges.simplify(size(x, dim)));
  return x;
}

Value Emitter::resize(Value x, int64_t dim, Expr extent) {
  if (hasFailed() || size(x, dim) == extent)
    return x;
  return make<graph::SliceOp>(x, dim, expr(0), extent, expr(1)).getResult();
}

Value Emitter::reshape(Value x, ArrayRef<Expr> newShape) {
  if (!x || type(x).getShape() == newShape)
    return x;
  // As `x` spells its sizes, a view stays one.
  SmallVector<Expr> spelled = ranges.simplify(newShape);
  if (type(x).getShape() == ArrayRef(spelled))
    return x;
  Expr given = numElements(x), wanted = graph::product(getContext(), newShape);
  if (given == graph::product(getContext(), spelled))
    return emit<graph::ReshapeOp>(x, spelled);
  // Of as many elements by a condition on the inputs: through one dimension.
  if (given != wanted && ranges.simplify(given) == ranges.simplify(wanted))
    x = resize(emit<graph::ReshapeOp>(x, given), 0, wanted);
  return emit<graph::ReshapeOp>(x, newShape);
}

Value Emitter::atLeast1d(Value x) {
  return rank(x) == 0 ? reshape(x, {expr(1)}) : x;
}

Value Emitter::expand(Value x, ArrayRef<Expr> newShape) {
  if (!x || type(x).getShape() == newShape)
    return x;
  return emit<graph::ExpandOp>(x, ranges.simplify(newShape));
}

Value Emitter::unsqueeze(Value x, int64_t dim) {
  SmallVector<Expr> sizes = shape(x);
  if (hasFailed())
    return {};
  sizes.insert(sizes.begin() + dim, expr(1));
  return reshape(x, sizes);
}

Value Emitter::squeeze(Value x, ArrayRef<int64_t> dims) {
  SmallVector<Expr> sizes;
  for (auto [dim, extent] : llvm::enumerate(shape(x)))
    if (!llvm::is_contained(dims, static_cast<int64_t>(dim)) || extent != 1)
      sizes.push_back(extent);
  return reshape(x, sizes);
}

Expr Emitter::wrapIndex(Expr index, Expr size) {
  if (ranges.isLessEqual(index, expr(-1)))
    return index + size;
  if (ranges.isLessEqual(expr(0), index))
    return index;
  return index.lt(expr(0)).select(index + size, index);
}

Expr Emitter::clampIndex(Expr index, Expr size) {
  Expr zero = expr(0);
  // "To the end" is written as the largest integer.
  if (std::optional<int64_t> constant = index.getConstant())
    if (*constant >= (int64_t(1) << 62))
      return size;
  index = wrapIndex(index, size);
  return ranges.min(ranges.max(index, zero), size);
}

Value Emitter::slice(Value x, int64_t dim, Expr start, Expr end, Expr step) {
  if (hasFailed())
    return {};
  Expr extent = size(x, dim);
  start = clampIndex(start, extent);
  end = ranges.max(clampIndex(end, extent), start);
  if (start == 0 && end == extent && step == 1)
    return x;
  return emit<graph::SliceOp>(x, dim, start, end, step);
}

Value Emitter::select(Value x, int64_t dim, Expr index) {
  if (hasFailed())
    return {};
  Expr extent = size(x, dim);
  index = wrapIndex(index, extent);
  if (ranges.provesLessEqual(extent, index) ||
      ranges.provesLessEqual(index, expr(-1)))
    return fail("op-argument", "index " + index.str() +
                                   " is out of range for a dimension of size " +
                                   extent.str());
  Value part = emit<graph::SliceOp>(x, dim, index, index + 1, expr(1));
  return squeeze(part, dim);
}

Value Emitter::cat(ArrayRef<Value> parts, int64_t dim) {
  return emit<graph::CatOp>(ValueRange(parts), dim);
}

Value Emitter::contiguous(Value x) {
  return x ? restride(x, contiguousStrides(type(x).getShape())) : x;
}

Value Emitter::restride(Value x, ArrayRef<Expr> strides) {
  if (!x || type(x).getStrides() == strides)
    return x;
  return emit<graph::ContiguousOp>(x, strides);
}

Value Emitter::withLayoutOf(Value x, Value like) {
  return like ? restride(x, type(like).getStrides()) : x;
}

Value Emitter::pad(Value x, ArrayRef<Expr> low, ArrayRef<Expr> high,
                   const Item &value) {
  if (hasFailed())
    return {};
  std::optional<double> constant = value.getConstant();
  if (!constant)
    return unsupported("padding with a value known at run time only");
  Type element = elementType(x);
  if (auto complex = dyn_cast<ComplexType>(element))
    element = complex.getElementType();
  TypedAttr attribute;
  if (isFloat(element))
    attribute = FloatAttr::get(element, toFloat(*constant, element));
  else
    attribute = IntegerAttr::get(element, isBool(element)
                                              ? APInt(1, *constant != 0)
                                              : toInteger(*constant, element));
  return emit<graph::PadOp>(x, low, high, attribute);
}

//===----------------------------------------------------------------------===//
// Size algebra
//===----------------------------------------------------------------------===//

SmallVector<Expr> Emitter::contiguousStrides(ArrayRef<Expr> sizes) const {
  return llvm::to_vector(
      StridedTensorType::get(getContext(), sizes, f32()).getStrides());
}

SmallVector<Expr> Emitter::formatStrides(ArrayRef<Expr> sizes,
                                         StringRef format) const {
  bool isLast = (format == "channels_last" && sizes.size() == 4) ||
                (format == "channels_last_3d" && sizes.size() == 5);
  if (!isLast)
    return contiguousStrides(sizes);
  SmallVector<Expr> strides(sizes.size());
  strides[1] = expr(1);
  Expr stride = sizes[1];
  for (size_t dim = sizes.size() - 1; dim > 1; --dim) {
    strides[dim] = stride;
    stride = stride * sizes[dim];
  }
  strides[0] = stride;
  return strides;
}

/// Orders strides as ATen does when it looks for a dense layout; 0 where it
/// calls the order open. Symbolic strides compare by a sample.
static int compareDims(Ranges &ranges, StridedTensorType type, int64_t a,
                       int64_t b) {
  Expr strideA = type.getStride(a), strideB = type.getStride(b);
  if (strideA == 0 || strideB == 0)
    return 0;
  auto isLess = [&](Expr x, Expr y) {
    return x != y && ranges.provesLessEqual(x + 1, y);
  };
  auto sample = [](Expr x) {
    return x.evaluate([](StringRef) { return std::optional<int64_t>(1009); })
        .value_or(0);
  };
  if (strideA != strideB) {
    if (isLess(strideA, strideB) || sample(strideA) < sample(strideB))
      return -1;
    return 1;
  }
  Expr sizeA = type.getDim(a), sizeB = type.getDim(b);
  return sizeA != sizeB && sample(sizeA) > sample(sizeB) ? 1 : 0;
}

SmallVector<Expr> Emitter::preservedStrides(Value x) const {
  if (!x)
    return {};
  // ATen's infer_dense_strides: a dense tensor comes out as it was.
  StridedTensorType tensor = type(x);
  SmallVector<int64_t> order =
      llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, tensor.getRank())));
  for (size_t i = 1; i < order.size(); ++i) {
    size_t moved = i;
    for (size_t j = i; j-- > 0;) {
      int order01 = compareDims(ranges, tensor, order[j], order[moved]);
      if (order01 > 0) {
        std::swap(order[j], order[moved]);
        moved = j;
      } else if (order01 < 0) {
        break;
      }
    }
  }
  SmallVector<Expr> strides(order.size());
  Expr stride = expr(1);
  for (int64_t dim : order) {
    strides[dim] = stride;
    if (tensor.getDim(dim) != 1)
      stride = stride * tensor.getDim(dim);
  }
  return strides;
}

SmallVector<Expr> Emitter::broadcastShapes(ArrayRef<Expr> a, ArrayRef<Expr> b) {
  size_t rank = std::max(a.size(), b.size());
  SmallVector<Expr> result(rank, expr(1));
  for (size_t i = 0; i < rank; ++i) {
    Expr x = i < a.size() ? a[a.size() - 1 - i] : expr(1);
    Expr y = i < b.size() ? b[b.size() - 1 - i] : expr(1);
    if (x != 1 && y != 1 && x != y && !ranges.agree(x, y))
      fail("shape-mismatch",
           "sizes " + x.str() + " and " + y.str() + " do not broadcast");
    result[rank - 1 - i] = x == 1 ? y : x;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

std::optional<double> Item::getConstant() const {
  if (const auto *value = as<double>())
    return *value;
  if (const auto *value = as<bool>())
    return *value;
  if (const auto *value = as<Expr>())
    if (std::optional<int64_t> constant = value->getConstant())
      return static_cast<double>(*constant);
  return std::nullopt;
}

std::string graphc::aten::describe(const Item &item) {
  if (const auto *list = item.as<Item::List>())
    return "a list of " + std::to_string(list->size());
  static constexpr StringLiteral names[] = {
      "None",    "a tensor", "an int",   "a bool",           "a float",
      "a bool",  "a float",  "a bool",   "a complex number", "a string",
      "a dtype", "a device", "a layout", "a memory format",  "a graph"};
  return names[item.value.index()].str();
}
