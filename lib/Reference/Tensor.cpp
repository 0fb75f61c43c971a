//===- Tensor.cpp - Tensors of the interpreter ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;
using namespace graphc::reference;

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

bool graphc::reference::isSupported(Type elementType) {
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return integer.getWidth() < 64 ||
           (integer.getWidth() == 64 && !integer.isUnsigned());
  return elementType.isF64() || elementType.isF32() || elementType.isF16() ||
         elementType.isBF16() ||
         isa<Float8E4M3FNType, Float8E5M2Type>(elementType);
}

static double roundTo(double value, Type type) {
  if (type.isF64())
    return value;
  if (type.isF32())
    return static_cast<float>(value);
  if (type.getIntOrFloatBitWidth() == 8)
    value = static_cast<float>(value); // as torch, which rounds twice
  // What is greater than all of f8E4M3FN becomes its greatest number.
  if (isa<Float8E4M3FNType>(type) && std::fabs(value) > 448)
    value = std::copysign(448, value);
  APFloat narrow(value);
  bool losesInfo;
  narrow.convert(cast<FloatType>(type).getFloatSemantics(),
                 APFloat::rmNearestTiesToEven, &losesInfo);
  return narrow.convertToDouble();
}

static int64_t wrapTo(int64_t value, Type type) {
  unsigned width = type.getIntOrFloatBitWidth();
  if (width >= 64)
    return value;
  if (width == 1)
    return value != 0;
  uint64_t bits = static_cast<uint64_t>(value) << (64 - width);
  return type.isUnsignedInteger() ? static_cast<int64_t>(bits >> (64 - width))
                                  : static_cast<int64_t>(bits) >> (64 - width);
}

//===----------------------------------------------------------------------===//
// Tensor
//===----------------------------------------------------------------------===//

Tensor::Tensor(ArrayRef<int64_t> shape, Type elementType)
    : shape(shape), elementType(elementType) {
  if (isFloat())
    floats.resize(size());
  else
    ints.resize(size());
}

int64_t Tensor::size() const { return llvm::product_of(shape, int64_t(1)); }

void Tensor::set(int64_t index, double value) {
  floats[index] = roundTo(value, elementType);
}

void Tensor::set(int64_t index, int64_t value) {
  ints[index] = wrapTo(value, elementType);
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

Index graphc::reference::delinearize(int64_t linear, ArrayRef<int64_t> shape) {
  Index index(shape.size());
  for (size_t dim = shape.size(); dim-- > 0;) {
    index[dim] = linear % shape[dim];
    linear /= shape[dim];
  }
  return index;
}

int64_t graphc::reference::linearize(ArrayRef<int64_t> index,
                                     ArrayRef<int64_t> shape) {
  int64_t linear = 0;
  for (auto [place, size] : llvm::zip_equal(index, shape))
    linear = linear * size + place;
  return linear;
}

int64_t graphc::reference::broadcastIndex(ArrayRef<int64_t> index,
                                          ArrayRef<int64_t> shape) {
  int64_t linear = 0;
  size_t offset = index.size() - shape.size();
  for (auto [dim, size] : llvm::enumerate(shape))
    linear = linear * size + (size == 1 ? 0 : index[offset + dim]);
  return linear;
}

void graphc::reference::copyElement(Tensor &to, int64_t toIndex,
                                    const Tensor &from, int64_t fromIndex) {
  if (to.isFloat())
    to.floats[toIndex] = from.floats[fromIndex];
  else
    to.ints[toIndex] = from.ints[fromIndex];
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

namespace {
/// One element in memory, little-endian.
struct Codec {
  unsigned bytes;

  uint64_t read(const char *from) const {
    uint64_t bits = 0;
    for (unsigned i = 0; i < bytes; ++i)
      bits |= static_cast<uint64_t>(static_cast<uint8_t>(from[i])) << (8 * i);
    return bits;
  }
  void write(char *to, uint64_t bits) const {
    for (unsigned i = 0; i < bytes; ++i)
      to[i] = static_cast<char>(bits >> (8 * i));
  }
};
} // namespace

static Codec getCodec(Type type) {
  return {std::max(1u, type.getIntOrFloatBitWidth() / 8)};
}

static void decode(Tensor &tensor, int64_t index, uint64_t bits) {
  auto type = dyn_cast<FloatType>(tensor.elementType);
  if (!type)
    return tensor.set(index, static_cast<int64_t>(bits));
  APFloat value(type.getFloatSemantics(), APInt(type.getWidth(), bits));
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  tensor.floats[index] = value.convertToDouble();
}

static uint64_t encode(const Tensor &tensor, int64_t index) {
  auto type = dyn_cast<FloatType>(tensor.elementType);
  if (!type)
    return static_cast<uint64_t>(tensor.ints[index]);
  APFloat value(tensor.floats[index]);
  bool losesInfo;
  value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.bitcastToAPInt().getZExtValue();
}

std::optional<Tensor> graphc::reference::fromElements(ElementsAttr elements) {
  auto type = cast<ShapedType>(elements.getType());
  if (!type.hasStaticShape() || !isSupported(type.getElementType()))
    return std::nullopt;
  Tensor tensor(type.getShape(), type.getElementType());
  int64_t size = tensor.size();
  Codec codec = getCodec(tensor.elementType);
  ArrayRef<char> bytes;
  int64_t step = codec.bytes;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements)) {
    if (tensor.elementType.isInteger(1)) {
      for (auto [index, value] : llvm::enumerate(dense.getValues<bool>()))
        tensor.ints[index] = value;
      return tensor;
    }
    bytes = dense.getRawData();
    step = dense.isSplat() ? 0 : step;
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    bytes = blob->getData();
  } else {
    return std::nullopt;
  }
  if (size > 0 &&
      static_cast<int64_t>(bytes.size()) < (size - 1) * step + codec.bytes)
    return std::nullopt;
  for (int64_t i = 0; i < size; ++i)
    decode(tensor, i, codec.read(bytes.data() + i * step));
  return tensor;
}

DenseElementsAttr graphc::reference::toElements(const Tensor &tensor) {
  auto type = RankedTensorType::get(tensor.shape, tensor.elementType);
  int64_t size = tensor.size();
  if (tensor.elementType.isInteger(1)) {
    SmallVector<bool> values;
    for (int64_t value : tensor.ints)
      values.push_back(value != 0);
    if (!values.empty() && llvm::all_equal(values))
      return DenseElementsAttr::get(type, values.front());
    return DenseElementsAttr::get(type, values);
  }
  Codec codec = getCodec(tensor.elementType);
  std::vector<char> bytes(size * codec.bytes);
  bool isSplat = size > 0;
  for (int64_t i = 0; i < size; ++i) {
    uint64_t bits = encode(tensor, i);
    codec.write(bytes.data() + i * codec.bytes, bits);
    isSplat &= i == 0 || std::equal(bytes.begin(), bytes.begin() + codec.bytes,
                                    bytes.begin() + i * codec.bytes);
  }
  if (isSplat)
    bytes.resize(codec.bytes);
  return DenseElementsAttr::getFromRawBuffer(type, bytes);
}
