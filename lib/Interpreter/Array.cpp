//===- Array.cpp - Elements and views of memory ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "dialects/Graph/IR/Graph.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Element Element::get(Type type) {
  Element element;
  if (type.isIndex()) {
    element.kind = Int;
    element.bytes = 8;
    element.width = 64;
  } else if (auto integer = dyn_cast<IntegerType>(type)) {
    unsigned width = integer.getWidth();
    if (width == 1 || width == 8 || width == 16 || width == 32 || width == 64) {
      element.kind = Int;
      element.width = width;
      element.bytes = std::max(1u, width / 8);
    }
  } else if (auto number = dyn_cast<FloatType>(type)) {
    element.semantics = &number.getFloatSemantics();
    element.bytes = number.getWidth() / 8;
    element.kind = type.isF64()             ? F64
                   : type.isF32()           ? F32
                   : type.isF16()           ? F16
                   : type.isBF16()          ? BF16
                   : number.getWidth() == 8 ? SmallFloat
                                            : None;
  }
  return element;
}

Element interpreter::getElement(Type type) {
  if (auto strided = dyn_cast<graph::StridedTensorType>(type))
    return Element::get(strided.getElementType());
  Type element = getElementTypeOrSelf(type);
  if (isa<LLVM::LLVMPointerType>(element))
    return Element::get(IntegerType::get(type.getContext(), 64));
  return Element::get(element);
}

static double narrow(double value, const llvm::fltSemantics &semantics) {
  APFloat number(value);
  bool losesInfo;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToDouble();
}

static uint64_t toBits(double value, const llvm::fltSemantics &semantics) {
  APFloat number(value);
  bool losesInfo;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return number.bitcastToAPInt().getZExtValue();
}

static double fromBits(uint64_t bits, unsigned width,
                       const llvm::fltSemantics &semantics) {
  APFloat number(semantics, APInt(width, bits));
  bool losesInfo;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

template <typename T>
static T read(const char *from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

Scalar Element::load(const char *from) const {
  Scalar value;
  switch (kind) {
  case F64:
    value.f = read<double>(from);
    break;
  case F32:
    value.f = read<float>(from);
    break;
  case BF16: {
    uint32_t bits = static_cast<uint32_t>(read<uint16_t>(from)) << 16;
    float wide;
    std::memcpy(&wide, &bits, sizeof(wide));
    value.f = wide;
    break;
  }
  case F16:
    value.f = fromBits(read<uint16_t>(from), 16, *semantics);
    break;
  case SmallFloat:
    value.f = fromBits(read<uint8_t>(from), 8, *semantics);
    break;
  case Int:
  case None:
    value.i = bytes == 8   ? read<int64_t>(from)
              : bytes == 4 ? read<int32_t>(from)
              : bytes == 2 ? read<int16_t>(from)
              : width == 1 ? read<uint8_t>(from) & 1
                           : read<int8_t>(from);
    break;
  }
  return value;
}

void Element::store(char *to, Scalar value) const {
  switch (kind) {
  case F64:
    std::memcpy(to, &value.f, 8);
    break;
  case F32: {
    auto single = static_cast<float>(value.f);
    std::memcpy(to, &single, 4);
    break;
  }
  case F16:
  case BF16: {
    auto bits = static_cast<uint16_t>(toBits(value.f, *semantics));
    std::memcpy(to, &bits, 2);
    break;
  }
  case SmallFloat:
    *to = static_cast<char>(toBits(value.f, *semantics));
    break;
  case Int:
  case None:
    // Little-endian, as every host.
    std::memcpy(to, &value.i, bytes);
    break;
  }
}

double Element::round(double value) const {
  if (kind == F32)
    return static_cast<float>(value);
  if (kind == F64 || kind == Int)
    return value;
  return narrow(value, *semantics);
}

int64_t Element::wrap(int64_t value) const {
  if (width >= 64)
    return value;
  if (width == 1)
    return value & 1;
  return static_cast<int64_t>(static_cast<uint64_t>(value) << (64 - width)) >>
         (64 - width);
}

double Element::epsilon() const {
  if (!isFloat() || !semantics)
    return 0;
  return std::ldexp(
      1.0, 1 - static_cast<int>(APFloat::semanticsPrecision(*semantics)));
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

Memory interpreter::allocate(int64_t bytes) {
  return std::make_shared<Bytes>(bytes, char(0xff));
}

Array::Array(ArrayRef<int64_t> shape, Element element)
    : element(element), shape(shape), strides(shape.size()) {
  int64_t stride = 1;
  for (size_t dim = shape.size(); dim-- > 0;) {
    strides[dim] = stride;
    stride *= shape[dim];
  }
  memory = allocate(size() * element.bytes);
}

int64_t Array::size() const { return llvm::product_of(shape, int64_t(1)); }

bool Array::isContiguous() const {
  int64_t stride = 1;
  for (size_t dim = shape.size(); dim-- > 0;) {
    if (shape[dim] != 1 && strides[dim] != stride)
      return false;
    stride *= shape[dim];
  }
  return true;
}

int64_t Array::locate(int64_t index) const {
  int64_t place = 0;
  for (size_t dim = shape.size(); dim-- > 0;) {
    place += index % shape[dim] * strides[dim];
    index /= shape[dim];
  }
  return offset + place * element.bytes;
}

Scalar Array::get(int64_t index) const {
  return element.load(memory->data() + locate(index));
}

void Array::set(int64_t index, Scalar value) {
  element.store(memory->data() + locate(index), value);
}

bool Array::isInside() const {
  if (size() == 0)
    return true;
  int64_t first = 0, last = 0;
  for (auto [count, stride] : llvm::zip_equal(shape, strides))
    (stride < 0 ? first : last) += (count - 1) * stride;
  return offset + first * element.bytes >= 0 &&
         offset + (last + 1) * element.bytes <=
             static_cast<int64_t>(memory->size());
}

void Array::assign(const Array &from) {
  int64_t count = size();
  if (isContiguous() && from.isContiguous()) {
    std::memmove(memory->data() + offset, from.memory->data() + from.offset,
                 count * element.bytes);
    return;
  }
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(memory->data() + locate(i),
                from.memory->data() + from.locate(i), element.bytes);
}

Array Array::clone() const {
  Array copy(shape, element);
  copy.assign(*this);
  return copy;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

bool interpreter::readElements(ElementsAttr elements, Array &array) {
  auto type = cast<ShapedType>(elements.getType());
  Element element = Element::get(type.getElementType());
  if (!element || !type.hasStaticShape())
    return false;
  array = Array(type.getShape(), element);
  int64_t size = array.size();
  ArrayRef<char> bytes;
  bool isSplat = false;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements)) {
    if (element.width == 1 && element.kind == Element::Int) {
      for (auto [index, value] : llvm::enumerate(dense.getValues<bool>()))
        (*array.memory)[index] = value;
      return true;
    }
    isSplat = dense.isSplat();
    bytes = dense.getRawData();
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return false;
    bytes = blob->getData();
  } else {
    return false;
  }
  int64_t wanted =
      (isSplat ? std::min<int64_t>(size, 1) : size) * element.bytes;
  if (static_cast<int64_t>(bytes.size()) < wanted)
    return false;
  if (!isSplat) {
    std::memcpy(array.memory->data(), bytes.data(), wanted);
    return true;
  }
  for (int64_t i = 0; i < size; ++i)
    std::memcpy(array.memory->data() + i * element.bytes, bytes.data(),
                element.bytes);
  return true;
}
