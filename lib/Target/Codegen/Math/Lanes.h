//===- Lanes.h - Vector arithmetic written as formulas ----------*- C++ -*-===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_LIB_TARGET_CODEGEN_MATH_LANES_H
#define GRAPHC_LIB_TARGET_CODEGEN_MATH_LANES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace graphc::codegen {

/// What expansions may use beyond the least processor of an architecture.
struct MathFeatures {
  bool fma = true;      ///< Fused multiply-add.
  bool rounding = true; ///< Rounding to integers.
  bool half = true;     ///< Conversion between f16 and f32.
  bool bfloat = false;  ///< Conversion between bf16 and f32, of all numbers.
  /// C's functions in f64. Where there are none, there is fused multiply-add.
  bool libm = true;
  /// 2^x and quotients in f32, to two units in the last place.
  bool approximations = false;
};

/// Where expansions put their operations.
struct MathBuilder : mlir::ImplicitLocOpBuilder {
  MathBuilder(mlir::Operation *op, const MathFeatures &features)
      : ImplicitLocOpBuilder(op->getLoc(), op), features(features) {}
  MathFeatures features;
};

/// A float, integer or condition in every lane of a vector; also a scalar. The
/// operators emit the operation that they are named after, lane by lane. f32
/// and f64 alone: narrower floats are widened before.
class Lanes {
public:
  Lanes(MathBuilder &builder, mlir::Value value)
      : builder(&builder), value(value) {}

  mlir::Value get() const { return value; }
  MathBuilder &getBuilder() const { return *builder; }
  mlir::Type getElement() const;
  bool isDouble() const;
  /// Bits of the mantissa without the leading one: 23 or 52.
  unsigned mantissa() const { return isDouble() ? 52 : 23; }
  unsigned bias() const { return isDouble() ? 1023 : 127; }

  /// `number` in every lane of the same type.
  Lanes constant(double number) const;
  Lanes integer(std::int64_t number) const;

  Lanes asBits() const;  ///< The integer of the same bits.
  Lanes asFloat() const; ///< The float of the same bits.
  Lanes toDouble() const;
  Lanes toSingle() const;
  /// Keeps the lanes, changes the element.
  mlir::Type withElement(mlir::Type element) const;

private:
  MathBuilder *builder;
  mlir::Value value;
};

Lanes operator+(Lanes a, Lanes b);
Lanes operator-(Lanes a, Lanes b);
Lanes operator*(Lanes a, Lanes b);
Lanes operator/(Lanes a, Lanes b);
Lanes operator-(Lanes a);
inline Lanes operator+(Lanes a, double b) { return a + a.constant(b); }
inline Lanes operator-(Lanes a, double b) { return a - a.constant(b); }
inline Lanes operator*(Lanes a, double b) { return a * a.constant(b); }
inline Lanes operator-(double a, Lanes b) { return b.constant(a) - b; }
inline Lanes operator/(double a, Lanes b) { return b.constant(a) / b; }

/// Integers and conditions.
Lanes operator&(Lanes a, Lanes b);
Lanes operator|(Lanes a, Lanes b);
Lanes operator^(Lanes a, Lanes b);
Lanes operator<<(Lanes a, unsigned bits);
Lanes operator>>(Lanes a, unsigned bits); ///< Fills with zeros.
Lanes operator<<(Lanes a, Lanes bits);
Lanes operator>>(Lanes a, Lanes bits);
Lanes operator%(Lanes a, Lanes b); ///< Unsigned.
Lanes operator!(Lanes condition);

/// Ordered: false when a side is NaN. Integers compare as unsigned.
Lanes operator<(Lanes a, Lanes b);
Lanes operator==(Lanes a, Lanes b);
inline Lanes operator>(Lanes a, Lanes b) { return b < a; }
inline Lanes operator<(Lanes a, double b) { return a < a.constant(b); }
inline Lanes operator>(Lanes a, double b) { return a > a.constant(b); }
inline Lanes operator==(Lanes a, double b) { return a == a.constant(b); }
Lanes isNaN(Lanes a);

Lanes select(Lanes condition, Lanes a, Lanes b);
inline Lanes select(Lanes condition, Lanes a, double b) {
  return select(condition, a, a.constant(b));
}
/// The lesser; `a` when it is NaN.
inline Lanes min(Lanes a, double b) { return select(a > b, a.constant(b), a); }
inline Lanes max(Lanes a, double b) { return select(a < b, a.constant(b), a); }
/// The nearest number from `low` to `high`, or NaN, by two instructions.
Lanes clamp(Lanes x, double low, double high);

/// For a quotient's first digits: not rounded correctly where the processor is
/// faster so.
Lanes quotient(Lanes a, Lanes b);
/// 2^x as the processor has it; only if there are `approximations`.
Lanes approximateExp2(Lanes x);

/// a * b + c, rounded once where the processor can.
Lanes fma(Lanes a, Lanes b, Lanes c);
inline Lanes fma(Lanes a, Lanes b, double c) {
  return fma(a, b, a.constant(c));
}
inline Lanes fma(Lanes a, double b, Lanes c) {
  return fma(a, a.constant(b), c);
}
inline Lanes fma(Lanes a, double b, double c) {
  return fma(a, a.constant(b), a.constant(c));
}

Lanes abs(Lanes a);
Lanes sqrt(Lanes a);
Lanes copySign(Lanes magnitude, Lanes sign);
/// To an integer towards zero, or to nearest and ties to even.
Lanes trunc(Lanes a);
Lanes roundEven(Lanes a);

/// Coefficients from the constant one upwards, for f32 and for f64.
struct Coefficients {
  llvm::ArrayRef<double> single, full;
};
Lanes polynomial(Lanes x, llvm::ArrayRef<double> coefficients);
inline Lanes polynomial(Lanes x, const Coefficients &of) {
  return polynomial(x, x.isDouble() ? of.full : of.single);
}

/// Computes `function` in f64, also for f32, which it rounds to.
Lanes inDouble(Lanes x, llvm::function_ref<Lanes(Lanes)> function);

/// Whether the condition holds in a lane: an i1.
mlir::Value any(Lanes condition);

} // namespace graphc::codegen

#endif // GRAPHC_LIB_TARGET_CODEGEN_MATH_LANES_H
