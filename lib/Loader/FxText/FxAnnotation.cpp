//===- FxAnnotation.cpp - Types written beside values ---------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FxText/FxAnnotation.h"

#include <algorithm>

using namespace graphc;
using namespace graphc::loader;

static constexpr std::size_t maxRank = 64;

static std::optional<DType> dtypeOfAbbreviation(std::string_view text) {
  static constexpr std::pair<std::string_view, DType> table[] = {
      {"f64", DType::Float64},
      {"f32", DType::Float32},
      {"f16", DType::Float16},
      {"bf16", DType::BFloat16},
      {"f8e4m3fn", DType::Float8E4M3FN},
      {"f8e4m3fnuz", DType::Float8E4M3FNUZ},
      {"f8e5m2", DType::Float8E5M2},
      {"f8e5m2fnuz", DType::Float8E5M2FNUZ},
      {"f8e8m0fnu", DType::Float8E8M0FNU},
      {"c128", DType::Complex128},
      {"c64", DType::Complex64},
      {"c32", DType::Complex32},
      {"i64", DType::Int64},
      {"i32", DType::Int32},
      {"i16", DType::Int16},
      {"i8", DType::Int8},
      {"u64", DType::UInt64},
      {"u32", DType::UInt32},
      {"u16", DType::UInt16},
      {"u8", DType::UInt8},
      {"b8", DType::Bool}};
  for (auto &[abbreviation, dtype] : table)
    if (text == abbreviation)
      return dtype;
  return std::nullopt;
}

/// Reads `[a, b, ...]` off the start of `rest`; false when there is none.
static Result<bool> takeSizes(std::string_view &rest,
                              std::vector<SymExpr> &sizes) {
  if (rest.substr(0, 1) != "[")
    return false;
  std::size_t begin = 1, open = 0, i = 1;
  auto add = [&](std::size_t end) -> Result<void> {
    std::string_view item = rest.substr(begin, end - begin);
    begin = end + 1;
    if (item.find_first_not_of(' ') == item.npos)
      return {};
    if (sizes.size() == maxRank)
      return Error{"limit",
                   "",
                   "",
                   "a tensor of rank above " + std::to_string(maxRank) +
                       ", which is the limit",
                   {},
                   ""};
    Result<SymExpr> size = parseSymExpr(item);
    if (!size)
      return size.error();
    sizes.push_back(*size);
    return {};
  };
  for (; i < rest.size(); ++i) {
    char c = rest[i];
    bool isEnd = c == ']' && open == 0;
    if (isEnd || (c == ',' && open == 0))
      if (Result<void> ok = add(i); !ok)
        return ok.error();
    if (isEnd)
      break;
    open += c == '(' || c == '[';
    open -= (c == ')' || c == ']') && open;
  }
  if (i == rest.size())
    return false;
  rest.remove_prefix(i + 1);
  return true;
}

std::vector<SymExpr>
loader::contiguousSymStrides(const std::vector<SymExpr> &shape) {
  std::vector<SymExpr> strides(shape.size(), 1);
  std::int64_t factor = 1;
  std::vector<SymExpr> symbols;
  for (std::size_t i = shape.size(); i-- > 0;) {
    std::vector<SymExpr> product = symbols;
    if (factor != 1 || product.empty())
      product.insert(product.begin(), factor);
    strides[i] =
        product.size() == 1 ? product[0] : SymExpr::call("Mul", product);
    std::optional<std::int64_t> size = shape[i].asInt();
    if (!size)
      symbols.push_back(shape[i]);
    // An overflow is found where the sizes themselves are checked.
    else if (__builtin_mul_overflow(factor, std::max<std::int64_t>(*size, 1),
                                    &factor))
      factor = 0;
  }
  return strides;
}

Result<FxAnnotation> loader::parseFxAnnotation(std::string_view text) {
  FxAnnotation annotation;
  if (text.substr(0, 4) == "Sym(" && text.back() == ')') {
    Result<SymExpr> expr = parseSymExpr(text.substr(4, text.size() - 5));
    if (!expr)
      return expr.error();
    SymMeta meta;
    meta.expr = *expr;
    // `zf0` and `zuf0` are floats by PyTorch's naming of symbols.
    if (expr->kind() == SymExpr::Kind::Symbol && expr->name()[0] == 'z')
      meta.kind = SymMeta::Kind::Float;
    annotation.meta = std::move(meta);
    return annotation;
  }
  std::size_t bracket = text.find('[');
  std::optional<DType> dtype = dtypeOfAbbreviation(text.substr(0, bracket));
  if (bracket == text.npos || !dtype)
    return annotation;
  TensorMeta meta;
  meta.dtype = *dtype;
  std::string_view rest = text.substr(bracket);
  Result<bool> sizes = takeSizes(rest, meta.shape);
  if (!sizes)
    return sizes.error();
  Result<bool> strides = takeSizes(rest, meta.stride);
  if (!strides)
    return strides.error();
  annotation.hasStrides = *strides;
  if (!*sizes || (*strides && meta.stride.size() != meta.shape.size()))
    return FxAnnotation();
  if (!*strides)
    meta.stride = contiguousSymStrides(meta.shape);
  if (!rest.empty())
    meta.device = std::string(rest);
  annotation.meta = std::move(meta);
  return annotation;
}
