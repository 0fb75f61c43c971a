//===- Elements.cpp - Elements of tensors as numbers ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elements.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>
#include <cstring>

using namespace graphc::run;

bool graphc::run::isFloat(DLDataType dtype) {
  return dtype.lanes == 1 &&
         ((dtype.code == kDLFloat &&
           (dtype.bits == 64 || dtype.bits == 32 || dtype.bits == 16)) ||
          (dtype.code == kDLBfloat && dtype.bits == 16));
}

bool graphc::run::isInteger(DLDataType dtype) {
  return dtype.lanes == 1 && dtype.bits <= 64 &&
         (dtype.code == kDLInt || dtype.code == kDLUInt ||
          dtype.code == kDLBool);
}

int64_t graphc::run::countElements(const DLTensor &tensor) {
  int64_t count = 1;
  for (int32_t dim = 0; dim < tensor.ndim; ++dim)
    count *= tensor.shape[dim];
  return count;
}

/// Calls `visit` with the address of each element.
static void
forEachElement(const DLTensor &tensor,
               llvm::function_ref<void(int64_t, const char *)> visit) {
  int64_t count = countElements(tensor);
  size_t size = (tensor.dtype.bits + 7) / 8;
  llvm::SmallVector<int64_t, 8> place(tensor.ndim, 0);
  const char *data =
      static_cast<const char *>(tensor.data) + tensor.byte_offset;
  for (int64_t index = 0; index < count; ++index) {
    visit(index, data);
    for (int32_t dim = tensor.ndim; dim-- > 0;) {
      auto step = static_cast<int64_t>(size) * tensor.strides[dim];
      data += step;
      if (++place[dim] < tensor.shape[dim])
        break;
      data -= step * tensor.shape[dim];
      place[dim] = 0;
    }
  }
}

template <typename T>
static T read(const char *from) {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

static double readFloat(DLDataType dtype, const char *from) {
  if (dtype.bits == 64)
    return read<double>(from);
  if (dtype.bits == 32)
    return read<float>(from);
  auto bits = read<uint16_t>(from);
  if (dtype.code == kDLBfloat) {
    uint32_t wide = static_cast<uint32_t>(bits) << 16;
    return read<float>(reinterpret_cast<const char *>(&wide));
  }
  return llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits))
      .convertToDouble();
}

void graphc::run::forEachFloat(
    const DLTensor &tensor, llvm::function_ref<void(int64_t, double)> visit) {
  forEachElement(tensor, [&](int64_t index, const char *from) {
    visit(index, readFloat(tensor.dtype, from));
  });
}

void graphc::run::forEachBits(
    const DLTensor &tensor, llvm::function_ref<void(int64_t, uint64_t)> visit) {
  size_t size = (tensor.dtype.bits + 7) / 8;
  forEachElement(tensor, [&](int64_t index, const char *from) {
    uint64_t value = 0;
    std::memcpy(&value, from, size);
    visit(index, value);
  });
}

double FloatFormat::getUlp(double value) const {
  int exponent;
  std::frexp(value, &exponent);
  exponent = value == 0 ? minExponent : std::max(exponent - 1, minExponent);
  return std::ldexp(1.0, exponent - mantissaBits);
}

const FloatFormat *FloatFormat::find(llvm::StringRef dtype) {
  static constexpr FloatFormat float64 = {52, -1022}, float32 = {23, -126},
                               float16 = {10, -14}, bfloat16 = {7, -126};
  return dtype == "float64"    ? &float64
         : dtype == "float32"  ? &float32
         : dtype == "float16"  ? &float16
         : dtype == "bfloat16" ? &bfloat16
                               : nullptr;
}

std::string graphc::run::formatPlace(int64_t index, const int64_t *shape,
                                     int32_t rank) {
  std::string text;
  for (int32_t dim = rank; dim-- > 0;) {
    text =
        std::to_string(index % shape[dim]) + (text.empty() ? "" : ", ") + text;
    index /= shape[dim];
  }
  return "[" + text + "]";
}
