//===- ExpandMath.cpp - Math functions as vector arithmetic ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Math/Functions.h"
#include "Math/NarrowFloats.h"
#include "graphc/Target/Codegen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace graphc {
#define GEN_PASS_DEF_EXPANDMATH
#include "graphc/Target/Codegen/Passes.h.inc"
} // namespace graphc

using namespace mlir;
using namespace graphc;
using codegen::Lanes;
using codegen::MathBuilder;
using codegen::MathFeatures;

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

/// Functions that are left to libm in f64, where there is one.
static std::optional<Lanes> expandRare(Operation *op, Lanes x, MathBuilder &b) {
  auto operand = [&](unsigned i) { return Lanes(b, op->getOperand(i)); };
  return TypeSwitch<Operation *, std::optional<Lanes>>(op)
      .Case([&](math::TanOp) { return codegen::tan(x); })
      .Case([&](math::AsinhOp) { return codegen::asinh(x); })
      .Case([&](math::AcoshOp) { return codegen::acosh(x); })
      .Case([&](math::AtanhOp) { return codegen::atanh(x); })
      .Case([&](math::ErfOp) { return codegen::erf(x); })
      .Case([&](math::ErfcOp) { return codegen::erfc(x); })
      .Case([&](math::PowFOp) { return codegen::pow(x, operand(1)); })
      .Case([&](arith::RemFOp) { return codegen::fmod(x, operand(1)); })
      .Case([&](math::FmaOp) -> std::optional<Lanes> {
        if (b.features.fma || x.isDouble())
          return std::nullopt;
        return codegen::fusedMultiplyAdd(x, operand(1), operand(2));
      })
      .Default(std::nullopt);
}

static std::optional<Lanes> expand(Operation *op, Lanes x, MathBuilder &b) {
  return TypeSwitch<Operation *, std::optional<Lanes>>(op)
      .Case([&](math::ExpOp) { return codegen::exp(x); })
      .Case([&](math::Exp2Op) { return codegen::exp2(x); })
      .Case([&](math::ExpM1Op) { return codegen::expm1(x); })
      .Case([&](math::LogOp) { return codegen::log(x); })
      .Case([&](math::Log2Op) { return codegen::log2(x); })
      .Case([&](math::Log10Op) { return codegen::log10(x); })
      .Case([&](math::Log1pOp) { return codegen::log1p(x); })
      .Case([&](math::SinOp) { return codegen::sin(x); })
      .Case([&](math::CosOp) { return codegen::cos(x); })
      .Case([&](math::AsinOp) { return codegen::asin(x); })
      .Case([&](math::AcosOp) { return codegen::acos(x); })
      .Case([&](math::AtanOp) { return codegen::atan(x); })
      .Case([&](math::Atan2Op) {
        return codegen::atan2(x, Lanes(b, op->getOperand(1)));
      })
      .Case([&](math::SinhOp) { return codegen::sinh(x); })
      .Case([&](math::CoshOp) { return codegen::cosh(x); })
      .Case([&](math::TanhOp) { return codegen::tanh(x); })
      .Case([&](math::RsqrtOp) { return codegen::rsqrt(x); })
      .Default([&](Operation *op) -> std::optional<Lanes> {
        bool usesLibrary = x.isDouble() && b.features.libm;
        return usesLibrary ? std::nullopt : expandRare(op, x, b);
      });
}

/// `x` without a constant that it is multiplied by, and that constant.
static std::pair<Value, double> takeFactor(Value x) {
  auto product = x.getDefiningOp<arith::MulFOp>();
  for (bool isSwapped : {false, true}) {
    FloatAttr factor;
    DenseFPElementsAttr splat;
    Value of = !product    ? Value()
               : isSwapped ? product.getLhs()
                           : product.getRhs();
    if (!of)
      break;
    Value other = isSwapped ? product.getRhs() : product.getLhs();
    if (matchPattern(of, m_Constant(&factor)))
      return {other, factor.getValueAsDouble()};
    if (matchPattern(of, m_Constant(&splat)) && splat.isSplat())
      return {other, splat.getSplatValue<APFloat>().convertToDouble()};
  }
  return {x, 1};
}

/// 1 + tanh(x), as in approximations of gelu, is 2 / (1 + e^(-2x)), or
/// 1 / (1/2 + 2^(-2x log2(e) - 1)): shorter, and it keeps its last digits where
/// tanh comes near to -1.
static void expandOnePlusTanh(Operation *op, const MathFeatures &features) {
  auto tanh = dyn_cast<math::TanhOp>(op);
  if (!tanh || !features.approximations ||
      !getElementTypeOrSelf(tanh.getType()).isF32())
    return;
  for (Operation *user : tanh->getUsers()) {
    auto sum = dyn_cast<arith::AddFOp>(user);
    if (!sum)
      continue;
    Value other = sum.getLhs() == tanh ? sum.getRhs() : sum.getLhs();
    if (!matchPattern(other, m_OneFloat()))
      continue;
    MathBuilder builder(sum, features);
    auto [x, factor] = takeFactor(tanh.getOperand());
    Lanes power = codegen::approximateExp2(
        fma(Lanes(builder, x), -2 * M_LOG2E * factor, -1));
    sum.getResult().replaceAllUsesWith(
        quotient(power.constant(1), power + 0.5).get());
  }
}

/// The quotients of a row by its one sum, which may be by its inverse: so many
/// multiplications for one division.
static void expandQuotient(Operation *op, const MathFeatures &features) {
  auto quotient = dyn_cast<arith::DivFOp>(op);
  if (!quotient || !features.approximations ||
      !bitEnumContainsAll(quotient.getFastmath(), arith::FastMathFlags::arcp) ||
      bitEnumContainsAll(quotient.getFastmath(), arith::FastMathFlags::afn) ||
      !getElementTypeOrSelf(quotient.getType()).isF32())
    return;
  OpBuilder builder(op);
  Location loc = op->getLoc();
  Value divisor = quotient.getRhs();
  auto splat = divisor.getDefiningOp<vector::BroadcastOp>();
  if (splat && splat.getSource().getType().isF32())
    divisor = splat.getSource();
  Value one = arith::ConstantOp::create(builder, loc,
                                        builder.getOneAttr(divisor.getType()));
  Value inverse = arith::DivFOp::create(builder, loc, one, divisor);
  if (inverse.getType() != quotient.getType())
    inverse =
        vector::BroadcastOp::create(builder, loc, quotient.getType(), inverse);
  quotient.replaceAllUsesWith(
      arith::MulFOp::create(builder, loc, quotient.getLhs(), inverse)
          .getResult());
  quotient.erase();
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

/// The sign of a double whose value becomes a half: LLVM would make a half of
/// the double that has the sign, too, by a function that no module links.
static void expandSignOfHalf(Operation *op) {
  auto isToHalf = [](Operation *user) {
    return isa<arith::TruncFOp>(user) &&
           getElementTypeOrSelf(user->getResult(0)).isF16();
  };
  auto isToHalfByFloat = [&](Operation *user) {
    return isToHalf(user) || (isa<arith::TruncFOp>(user) &&
                              llvm::any_of(user->getUsers(), isToHalf));
  };
  auto copySign = dyn_cast<math::CopySignOp>(op);
  if (!copySign || !getElementTypeOrSelf(op->getResult(0)).isF64() ||
      llvm::none_of(op->getUsers(), isToHalfByFloat))
    return;
  OpBuilder b(op);
  Location loc = op->getLoc();
  Type type = copySign.getType(), bits = b.getI64Type();
  if (auto vector = dyn_cast<VectorType>(type))
    bits = vector.clone(bits);
  Value magnitude = math::AbsFOp::create(b, loc, copySign.getLhs());
  Value negative = arith::NegFOp::create(b, loc, magnitude);
  Value sign = arith::BitcastOp::create(b, loc, bits, copySign.getRhs());
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(bits));
  Value isNegative =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, sign, zero);
  copySign.replaceAllUsesWith(
      arith::SelectOp::create(b, loc, isNegative, negative, magnitude)
          .getResult());
  copySign.erase();
}

namespace {
struct ExpandMath : graphc::impl::ExpandMathBase<ExpandMath> {
  using Base::Base;

  void runOnOperation() override {
    MathFeatures features{fma, rounding, half, bfloat, libm, approximations};
    // Each step sees what the one before it made.
    forEachOp([&](Operation *op) { codegen::widenArithmetic(op, features); });
    forEachOp([&](Operation *op) { expandQuotient(op, features); });
    forEachOp([&](Operation *op) {
      expandOnePlusTanh(op, features);
      expandFunction(op, features);
    });
    forEachOp([&](Operation *op) { codegen::expandNarrowCast(op, features); });
    forEachOp(expandSignOfHalf);
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
