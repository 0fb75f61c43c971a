//===- Lanes.cpp - Vector arithmetic written as formulas ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::codegen;

template <typename Op, typename... Args>
static Lanes make(Lanes like, Args &&...args) {
  MathBuilder &builder = like.getBuilder();
  return {builder, builder.createOrFold<Op>(std::forward<Args>(args)...)};
}

static bool isFloat(Lanes a) { return isa<FloatType>(a.getElement()); }

static Lanes constantOf(MathBuilder &builder, Type type, Attribute element) {
  if (auto vector = dyn_cast<VectorType>(type))
    element = SplatElementsAttr::get(vector, element);
  return {builder,
          arith::ConstantOp::create(builder, cast<TypedAttr>(element))};
}

Type Lanes::getElement() const { return getElementTypeOrSelf(value); }

bool Lanes::isDouble() const {
  return getElement().getIntOrFloatBitWidth() == 64;
}

Type Lanes::withElement(Type element) const {
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    return vector.clone(element);
  return element;
}

Lanes Lanes::constant(double number) const {
  return constantOf(*builder, value.getType(),
                    FloatAttr::get(getElement(), number));
}

Lanes Lanes::integer(int64_t number) const {
  Type element = isDouble() ? builder->getI64Type() : builder->getI32Type();
  APInt bits(element.getIntOrFloatBitWidth(), number, /*isSigned=*/false,
             /*implicitTrunc=*/true);
  return constantOf(*builder, withElement(element),
                    IntegerAttr::get(element, bits));
}

Lanes Lanes::asBits() const {
  Type element = isDouble() ? builder->getI64Type() : builder->getI32Type();
  return make<arith::BitcastOp>(*this, withElement(element), value);
}

Lanes Lanes::asFloat() const {
  Type element =
      isDouble() ? Type(builder->getF64Type()) : Type(builder->getF32Type());
  return make<arith::BitcastOp>(*this, withElement(element), value);
}

Lanes Lanes::toDouble() const {
  return make<arith::ExtFOp>(*this, withElement(builder->getF64Type()), value);
}

Lanes Lanes::toSingle() const {
  return make<arith::TruncFOp>(*this, withElement(builder->getF32Type()),
                               value);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Lanes graphc::codegen::operator+(Lanes a, Lanes b) {
  return isFloat(a) ? make<arith::AddFOp>(a, a.get(), b.get())
                    : make<arith::AddIOp>(a, a.get(), b.get());
}

Lanes graphc::codegen::operator-(Lanes a, Lanes b) {
  return isFloat(a) ? make<arith::SubFOp>(a, a.get(), b.get())
                    : make<arith::SubIOp>(a, a.get(), b.get());
}

Lanes graphc::codegen::operator*(Lanes a, Lanes b) {
  return isFloat(a) ? make<arith::MulFOp>(a, a.get(), b.get())
                    : make<arith::MulIOp>(a, a.get(), b.get());
}

Lanes graphc::codegen::operator/(Lanes a, Lanes b) {
  return make<arith::DivFOp>(a, a.get(), b.get());
}

static bool hasApproximations(Lanes x) {
  return x.getBuilder().features.approximations && !x.isDouble();
}

Lanes graphc::codegen::quotient(Lanes a, Lanes b) {
  if (!hasApproximations(a))
    return a / b;
  return make<arith::DivFOp>(a, a.get(), b.get(),
                             arith::FastMathFlags::afn |
                                 arith::FastMathFlags::arcp);
}

Lanes graphc::codegen::clamp(Lanes x, double low, double high) {
  Lanes below = make<arith::MinimumFOp>(x, x.get(), x.constant(high).get());
  return make<arith::MaximumFOp>(below, below.get(), x.constant(low).get());
}

Lanes graphc::codegen::approximateExp2(Lanes x) {
  return make<math::Exp2Op>(x, x.get(), arith::FastMathFlags::afn);
}

Lanes graphc::codegen::operator-(Lanes a) {
  return make<arith::NegFOp>(a, a.get());
}

Lanes graphc::codegen::operator&(Lanes a, Lanes b) {
  return make<arith::AndIOp>(a, a.get(), b.get());
}

Lanes graphc::codegen::operator|(Lanes a, Lanes b) {
  return make<arith::OrIOp>(a, a.get(), b.get());
}

Lanes graphc::codegen::operator^(Lanes a, Lanes b) {
  return make<arith::XOrIOp>(a, a.get(), b.get());
}

Lanes graphc::codegen::operator<<(Lanes a, unsigned bits) {
  return make<arith::ShLIOp>(a, a.get(), a.integer(bits).get());
}

Lanes graphc::codegen::operator>>(Lanes a, unsigned bits) {
  return make<arith::ShRUIOp>(a, a.get(), a.integer(bits).get());
}

Lanes graphc::codegen::operator<<(Lanes a, Lanes bits) {
  return make<arith::ShLIOp>(a, a.get(), bits.get());
}

Lanes graphc::codegen::operator>>(Lanes a, Lanes bits) {
  return make<arith::ShRUIOp>(a, a.get(), bits.get());
}

Lanes graphc::codegen::operator%(Lanes a, Lanes b) {
  return make<arith::RemUIOp>(a, a.get(), b.get());
}

Lanes graphc::codegen::operator!(Lanes condition) {
  Lanes all = constantOf(condition.getBuilder(), condition.get().getType(),
                         BoolAttr::get(condition.get().getContext(), true));
  return condition ^ all;
}

Lanes graphc::codegen::operator<(Lanes a, Lanes b) {
  return isFloat(a) ? make<arith::CmpFOp>(a, arith::CmpFPredicate::OLT, a.get(),
                                          b.get())
                    : make<arith::CmpIOp>(a, arith::CmpIPredicate::ult, a.get(),
                                          b.get());
}

Lanes graphc::codegen::operator==(Lanes a, Lanes b) {
  return isFloat(a) ? make<arith::CmpFOp>(a, arith::CmpFPredicate::OEQ, a.get(),
                                          b.get())
                    : make<arith::CmpIOp>(a, arith::CmpIPredicate::eq, a.get(),
                                          b.get());
}

Lanes graphc::codegen::isNaN(Lanes a) {
  return make<arith::CmpFOp>(a, arith::CmpFPredicate::UNO, a.get(), a.get());
}

Lanes graphc::codegen::select(Lanes condition, Lanes a, Lanes b) {
  return make<arith::SelectOp>(a, condition.get(), a.get(), b.get());
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Lanes graphc::codegen::fma(Lanes a, Lanes b, Lanes c) {
  if (a.getBuilder().features.fma)
    return make<math::FmaOp>(a, a.get(), b.get(), c.get());
  return a * b + c;
}

Lanes graphc::codegen::abs(Lanes a) { return make<math::AbsFOp>(a, a.get()); }

Lanes graphc::codegen::sqrt(Lanes a) { return make<math::SqrtOp>(a, a.get()); }

Lanes graphc::codegen::copySign(Lanes magnitude, Lanes sign) {
  return make<math::CopySignOp>(magnitude, magnitude.get(), sign.get());
}

Lanes graphc::codegen::roundEven(Lanes a) {
  if (a.getBuilder().features.rounding)
    return make<math::RoundEvenOp>(a, a.get());
  // Adding 2^mantissa leaves no bits of a fraction; what is larger has none.
  double magic = std::ldexp(1.0, a.mantissa());
  Lanes magnitude = abs(a);
  Lanes rounded = copySign((magnitude + magic) - magic, a);
  return select(magnitude < magic, rounded, a);
}

Lanes graphc::codegen::trunc(Lanes a) {
  if (a.getBuilder().features.rounding)
    return make<math::TruncOp>(a, a.get());
  Lanes magnitude = abs(a);
  Lanes rounded = roundEven(magnitude);
  rounded = select(rounded > magnitude, rounded - 1.0, rounded);
  return copySign(rounded, a);
}

Lanes graphc::codegen::polynomial(Lanes x, ArrayRef<double> coefficients) {
  Lanes result = x.constant(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    result = fma(result, x, coefficient);
  return result;
}

Lanes graphc::codegen::inDouble(Lanes x, function_ref<Lanes(Lanes)> function) {
  return x.isDouble() ? function(x) : function(x.toDouble()).toSingle();
}

Value graphc::codegen::any(Lanes condition) {
  auto type = dyn_cast<VectorType>(condition.get().getType());
  if (!type)
    return condition.get();
  MathBuilder &builder = condition.getBuilder();
  Value flat = condition.get();
  if (type.getRank() != 1)
    flat = vector::ShapeCastOp::create(
        builder,
        VectorType::get({type.getNumElements()}, type.getElementType()), flat);
  return vector::ReductionOp::create(builder, vector::CombiningKind::OR, flat);
}
