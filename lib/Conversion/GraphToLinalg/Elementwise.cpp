//===- Elementwise.cpp - Elementwise graph ops ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinalgBuilder.h"
#include "Patterns.h"
#include "ScalarFunctions.h"

#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace graphc;

using arith::CmpFPredicate;
using arith::CmpIPredicate;
using graph::ComparePredicate;

namespace {

/// One element of an op: what its scalar code is made from.
struct Element {
  ScalarBuilder &b;
  Operation *op;
  ArrayRef<Value> args;
  /// The graph's element type of the last operand.
  Type type;

  Value operator[](unsigned i) const { return args[i]; }
  bool isFloat() const { return isa<FloatType>(type); }
  bool isComplex() const { return isa<ComplexType>(type); }
};

/// Which element types a scalar code knows.
enum Kinds : unsigned {
  Float = 1,
  Integer = 2,
  Bool = 4,
  Complex = 8,
  Number = Float | Integer,
  Real = Number | Bool,
  Any = Real | Complex
};

unsigned getKind(Type type) {
  if (isa<FloatType>(type))
    return Float;
  if (isa<ComplexType>(type))
    return Complex;
  return type.isInteger(1) ? Bool : Integer;
}

/// Stands for a missing column of Columns.
struct None {};

/// The scalar op for each kind of element type.
template <typename FloatOp, typename SignedOp = None,
          typename UnsignedOp = SignedOp, typename BoolOp = UnsignedOp,
          typename ComplexOp = None>
struct Columns {
  template <typename OpTy>
  static constexpr unsigned when(unsigned kinds) {
    return std::is_same_v<OpTy, None> ? 0 : kinds;
  }
  static constexpr unsigned kinds =
      when<FloatOp>(Float) | when<SignedOp>(Integer) | when<BoolOp>(Bool) |
      when<ComplexOp>(Complex);

  template <typename OpTy>
  static Value make(const Element &e) {
    if constexpr (std::is_same_v<OpTy, None>)
      return {};
    else
      return e.b.op<OpTy>(e.args);
  }
  static Value build(const Element &e) {
    if (e.isFloat())
      return make<FloatOp>(e);
    if (e.isComplex())
      return make<ComplexOp>(e);
    if (e.type.isInteger(1))
      return make<BoolOp>(e);
    return e.type.isUnsignedInteger() ? make<UnsignedOp>(e) : make<SignedOp>(e);
  }
};

/// A math function of floats and complex numbers.
template <typename FloatOp, typename ComplexOp = None>
struct Function : Columns<FloatOp, None, None, None, ComplexOp> {};

/// Rounding, which leaves integers alone.
template <typename FloatOp>
struct Rounding {
  static constexpr unsigned kinds = Real;
  static Value build(const Element &e) {
    return e.isFloat() ? e.b.op<FloatOp>(e[0]) : e[0];
  }
};

/// Scalar code written out as a function.
template <unsigned supported, Value (*function)(const Element &)>
struct Code {
  static constexpr unsigned kinds = supported;
  static Value build(const Element &e) { return function(e); }
};

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Binary and ternary
//===----------------------------------------------------------------------===//

template <Value (*function)(ScalarBuilder &, Value, Value, Type)>
Value buildDivision(const Element &e) {
  return function(e.b, e[0], e[1], e.type);
}

Value buildMaximum(const Element &e) { return e.b.maximum(e[0], e[1], e.type); }

Value buildMinimum(const Element &e) { return e.b.minimum(e[0], e[1], e.type); }

/// x^n for a known small n >= 0 by repeated squaring.
Value buildPowConstant(ScalarBuilder &b, Value base, uint64_t exponent) {
  Value result;
  for (Value power = base; exponent; exponent >>= 1) {
    if (exponent & 1)
      result = result ? b.mul(result, power) : power;
    if (exponent > 1)
      power = b.mul(power, power);
  }
  return result ? result : b.number(base.getType(), 1);
}

/// The exponents that torch computes without pow, exactly as it does.
Value buildFloatPow(const Element &e, double exponent) {
  ScalarBuilder &b = e.b;
  Value one = b.real(e[0].getType(), 1);
  if (exponent == 0 || exponent == 1 || exponent == 2 || exponent == 3)
    return buildPowConstant(b, e[0], exponent);
  if (exponent == 0.5)
    return b.op<math::SqrtOp>(e[0]);
  if (exponent == -0.5)
    return b.op<math::RsqrtOp>(e[0]);
  if (exponent == -1)
    return b.div(one, e[0]);
  if (exponent == -2)
    return b.div(one, b.mul(e[0], e[0]));
  return b.op<math::PowFOp>(e[0], e[1]);
}

Value buildPow(const Element &e) {
  if (e.isComplex())
    return e.b.op<complex::PowOp>(e[0], e[1]);
  Attribute exponent = getSplat(e.op->getOperand(1));
  if (e.isFloat()) {
    if (auto value = dyn_cast_or_null<FloatAttr>(exponent))
      return buildFloatPow(e, value.getValueAsDouble());
    return e.b.op<math::PowFOp>(e[0], e[1]);
  }
  if (auto value = dyn_cast_or_null<IntegerAttr>(exponent))
    if (!value.getValue().isNegative() || isUnsigned(e.type))
      return buildPowConstant(e.b, e[0], value.getValue().getZExtValue());
  return buildIntegerPow(e.b, e[0], e[1], e.type);
}

/// A shift by the width or more, or by less than nothing, shifts everything
/// out.
Value buildShift(const Element &e, bool left) {
  ScalarBuilder &b = e.b;
  Type type = e[0].getType();
  unsigned width = type.getIntOrFloatBitWidth();
  Value inRange = b.cmp(CmpIPredicate::ult, e[1], b.integer(type, width));
  Value zero = b.integer(type, 0);
  if (left)
    return b.select(inRange,
                    b.op<arith::ShLIOp>(e[0], b.select(inRange, e[1], zero)),
                    zero);
  if (isUnsigned(e.type))
    return b.select(inRange,
                    b.op<arith::ShRUIOp>(e[0], b.select(inRange, e[1], zero)),
                    zero);
  return b.op<arith::ShRSIOp>(
      e[0], b.select(inRange, e[1], b.integer(type, width - 1)));
}

Value buildShiftLeft(const Element &e) { return buildShift(e, true); }
Value buildShiftRight(const Element &e) { return buildShift(e, false); }

Value buildHypotOf(const Element &e) { return buildHypot(e.b, e[0], e[1]); }
Value buildNextafterOf(const Element &e) {
  return buildNextafter(e.b, e[0], e[1], e.type);
}

CmpFPredicate getFloatPredicate(ComparePredicate predicate) {
  switch (predicate) {
  case ComparePredicate::Eq:
    return CmpFPredicate::OEQ;
  case ComparePredicate::Ne:
    return CmpFPredicate::UNE;
  case ComparePredicate::Lt:
    return CmpFPredicate::OLT;
  case ComparePredicate::Le:
    return CmpFPredicate::OLE;
  case ComparePredicate::Gt:
    return CmpFPredicate::OGT;
  case ComparePredicate::Ge:
    return CmpFPredicate::OGE;
  }
  llvm_unreachable("unknown predicate");
}

CmpIPredicate getIntegerPredicate(ComparePredicate predicate, bool isUnsigned) {
  switch (predicate) {
  case ComparePredicate::Eq:
    return CmpIPredicate::eq;
  case ComparePredicate::Ne:
    return CmpIPredicate::ne;
  case ComparePredicate::Lt:
    return isUnsigned ? CmpIPredicate::ult : CmpIPredicate::slt;
  case ComparePredicate::Le:
    return isUnsigned ? CmpIPredicate::ule : CmpIPredicate::sle;
  case ComparePredicate::Gt:
    return isUnsigned ? CmpIPredicate::ugt : CmpIPredicate::sgt;
  case ComparePredicate::Ge:
    return isUnsigned ? CmpIPredicate::uge : CmpIPredicate::sge;
  }
  llvm_unreachable("unknown predicate");
}

Value buildCompare(const Element &e) {
  ComparePredicate predicate = cast<graph::CompareOp>(e.op).getPredicate();
  if (e.isComplex())
    return predicate == ComparePredicate::Eq
               ? e.b.op<complex::EqualOp>(e[0], e[1])
               : e.b.op<complex::NotEqualOp>(e[0], e[1]);
  if (e.isFloat())
    return e.b.cmp(getFloatPredicate(predicate), e[0], e[1]);
  return e.b.cmp(getIntegerPredicate(predicate, isUnsigned(e.type)), e[0],
                 e[1]);
}

/// Not maximum and minimum for floats: a zero keeps its sign at a bound of 0.
Value buildClamp(const Element &e) {
  if (!e.isFloat())
    return e.b.minimum(e.b.maximum(e[0], e[1], e.type), e[2], e.type);
  auto bound = [&](CmpFPredicate isBehind, Value x, Value bound) {
    Value taken =
        e.b.op<arith::OrIOp>(e.b.cmp(isBehind, x, bound), e.b.isNan(bound));
    return e.b.select(taken, bound, x);
  };
  return bound(CmpFPredicate::OGT, bound(CmpFPredicate::OLT, e[0], e[1]), e[2]);
}

Value buildSelect(const Element &e) { return e.b.select(e[0], e[1], e[2]); }

Value buildComplex(const Element &e) {
  return e.b.op<complex::CreateOp>(ComplexType::get(e[0].getType()), e[0],
                                   e[1]);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// One linalg.generic whose body is `Scalar`.
template <typename GraphOp, typename Scalar>
struct ElementwiseConversion : GraphPattern<GraphOp> {
  using GraphPattern<GraphOp>::GraphPattern;

  LogicalResult lower(GraphOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getType());
    Type operandType =
        cast<graph::StridedTensorType>(op->getOperands().back().getType())
            .getElementType();
    if (!(getKind(operandType) & Scalar::kinds))
      return b.refuse(op, "no scalar code for this type");
    SmallVector<Operand> operands =
        llvm::map_to_vector(op->getOperands(), [&](Value operand) {
          return b.read(operand, type.getShape());
        });
    Tensor result = b.pointwise(
        type.getShape(), operands, type.getElementType(),
        [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
          return Scalar::build(Element{scalars, op, args, operandType});
        });
    b.rewriter.replaceOp(op, result.value);
    return success();
  }
};

/// Divisions of integers fail at run time for a divisor of zero.
template <typename GraphOp,
          Value (*function)(ScalarBuilder &, Value, Value, Type)>
struct DivisionConversion
    : ElementwiseConversion<GraphOp, Code<Real, buildDivision<function>>> {
  using Base =
      ElementwiseConversion<GraphOp, Code<Real, buildDivision<function>>>;
  using Base::Base;

  LogicalResult lower(GraphOp op, LinalgBuilder &b) const override {
    auto type = cast<graph::StridedTensorType>(op.getRhs().getType());
    if (isa<IntegerType>(type.getElementType()))
      checkNotZero(op.getRhs(), type, b);
    return Base::lower(op, b);
  }

private:
  static void checkNotZero(Value divisor, graph::StridedTensorType type,
                           LinalgBuilder &b) {
    auto splat = dyn_cast_or_null<IntegerAttr>(getSplat(divisor));
    if (splat && !splat.getValue().isZero())
      return;
    b.checkAll(type.getShape(), b.read(divisor), "division by zero",
               [&](ScalarBuilder &scalars, ArrayRef<Value> args) {
                 return scalars.cast(args[0], type.getElementType(),
                                     scalars.getI1Type());
               });
  }
};

} // namespace

void graphc::populateElementwisePatterns(const TypeConverter &converter,
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
  patterns.add<
      // clang-format off
      ElementwiseConversion<graph::AddOp, Columns<arith::AddFOp, arith::AddIOp, arith::AddIOp, arith::OrIOp, complex::AddOp>>,
      ElementwiseConversion<graph::SubOp, Columns<arith::SubFOp, arith::SubIOp, arith::SubIOp, None, complex::SubOp>>,
      ElementwiseConversion<graph::MulOp, Columns<arith::MulFOp, arith::MulIOp, arith::MulIOp, arith::AndIOp, complex::MulOp>>,
      ElementwiseConversion<graph::DivOp, Function<arith::DivFOp, complex::DivOp>>,
      DivisionConversion<graph::FloorDivOp, buildFloorDiv>,
      DivisionConversion<graph::TruncDivOp, buildTruncDiv>,
      DivisionConversion<graph::RemainderOp, buildRemainder>,
      DivisionConversion<graph::FmodOp, buildFmod>,
      ElementwiseConversion<graph::PowOp, Code<Number | Complex, buildPow>>,
      ElementwiseConversion<graph::Atan2Op, Function<math::Atan2Op>>,
      ElementwiseConversion<graph::MaximumOp, Code<Real, buildMaximum>>,
      ElementwiseConversion<graph::MinimumOp, Code<Real, buildMinimum>>,
      ElementwiseConversion<graph::FmaxOp, Columns<arith::MaxNumFOp, arith::MaxSIOp, arith::MaxUIOp>>,
      ElementwiseConversion<graph::FminOp, Columns<arith::MinNumFOp, arith::MinSIOp, arith::MinUIOp>>,
      ElementwiseConversion<graph::BitwiseAndOp, Columns<None, arith::AndIOp>>,
      ElementwiseConversion<graph::BitwiseOrOp, Columns<None, arith::OrIOp>>,
      ElementwiseConversion<graph::BitwiseXorOp, Columns<None, arith::XOrIOp>>,
      ElementwiseConversion<graph::ShiftLeftOp, Code<Integer, buildShiftLeft>>,
      ElementwiseConversion<graph::ShiftRightOp, Code<Integer, buildShiftRight>>,
      ElementwiseConversion<graph::CopysignOp, Function<math::CopySignOp>>,
      ElementwiseConversion<graph::HypotOp, Code<Float, buildHypotOf>>,
      ElementwiseConversion<graph::NextafterOp, Code<Float, buildNextafterOf>>,
      ElementwiseConversion<graph::CompareOp, Code<Any, buildCompare>>,
      ElementwiseConversion<graph::SelectOp, Code<Any, buildSelect>>,
      ElementwiseConversion<graph::ClampOp, Code<Real, buildClamp>>,
      ElementwiseConversion<graph::FmaOp, Function<math::FmaOp>>,
      ElementwiseConversion<graph::ComplexOp, Code<Float, buildComplex>>
      // clang-format on
      >(converter, patterns.getContext(), symbols);
}
