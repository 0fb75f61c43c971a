//===- Elementwise.cpp - One element at a time ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// The next place in row-major order.
static void advance(Index &index, ArrayRef<int64_t> shape) {
  for (size_t dim = shape.size(); dim-- > 0;) {
    if (++index[dim] < shape[dim])
      return;
    index[dim] = 0;
  }
}

/// Calls `body(i, places)` for each element of `result`, with the places of the
/// operands that broadcast to it.
template <typename Body>
static bool forEach(Operands operands, const Tensor &result, Body body) {
  SmallVector<int64_t, 3> places(operands.size());
  bool isPlain = llvm::all_of(operands, [&](const Tensor *operand) {
    return operand->shape == result.shape || operand->size() == 1;
  });
  Index index(result.shape.size(), 0);
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    for (auto [place, operand] : llvm::zip_equal(places, operands))
      place = isPlain ? (operand->size() == 1 ? 0 : i)
                      : broadcastIndex(index, operand->shape);
    if (!body(i, ArrayRef<int64_t>(places)))
      return false;
    if (!isPlain)
      advance(index, result.shape);
  }
  return true;
}

template <double (*function)(double)>
static bool mapFloats(Operation *, Operands operands,
                      MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  if (!x.isFloat() || !results[0].isFloat())
    return false;
  return forEach(operands, results[0], [&](int64_t i, ArrayRef<int64_t> at) {
    results[0].set(i, function(x.floats[at[0]]));
    return true;
  });
}

template <double (*onFloats)(double), int64_t (*onInts)(int64_t)>
static bool mapNumbers(Operation *op, Operands operands,
                       MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  if (x.isFloat())
    return mapFloats<onFloats>(op, operands, results);
  return forEach(operands, results[0], [&](int64_t i, ArrayRef<int64_t> at) {
    results[0].set(i, onInts(x.ints[at[0]]));
    return true;
  });
}

/// The element type tells bools and unsigned integers apart.
using IntFunction = std::optional<int64_t> (*)(int64_t, int64_t, Type);

template <double (*onFloats)(double, double), IntFunction onInts>
static bool mapPairs(Operation *, Operands operands,
                     MutableArrayRef<Tensor> results) {
  const Tensor &a = *operands[0], &b = *operands[1];
  Tensor &result = results[0];
  if (a.isFloat() != b.isFloat() || a.isFloat() != result.isFloat())
    return false;
  return forEach(operands, result, [&](int64_t i, ArrayRef<int64_t> at) {
    if (a.isFloat()) {
      result.set(i, onFloats(a.floats[at[0]], b.floats[at[1]]));
      return true;
    }
    std::optional<int64_t> value =
        onInts(a.ints[at[0]], b.ints[at[1]], a.elementType);
    if (value)
      result.set(i, *value);
    return value.has_value();
  });
}

//===----------------------------------------------------------------------===//
// Functions of one number
//===----------------------------------------------------------------------===//

static double negate(double x) { return -x; }
static int64_t negateInt(int64_t x) {
  return static_cast<int64_t>(-static_cast<uint64_t>(x));
}
static double absolute(double x) { return std::fabs(x); }
static int64_t absoluteInt(int64_t x) { return x < 0 ? negateInt(x) : x; }
static double sign(double x) { return (x > 0) - (x < 0); }
static int64_t signInt(int64_t x) { return (x > 0) - (x < 0); }
static int64_t same(int64_t x) { return x; }
static double relu(double x) { return x < 0 ? 0 : x; }
static int64_t reluInt(int64_t x) { return std::max<int64_t>(x, 0); }
static double rsqrt(double x) { return 1 / std::sqrt(x); }
static double reciprocal(double x) { return 1 / x; }
static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double silu(double x) { return x / (1 + std::exp(-x)); }

static double gelu(double x) { return 0.5 * x * (1 + std::erf(x * M_SQRT1_2)); }
static double geluTanh(double x) {
  constexpr double slope = M_SQRT2 * M_2_SQRTPI * 0.5;
  return 0.5 * x * (1 + std::tanh(slope * (x + 0.044715 * x * x * x)));
}
static bool mapGelu(graph::GeluOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  return op.getApproximate() == graph::GeluKind::Tanh
             ? mapFloats<geluTanh>(op, operands, results)
             : mapFloats<gelu>(op, operands, results);
}

static bool mapNot(graph::BitwiseNotOp, Operands operands,
                   MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  bool isBool = x.elementType.isInteger(1);
  for (int64_t i = 0, e = x.size(); i < e; ++i)
    results[0].set(i, isBool ? int64_t(x.ints[i] == 0) : ~x.ints[i]);
  return true;
}

template <bool (*test)(double)>
static bool mapTest(Operation *, Operands operands,
                    MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  for (int64_t i = 0, e = x.size(); i < e; ++i)
    results[0].set(i, int64_t(x.isFloat() && test(x.floats[i])));
  return true;
}
static bool isNan(double x) { return std::isnan(x); }
static bool isInf(double x) { return std::isinf(x); }

/// Values out of range are unspecified; programs select them away, as T5 does
/// the logarithm of a distance of 0. They become the least integer, which is
/// what torch and compiled code give on x86; narrow types are left alone.
static std::optional<int64_t> truncate(double value, Type type) {
  unsigned width = type.getIntOrFloatBitWidth();
  bool isNegative = type.isUnsignedInteger() ? false : value < 0;
  double limit = std::ldexp(1.0, type.isUnsignedInteger() ? width : width - 1);
  double truncated = std::trunc(value);
  if (isNegative ? truncated >= -limit
                 : truncated >= 0 && truncated < std::min(limit, 0x1p63))
    return static_cast<int64_t>(truncated);
  if (width < 32 || type.isUnsignedInteger())
    return std::nullopt;
  return width == 64 ? std::numeric_limits<int64_t>::min()
                     : std::numeric_limits<int32_t>::min();
}

static bool mapCast(graph::CastOp, Operands operands,
                    MutableArrayRef<Tensor> results) {
  const Tensor &x = *operands[0];
  Tensor &result = results[0];
  for (int64_t i = 0, e = x.size(); i < e; ++i) {
    if (!x.isFloat()) {
      if (result.isFloat())
        result.set(i, static_cast<double>(x.ints[i]));
      else
        result.set(i, x.ints[i]);
      continue;
    }
    double value = x.floats[i];
    if (result.isFloat()) {
      result.set(i, value);
    } else if (result.elementType.isInteger(1)) {
      result.set(i, int64_t(value != 0));
    } else {
      std::optional<int64_t> truncated = truncate(value, result.elementType);
      if (!truncated)
        return false;
      result.set(i, *truncated);
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Functions of two numbers
//===----------------------------------------------------------------------===//

static double addFloats(double a, double b) { return a + b; }
static double subFloats(double a, double b) { return a - b; }
static double mulFloats(double a, double b) { return a * b; }
static double divFloats(double a, double b) { return a / b; }

static std::optional<int64_t> addInts(int64_t a, int64_t b, Type type) {
  if (type.isInteger(1))
    return a | b;
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}
static std::optional<int64_t> subInts(int64_t a, int64_t b, Type) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}
static std::optional<int64_t> mulInts(int64_t a, int64_t b, Type) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) *
                              static_cast<uint64_t>(b));
}
static std::optional<int64_t> noInts(int64_t, int64_t, Type) {
  return std::nullopt;
}

static bool isDivisible(int64_t a, int64_t b) {
  return b != 0 && !(a == std::numeric_limits<int64_t>::min() && b == -1);
}
static std::optional<int64_t> truncDivInts(int64_t a, int64_t b, Type) {
  return isDivisible(a, b) ? std::optional(a / b) : std::nullopt;
}
static std::optional<int64_t> floorDivInts(int64_t a, int64_t b, Type) {
  if (!isDivisible(a, b))
    return std::nullopt;
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}
static std::optional<int64_t> remainderInts(int64_t a, int64_t b, Type) {
  if (!isDivisible(a, b))
    return std::nullopt;
  return a % b != 0 && (a % b < 0) != (b < 0) ? a % b + b : a % b;
}
static std::optional<int64_t> fmodInts(int64_t a, int64_t b, Type) {
  return isDivisible(a, b) ? std::optional(a % b) : std::nullopt;
}

static double truncDivFloats(double a, double b) { return std::trunc(a / b); }
static double remainderFloats(double a, double b) {
  double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
/// torch's, which corrects the quotient by the remainder.
static double floorDivFloats(double a, double b) {
  if (b == 0)
    return a / b;
  double rest = std::fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0 && (b < 0) != (rest < 0))
    quotient -= 1;
  if (quotient == 0)
    return std::copysign(0.0, a / b);
  double rounded = std::floor(quotient);
  return quotient - rounded > 0.5 ? rounded + 1 : rounded;
}

static double powFloats(double a, double b) { return std::pow(a, b); }
static std::optional<int64_t> powInts(int64_t a, int64_t b, Type) {
  if (b < 0)
    return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
  uint64_t result = 1, base = a;
  for (uint64_t rest = b; rest != 0; rest /= 2, base *= base)
    if (rest % 2 == 1)
      result *= base;
  return static_cast<int64_t>(result);
}

static double maximumFloats(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}
static double minimumFloats(double a, double b) {
  return std::isnan(a) || a < b ? a : b;
}
static std::optional<int64_t> maximumInts(int64_t a, int64_t b, Type) {
  return std::max(a, b);
}
static std::optional<int64_t> minimumInts(int64_t a, int64_t b, Type) {
  return std::min(a, b);
}
static double fmaxFloats(double a, double b) { return std::fmax(a, b); }
static double fminFloats(double a, double b) { return std::fmin(a, b); }
static double arcTangent(double a, double b) { return std::atan2(a, b); }
static double copySign(double a, double b) { return std::copysign(a, b); }
static double hypotenuse(double a, double b) { return std::hypot(a, b); }

static double noFloats(double, double) {
  return std::numeric_limits<double>::quiet_NaN();
}
static std::optional<int64_t> andInts(int64_t a, int64_t b, Type) {
  return a & b;
}
static std::optional<int64_t> orInts(int64_t a, int64_t b, Type) {
  return a | b;
}
static std::optional<int64_t> xorInts(int64_t a, int64_t b, Type) {
  return a ^ b;
}
static std::optional<int64_t> shiftLeftInts(int64_t a, int64_t b, Type type) {
  if (b < 0)
    return std::nullopt;
  return b >= type.getIntOrFloatBitWidth()
             ? 0
             : static_cast<int64_t>(static_cast<uint64_t>(a) << b);
}
static std::optional<int64_t> shiftRightInts(int64_t a, int64_t b, Type) {
  if (b < 0)
    return std::nullopt;
  return a >> std::min<int64_t>(b, 63);
}

template <typename T>
static bool compare(graph::ComparePredicate predicate, T a, T b) {
  switch (predicate) {
  case graph::ComparePredicate::Eq:
    return a == b;
  case graph::ComparePredicate::Ne:
    return a != b;
  case graph::ComparePredicate::Lt:
    return a < b;
  case graph::ComparePredicate::Le:
    return a <= b;
  case graph::ComparePredicate::Gt:
    return a > b;
  case graph::ComparePredicate::Ge:
    return a >= b;
  }
  return false;
}

static bool mapCompare(graph::CompareOp op, Operands operands,
                       MutableArrayRef<Tensor> results) {
  const Tensor &a = *operands[0], &b = *operands[1];
  graph::ComparePredicate predicate = op.getPredicate();
  return forEach(operands, results[0], [&](int64_t i, ArrayRef<int64_t> at) {
    bool holds = a.isFloat()
                     ? compare(predicate, a.floats[at[0]], b.floats[at[1]])
                     : compare(predicate, a.ints[at[0]], b.ints[at[1]]);
    results[0].set(i, int64_t(holds));
    return true;
  });
}

//===----------------------------------------------------------------------===//
// Functions of three numbers
//===----------------------------------------------------------------------===//

static bool mapSelect(graph::SelectOp, Operands operands,
                      MutableArrayRef<Tensor> results) {
  return forEach(operands, results[0], [&](int64_t i, ArrayRef<int64_t> at) {
    unsigned taken = operands[0]->ints[at[0]] != 0 ? 1 : 2;
    copyElement(results[0], i, *operands[taken], at[taken]);
    return true;
  });
}

static bool mapClamp(graph::ClampOp, Operands operands,
                     MutableArrayRef<Tensor> results) {
  return forEach(operands, results[0], [&](int64_t i, ArrayRef<int64_t> at) {
    if (results[0].isFloat()) {
      double value = operands[0]->floats[at[0]];
      double low = operands[1]->floats[at[1]],
             high = operands[2]->floats[at[2]];
      if (value < low || std::isnan(low))
        value = low;
      if (value > high || std::isnan(high))
        value = high;
      results[0].set(i, value);
    } else {
      int64_t low = operands[1]->ints[at[1]], high = operands[2]->ints[at[2]];
      results[0].set(i,
                     std::min(std::max(operands[0]->ints[at[0]], low), high));
    }
    return true;
  });
}

//===----------------------------------------------------------------------===//
// Table
//===----------------------------------------------------------------------===//

template <typename OpTy>
static void addFunction(Evaluators &evaluators, Evaluator evaluator) {
  evaluators[OpTy::getOperationName()] = evaluator;
}

void graphc::reference::addElementwise(Evaluators &evaluators) {
  using namespace graphc::graph;
  auto &all = evaluators;
  // clang-format off
  addFunction<NegOp>(all, mapNumbers<negate, negateInt>);
  addFunction<AbsOp>(all, mapNumbers<absolute, absoluteInt>);
  addFunction<SignOp>(all, mapNumbers<sign, signInt>);
  addFunction<CeilOp>(all, mapNumbers<std::ceil, same>);
  addFunction<FloorOp>(all, mapNumbers<std::floor, same>);
  addFunction<RoundOp>(all, mapNumbers<std::nearbyint, same>);
  addFunction<TruncOp>(all, mapNumbers<std::trunc, same>);
  addFunction<ReluOp>(all, mapNumbers<relu, reluInt>);
  addFunction<ExpOp>(all, mapFloats<std::exp>);
  addFunction<Exp2Op>(all, mapFloats<std::exp2>);
  addFunction<Expm1Op>(all, mapFloats<std::expm1>);
  addFunction<LogOp>(all, mapFloats<std::log>);
  addFunction<Log2Op>(all, mapFloats<std::log2>);
  addFunction<Log10Op>(all, mapFloats<std::log10>);
  addFunction<Log1pOp>(all, mapFloats<std::log1p>);
  addFunction<SqrtOp>(all, mapFloats<std::sqrt>);
  addFunction<RsqrtOp>(all, mapFloats<rsqrt>);
  addFunction<ReciprocalOp>(all, mapFloats<reciprocal>);
  addFunction<SinOp>(all, mapFloats<std::sin>);
  addFunction<CosOp>(all, mapFloats<std::cos>);
  addFunction<TanOp>(all, mapFloats<std::tan>);
  addFunction<AsinOp>(all, mapFloats<std::asin>);
  addFunction<AcosOp>(all, mapFloats<std::acos>);
  addFunction<AtanOp>(all, mapFloats<std::atan>);
  addFunction<SinhOp>(all, mapFloats<std::sinh>);
  addFunction<CoshOp>(all, mapFloats<std::cosh>);
  addFunction<TanhOp>(all, mapFloats<std::tanh>);
  addFunction<SigmoidOp>(all, mapFloats<sigmoid>);
  addFunction<SiluOp>(all, mapFloats<silu>);
  addFunction<ErfOp>(all, mapFloats<std::erf>);
  addFunction<ErfcOp>(all, mapFloats<std::erfc>);
  addFunction<IsnanOp>(all, mapTest<isNan>);
  addFunction<IsinfOp>(all, mapTest<isInf>);
  addFunction<AddOp>(all, mapPairs<addFloats, addInts>);
  addFunction<SubOp>(all, mapPairs<subFloats, subInts>);
  addFunction<MulOp>(all, mapPairs<mulFloats, mulInts>);
  addFunction<DivOp>(all, mapPairs<divFloats, noInts>);
  addFunction<TruncDivOp>(all, mapPairs<truncDivFloats, truncDivInts>);
  addFunction<FloorDivOp>(all, mapPairs<floorDivFloats, floorDivInts>);
  addFunction<RemainderOp>(all, mapPairs<remainderFloats, remainderInts>);
  addFunction<FmodOp>(all, mapPairs<std::fmod, fmodInts>);
  addFunction<PowOp>(all, mapPairs<powFloats, powInts>);
  addFunction<MaximumOp>(all, mapPairs<maximumFloats, maximumInts>);
  addFunction<MinimumOp>(all, mapPairs<minimumFloats, minimumInts>);
  addFunction<FmaxOp>(all, mapPairs<fmaxFloats, maximumInts>);
  addFunction<FminOp>(all, mapPairs<fminFloats, minimumInts>);
  addFunction<Atan2Op>(all, mapPairs<arcTangent, noInts>);
  addFunction<CopysignOp>(all, mapPairs<copySign, noInts>);
  addFunction<HypotOp>(all, mapPairs<hypotenuse, noInts>);
  addFunction<BitwiseAndOp>(all, mapPairs<noFloats, andInts>);
  addFunction<BitwiseOrOp>(all, mapPairs<noFloats, orInts>);
  addFunction<BitwiseXorOp>(all, mapPairs<noFloats, xorInts>);
  addFunction<ShiftLeftOp>(all, mapPairs<noFloats, shiftLeftInts>);
  addFunction<ShiftRightOp>(all, mapPairs<noFloats, shiftRightInts>);
  // clang-format on
  reference::add<GeluOp, mapGelu>(all);
  reference::add<BitwiseNotOp, mapNot>(all);
  reference::add<CastOp, mapCast>(all);
  reference::add<CompareOp, mapCompare>(all);
  reference::add<SelectOp, mapSelect>(all);
  reference::add<ClampOp, mapClamp>(all);
}
