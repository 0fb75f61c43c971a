//===- Values.cpp - Types, sizes and enums of the exporter ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pt2/Values.h"

using namespace graphc;
using namespace graphc::loader;

namespace {
constexpr std::size_t maxRank = 64;
constexpr std::size_t maxExpression = std::size_t(1) << 16;
constexpr std::int64_t maxElements = std::int64_t(1) << 62;

constexpr struct {
  std::int64_t number;
  DType dtype;
} scalarTypes[] = {
    {1, DType::UInt8},           {2, DType::Int8},
    {3, DType::Int16},           {4, DType::Int32},
    {5, DType::Int64},           {6, DType::Float16},
    {7, DType::Float32},         {8, DType::Float64},
    {9, DType::Complex32},       {10, DType::Complex64},
    {11, DType::Complex128},     {12, DType::Bool},
    {13, DType::BFloat16},       {28, DType::UInt16},
    {29, DType::Float8E4M3FN},   {30, DType::Float8E5M2},
    {31, DType::Float8E4M3FNUZ}, {32, DType::Float8E5M2FNUZ},
    {33, DType::Float8E8M0FNU},  {34, DType::UInt32},
    {35, DType::UInt64},
};

constexpr const char *layouts[] = {nullptr,      "sparse_coo", "sparse_csr",
                                   "sparse_csc", "sparse_bsr", "sparse_bsc",
                                   "_mkldnn",    "strided"};
constexpr const char *memoryFormats[] = {nullptr, "contiguous_format",
                                         "channels_last", "channels_last_3d",
                                         "preserve_format"};

template <std::size_t size>
const char *enumName(const char *const (&names)[size], std::int64_t number) {
  return number > 0 && number < static_cast<std::int64_t>(size) ? names[number]
                                                                : nullptr;
}
} // namespace

DType ValueTypes::dtype(JsonValue number) {
  if (!json.expect(number, JsonValue::Kind::Int))
    return DType::Float32;
  for (const auto &known : scalarTypes)
    if (known.number == number.integer())
      return known.dtype;
  json.fail("bad-dtype", number,
            "no element type has the number " +
                std::to_string(number.integer()));
  return DType::Float32;
}

LayoutValue ValueTypes::layout(JsonValue number) {
  if (!json.expect(number, JsonValue::Kind::Int))
    return {"strided"};
  if (const char *name = enumName(layouts, number.integer()))
    return {name};
  json.fail("bad-enum", number,
            "no layout has the number " + std::to_string(number.integer()));
  return {"strided"};
}

MemoryFormatValue ValueTypes::memoryFormat(JsonValue number) {
  if (!json.expect(number, JsonValue::Kind::Int))
    return {"contiguous_format"};
  if (const char *name = enumName(memoryFormats, number.integer()))
    return {name};
  json.fail("bad-enum", number,
            "no memory format has the number " +
                std::to_string(number.integer()));
  return {"contiguous_format"};
}

std::string ValueTypes::device(JsonValue object) {
  std::string device(json.text(object, "type"));
  if (auto index = json.optional(object, "index", JsonValue::Kind::Int))
    device += ":" + std::to_string(index->integer());
  return device;
}

SymExpr ValueTypes::integerExpr(std::int64_t value) {
  return integers.try_emplace(value, value).first->second;
}

SymExpr ValueTypes::expression(std::string_view text, JsonValue at) {
  if (json.failed())
    return {};
  auto known = expressions.find(text);
  if (known != expressions.end())
    return known->second;
  if (text.size() > maxExpression) {
    json.fail("limit", at,
              "an expression of " + std::to_string(text.size()) +
                  " bytes, the limit is " + std::to_string(maxExpression));
    return {};
  }
  Result<SymExpr> parsed = parseSymExpr(text);
  if (!parsed) {
    Error error = parsed.error();
    std::string where = json.record + ": " + at.path();
    error.place = error.place.empty() ? where : where + ": " + error.place;
    json.fail(std::move(error));
    return {};
  }
  expressions.emplace(text, *parsed);
  return *parsed;
}

std::optional<double> ValueTypes::hint(JsonValue expr) {
  std::optional<JsonValue> found = expr.find("hint");
  if (!found)
    return std::nullopt;
  JsonValue value = *found;
  if (value.kind() == JsonValue::Kind::Object && value.size() == 1)
    value = (*value.members().begin()).value;
  switch (value.kind()) {
  case JsonValue::Kind::Int:
    return static_cast<double>(value.integer());
  case JsonValue::Kind::Float:
    return value.real();
  case JsonValue::Kind::Bool:
    return value.boolean();
  default:
    return std::nullopt;
  }
}

SymMeta ValueTypes::symbolic(JsonValue value, SymMeta::Kind kind) {
  static constexpr const char *unions[] = {"SymInt", "SymFloat", "SymBool"};
  const char *unionName = unions[static_cast<std::size_t>(kind)];
  SymMeta meta;
  meta.kind = kind;
  std::optional<SchemaReader::Union> found = json.tagged(value, unionName);
  if (!found)
    return meta;
  if (found->tag == "as_expr") {
    std::string_view text = json.text(found->value, "expr_str");
    if (json.failed())
      return meta;
    meta.expr = expression(text, found->value);
    meta.hint = hint(found->value);
    if (meta.hint && meta.expr.kind() == SymExpr::Kind::Symbol)
      hints.emplace(meta.expr.name(), *meta.hint);
  } else if (kind == SymMeta::Kind::Int && found->tag == "as_int") {
    if (json.expect(found->value, JsonValue::Kind::Int))
      meta.expr = integerExpr(found->value.integer());
  } else if (kind == SymMeta::Kind::Float && found->tag == "as_float") {
    meta.expr = SymExpr::makeFloat(json.number(found->value));
  } else if (kind == SymMeta::Kind::Bool && found->tag == "as_bool") {
    if (json.expect(found->value, JsonValue::Kind::Bool))
      meta.expr = SymExpr::makeBool(found->value.boolean());
  } else {
    json.unknownTag(*found, unionName);
  }
  return meta;
}

SymExpr ValueTypes::size(JsonValue value) {
  return symbolic(value, SymMeta::Kind::Int).expr;
}

std::vector<SymExpr> ValueTypes::sizes(JsonValue object, const char *key,
                                       const std::string &what) {
  std::vector<SymExpr> out;
  auto list = json.required(object, key, JsonValue::Kind::Array);
  if (!list)
    return out;
  if (list->size() > maxRank) {
    json.fail("limit", *list,
              what + " has rank " + std::to_string(list->size()) +
                  ", the limit is " + std::to_string(maxRank));
    return out;
  }
  out.reserve(list->size());
  for (JsonValue item : list->items()) {
    SymExpr expr = size(item);
    if (json.failed())
      break;
    std::optional<std::int64_t> known = expr.asInt();
    if (known && *known < 0)
      json.fail("bad-shape", item,
                what + " has the negative " + key + " entry " +
                    std::to_string(*known));
    out.push_back(std::move(expr));
  }
  return out;
}

TensorMeta ValueTypes::tensor(JsonValue object, const std::string &what) {
  TensorMeta meta;
  auto number = json.required(object, "dtype", JsonValue::Kind::Int);
  if (!number)
    return meta;
  meta.dtype = dtype(*number);
  if (auto layoutNumber =
          json.required(object, "layout", JsonValue::Kind::Int)) {
    std::string layoutName = layout(*layoutNumber).layout;
    if (!json.failed() && layoutName != "strided")
      json.fail("unsupported-tensor", *layoutNumber,
                what + " has the layout " + layoutName +
                    ", only strided tensors are supported");
  }
  meta.shape = sizes(object, "sizes", what);
  meta.stride = sizes(object, "strides", what);
  if (!json.failed() && meta.shape.size() != meta.stride.size())
    json.fail("bad-shape", object,
              what + " has " + std::to_string(meta.shape.size()) +
                  " sizes and " + std::to_string(meta.stride.size()) +
                  " strides");
  std::int64_t elements = 1;
  for (const SymExpr &dim : meta.shape)
    if (std::optional<std::int64_t> known = dim.asInt();
        known && *known > 0 &&
        (__builtin_mul_overflow(elements, *known, &elements) ||
         elements > maxElements))
      json.fail("bad-shape", object, what + " has more than 2^62 elements");
  // A plain number in the first schema versions.
  if (std::optional<JsonValue> offset = object.find("storage_offset");
      offset && offset->kind() == JsonValue::Kind::Int)
    meta.storageOffset = integerExpr(offset->integer());
  else if ((offset = json.required(object, "storage_offset",
                                   JsonValue::Kind::Object)))
    meta.storageOffset = size(*offset);
  if (auto where = json.required(object, "device", JsonValue::Kind::Object))
    meta.device = device(*where);
  if (auto grad = json.optional(object, "requires_grad", JsonValue::Kind::Bool))
    meta.requiresGrad = grad->boolean();
  return meta;
}
