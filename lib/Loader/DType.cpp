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
