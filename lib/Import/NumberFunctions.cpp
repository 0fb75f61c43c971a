//===- NumberFunctions.cpp - Arithmetic on Python numbers -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Python arithmetic on sizes folds to expressions. Floats over sizes stay exact
// quotients while floating-point arithmetic on them would be exact, too;
// anything else is computed in 0-d tensors, and an int that depends on such a
// float is a data-dependent symbol.
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
/// One call of a function on numbers.
class NumberFunction {
public:
  NumberFunction(Importer &importer, Emitter &e, const loader::Node &node,
                 ArrayRef<Item> arguments)
      : importer(importer), e(e), node(node), arguments(arguments) {}

  Item apply(StringRef name);

private:
  /// The argument as an int or bool expression, or null.
  Expr integer(size_t index) const {
    if (index >= arguments.size())
      return {};
    const Item &item = arguments[index];
    if (const auto *value = item.as<Expr>())
      return *value;
    if (const auto *value = item.as<SymBool>())
      return value->value;
    if (const auto *value = item.as<bool>())
      return e.expr(*value);
    return {};
  }
  /// The argument as an exact quotient, or nothing.
  std::optional<SymFloat> quotient(size_t index) const;
  /// The argument as a 0-d f64 tensor.
  Value real(size_t index) const { return e.number(arguments[index], e.f64()); }

  Item applyIntegers(StringRef name, Expr a, Expr b);
  std::optional<Item> applyQuotients(StringRef name);
  Item applyTensors(StringRef name);
  /// A float that rounds to an int.
  Item toInteger(const SymFloat &value, StringRef rounding);
  Item fold(bool isMax);
  Item fail(StringRef name) {
    e.unsupported("'" + name + "' of these numbers");
    return {};
  }

  Importer &importer;
  Emitter &e;
  const loader::Node &node;
  ArrayRef<Item> arguments;
};
} // namespace

/// A float that is a small multiple of a small power of two: products and sums
/// of sizes with it are exact in doubles.
static std::optional<std::pair<int64_t, int64_t>> getDyadic(double value) {
  int64_t denominator = 1;
  for (; denominator <= 1024; denominator *= 2) {
    double scaled = value * denominator;
    if (scaled == std::floor(scaled) && std::abs(scaled) < 1e6)
      return std::make_pair(static_cast<int64_t>(scaled), denominator);
  }
  return std::nullopt;
}

std::optional<SymFloat> NumberFunction::quotient(size_t index) const {
  if (Expr value = integer(index))
    return SymFloat{value, 1, {}};
  if (const auto *value = arguments[index].as<double>()) {
    if (auto dyadic = getDyadic(*value))
      return SymFloat{e.expr(dyadic->first), dyadic->second, {}};
    return std::nullopt;
  }
  const auto *value = arguments[index].as<SymFloat>();
  return value && value->numerator ? std::optional<SymFloat>(*value)
                                   : std::nullopt;
}

/// An exact quotient in its shortest form.
static Item makeQuotient(Emitter &e, Expr numerator, int64_t denominator) {
  if (std::optional<int64_t> constant = numerator.getConstant())
    return static_cast<double>(*constant) / static_cast<double>(denominator);
  return SymFloat{numerator, denominator, {}};
}

static Item makeBool(Expr value) {
  if (std::optional<int64_t> constant = value.getConstant())
    return *constant != 0;
  return SymBool{value};
}

Item NumberFunction::applyIntegers(StringRef name, Expr a, Expr b) {
  Ranges &ranges = e.ranges;
  // Comparisons that the ranges decide.
  auto lessEqual = [&](Expr x, Expr y) -> Item {
    if (ranges.provesLessEqual(x, y))
      return true;
    if (ranges.provesLessEqual(y + 1, x))
      return false;
    return makeBool(x.le(y));
  };
  auto negated = [&](Item item) -> Item {
    if (const auto *value = item.as<bool>())
      return !*value;
    return makeBool(item.as<SymBool>()->value.logicalNot());
  };
  bool areBools = !arguments[0].as<Expr>() && !arguments[1].as<Expr>();
  if (name == "add")
    return a + b;
  if (name == "sub")
    return a - b;
  if (name == "mul")
    return a * b;
  if (name == "floordiv")
    return a.floorDiv(b);
  if (name == "mod")
    return a.mod(b);
  if (name == "pow" && b.getConstant() && *b.getConstant() >= 0 &&
      *b.getConstant() < 64)
    return a.pow(*b.getConstant());
  if (name == "lshift" && b.getConstant() && *b.getConstant() >= 0 &&
      *b.getConstant() < 62)
    return a * (int64_t(1) << *b.getConstant());
  if (name == "rshift" && b.getConstant() && *b.getConstant() >= 0 &&
      *b.getConstant() < 62)
    return a.floorDiv(int64_t(1) << *b.getConstant());
  if (name == "and_" && areBools)
    return makeBool(a.logicalAnd(b));
  if (name == "or_" && areBools)
    return makeBool(a.logicalOr(b));
  if (name == "xor" && areBools)
    return makeBool(a.ne(b));
  if (name == "eq")
    return makeBool(a.eq(b));
  if (name == "ne")
    return makeBool(a.ne(b));
  if (name == "le")
    return lessEqual(a, b);
  if (name == "ge")
    return lessEqual(b, a);
  if (name == "gt")
    return negated(lessEqual(a, b));
  if (name == "lt")
    return negated(lessEqual(b, a));
  return fail(name);
}

std::optional<Item> NumberFunction::applyQuotients(StringRef name) {
  std::optional<SymFloat> a = quotient(0), b = quotient(1);
  if (!a || !b)
    return std::nullopt;
  constexpr int64_t maxDenominator = int64_t(1) << 20;
  if (name == "mul" && a->denominator * b->denominator <= maxDenominator)
    return makeQuotient(e, a->numerator * b->numerator,
                        a->denominator * b->denominator);
  if ((name == "add" || name == "sub") &&
      a->denominator * b->denominator <= maxDenominator) {
    Expr left = a->numerator * b->denominator;
    Expr right = b->numerator * a->denominator;
    return makeQuotient(e, name == "add" ? left + right : left - right,
                        a->denominator * b->denominator);
  }
  // By a power of two division is exact.
  std::optional<int64_t> divisor = b->numerator.getConstant();
  if (name == "truediv" && divisor && *divisor > 0 &&
      (*divisor & (*divisor - 1)) == 0 &&
      a->denominator * *divisor <= maxDenominator)
    return makeQuotient(e, a->numerator * b->denominator,
                        a->denominator * *divisor);
  bool isComparison =
      llvm::is_contained({"eq", "ne", "lt", "le", "gt", "ge"}, name);
  if (isComparison) {
    Expr left = a->numerator * b->denominator;
    Expr right = b->numerator * a->denominator;
    return applyIntegers(name, left, right);
  }
  return std::nullopt;
}

Item NumberFunction::applyTensors(StringRef name) {
  Value a = real(0), b = real(1);
  auto number = [](Value value) -> Item { return SymFloat{Expr(), 1, value}; };
  if (name == "add")
    return number(e.add(a, b));
  if (name == "sub")
    return number(e.sub(a, b));
  if (name == "mul")
    return number(e.mul(a, b));
  if (name == "truediv")
    return number(e.div(a, b));
  if (name == "floordiv")
    return number(e.emit<graph::FloorDivOp>(a, b));
  if (name == "mod")
    return number(e.emit<graph::RemainderOp>(a, b));
  if (name == "pow")
    return number(e.emit<graph::PowOp>(a, b));
  auto predicate = llvm::StringSwitch<std::optional<ComparePredicate>>(name)
                       .Case("eq", ComparePredicate::Eq)
                       .Case("ne", ComparePredicate::Ne)
                       .Case("lt", ComparePredicate::Lt)
                       .Case("le", ComparePredicate::Le)
                       .Case("gt", ComparePredicate::Gt)
                       .Case("ge", ComparePredicate::Ge)
                       .Default(std::nullopt);
  if (predicate)
    return TensorBool{e.compare(*predicate, a, b)};
  return fail(name);
}

Item NumberFunction::toInteger(const SymFloat &value, StringRef rounding) {
  if (value.numerator) {
    Expr a = value.numerator;
    if (value.denominator == 1)
      return a;
    bool isPositive = e.ranges.provesLessEqual(e.expr(0), a);
    if (rounding == "floor" || (rounding == "trunc" && isPositive))
      return a.floorDiv(value.denominator);
    if (rounding == "ceil")
      return a.ceilDiv(value.denominator);
  }
  Value tensor = e.number(Item(value), e.f64());
  if (rounding == "floor")
    tensor = e.emit<graph::FloorOp>(tensor);
  else if (rounding == "ceil")
    tensor = e.emit<graph::CeilOp>(tensor);
  else if (rounding == "round")
    tensor = e.emit<graph::RoundOp>(tensor);
  return importer.defineItem(node, e.cast(tensor, e.i64()));
}

Item NumberFunction::fold(bool isMax) {
  Item::List list(arguments.begin(), arguments.end());
  if (list.size() == 1 && list.front().as<Item::List>())
    list = Item::List(*list.front().as<Item::List>());
  Expr result;
  for (const Item &item : list) {
    const auto *value = item.as<Expr>();
    if (!value)
      return fail(isMax ? "sym_max" : "sym_min");
    if (!result)
      result = *value;
    else
      result =
          isMax ? e.ranges.max(result, *value) : e.ranges.min(result, *value);
  }
  return result ? Item(result) : fail("sym_max");
}

Item NumberFunction::apply(StringRef name) {
  if (name == "sym_max" || name == "sym_min")
    return fold(name == "sym_max");
  if (name == "sym_sum") {
    Expr sum = e.expr(0);
    if (const auto *list = arguments[0].as<Item::List>())
      for (const Item &item : *list)
        if (const auto *value = item.as<Expr>())
          sum = sum + *value;
    return sum;
  }
  if (arguments.size() == 3 && name == "sym_ite") {
    Expr a = integer(1), b = integer(2), condition = integer(0);
    return condition && a && b ? Item(condition.select(a, b)) : fail(name);
  }
  if (arguments.size() == 2) {
    Expr a = integer(0), b = integer(1);
    if (a && b && name != "truediv")
      return applyIntegers(name, a, b);
    if (std::optional<Item> exact = applyQuotients(name))
      return *exact;
    return applyTensors(name);
  }
  if (arguments.size() != 1)
    return fail(name);

  Expr value = integer(0);
  std::optional<SymFloat> exact =
      arguments[0].isNumber() ? quotient(0) : std::nullopt;
  if (name == "neg" && value)
    return -value;
  if (name == "neg" && exact)
    return makeQuotient(e, -exact->numerator, exact->denominator);
  if (name == "pos")
    return arguments[0];
  if ((name == "not_" || name == "sym_not") && value)
    return makeBool(value.logicalNot());
  if (name == "sym_float" && value)
    return makeQuotient(e, value, 1);
  if (name == "sym_float")
    return arguments[0];
  if (name == "abs" && value)
    return e.ranges.max(value, -value);
  StringRef rounding = llvm::StringSwitch<StringRef>(name)
                           .Cases({"trunc", "sym_int"}, "trunc")
                           .Case("floor", "floor")
                           .Case("ceil", "ceil")
                           .Case("round", "round")
                           .Default("");
  if (!rounding.empty()) {
    if (value)
      return value;
    if (exact)
      return toInteger(*exact, rounding);
    return toInteger(SymFloat{Expr(), 1, real(0)}, rounding);
  }
  Value x = real(0), y;
  if (name == "sqrt" || name == "sym_sqrt")
    y = e.emit<graph::SqrtOp>(x);
  else if (name == "log2")
    y = e.emit<graph::Log2Op>(x);
  else if (name == "log")
    y = e.emit<graph::LogOp>(x);
  else if (name == "exp")
    y = e.emit<graph::ExpOp>(x);
  else if (name == "sin")
    y = e.emit<graph::SinOp>(x);
  else if (name == "cos")
    y = e.emit<graph::CosOp>(x);
  else if (name == "neg")
    y = e.neg(x);
  else
    return fail(name);
  return SymFloat{Expr(), 1, y};
}

static constexpr StringLiteral functions[] = {
    "_operator.add",      "_operator.and_",  "_operator.eq",
    "_operator.floordiv", "_operator.ge",    "_operator.getitem",
    "_operator.gt",       "_operator.le",    "_operator.lshift",
    "_operator.lt",       "_operator.mod",   "_operator.mul",
    "_operator.ne",       "_operator.neg",   "_operator.not_",
    "_operator.or_",      "_operator.pos",   "_operator.pow",
    "_operator.rshift",   "_operator.sub",   "_operator.truediv",
    "_operator.xor",      "math.ceil",       "math.cos",
    "math.exp",           "math.floor",      "math.log",
    "math.log2",          "math.sin",        "math.sqrt",
    "math.trunc",         "torch.sym_float", "torch.sym_int",
    "torch.sym_ite",      "torch.sym_max",   "torch.sym_min",
    "torch.sym_not",      "torch.sym_sqrt",  "torch.sym_sum"};

bool graphc::aten::isSupportedFunction(StringRef target) {
  return llvm::is_contained(functions, target);
}

std::vector<StringRef> graphc::aten::supportedFunctions() {
  return {std::begin(functions), std::end(functions)};
}

std::optional<Item> graphc::aten::importFunction(Importer &importer, Emitter &e,
                                                 const loader::Node &node,
                                                 ArrayRef<Item> arguments) {
  StringRef name = StringRef(node.target).rsplit('.').second;
  if (name == "getitem") {
    const auto *list =
        arguments.size() == 2 ? arguments[0].as<Item::List>() : nullptr;
    const auto *index =
        arguments.size() == 2 ? arguments[1].as<Expr>() : nullptr;
    std::optional<int64_t> position;
    if (list && index)
      position = index->getConstant();
    if (position && *position < 0)
      *position += list->size();
    if (!position || *position < 0 ||
        *position >= static_cast<int64_t>(list->size())) {
      e.fail("op-argument", "no such item");
      return std::nullopt;
    }
    return (*list)[*position];
  }
  for (const Item &argument : arguments) {
    if (argument.as<TensorRef>()) {
      e.fail("fx-type", "arithmetic on a tensor where numbers belong");
      return std::nullopt;
    }
  }
  return NumberFunction(importer, e, node, arguments).apply(name);
}
