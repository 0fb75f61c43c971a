//===- ExpandMath.cpp - Math functions as vector arithmetic ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Math/Functions.h"
#include "Math/NarrowFloats.h"
#include "graphc/Target/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace graphc {
#define GEN_PASS_DEF_CPUEXPANDMATH
#include "graphc/Target/CPU/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using cpu::Lanes;
using cpu::MathBuilder;
using cpu::MathFeatures;

/// Rounding for processors without an instruction.
static std::optional<Lanes> expandRounding(Operation *op, Lanes x) {
  return TypeSwitch<Operation *, std::optional<Lanes>>(op)
      .Case([&](math::RoundEvenOp) { return roundEven(x); })
      .Case([&](math::TruncOp) { return trunc(x); })
      .Case([&](math::FloorOp) {
        Lanes rounded = roundEven(x);
        return copySign(select(x < rounded, rounded - 1.0, rounded), x);
      })
      .Case([&](math::CeilOp) {
        Lanes rounded = roundEven(x);
        return copySign(select(rounded < x, rounded + 1.0, rounded), x);
      })
      .Default(std::nullopt);
}

/// Functions that f64 leaves to libm.
static std::optional<Lanes> expandSingle(Operation *op, Lanes x,
                                         MathBuilder &b) {
  auto operand = [&](unsigned i) { return Lanes(b, op->getOperand(i)); };
  return TypeSwitch<Operation *, std::optional<Lanes>>(op)
      .Case([&](math::TanOp) { return cpu::tan(x); })
      .Case([&](math::AsinhOp) { return cpu::asinh(x); })
      .Case([&](math::AcoshOp) { return cpu::acosh(x); })
      .Case([&](math::AtanhOp) { return cpu::atanh(x); })
      .Case([&](math::ErfOp) { return cpu::erf(x); })
      .Case([&](math::ErfcOp) { return cpu::erfc(x); })
      .Case([&](math::PowFOp) { return cpu::pow(x, operand(1)); })
      .Case([&](arith::RemFOp) { return cpu::fmod(x, operand(1)); })
      .Case([&](math::FmaOp) -> std::optional<Lanes> {
        if (b.features.fma)
          return std::nullopt;
        return cpu::fusedMultiplyAdd(x, operand(1), operand(2));
      })
      .Default(std::nullopt);
}

static std::optional<Lanes> expand(Operation *op, Lanes x, MathBuilder &b) {
  return TypeSwitch<Operation *, std::optional<Lanes>>(op)
      .Case([&](math::ExpOp) { return cpu::exp(x); })
      .Case([&](math::Exp2Op) { return cpu::exp2(x); })
      .Case([&](math::ExpM1Op) { return cpu::expm1(x); })
      .Case([&](math::LogOp) { return cpu::log(x); })
      .Case([&](math::Log2Op) { return cpu::log2(x); })
      .Case([&](math::Log10Op) { return cpu::log10(x); })
      .Case([&](math::Log1pOp) { return cpu::log1p(x); })
      .Case([&](math::SinOp) { return cpu::sin(x); })
      .Case([&](math::CosOp) { return cpu::cos(x); })
      .Case([&](math::AsinOp) { return cpu::asin(x); })
      .Case([&](math::AcosOp) { return cpu::acos(x); })
      .Case([&](math::AtanOp) { return cpu::atan(x); })
      .Case([&](math::Atan2Op) {
        return cpu::atan2(x, Lanes(b, op->getOperand(1)));
      })
      .Case([&](math::SinhOp) { return cpu::sinh(x); })
      .Case([&](math::CoshOp) { return cpu::cosh(x); })
      .Case([&](math::TanhOp) { return cpu::tanh(x); })
      .Case([&](math::RsqrtOp) { return cpu::rsqrt(x); })
      .Default([&](Operation *op) -> std::optional<Lanes> {
        return x.isDouble() ? std::nullopt : expandSingle(op, x, b);
      });
}

static void expandFunction(Operation *op, const MathFeatures &features) {
  if (!isa_and_nonnull<math::MathDialect>(op->getDialect()) &&
      !isa<arith::RemFOp>(op))
    return;
  if (op->getNumResults() != 1)
    return;
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  if (!element.isF32() && !element.isF64())
    return;
  MathBuilder builder(op, features);
  Lanes x(builder, op->getOperand(0));
  std::optional<Lanes> result = expand(op, x, builder);
  if (!result && !features.rounding)
    result = expandRounding(op, x);
  if (!result)
    return;
  op->getResult(0).replaceAllUsesWith(result->get());
  op->erase();
}

namespace {
struct CPUExpandMath : graphc::impl::CPUExpandMathBase<CPUExpandMath> {
  using Base::Base;

  void runOnOperation() override {
    MathFeatures features{fma, rounding, half};
    // Each step sees what the one before it made.
    forEachOp([&](Operation *op) { cpu::widenArithmetic(op, features); });
    forEachOp([&](Operation *op) { expandFunction(op, features); });
    forEachOp([&](Operation *op) { cpu::expandNarrowCast(op, features); });
  }

  /// `step` may replace its op, and add others that it is not to see.
  void forEachOp(function_ref<void(Operation *)> step) {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
              op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      step(op);
  }
};
} // namespace
