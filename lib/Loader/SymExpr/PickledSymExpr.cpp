//===- PickledSymExpr.cpp - Sympy objects in pickles ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SymExpr/PickledSymExpr.h"

#include "Characters.h"
#include "SymExpr/Functions.h"

#include <charconv>
#include <cmath>

using namespace graphc;
using namespace graphc::loader;

using Kind = PickleValue::Kind;

static Error typeError(const PickleValue &value, const std::string &expected) {
  return pickleError("pickle-type", value,
                     "in an expression: found " + value.describe() +
                         ", expected " + expected);
}

/// ((sign, "hex mantissa", exponent, bits),): sympy's form of a float.
static Result<SymExpr> convertFloat(const PickleValue &object) {
  const PickleValue::Items &args = object.items();
  const PickleValue *parts = args.empty() ? nullptr : args[0];
  if (parts && parts->kind() == Kind::Float)
    return SymExpr::makeFloat(parts->real());
  if (parts && parts->isText())
    return parseSymExpr(parts->text());
  if (!parts || parts->kind() != Kind::Tuple || parts->items().size() != 4)
    return typeError(parts ? *parts : object, "a tuple of 4 for Float");
  const PickleValue &sign = *parts->items()[0];
  const PickleValue &mantissa = *parts->items()[1];
  const PickleValue &exponent = *parts->items()[2];
  if (!sign.isInt() || !mantissa.isText() || !exponent.isInt() ||
      std::abs(double(exponent.integer())) > 1e6)
    return typeError(*parts, "(sign, hexadecimal text, exponent, bits)");
  std::string_view digits = mantissa.text();
  if (startsWith(digits, "0x"))
    digits.remove_prefix(2);
  double value = 0;
  const char *end = digits.data() + digits.size();
  auto [stop, error] =
      std::from_chars(digits.data(), end, value, std::chars_format::hex);
  if (error != std::errc() || stop != end)
    return typeError(mantissa, "hexadecimal digits");
  value = std::ldexp(value, int(exponent.integer()));
  return SymExpr::makeFloat(sign.integer() ? -value : value);
}

static bool isInteger(const PickleValue &object) {
  return object.items().size() == 1 && object.items()[0]->isInt();
}

/// Objects without operands; nothing under their name is `bad-expression` of
/// an empty text, which the caller replaces.
Result<SymExpr> PickledSymExprs::convertLeaf(const PickleValue &object,
                                             std::string_view name) {
  const PickleValue::Items &args = object.items();
  if (name == "Symbol" || name == "Dummy") {
    if (args.empty() || !args[0]->isText())
      return typeError(object, "a symbol with a name");
    Result<SymExpr> symbol = parseSymExpr(args[0]->text());
    if (!symbol || symbol->kind() != SymExpr::Kind::Symbol)
      return pickleError("bad-expression", object,
                         "a symbol named '" + quoted(args[0]->text()) + "'");
    return symbol;
  }
  if (name == "Integer") {
    if (!isInteger(object))
      return typeError(object, "Integer of an int of 64 bits");
    return SymExpr(args[0]->integer());
  }
  if (name == "Rational") {
    if (args.size() != 2 || !args[0]->isInt() || !args[1]->isInt())
      return typeError(object, "Rational of two ints of 64 bits");
    return buildSymDivision(args[0]->integer(), args[1]->integer(), "Rational");
  }
  if (name == "Float")
    return convertFloat(object);
  if (name == "Zero")
    return SymExpr(0);
  if (name == "One")
    return SymExpr(1);
  if (name == "NegativeOne")
    return SymExpr(-1);
  if (name == "Half")
    return buildSymDivision(1, 2, "Half");
  if (name == "Infinity" || name == "IntInfinity")
    return SymExpr::makeInfinity(/*negative=*/false);
  if (name == "NegativeInfinity" || name == "NegativeIntInfinity")
    return SymExpr::makeInfinity(/*negative=*/true);
  if (name == "BooleanTrue" || name == "BooleanFalse")
    return SymExpr::makeBool(name == "BooleanTrue");
  return Error();
}

Result<SymExpr> PickledSymExprs::convertObject(const PickleValue &object,
                                               unsigned depth) {
  const PickleValue &callable = *object.extras()->callable;
  if (!startsWith(callable.module(), "sympy.") &&
      !startsWith(callable.module(), "torch.utils._sympy."))
    return pickleError("pickle-global", object,
                       callable.describe() +
                           " where an expression belongs; it was never called");
  Result<SymExpr> leaf = convertLeaf(object, callable.name());
  if (leaf || !leaf.error().errorClass.empty())
    return leaf;

  std::vector<SymExpr> operands;
  for (const PickleValue *arg : object.items()) {
    Result<SymExpr> operand = convertAt(*arg, depth + 1);
    if (!operand)
      return operand;
    operands.push_back(*operand);
  }
  std::string_view name = callable.name();
  std::string text = callable.describe();
  Result<SymExpr> call = buildSymCall(name, std::move(operands), text);
  if (!call)
    call.error().place = pickleOffset(object.offset());
  return call;
}

Result<SymExpr> PickledSymExprs::convertAt(const PickleValue &value,
                                           unsigned depth) {
  if (depth > maxSymDepth)
    return pickleError("limit", value,
                       "an expression is nested deeper than the depth limit " +
                           std::to_string(maxSymDepth));
  switch (value.kind()) {
  case Kind::Int:
    return SymExpr(value.integer());
  case Kind::Bool:
    return SymExpr::makeBool(value.boolean());
  case Kind::Float:
    return SymExpr::makeFloat(value.real());
  case Kind::Text:
    return parseSymExpr(value.text());
  case Kind::Object:
    break;
  default:
    return typeError(value, "an expression");
  }
  auto it = done.find(&value);
  if (it != done.end())
    return it->second;
  Result<SymExpr> expr = convertObject(value, depth);
  if (expr)
    done.insert({&value, *expr});
  return expr;
}

Result<SymExpr> PickledSymExprs::convert(const PickleValue &value) {
  Result<SymExpr> expr = convertAt(value, 0);
  if (!expr && expr.error().place.empty())
    expr.error().place = pickleOffset(value.offset());
  return expr;
}
