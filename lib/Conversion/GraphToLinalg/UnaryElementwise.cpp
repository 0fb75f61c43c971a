//===- UnaryElementwise.cpp - Graph ops of one element --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseConversion.h"
#include "ScalarFunctions.h"

#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::elementwise;

using arith::CmpFPredicate;
using arith::CmpIPredicate;

namespace {

Value buildNeg(const Element &e) {
  return e.isComplex() ? e.b.op<complex::NegOp>(e[0]) : e.b.neg(e[0]);
}

Value buildAbs(const Element &e) {
  if (e.isFloat())
    return e.b.op<math::AbsFOp>(e[0]);
  if (e.isComplex())
    return e.b.op<complex::AbsOp>(e[0]);
  if (isUnsigned(e.type))
    return e[0];
  Value isNegative =
      e.b.cmp(CmpIPredicate::slt, e[0], e.b.integer(e[0].getType(), 0));
  return e.b.select(isNegative, e.b.neg(e[0]), e[0]);
}

Value buildSign(const Element &e) {
  if (e.type.isInteger(1))
    return e[0];
  Type type = e[0].getType();
  Value zero = e.b.number(type, 0), one = e.b.number(type, 1);
  Value positive = e.b.select(e.b.less(zero, e[0], e.type), one, zero);
  if (isUnsigned(e.type))
    return positive;
  return e.b.select(e.b.less(e[0], zero, e.type), e.b.number(type, -1),
                    positive);
}

Value buildReciprocal(const Element &e) {
  if (!e.isComplex())
    return e.b.div(e.b.real(e[0].getType(), 1), e[0]);
  Value one =
      e.b.cast(e.b.integer(e.b.getI1Type(), 1), e.b.getI1Type(), e.type);
  return e.b.op<complex::DivOp>(one, e[0]);
}

Value buildSigmoidOf(const Element &e) {
  if (!e.isComplex())
    return buildSigmoid(e.b, e[0]);
  Value one =
      e.b.cast(e.b.integer(e.b.getI1Type(), 1), e.b.getI1Type(), e.type);
  Value power = e.b.op<complex::ExpOp>(e.b.op<complex::NegOp>(e[0]));
  return e.b.op<complex::DivOp>(one, e.b.op<complex::AddOp>(one, power));
}

Value buildSilu(const Element &e) {
  Value one = e.b.real(e[0].getType(), 1);
  Value power = e.b.op<math::ExpOp>(e.b.neg(e[0]));
  return e.b.div(e[0], e.b.add(one, power));
}

/// Not a maximum: -0 stays -0.
Value buildRelu(const Element &e) {
  if (isUnsigned(e.type))
    return e[0];
  Value zero = e.b.number(e[0].getType(), 0);
  return e.b.select(e.b.less(e[0], zero, e.type), zero, e[0]);
}

Value buildGeluOf(const Element &e) {
  auto kind = cast<graph::GeluOp>(e.op).getApproximate();
  return buildGelu(e.b, e[0], kind == graph::GeluKind::Tanh);
}

Value buildLgammaOf(const Element &e) { return buildLgamma(e.b, e[0]); }
Value buildDigammaOf(const Element &e) { return buildDigamma(e.b, e[0]); }
Value buildErfinvOf(const Element &e) { return buildErfinv(e.b, e[0]); }

Value buildNot(const Element &e) { return e.b.bnot(e[0]); }

/// Applies a test to a real number, or to both parts of a complex one.
Value buildTest(const Element &e, function_ref<Value(Value)> test) {
  if (!e.isComplex())
    return test(e[0]);
  Type part = cast<ComplexType>(e.type).getElementType();
  return e.b.bor(test(e.b.op<complex::ReOp>(part, e[0])),
                 test(e.b.op<complex::ImOp>(part, e[0])));
}

Value buildIsnan(const Element &e) {
  return buildTest(e, [&](Value value) { return e.b.isNan(value); });
}

Value buildIsinf(const Element &e) {
  return buildTest(e, [&](Value value) -> Value {
    if (!isa<FloatType>(value.getType()))
      return e.b.integer(e.b.getI1Type(), 0);
    return e.b.equal(e.b.op<math::AbsFOp>(value),
                     e.b.real(value.getType(), INFINITY));
  });
}

Value buildCast(const Element &e) {
  return e.b.cast(e[0], e.type, cast<graph::CastOp>(e.op).getTo());
}

Value buildReal(const Element &e) {
  if (!e.isComplex())
    return e[0];
  return e.b.op<complex::ReOp>(cast<ComplexType>(e.type).getElementType(),
                               e[0]);
}

Value buildImag(const Element &e) {
  if (!e.isComplex())
    return e.b.real(e[0].getType(), 0);
  return e.b.op<complex::ImOp>(cast<ComplexType>(e.type).getElementType(),
                               e[0]);
}

} // namespace

void elementwise::populateUnaryPatterns(const TypeConverter &converter,
                                        SymbolValues &symbols,
                                        RewritePatternSet &patterns) {
  patterns.add<
      // clang-format off
      ElementwiseConversion<graph::NegOp, Code<Number | Complex, buildNeg>>,
      ElementwiseConversion<graph::AbsOp, Code<Any, buildAbs>>,
      ElementwiseConversion<graph::SignOp, Code<Real, buildSign>>,
      ElementwiseConversion<graph::CeilOp, Rounding<math::CeilOp>>,
      ElementwiseConversion<graph::FloorOp, Rounding<math::FloorOp>>,
      ElementwiseConversion<graph::RoundOp, Rounding<math::RoundEvenOp>>,
      ElementwiseConversion<graph::TruncOp, Rounding<math::TruncOp>>,
      ElementwiseConversion<graph::ExpOp, Function<math::ExpOp, complex::ExpOp>>,
      ElementwiseConversion<graph::Exp2Op, Function<math::Exp2Op>>,
      ElementwiseConversion<graph::Expm1Op, Function<math::ExpM1Op, complex::Expm1Op>>,
      ElementwiseConversion<graph::LogOp, Function<math::LogOp, complex::LogOp>>,
      ElementwiseConversion<graph::Log2Op, Function<math::Log2Op>>,
      ElementwiseConversion<graph::Log10Op, Function<math::Log10Op>>,
      ElementwiseConversion<graph::Log1pOp, Function<math::Log1pOp, complex::Log1pOp>>,
      ElementwiseConversion<graph::SqrtOp, Function<math::SqrtOp, complex::SqrtOp>>,
      ElementwiseConversion<graph::RsqrtOp, Function<math::RsqrtOp, complex::RsqrtOp>>,
      ElementwiseConversion<graph::ReciprocalOp, Code<Float | Complex, buildReciprocal>>,
      ElementwiseConversion<graph::SinOp, Function<math::SinOp, complex::SinOp>>,
      ElementwiseConversion<graph::CosOp, Function<math::CosOp, complex::CosOp>>,
      ElementwiseConversion<graph::TanOp, Function<math::TanOp, complex::TanOp>>,
      ElementwiseConversion<graph::AsinOp, Function<math::AsinOp>>,
      ElementwiseConversion<graph::AcosOp, Function<math::AcosOp>>,
      ElementwiseConversion<graph::AtanOp, Function<math::AtanOp>>,
      ElementwiseConversion<graph::SinhOp, Function<math::SinhOp>>,
      ElementwiseConversion<graph::CoshOp, Function<math::CoshOp>>,
      ElementwiseConversion<graph::TanhOp, Function<math::TanhOp, complex::TanhOp>>,
      ElementwiseConversion<graph::AsinhOp, Function<math::AsinhOp>>,
      ElementwiseConversion<graph::AcoshOp, Function<math::AcoshOp>>,
      ElementwiseConversion<graph::AtanhOp, Function<math::AtanhOp>>,
      ElementwiseConversion<graph::ErfOp, Function<math::ErfOp>>,
      ElementwiseConversion<graph::ErfcOp, Function<math::ErfcOp>>,
      ElementwiseConversion<graph::ErfinvOp, Code<Float, buildErfinvOf>>,
      ElementwiseConversion<graph::LgammaOp, Code<Float, buildLgammaOf>>,
      ElementwiseConversion<graph::DigammaOp, Code<Float, buildDigammaOf>>,
      ElementwiseConversion<graph::SigmoidOp, Code<Float | Complex, buildSigmoidOf>>,
      ElementwiseConversion<graph::SiluOp, Code<Float, buildSilu>>,
      ElementwiseConversion<graph::ReluOp, Code<Real, buildRelu>>,
      ElementwiseConversion<graph::GeluOp, Code<Float, buildGeluOf>>,
      ElementwiseConversion<graph::BitwiseNotOp, Code<Integer | Bool, buildNot>>,
      ElementwiseConversion<graph::IsnanOp, Code<Any, buildIsnan>>,
      ElementwiseConversion<graph::IsinfOp, Code<Any, buildIsinf>>,
      ElementwiseConversion<graph::CastOp, Code<Any, buildCast>>,
      ElementwiseConversion<graph::RealOp, Code<Float | Complex, buildReal>>,
      ElementwiseConversion<graph::ImagOp, Code<Float | Complex, buildImag>>
      // clang-format on
      >(converter, patterns.getContext(), symbols);
}
