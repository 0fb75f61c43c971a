//===- Math.cpp - The math dialect ----------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::interpreter;

static double rsqrt(double x) { return 1 / std::sqrt(x); }
static bool isFinite(double x) { return std::isfinite(x); }
static bool isInf(double x) { return std::isinf(x); }
static bool isNan(double x) { return std::isnan(x); }

/// One rounding: in double for narrow types the sum is rounded to odd first.
static bool runFma(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<3>(slots, op, [&](const Scalar *x) {
    if (op.to.kind == Element::F32)
      return Scalar{.f = std::fma(static_cast<float>(x[0].f),
                                  static_cast<float>(x[1].f),
                                  static_cast<float>(x[2].f))};
    return Scalar{.f = op.to.round(std::fma(x[0].f, x[1].f, x[2].f))};
  });
}

template <bool (*test)(double)>
static bool runTest(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(
      slots, op, [](const Scalar *x) { return Scalar{.i = test(x[0].f)}; });
}

static bool runAbsI(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    int64_t value = toSigned(x[0].i, op.from);
    return Scalar{.i = op.to.wrap(value < 0 ? static_cast<int64_t>(
                                                  -static_cast<uint64_t>(value))
                                            : value)};
  });
}

static uint64_t countOnes(uint64_t value, unsigned) {
  return llvm::popcount(value);
}
static uint64_t countLeading(uint64_t value, unsigned width) {
  return llvm::countl_zero(value) - (64 - width);
}
static uint64_t countTrailing(uint64_t value, unsigned width) {
  return std::min<unsigned>(llvm::countr_zero(value), width);
}
template <uint64_t (*function)(uint64_t, unsigned)>
static bool runBits(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<1>(slots, op, [&](const Scalar *x) {
    return Scalar{.i = op.to.wrap(static_cast<int64_t>(
                      function(toUnsigned(x[0].i, op.from), op.from.width)))};
  });
}

static bool runFPowI(Machine &, Cell *slots, const Instruction &op) {
  return forEachLane<2>(slots, op, [&](const Scalar *x) {
    return Scalar{
        .f = op.to.round(std::pow(x[0].f, static_cast<double>(x[1].i)))};
  });
}

void interpreter::addMath(Table &table) {
  using namespace math;
  auto on = [&](StringRef name, Handler run) {
    table[name] = {run, isOnNumbers};
  };
  on(AbsFOp::getOperationName(), runFloat1<std::fabs>);
  on(AcosOp::getOperationName(), runFloat1<std::acos>);
  on(AcoshOp::getOperationName(), runFloat1<std::acosh>);
  on(AsinOp::getOperationName(), runFloat1<std::asin>);
  on(AsinhOp::getOperationName(), runFloat1<std::asinh>);
  on(AtanOp::getOperationName(), runFloat1<std::atan>);
  on(Atan2Op::getOperationName(), runFloat2<std::atan2>);
  on(AtanhOp::getOperationName(), runFloat1<std::atanh>);
  on(CbrtOp::getOperationName(), runFloat1<std::cbrt>);
  on(CeilOp::getOperationName(), runFloat1<std::ceil>);
  on(CopySignOp::getOperationName(), runFloat2<std::copysign>);
  on(CosOp::getOperationName(), runFloat1<std::cos>);
  on(CoshOp::getOperationName(), runFloat1<std::cosh>);
  on(ErfOp::getOperationName(), runFloat1<std::erf>);
  on(ErfcOp::getOperationName(), runFloat1<std::erfc>);
  on(ExpOp::getOperationName(), runFloat1<std::exp>);
  on(Exp2Op::getOperationName(), runFloat1<std::exp2>);
  on(ExpM1Op::getOperationName(), runFloat1<std::expm1>);
  on(FloorOp::getOperationName(), runFloat1<std::floor>);
  on(LogOp::getOperationName(), runFloat1<std::log>);
  on(Log10Op::getOperationName(), runFloat1<std::log10>);
  on(Log1pOp::getOperationName(), runFloat1<std::log1p>);
  on(Log2Op::getOperationName(), runFloat1<std::log2>);
  on(PowFOp::getOperationName(), runFloat2<std::pow>);
  on(RoundOp::getOperationName(), runFloat1<std::round>);
  on(RoundEvenOp::getOperationName(), runFloat1<std::nearbyint>);
  on(RsqrtOp::getOperationName(), runFloat1<rsqrt>);
  on(SinOp::getOperationName(), runFloat1<std::sin>);
  on(SinhOp::getOperationName(), runFloat1<std::sinh>);
  on(SqrtOp::getOperationName(), runFloat1<std::sqrt>);
  on(TanOp::getOperationName(), runFloat1<std::tan>);
  on(TanhOp::getOperationName(), runFloat1<std::tanh>);
  on(TruncOp::getOperationName(), runFloat1<std::trunc>);
  on(FmaOp::getOperationName(), runFma);
  on("vector.fma", runFma);
  on(FPowIOp::getOperationName(), runFPowI);
  on(IsFiniteOp::getOperationName(), runTest<isFinite>);
  on(IsInfOp::getOperationName(), runTest<isInf>);
  on(IsNaNOp::getOperationName(), runTest<isNan>);
  on(AbsIOp::getOperationName(), runAbsI);
  on(CtPopOp::getOperationName(), runBits<countOnes>);
  on(CountLeadingZerosOp::getOperationName(), runBits<countLeading>);
  on(CountTrailingZerosOp::getOperationName(), runBits<countTrailing>);
  // Intrinsics of the LLVM dialect that mean the same.
  static constexpr std::pair<StringLiteral, StringLiteral> same[] = {
      {"llvm.intr.fabs", "math.absf"},
      {"llvm.intr.ceil", "math.ceil"},
      {"llvm.intr.floor", "math.floor"},
      {"llvm.intr.copysign", "math.copysign"},
      {"llvm.intr.sqrt", "math.sqrt"},
      {"llvm.intr.exp", "math.exp"},
      {"llvm.intr.exp2", "math.exp2"},
      {"llvm.intr.log", "math.log"},
      {"llvm.intr.log2", "math.log2"},
      {"llvm.intr.log10", "math.log10"},
      {"llvm.intr.sin", "math.sin"},
      {"llvm.intr.cos", "math.cos"},
      {"llvm.intr.tan", "math.tan"},
      {"llvm.intr.tanh", "math.tanh"},
      {"llvm.intr.pow", "math.powf"},
      {"llvm.intr.powi", "math.fpowi"},
      {"llvm.intr.round", "math.round"},
      {"llvm.intr.roundeven", "math.roundeven"},
      {"llvm.intr.rint", "math.roundeven"},
      {"llvm.intr.nearbyint", "math.roundeven"},
      {"llvm.intr.trunc", "math.trunc"},
      {"llvm.intr.fma", "math.fma"},
      {"llvm.intr.fmuladd", "math.fma"},
      {"llvm.intr.abs", "math.absi"},
      {"llvm.intr.ctpop", "math.ctpop"},
      {"llvm.intr.ctlz", "math.ctlz"},
      {"llvm.intr.cttz", "math.cttz"},
  };
  for (auto [name, like] : same)
    table[name] = table[like];
}
