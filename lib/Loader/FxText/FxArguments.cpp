//===- FxArguments.cpp - Arguments of FX nodes ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Characters.h"
#include "FxText/FxScope.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

using namespace graphc;
using namespace graphc::loader;

using Kind = FxExpr::Kind;

template <typename T>
static Argument makeArgument(T value) {
  Argument argument;
  argument.value = std::move(value);
  return argument;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Result<Argument> FxGraphReader::lowerNumber(Scope &scope, const FxExpr &expr,
                                            bool negative) {
  std::string_view digits = expr.text;
  bool isImaginary = digits.back() == 'j';
  if (isImaginary)
    digits.remove_suffix(1);
  const char *end = digits.data() + digits.size();
  if (!isImaginary && digits.find_first_of(".eE") == digits.npos) {
    std::uint64_t magnitude = 0;
    auto [stop, error] = std::from_chars(digits.data(), end, magnitude);
    if (error != std::errc() || stop != end ||
        magnitude > (std::uint64_t(1) << 63) - (negative ? 0 : 1))
      return scope.errorAt("fx-number", expr,
                           "the integer " + quoted(digits.substr(0, 60)) +
                               " does not fit 64 bits");
    return makeArgument(
        std::int64_t(negative ? std::uint64_t(0) - magnitude : magnitude));
  }
  double value = 0;
  auto [stop, error] = std::from_chars(digits.data(), end, value);
  // As in Python, what is too large is infinite and what is too small is zero.
  if (error == std::errc::result_out_of_range) {
    std::size_t exponent = digits.find_first_of("eE");
    bool isSmall =
        exponent != digits.npos && digits.substr(exponent + 1, 1) == "-";
    value = isSmall ? 0 : HUGE_VAL;
    stop = end;
  }
  if (error == std::errc::invalid_argument || stop != end)
    return scope.errorAt("fx-syntax", expr,
                         "'" + quoted(digits.substr(0, 60)) + "' is no number");
  value = negative ? -value : value;
  if (isImaginary)
    return makeArgument(ComplexValue{0, value});
  return makeArgument(value);
}

/// `-1`, `+2.5`, `(1-2j)`: what prints of a number may look like. Anything else
/// is an operator where an argument belongs.
Result<Argument> FxGraphReader::lowerSigned(Scope &scope, const FxExpr &expr) {
  auto refuse = [&] {
    return scope.errorAt("fx-syntax", expr,
                         "found an operator inside an argument, expected a "
                         "name or a literal");
  };
  if (expr.kind == Kind::Unary) {
    bool negative = expr.text == "-";
    const FxExpr &operand = expr.operands[0];
    if (expr.text == "~")
      return refuse();
    if (operand.kind == Kind::Number)
      return lowerNumber(scope, operand, negative);
    if (operand.isName("inf") || operand.isName("nan")) {
      double value = operand.text == "inf"
                         ? HUGE_VAL
                         : std::numeric_limits<double>::quiet_NaN();
      return makeArgument(negative ? -value : value);
    }
    return refuse();
  }
  // (1+2j)
  bool isSum = expr.text == "+" || expr.text == "-";
  const FxExpr &right = expr.operands[1];
  if (!isSum || right.kind != Kind::Number || right.text.back() != 'j')
    return refuse();
  Result<Argument> real = lower(scope, expr.operands[0]);
  if (!real)
    return real;
  Result<Argument> imaginary = lowerNumber(scope, right, expr.text == "-");
  if (!imaginary)
    return imaginary;
  ComplexValue value = std::get<ComplexValue>(imaginary->value);
  if (const double *number = std::get_if<double>(&real->value))
    value.real = *number;
  else if (const std::int64_t *integer =
               std::get_if<std::int64_t>(&real->value))
    value.real = double(*integer);
  else
    return refuse();
  return makeArgument(value);
}

//===----------------------------------------------------------------------===//
// Names and constants
//===----------------------------------------------------------------------===//

Result<Argument> FxGraphReader::lowerName(Scope &scope, const FxExpr &expr) {
  auto it = scope.names.find(expr.text);
  if (it != scope.names.end() && it->second.constant) {
    // The argument holds the name to give it.
    std::string name = std::get<ValueRef>(it->second.argument.value).name;
    return constantValue(scope, *it->second.constant, name);
  }
  if (it != scope.names.end())
    return it->second.argument;
  if (expr.text == "inf")
    return makeArgument(double(HUGE_VAL));
  if (expr.text == "nan")
    return makeArgument(std::numeric_limits<double>::quiet_NaN());
  return scope.errorAt("fx-name", expr,
                       "use of '" + quoted(expr.text) +
                           "', which was never set");
}

/// What `torch.<name>` means as an argument.
static std::optional<Argument> torchConstant(std::string_view name) {
  if (std::optional<DType> dtype = dtypeFromName(name))
    return makeArgument(*dtype);
  static constexpr std::string_view layouts[] = {
      "strided",    "sparse_coo", "sparse_csr", "sparse_csc",
      "sparse_bsr", "sparse_bsc", "jagged",     "_mkldnn"};
  if (std::find(std::begin(layouts), std::end(layouts), name) !=
      std::end(layouts))
    return makeArgument(LayoutValue{std::string(name)});
  static constexpr std::string_view formats[] = {
      "contiguous_format", "channels_last", "channels_last_3d",
      "preserve_format"};
  if (std::find(std::begin(formats), std::end(formats), name) !=
      std::end(formats))
    return makeArgument(MemoryFormatValue{std::string(name)});
  return std::nullopt;
}

/// `torch.float32`, `torch.ops.aten.add.Tensor` (an operator as an argument),
/// `ScalingType.TensorWise` (an enum whose owner was imported).
Result<Argument> FxGraphReader::lowerDotted(Scope &scope, const FxExpr &expr) {
  std::string name = fxDottedName(expr);
  if (name.empty())
    return scope.errorAt("fx-syntax", expr,
                         "found '" + quoted(scope.parser.source(expr)) +
                             "', expected a constant");
  std::string root = name.substr(0, name.find('.'));
  if (scope.names.count(root))
    return scope.errorAt("fx-level", expr,
                         "attribute '" + quoted(name) +
                             "' of a value: not an AOT graph");
  if (startsWith(name, "torch.ops."))
    return makeArgument(name.substr(10));
  if (root == "torch")
    if (std::optional<Argument> constant =
            torchConstant(std::string_view(name).substr(6)))
      return *constant;
  auto alias = scope.module.aliases().find(root);
  if (alias != scope.module.aliases().end() && root != "torch")
    return makeArgument(alias->second + name.substr(root.size()));
  return scope.errorAt("fx-syntax", expr,
                       "found '" + quoted(name) +
                           "', which is no constant of a graph");
}

Result<Argument> FxGraphReader::lowerItems(Scope &scope, const FxExpr &expr) {
  ArgumentList items;
  for (const FxExpr &item : expr.operands) {
    Result<Argument> argument = lower(scope, item);
    if (!argument)
      return argument;
    items.push_back(std::move(*argument));
  }
  return makeArgument(std::move(items));
}

static bool isDeviceName(std::string_view name) {
  auto isWord = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), isWord);
}

/// `device(type='cuda', index=0)`, `slice(a, b, c)`, and a named tuple whose
/// class was imported, which is the list of its fields.
Result<Argument> FxGraphReader::lowerCall(Scope &scope, const FxExpr &expr) {
  std::string name = fxDottedName(expr.operands[0]);
  bool isDevice = name == "device" || name == "torch.device";
  bool isKnown = isDevice || name == "slice" || name == "torch.Size" ||
                 scope.module.aliases().count(name);
  if (!isKnown || scope.names.count(name))
    return scope.errorAt("fx-syntax", expr,
                         "found a call of '" +
                             quoted(scope.parser.source(expr.operands[0])) +
                             "' inside an argument, expected a name or a "
                             "literal");
  ArgumentList items;
  for (std::size_t i = 1; i != expr.operands.size(); ++i) {
    const FxExpr &operand = expr.operands[i];
    Result<Argument> item = lower(
        scope, operand.kind == Kind::Keyword ? operand.operands[0] : operand);
    if (!item)
      return item;
    items.push_back(std::move(*item));
  }
  if (!isDevice)
    return makeArgument(std::move(items));
  const std::string *type =
      items.empty() ? nullptr : std::get_if<std::string>(&items[0].value);
  if (!type || !isDeviceName(*type) || items.size() > 2)
    return scope.errorAt("fx-syntax", expr, "a device without a type");
  std::string device = *type;
  if (items.size() == 2) {
    const std::int64_t *index = std::get_if<std::int64_t>(&items[1].value);
    if (!index)
      return scope.errorAt("fx-syntax", expr, "a device with a strange index");
    device += ":" + std::to_string(*index);
  }
  return makeArgument(DeviceValue{std::move(device)});
}

Result<Argument> FxGraphReader::lower(Scope &scope, const FxExpr &expr) {
  switch (expr.kind) {
  case Kind::Name:
    return lowerName(scope, expr);
  case Kind::Number:
    return lowerNumber(scope, expr, /*negative=*/false);
  case Kind::String:
    return makeArgument(expr.text);
  case Kind::Constant:
    if (expr.isNone())
      return Argument();
    return makeArgument(expr.text == "True");
  case Kind::Attribute:
    return lowerDotted(scope, expr);
  case Kind::Call:
    return lowerCall(scope, expr);
  case Kind::Unary:
  case Kind::Binary:
    return lowerSigned(scope, expr);
  case Kind::List:
  case Kind::Tuple:
    return lowerItems(scope, expr);
  case Kind::Dict: {
    // A list of pairs.
    ArgumentList pairs;
    for (std::size_t i = 0; i + 1 < expr.operands.size(); i += 2) {
      Result<Argument> key = lower(scope, expr.operands[i]);
      if (!key)
        return key;
      Result<Argument> value = lower(scope, expr.operands[i + 1]);
      if (!value)
        return value;
      ArgumentList pair;
      pair.push_back(std::move(*key));
      pair.push_back(std::move(*value));
      pairs.push_back(makeArgument(std::move(pair)));
    }
    return makeArgument(std::move(pairs));
  }
  case Kind::Subscript:
  case Kind::Keyword:
    break;
  }
  return scope.errorAt("fx-syntax", expr,
                       "found '" +
                           quoted(scope.parser.source(expr).substr(0, 60)) +
                           "' inside an argument, expected a name or a "
                           "literal");
}
