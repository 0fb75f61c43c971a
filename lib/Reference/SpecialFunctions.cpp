//===- SpecialFunctions.cpp - Rarer functions of numbers ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

/// Calls `body` with a place of the result and those that operands are read at.
template <typename Body>
static bool forEach(Operands operands, Tensor &result, Body body) {
  for (const Tensor *operand : operands)
    if (!operand->isFloat())
      return false;
  for (int64_t i = 0, e = result.size(); i < e; ++i) {
    Index place = delinearize(i, result.shape);
    SmallVector<double, 3> values;
    for (const Tensor *operand : operands)
      values.push_back(operand->floats[broadcastIndex(place, operand->shape)]);
    result.set(i, static_cast<double>(body(values)));
  }
  return true;
}

template <double (*function)(double)>
static bool map(Operation *, Operands operands,
                MutableArrayRef<Tensor> results) {
  return forEach(operands, results[0],
                 [](ArrayRef<double> x) { return function(x[0]); });
}

/// Newton's method on erf, from an approximation by logarithms.
static double erfinv(double y) {
  if (std::isnan(y) || std::fabs(y) > 1)
    return std::nan("");
  if (std::fabs(y) == 1)
    return std::copysign(HUGE_VAL, y);
  constexpr double a = 0.147, pi = 3.14159265358979323846;
  double l = std::log1p(-y * y), b = 2 / (pi * a) + l / 2;
  double x = std::copysign(std::sqrt(std::sqrt(b * b - l / a) - b), y);
  for (int step = 0; step < 6; ++step) {
    // In the tails erf is 1 to all digits, but its complement is not.
    double error = y > 0 ? (1 - y) - std::erfc(x) : std::erfc(-x) - (1 + y);
    double slope = 2 / std::sqrt(pi) * std::exp(-x * x);
    if (slope == 0)
      break;
    x -= error / slope;
  }
  return x;
}

/// Recurrence up to where the asymptotic series is exact, reflection below 0.
static double digamma(double x) {
  constexpr double pi = 3.14159265358979323846;
  if (x == 0)
    return std::copysign(HUGE_VAL, -x);
  if (x < 0) {
    if (x == std::floor(x))
      return std::nan("");
    return digamma(1 - x) - pi / std::tan(pi * (x - std::floor(x)));
  }
  double result = 0;
  for (; x < 12; ++x)
    result -= 1 / x;
  double y = 1 / (x * x);
  return result + std::log(x) - 0.5 / x -
         y * (1.0 / 12 -
              y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y / 132))));
}

/// The rounding of the sum is the only one. A product of f32 is exact in
/// double, and so is what double rounds for narrower types.
static bool multiplyAdd(graph::FmaOp, Operands operands,
                        MutableArrayRef<Tensor> results) {
  bool isSingle = results[0].elementType.isF32();
  return forEach(operands, results[0], [&](ArrayRef<double> x) -> double {
    return isSingle
               ? std::fma(static_cast<float>(x[0]), static_cast<float>(x[1]),
                          static_cast<float>(x[2]))
               : std::fma(x[0], x[1], x[2]);
  });
}

static bool nextAfter(graph::NextafterOp, Operands operands,
                      MutableArrayRef<Tensor> results) {
  auto type = dyn_cast<FloatType>(results[0].elementType);
  if (!type)
    return false;
  return forEach(operands, results[0], [&](ArrayRef<double> x) {
    if (std::isnan(x[0]) || std::isnan(x[1]))
      return std::nan("");
    if (x[0] == x[1])
      return x[1];
    llvm::APFloat value(x[0]);
    bool losesInfo;
    value.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                  &losesInfo);
    value.next(/*nextDown=*/x[1] < x[0]);
    return value.convertToDouble();
  });
}

void graphc::reference::addSpecialFunctions(Evaluators &evaluators) {
  using namespace graphc::graph;
  evaluators[AsinhOp::getOperationName()] = map<std::asinh>;
  evaluators[AcoshOp::getOperationName()] = map<std::acosh>;
  evaluators[AtanhOp::getOperationName()] = map<std::atanh>;
  evaluators[LgammaOp::getOperationName()] = map<std::lgamma>;
  evaluators[DigammaOp::getOperationName()] = map<digamma>;
  evaluators[ErfinvOp::getOperationName()] = map<erfinv>;
  reference::add<FmaOp, multiplyAdd>(evaluators);
  reference::add<NextafterOp, nextAfter>(evaluators);
}
