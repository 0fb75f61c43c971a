//===- Evaluate.cpp - Values of symbolic sizes ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SymExpr/Functions.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

using namespace graphc;
using namespace graphc::loader;

namespace {
using Bindings = std::map<std::string, std::int64_t>;

/// An exact fraction in lowest terms with a positive denominator, or a float.
/// Conditions are 0 and 1.
struct Number {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  double real = 0;
  bool isFloat = false;

  double toDouble() const {
    return isFloat ? real : double(numerator) / double(denominator);
  }
  bool isInt() const { return !isFloat && denominator == 1; }
};

using Value = std::optional<Number>;

Value integer(std::int64_t value) { return Number{value, 1, 0, false}; }
Value boolean(bool value) { return integer(value); }
Value floating(double value) { return Number{0, 1, value, true}; }

Value fraction(std::int64_t numerator, std::int64_t denominator) {
  constexpr std::int64_t min = std::numeric_limits<std::int64_t>::min();
  if (denominator == 0 || numerator == min || denominator == min)
    return numerator == min && denominator == 1 ? integer(min) : std::nullopt;
  std::int64_t divisor = std::gcd(numerator, denominator);
  if (denominator < 0)
    divisor = -divisor;
  return Number{numerator / divisor, denominator / divisor, 0, false};
}

Value add(const Number &a, const Number &b) {
  if (a.isFloat || b.isFloat)
    return floating(a.toDouble() + b.toDouble());
  std::int64_t left, right, numerator, denominator;
  if (__builtin_mul_overflow(a.numerator, b.denominator, &left) ||
      __builtin_mul_overflow(b.numerator, a.denominator, &right) ||
      __builtin_add_overflow(left, right, &numerator) ||
      __builtin_mul_overflow(a.denominator, b.denominator, &denominator))
    return std::nullopt;
  return fraction(numerator, denominator);
}

Value multiply(const Number &a, const Number &b) {
  if (a.isFloat || b.isFloat)
    return floating(a.toDouble() * b.toDouble());
  // Cancel first: 1/2 * n must not overflow for a large n.
  Value left = fraction(a.numerator, b.denominator);
  Value right = fraction(b.numerator, a.denominator);
  std::int64_t numerator, denominator;
  if (!left || !right ||
      __builtin_mul_overflow(left->numerator, right->numerator, &numerator) ||
      __builtin_mul_overflow(left->denominator, right->denominator,
                             &denominator))
    return std::nullopt;
  return fraction(numerator, denominator);
}

Value negate(const Number &a) { return multiply(a, *integer(-1)); }

Value divide(const Number &a, const Number &b) {
  if (a.isFloat || b.isFloat)
    return b.toDouble() == 0 ? std::nullopt
                             : floating(a.toDouble() / b.toDouble());
  Value inverse = fraction(b.denominator, b.numerator);
  return inverse ? multiply(a, *inverse) : std::nullopt;
}

Value fromDouble(double value) {
  // 2^63 and beyond do not fit.
  if (!(value >= -0x1p63 && value < 0x1p63))
    return std::nullopt;
  return integer(std::int64_t(value));
}

Value floorOf(const Number &a) {
  if (a.isFloat)
    return fromDouble(std::floor(a.real));
  std::int64_t quotient = a.numerator / a.denominator;
  return integer(quotient - (a.numerator % a.denominator < 0));
}

Value ceilOf(const Number &a) {
  if (a.isFloat)
    return fromDouble(std::ceil(a.real));
  std::int64_t quotient = a.numerator / a.denominator;
  return integer(quotient + (a.numerator % a.denominator > 0));
}

Value truncOf(const Number &a) {
  return a.isFloat ? fromDouble(std::trunc(a.real))
                   : integer(a.numerator / a.denominator);
}

Value floorDivide(const Number &a, const Number &b) {
  Value quotient = divide(a, b);
  return quotient ? floorOf(*quotient) : std::nullopt;
}

/// a - floor(a / b) * b, the sign of b.
Value modulo(const Number &a, const Number &b) {
  Value quotient = floorDivide(a, b);
  Value product = quotient ? multiply(*quotient, b) : std::nullopt;
  Value negated = product ? negate(*product) : std::nullopt;
  return negated ? add(a, *negated) : std::nullopt;
}

Value power(const Number &base, const Number &exponent) {
  if (base.isFloat || !exponent.isInt())
    return floating(std::pow(base.toDouble(), exponent.toDouble()));
  std::int64_t count = exponent.numerator;
  if (count < 0 || count > 4096) {
    // Only 0, 1 and -1 survive larger powers; negative ones are inverses.
    if (count < 0 && count > -4096) {
      Value positive = power(base, *integer(-count));
      return positive ? divide(*integer(1), *positive) : std::nullopt;
    }
    if (!base.isInt() || std::abs(base.numerator) > 1)
      return std::nullopt;
    count = count % 2 ? 1 : 2;
  }
  Value result = integer(1);
  for (; count && result; --count)
    result = multiply(*result, base);
  return result;
}

/// Negative, zero or positive; nothing for NaN.
std::optional<int> compare(const Number &a, const Number &b) {
  if (a.isFloat || b.isFloat) {
    double left = a.toDouble(), right = b.toDouble();
    if (std::isnan(left) || std::isnan(right))
      return std::nullopt;
    return left < right ? -1 : left > right;
  }
  __int128 left = __int128(a.numerator) * b.denominator;
  __int128 right = __int128(b.numerator) * a.denominator;
  return left < right ? -1 : left > right;
}

Value roundOf(const Number &a) {
  if (a.isFloat)
    return fromDouble(std::nearbyint(a.real));
  Value twice = multiply(a, *integer(2));
  if (!twice)
    return std::nullopt;
  Value below = floorOf(a);
  Value middle = add(*multiply(*below, *integer(2)), *integer(1));
  std::optional<int> order = compare(*twice, *middle);
  if (*order < 0 || (*order == 0 && below->numerator % 2 == 0))
    return below;
  return add(*below, *integer(1));
}

Value bits(const std::string &name, const Number &a, const Number &b) {
  if (!a.isInt() || !b.isInt())
    return std::nullopt;
  std::int64_t left = a.numerator, right = b.numerator;
  if (name == "BitAnd")
    return integer(left & right);
  if (name == "BitOr")
    return integer(left | right);
  if (name == "BitXor")
    return integer(left ^ right);
  if (right < 0)
    return std::nullopt;
  if (name == "RShift")
    return integer(right > 63 ? (left < 0 ? -1 : 0) : left >> right);
  std::int64_t result;
  if (left == 0)
    return integer(0);
  if (right > 62 ||
      __builtin_mul_overflow(left, std::int64_t(1) << right, &result))
    return std::nullopt;
  return integer(result);
}

/// Sizes, then as many strides: 1 when they fill memory without overlap.
Value isDense(const std::vector<Number> &values) {
  std::size_t rank = values.size() / 2;
  std::vector<std::pair<std::int64_t, std::int64_t>> dims;
  for (std::size_t i = 0; i != rank; ++i) {
    if (!values[i].isInt() || !values[rank + i].isInt())
      return std::nullopt;
    dims.push_back({values[rank + i].numerator, values[i].numerator});
  }
  std::sort(dims.begin(), dims.end());
  std::int64_t expected = 1;
  for (auto [stride, size] : dims) {
    if (size == 1)
      continue;
    if (stride != expected)
      return integer(0);
    if (__builtin_mul_overflow(expected, size, &expected))
      return std::nullopt;
  }
  return integer(1);
}

Value unaryFloat(const std::string &name, double x) {
  static constexpr std::pair<const char *, double (*)(double)> table[] = {
      {"sqrt", std::sqrt},         {"log2", std::log2},   {"log", std::log},
      {"exp", std::exp},           {"sin", std::sin},     {"cos", std::cos},
      {"tan", std::tan},           {"asin", std::asin},   {"acos", std::acos},
      {"atan", std::atan},         {"sinh", std::sinh},   {"cosh", std::cosh},
      {"tanh", std::tanh},         {"asinh", std::asinh}, {"ToFloat", nullptr},
      {"TruncToFloat", std::trunc}};
  for (auto [function, implementation] : table)
    if (name == function)
      return floating(implementation ? implementation(x) : x);
  return std::nullopt;
}

Value relation(const std::string &name, const Number &a, const Number &b) {
  std::optional<int> order = compare(a, b);
  if (!order)
    return boolean(name == "Ne");
  if (name == "Eq")
    return boolean(*order == 0);
  if (name == "Ne")
    return boolean(*order != 0);
  if (name == "Lt")
    return boolean(*order < 0);
  if (name == "Le")
    return boolean(*order <= 0);
  if (name == "Gt")
    return boolean(*order > 0);
  return name == "Ge" ? boolean(*order >= 0) : std::nullopt;
}

/// Functions of any number of operands, left to right.
Value fold(const std::string &name, const std::vector<Number> &values) {
  Value result = values[0];
  for (std::size_t i = 1; i < values.size() && result; ++i) {
    const Number &next = values[i];
    if (name == "Add") {
      result = add(*result, next);
    } else if (name == "Mul") {
      result = multiply(*result, next);
    } else {
      std::optional<int> order = compare(*result, next);
      if (!order)
        return std::nullopt;
      if (name == "Max" ? *order < 0 : *order > 0)
        result = next;
    }
  }
  return result;
}

Value unary(const std::string &name, const Number &a) {
  if (name == "Not")
    return boolean(a.toDouble() == 0);
  if (name == "Abs")
    return a.toDouble() < 0 ? negate(a) : Value(a);
  if (name == "FloorToInt")
    return floorOf(a);
  if (name == "CeilToInt")
    return ceilOf(a);
  if (name == "TruncToInt")
    return truncOf(a);
  if (name == "RoundToInt")
    return roundOf(a);
  return unaryFloat(name, a.toDouble());
}

Value binary(const std::string &name, const Number &a, const Number &b) {
  if (name == "FloorDiv")
    return floorDivide(a, b);
  if (name == "CeilDiv") {
    Value quotient = divide(a, b);
    return quotient ? ceilOf(*quotient) : std::nullopt;
  }
  if (name == "Mod" || name == "PythonMod")
    return modulo(a, b);
  if (name == "Rational" || name == "TrueDiv")
    return divide(a, b);
  if (name == "Pow")
    return power(a, b);
  if (name == "RoundDecimal") {
    double scale = std::pow(10.0, b.toDouble());
    return floating(std::nearbyint(a.toDouble() * scale) / scale);
  }
  if (name.compare(0, 3, "Bit") == 0 || name == "LShift" || name == "RShift")
    return bits(name, a, b);
  return relation(name, a, b);
}

Value evaluateExpr(const SymExpr &expr, const Bindings &bindings);

Value evaluateCall(const SymExpr &expr, const Bindings &bindings) {
  const std::string &name = expr.name();
  const std::vector<SymExpr> &operands = expr.operands();
  // These look at their operands one by one.
  if (name == "Where" && operands.size() == 3) {
    Value condition = evaluateExpr(operands[0], bindings);
    if (!condition)
      return std::nullopt;
    return evaluateExpr(operands[condition->toDouble() != 0 ? 1 : 2], bindings);
  }
  if (name == "And" || name == "Or") {
    for (const SymExpr &operand : operands) {
      Value value = evaluateExpr(operand, bindings);
      if (!value)
        return std::nullopt;
      if ((value->toDouble() != 0) == (name == "Or"))
        return boolean(name == "Or");
    }
    return boolean(name == "And");
  }
  std::vector<Number> values;
  for (const SymExpr &operand : operands) {
    Value value = evaluateExpr(operand, bindings);
    if (!value)
      return std::nullopt;
    values.push_back(*value);
  }
  if (name == "IsNonOverlappingAndDense")
    return isDense(values);
  bool isFold =
      name == "Add" || name == "Mul" || name == "Max" || name == "Min";
  if (isFold && !values.empty())
    return fold(name, values);
  switch (values.size()) {
  case 1:
    return unary(name, values[0]);
  case 2:
    return binary(name, values[0], values[1]);
  case 3: {
    if (name != "ModularIndexing")
      return std::nullopt;
    Value quotient = floorDivide(values[0], values[1]);
    return quotient ? modulo(*quotient, values[2]) : std::nullopt;
  }
  default:
    return std::nullopt;
  }
}

Value evaluateExpr(const SymExpr &expr, const Bindings &bindings) {
  switch (expr.kind()) {
  case SymExpr::Kind::Int:
  case SymExpr::Kind::Bool:
    return integer(expr.intValue());
  case SymExpr::Kind::Float:
    return floating(expr.floatValue());
  case SymExpr::Kind::Symbol: {
    auto it = bindings.find(expr.name());
    return it == bindings.end() ? std::nullopt : integer(it->second);
  }
  case SymExpr::Kind::Infinity:
    return floating(expr.intValue() < 0 ? -HUGE_VAL : HUGE_VAL);
  case SymExpr::Kind::Call:
    return evaluateCall(expr, bindings);
  }
  return std::nullopt;
}
} // namespace

std::optional<std::int64_t> SymExpr::evaluate(const Bindings &bindings) const {
  Value value = evaluateExpr(*this, bindings);
  if (!value)
    return std::nullopt;
  if (value->isFloat) {
    Value whole = fromDouble(value->real);
    if (!whole || double(whole->numerator) != value->real)
      return std::nullopt;
    return whole->numerator;
  }
  if (value->denominator != 1)
    return std::nullopt;
  return value->numerator;
}
