//===- ConstantView.cpp - Elements of constants ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstantView.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace graphc::graph;

static SmallVector<int64_t> rowMajor(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = int64_t(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  return strides;
}

static std::optional<ConstantView> viewElements(ElementsAttr value) {
  ConstantView view;
  auto type = cast<ShapedType>(value.getType());
  view.elementType = dyn_cast<FloatType>(type.getElementType());
  view.shape = llvm::to_vector(type.getShape());
  view.strides = rowMajor(view.shape);
  if (!view.elementType || view.elementType.getWidth() < 16 ||
      view.elementType.getWidth() > 64)
    return std::nullopt;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      view.bytes = blob->getData();
  } else if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    view.bytes = dense.getRawData();
    if (dense.isSplat()) {
      view.strides.assign(view.shape.size(), 0);
      return view;
    }
  }
  if (view.bytes.size() !=
      size_t(type.getNumElements()) * view.elementType.getWidth() / 8)
    return std::nullopt;
  return view;
}

std::optional<ConstantView> ConstantView::get(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (auto constant = dyn_cast<ConstantOp>(op))
    return viewElements(constant.getValue());
  if (auto permute = dyn_cast<PermuteOp>(op)) {
    std::optional<ConstantView> source = get(permute.getInput());
    if (!source)
      return std::nullopt;
    ConstantView view = *source;
    for (auto [i, dim] : llvm::enumerate(permute.getPerm())) {
      view.shape[i] = source->shape[dim];
      view.strides[i] = source->strides[dim];
    }
    return view;
  }
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    std::optional<ConstantView> view = get(reshape.getInput());
    auto shape = cast<StridedTensorType>(reshape.getType()).getStaticShape();
    if (!view || !shape)
      return std::nullopt;
    bool isSplat = llvm::all_of(view->strides, [](int64_t s) { return !s; });
    if (!isSplat && view->strides != rowMajor(view->shape))
      return std::nullopt;
    view->shape = *shape;
    view->strides = rowMajor(*shape);
    if (isSplat)
      view->strides.assign(shape->size(), 0);
    return view;
  }
  if (auto contiguous = dyn_cast<ContiguousOp>(op))
    return get(contiguous.getInput());
  return std::nullopt;
}

bool graphc::graph::isConstantWithoutValues(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto constant = dyn_cast<ConstantOp>(op)) {
      auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
      auto type = resource ? dyn_cast<FloatType>(resource.getElementType())
                           : FloatType();
      return type && type.getWidth() >= 16 && type.getWidth() <= 64 &&
             !resource.getRawHandle().getBlob();
    }
    if (!isa<PermuteOp, ReshapeOp, ContiguousOp>(op))
      break;
    value = op->getOperand(0);
  }
  return false;
}

double ConstantView::at(int64_t place) const {
  if (elementType.isF32())
    return reinterpret_cast<const float *>(bytes.data())[place];
  if (elementType.isF64())
    return reinterpret_cast<const double *>(bytes.data())[place];
  uint16_t bits = reinterpret_cast<const uint16_t *>(bytes.data())[place];
  if (elementType.isBF16())
    return llvm::bit_cast<float>(uint32_t(bits) << 16);
  return APFloat(elementType.getFloatSemantics(), APInt(16, bits))
      .convertToDouble();
}

SmallVector<double> ConstantView::getVector() const {
  SmallVector<double> values;
  for (int64_t i = 0; i < shape.front(); ++i)
    values.push_back(at(i * strides.front()));
  return values;
}

void graphc::graph::storeFloat(MutableArrayRef<char> bytes, FloatType type,
                               int64_t place, double value) {
  if (type.isF32()) {
    reinterpret_cast<float *>(bytes.data())[place] = value;
  } else if (type.isF64()) {
    reinterpret_cast<double *>(bytes.data())[place] = value;
  } else {
    APFloat rounded(value);
    bool losesInfo;
    rounded.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    reinterpret_cast<uint16_t *>(bytes.data())[place] =
        rounded.bitcastToAPInt().getZExtValue();
  }
}

Value graphc::graph::buildConstant(
    OpBuilder &builder, Location loc, RankedTensorType type, StringRef name,
    function_ref<void(MutableArrayRef<char>)> fill) {
  size_t size = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(size, 64);
  MutableArrayRef<char> bytes = blob.getMutableData();
  std::fill(bytes.begin(), bytes.end(), 0);
  fill(bytes);
  auto value = DenseResourceElementsAttr::get(type, name, std::move(blob));
  FailureOr<ConstantOp> constant = tryBuild<ConstantOp>(builder, loc, value);
  return succeeded(constant) ? constant->getResult() : Value();
}
