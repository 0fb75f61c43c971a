//===- DType.cpp - Names and sizes of element types -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Loader/Program.h"

using namespace graphc;
using namespace graphc::loader;

namespace {
struct DTypeInfo {
  DType dtype;
  const char *name;
  std::size_t size;
};

/// In the order of the enum.
constexpr DTypeInfo dtypes[] = {
    {DType::Bool, "bool", 1},
    {DType::UInt8, "uint8", 1},
    {DType::Int8, "int8", 1},
    {DType::UInt16, "uint16", 2},
    {DType::Int16, "int16", 2},
    {DType::UInt32, "uint32", 4},
    {DType::Int32, "int32", 4},
    {DType::UInt64, "uint64", 8},
    {DType::Int64, "int64", 8},
    {DType::Float8E4M3FN, "float8_e4m3fn", 1},
    {DType::Float8E4M3FNUZ, "float8_e4m3fnuz", 1},
    {DType::Float8E5M2, "float8_e5m2", 1},
    {DType::Float8E5M2FNUZ, "float8_e5m2fnuz", 1},
    {DType::Float8E8M0FNU, "float8_e8m0fnu", 1},
    {DType::Float16, "float16", 2},
    {DType::BFloat16, "bfloat16", 2},
    {DType::Float32, "float32", 4},
    {DType::Float64, "float64", 8},
    {DType::Complex32, "complex32", 4},
    {DType::Complex64, "complex64", 8},
    {DType::Complex128, "complex128", 16},
    {DType::Float4E2M1FNX2, "float4_e2m1fn_x2", 1},
};

constexpr bool inEnumOrder() {
  std::size_t i = 0;
  for (const DTypeInfo &info : dtypes)
    if (static_cast<std::size_t>(info.dtype) != i++)
      return false;
  return true;
}
static_assert(inEnumOrder(), "dtypes is indexed by the enum");

constexpr struct {
  std::string_view name;
  DType dtype;
} synonyms[] = {
    {"float", DType::Float32},    {"double", DType::Float64},
    {"half", DType::Float16},     {"int", DType::Int32},
    {"long", DType::Int64},       {"short", DType::Int16},
    {"cfloat", DType::Complex64}, {"cdouble", DType::Complex128},
    {"chalf", DType::Complex32},
};
} // namespace

const char *loader::dtypeName(DType dtype) {
  return dtypes[static_cast<std::size_t>(dtype)].name;
}

std::size_t loader::dtypeSize(DType dtype) {
  return dtypes[static_cast<std::size_t>(dtype)].size;
}

std::optional<DType> loader::dtypeFromName(std::string_view name) {
  for (const DTypeInfo &info : dtypes)
    if (name == info.name)
      return info.dtype;
  for (const auto &synonym : synonyms)
    if (name == synonym.name)
      return synonym.dtype;
  return std::nullopt;
}

const char *loader::dtypeShortName(DType dtype) {
  switch (dtype) {
  case DType::Bool:
    return "b8";
  case DType::UInt8:
    return "u8";
  case DType::Int8:
    return "i8";
  case DType::UInt16:
    return "u16";
  case DType::Int16:
    return "i16";
  case DType::UInt32:
    return "u32";
  case DType::Int32:
    return "i32";
  case DType::UInt64:
    return "u64";
  case DType::Int64:
    return "i64";
  case DType::Float8E4M3FN:
    return "f8e4m3fn";
  case DType::Float8E4M3FNUZ:
    return "f8e4m3fnuz";
  case DType::Float8E5M2:
    return "f8e5m2";
  case DType::Float8E5M2FNUZ:
    return "f8e5m2fnuz";
  case DType::Float8E8M0FNU:
    return "f8e8m0fnu";
  case DType::Float16:
    return "f16";
  case DType::BFloat16:
    return "bf16";
  case DType::Float32:
    return "f32";
  case DType::Float64:
    return "f64";
  case DType::Complex32:
    return "c32";
  case DType::Complex64:
    return "c64";
  case DType::Complex128:
    return "c128";
  case DType::Float4E2M1FNX2:
    return "f4e2m1fnx2";
  }
  return "?";
}
