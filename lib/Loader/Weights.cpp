//===- Weights.cpp - What the values of weights are like ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Loader/Weights.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

using namespace graphc::loader;

namespace {
struct Statistics {
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
  double sum = 0;
  std::uint64_t finite = 0, nan = 0, infinite = 0;

  void add(double value) {
    if (std::isnan(value)) {
      ++nan;
    } else if (std::isinf(value)) {
      ++infinite;
    } else {
      ++finite;
      sum += value;
      min = value < min ? value : min;
      max = value > max ? value : max;
    }
  }
};

/// A float of few bits. `Ieee` has infinities; the others have one NaN, with
/// all bits set but the sign, or (`Unsigned zero`) the sign bit alone.
struct SmallFloat {
  int mantissa, bias;
  enum { Ieee, AllOnes, UnsignedZero } kind;
  int bits;
};
} // namespace

static double decode(std::uint32_t value, SmallFloat format) {
  std::uint32_t sign = 1u << (format.bits - 1), magnitude = value & (sign - 1);
  std::uint32_t exponent = magnitude >> format.mantissa;
  std::uint32_t fraction = magnitude & ((1u << format.mantissa) - 1);
  std::uint32_t last = (1u << (format.bits - 1 - format.mantissa)) - 1;
  double nan = std::numeric_limits<double>::quiet_NaN();
  if (format.kind == SmallFloat::Ieee && exponent == last)
    return fraction       ? nan
           : value & sign ? -std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::infinity();
  if (format.kind == SmallFloat::AllOnes && magnitude == sign - 1)
    return nan;
  if (format.kind == SmallFloat::UnsignedZero && value == sign)
    return nan;
  int least = 1 - format.bias - format.mantissa;
  double result = exponent ? std::ldexp(fraction + (1u << format.mantissa),
                                        static_cast<int>(exponent) - 1 + least)
                           : std::ldexp(fraction, least);
  return value & sign ? -result : result;
}

template <typename T>
static double read(const std::uint8_t *data) {
  T value;
  std::memcpy(&value, data, sizeof(T));
  return static_cast<double>(value);
}

static double readSmall(const std::uint8_t *data, SmallFloat format) {
  return format.bits == 16
             ? decode(static_cast<std::uint32_t>(data[0] | data[1] << 8),
                      format)
             : decode(data[0], format);
}

/// Adds the element at `data`; false for types without numbers of their own.
static bool addElement(DType dtype, const std::uint8_t *data,
                       Statistics &statistics) {
  constexpr SmallFloat half = {10, 15, SmallFloat::Ieee, 16};
  switch (dtype) {
  case DType::Bool:
  case DType::UInt8:
    return statistics.add(*data), true;
  case DType::Int8:
    return statistics.add(read<std::int8_t>(data)), true;
  case DType::UInt16:
    return statistics.add(read<std::uint16_t>(data)), true;
  case DType::Int16:
    return statistics.add(read<std::int16_t>(data)), true;
  case DType::UInt32:
    return statistics.add(read<std::uint32_t>(data)), true;
  case DType::Int32:
    return statistics.add(read<std::int32_t>(data)), true;
  case DType::UInt64:
    return statistics.add(read<std::uint64_t>(data)), true;
  case DType::Int64:
    return statistics.add(read<std::int64_t>(data)), true;
  case DType::Float32:
    return statistics.add(read<float>(data)), true;
  case DType::Float64:
    return statistics.add(read<double>(data)), true;
  case DType::Complex64:
    statistics.add(read<float>(data));
    return statistics.add(read<float>(data + 4)), true;
  case DType::Complex128:
    statistics.add(read<double>(data));
    return statistics.add(read<double>(data + 8)), true;
  case DType::Float16:
    return statistics.add(readSmall(data, half)), true;
  case DType::Complex32:
    statistics.add(readSmall(data, half));
    return statistics.add(readSmall(data + 2, half)), true;
  case DType::BFloat16:
    return statistics.add(readSmall(data, {7, 127, SmallFloat::Ieee, 16})),
           true;
  case DType::Float8E5M2:
    return statistics.add(readSmall(data, {2, 15, SmallFloat::Ieee, 8})), true;
  case DType::Float8E4M3FN:
    return statistics.add(readSmall(data, {3, 7, SmallFloat::AllOnes, 8})),
           true;
  case DType::Float8E4M3FNUZ:
    return statistics.add(readSmall(data, {3, 8, SmallFloat::UnsignedZero, 8})),
           true;
  case DType::Float8E5M2FNUZ:
    return statistics.add(
               readSmall(data, {2, 16, SmallFloat::UnsignedZero, 8})),
           true;
  case DType::Float8E8M0FNU:
  case DType::Float4E2M1FNX2:
    return false;
  }
  return false;
}

/// Visits all elements of the view, which the loader has checked to lie inside
/// its storage.
static bool measure(const Constant &constant, Statistics &statistics) {
  if (!constant.storage || !constant.storage->data)
    return false;
  std::vector<std::int64_t> index(constant.shape.size(), 0);
  for (std::int64_t size : constant.shape)
    if (size == 0)
      return true;
  auto size = static_cast<std::int64_t>(dtypeSize(constant.dtype));
  std::int64_t offset = constant.offset;
  while (true) {
    if (!addElement(constant.dtype, constant.storage->data + offset * size,
                    statistics))
      return false;
    std::size_t dim = index.size();
    while (dim--) {
      offset += constant.stride[dim];
      if (++index[dim] < constant.shape[dim])
        break;
      offset -= constant.stride[dim] * constant.shape[dim];
      index[dim] = 0;
    }
    if (dim == static_cast<std::size_t>(-1))
      return true;
  }
}

static std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

std::string graphc::loader::printWeights(const Program &program) {
  std::string text = std::to_string(program.constants.size()) + " weights\n";
  for (const Constant &constant : program.constants) {
    text += constant.name + ": " + dtypeName(constant.dtype) + "[";
    std::uint64_t count = 1;
    for (std::size_t i = 0; i < constant.shape.size(); ++i) {
      text += (i ? ", " : "") + std::to_string(constant.shape[i]);
      count *= static_cast<std::uint64_t>(constant.shape[i]);
    }
    text += "], " + std::to_string(count) + " values";
    Statistics statistics;
    if (!measure(constant, statistics)) {
      text += ", not read\n";
      continue;
    }
    if (statistics.finite)
      text += ", min " + number(statistics.min) + ", max " +
              number(statistics.max) + ", mean " +
              number(statistics.sum / static_cast<double>(statistics.finite));
    text += ", " + std::to_string(statistics.nan) + " NaN, " +
            std::to_string(statistics.infinite) + " infinite\n";
  }
  return text;
}

std::vector<char> graphc::loader::copyElements(const Constant &constant) {
  std::size_t size = dtypeSize(constant.dtype), count = 1;
  for (std::int64_t extent : constant.shape)
    count *= static_cast<std::size_t>(extent);
  std::vector<char> bytes(count * size);
  std::vector<std::int64_t> index(constant.shape.size(), 0);
  std::int64_t position = constant.offset;
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(bytes.data() + i * size,
                constant.storage->data + position * size, size);
    for (std::size_t dim = index.size(); dim-- > 0;) {
      position += constant.stride[dim];
      if (++index[dim] < constant.shape[dim])
        break;
      position -= constant.stride[dim] * constant.shape[dim];
      index[dim] = 0;
    }
  }
  return bytes;
}

bool graphc::loader::isRowMajor(const Constant &constant) {
  std::int64_t expected = 1;
  for (std::size_t dim = constant.shape.size(); dim-- > 0;) {
    if (constant.shape[dim] != 1 && constant.stride[dim] != expected)
      return false;
    expected *= constant.shape[dim];
  }
  return true;
}
