//===- Trigonometric.cpp - Sine, cosine and tangent ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graphc::codegen;

// sin(r) = r + r * z * P(z) and cos(r) = 1 - z/2 + z^2 * P(z), with z = r^2 and
// r up to pi/4.
static constexpr double sin32[] = {-0.1666666716337204, 0.008333371952176094,
                                   -0.00019849900854751468,
                                   2.8003446459479164e-06};
static constexpr double sin64[] = {
    -0.1666666666666663,    0.00833333333332188,     -0.00019841269829409559,
    2.7557313560814735e-06, -2.5050738426926813e-08, 1.5895692771728672e-10};
static constexpr double cos32[] = {0.04166664555668831, -0.0013887309469282627,
                                   2.4432330974377692e-05};
static constexpr double cos64[] = {
    0.041666666666666595,    -0.0013888888888873307, 2.4801587288963888e-05,
    -2.7557314202180796e-07, 2.0875702944365947e-09, -1.1358603196091643e-11};

static constexpr double twoOverPi = 0.63661977236758134308;

// pi/2 in parts, all positive, which keeps the sign of zero. Without fused
// multiply-add they are short, so that the product of each but the last with
// the number of quadrants is exact.
static constexpr double fused32[] = {1.5707962512969971, 7.5497894158615964e-08,
                                     5.3903029534742384e-15};
static constexpr double fused64[] = {1.5707963267948966, 6.1232339957367648e-17,
                                     1.082856673921914e-32};
static constexpr double short64[] = {
    1.5707963109016418, 1.5893254712295857e-08, 6.1232339320535943e-17,
    6.3683170552252827e-25, 1.082856673921914e-32};

namespace {
/// An angle's distance from the nearest multiple of pi/2, and that multiple in
/// the two low bits.
struct Angle {
  Lanes rest, quadrant;
};
} // namespace

static bool hasFma(Lanes x) { return x.getBuilder().features.fma; }

/// The angles up to which `reduce` is exact enough.
static double reductionLimit(Lanes x) {
  return !x.isDouble() ? 1e5 : hasFma(x) ? 1e9 : 1e8;
}

/// In f32, only with fused multiply-add.
static Angle reduce(Lanes x) {
  ArrayRef<double> parts = fused32;
  if (x.isDouble())
    parts = hasFma(x) ? ArrayRef(fused64) : ArrayRef(short64);
  double magic = std::ldexp(1.5, x.mantissa());
  Lanes shifted = fma(x, twoOverPi, magic);
  Lanes n = shifted - magic;
  Lanes rest = x;
  for (double part : parts)
    rest = fma(n, -part, rest);
  return {rest, shifted.asBits()};
}

//===----------------------------------------------------------------------===//
// Large angles
//===----------------------------------------------------------------------===//

static Lanes widen(Lanes bits) {
  MathBuilder &builder = bits.getBuilder();
  Type type = bits.withElement(builder.getI64Type());
  return {builder, arith::ExtUIOp::create(builder, type, bits.get())};
}

/// Payne and Hanek's reduction of an f32: x = m * 2^e is multiplied by those 96
/// bits of 2/pi that matter, which e selects. In f64 and i64. Any finite x of
/// 2^-9 or more.
static Angle reduceLargeSingle(Lanes x) {
  // The bits of 2/pi after the point, after a word of zeros.
  static constexpr int64_t words[] = {0,          0xa2f9836e, 0x4e441529,
                                      0xfc2757d1, 0xf534ddc0, 0xdb629599,
                                      0x3c439041, 0xfe5163ab};
  MathBuilder &builder = x.getBuilder();
  Lanes bits = widen(abs(x).asBits());
  auto integer = [&](int64_t number) { return bits.integer(number); };
  Lanes m = (bits & integer(0x7fffff)) | integer(0x800000);
  // What is worth 4 quadrants or more after multiplication is left out: with
  // |x| = m * 2^E the first bit to take is number E - 1, counted from 1.
  Lanes position = (bits >> 23) - integer(127 + 23 - 30);
  Lanes index = position >> 5, shift = position & integer(31);
  auto word = [&](int offset) {
    Lanes result = integer(words[4 + offset]);
    for (int i = 3; i >= 0; --i)
      result = select(index == integer(i), integer(words[i + offset]), result);
    return result;
  };
  Lanes w[] = {word(0), word(1), word(2), word(3)};
  auto window = [&](int i) {
    return (((w[i] << 32) | w[i + 1]) << shift) >> 32;
  };
  // The fraction of a full turn, times 2^64.
  Lanes turn =
      ((m * window(0)) << 32) + m * window(1) + ((m * window(2)) >> 32);
  Lanes quadrant = (turn + integer(int64_t(1) << 61)) >> 62;
  Type real = x.withElement(builder.getF64Type());
  Lanes fraction(builder,
                 arith::SIToFPOp::create(builder, real, (turn << 2).get()));
  Lanes rest = fraction * (0x1p-64 * M_PI_2);
  Lanes isNegative = x < 0.0;
  return {select(isNegative, -rest, rest),
          select(isNegative, integer(0) - quadrant, quadrant)};
}

static Angle narrow(Angle angle) {
  MathBuilder &builder = angle.rest.getBuilder();
  Type type = angle.quadrant.withElement(builder.getI32Type());
  return {angle.rest.toSingle(),
          Lanes(builder,
                arith::TruncIOp::create(builder, type, angle.quadrant.get()))};
}

/// Both words of a product of unsigned integers.
static std::pair<Lanes, Lanes> wideProduct(Lanes a, Lanes b) {
  MathBuilder &builder = a.getBuilder();
  auto product = arith::MulUIExtendedOp::create(builder, a.get(), b.get());
  return {Lanes(builder, product.getLow()), Lanes(builder, product.getHigh())};
}

static Lanes toFloat(Lanes integer, bool isSigned) {
  MathBuilder &builder = integer.getBuilder();
  Type type = integer.withElement(builder.getF64Type());
  if (isSigned)
    return {builder, arith::SIToFPOp::create(builder, type, integer.get())};
  return {builder, arith::UIToFPOp::create(builder, type, integer.get())};
}

/// The same of an f64, with 192 bits of 2/pi: an angle may come as near as
/// 2^-61 to a multiple of pi/2. Any finite x of 2^-10 or more.
static Angle reduceLargeDouble(Lanes x) {
  // The bits of 2/pi after the point, after a word of zeros.
  static constexpr uint64_t words[] = {0,
                                       0xa2f9836e4e441529,
                                       0xfc2757d1f534ddc0,
                                       0xdb6295993c439041,
                                       0xfe5163abdebbc561,
                                       0xb7246e3a424dd2e0,
                                       0x06492eea09d1921c,
                                       0xfe1deb1cb129a73e,
                                       0xe88235f52ebb4484,
                                       0xe99c7026b45f7e41,
                                       0x3991d639835339f4,
                                       0x9c845f8bbdf9283b,
                                       0x1ff897ffde05980f,
                                       0xef2f118b5a0a6d1f,
                                       0x6d367ecf27cb09b7,
                                       0x4f463f669e5fea2d,
                                       0x7527bac7ebe5f17b,
                                       0x3d0739f78a5292ea,
                                       0x6bfb5fb11f8d5d08,
                                       0x56033046fc7b6bab};
  constexpr int lastWindow = std::size(words) - 4;
  Lanes bits = abs(x).asBits();
  auto integer = [&](uint64_t number) { return bits.integer(number); };
  Lanes m =
      (bits & integer((uint64_t(1) << 52) - 1)) | integer(uint64_t(1) << 52);
  // As above, with |x| = m * 2^E.
  Lanes position = (bits >> 52) - integer(1023 + 52 - 62);
  Lanes index = position >> 6, shift = position & integer(63);
  auto word = [&](int offset) {
    Lanes result = integer(words[lastWindow + offset]);
    for (int i = lastWindow - 1; i >= 0; --i)
      result = select(index == integer(i), integer(words[i + offset]), result);
    return result;
  };
  Lanes w[] = {word(0), word(1), word(2), word(3)};
  auto window = [&](int i) {
    return (w[i] << shift) | ((w[i + 1] >> 1) >> (integer(63) - shift));
  };
  // The fraction of a full turn, times 2^128, in two words.
  auto [low, carried] = wideProduct(m, window(1));
  Lanes lower = low + wideProduct(m, window(2)).second;
  Lanes upper =
      m * window(0) + carried + select(lower < low, integer(1), integer(0));
  Lanes quadrant = (upper + integer(uint64_t(1) << 61)) >> 62;
  // What is over, of a right angle, less those bits that are no number in f64
  // with the others; and those.
  Lanes over = (upper << 2) | (lower >> 62);
  Lanes rest = over & integer(0x7ff);
  Lanes coarse = toFloat(over - rest, /*isSigned=*/true);
  Lanes fine = fma(toFloat(rest, /*isSigned=*/false), 0x1p64,
                   toFloat(lower << 2, /*isSigned=*/false)) *
               0x1p-64;
  Pair angle = product(
      Pair{coarse, fine},
      constantPair(x, 0x1p-64 * M_PI_2, 0x1p-64 * 6.1232339957367660e-17));
  Lanes result = angle.upper + angle.lower;
  Lanes isNegative = x < 0.0;
  return {select(isNegative, -result, result),
          select(isNegative, integer(0) - quadrant, quadrant)};
}

static Angle reduceLarge(Lanes x) {
  return x.isDouble() ? reduceLargeDouble(x) : reduceLargeSingle(x);
}

static Lanes isLarge(Lanes x, Lanes reduced) {
  Lanes magnitude = abs(x);
  return (magnitude > reductionLimit(reduced)) & (magnitude < INFINITY);
}

/// `angle`, replaced in the lanes that are too large for it; nothing is
/// computed when there are none. `wide` asks for f64 where x is f32.
static Angle reduceAny(Lanes x, bool wide) {
  MathBuilder &builder = x.getBuilder();
  bool isDouble = x.isDouble();
  Lanes near = wide && !isDouble ? x.toDouble() : x;
  Angle angle = reduce(near);
  Lanes large = isLarge(x, near);
  auto branch = scf::IfOp::create(
      builder, any(large),
      [&](OpBuilder &, Location) {
        Angle far = reduceLarge(x);
        if (!wide && !isDouble)
          far = narrow(far);
        Lanes rest = select(large, far.rest, angle.rest);
        Lanes quadrant = select(large, far.quadrant, angle.quadrant);
        scf::YieldOp::create(builder, ValueRange{rest.get(), quadrant.get()});
      },
      [&](OpBuilder &, Location) {
        scf::YieldOp::create(
            builder, ValueRange{angle.rest.get(), angle.quadrant.get()});
      });
  return {Lanes(builder, branch.getResult(0)),
          Lanes(builder, branch.getResult(1))};
}

/// For f64, libm has what few programs need.
template <typename Op>
static Lanes withLibrary(Lanes x, Lanes result) {
  MathBuilder &builder = x.getBuilder();
  Lanes large = isLarge(x, x);
  auto branch = scf::IfOp::create(
      builder, any(large),
      [&](OpBuilder &, Location) {
        Lanes far(builder, Op::create(builder, x.get()));
        scf::YieldOp::create(builder, select(large, far, result).get());
      },
      [&](OpBuilder &, Location) {
        scf::YieldOp::create(builder, result.get());
      });
  return {builder, branch.getResult(0)};
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

static Lanes sinOfRest(Lanes r) {
  Lanes z = r * r;
  Lanes sine = fma(r * z, polynomial(z, Coefficients{sin32, sin64}), r);
  return copySign(sine, r); // for zeros
}

static Lanes cosOfRest(Lanes r) {
  Lanes z = r * r;
  return fma(fma(polynomial(z, Coefficients{cos32, cos64}), z, -0.5), z, 1);
}

static Lanes isOdd(Lanes quadrant) {
  return !((quadrant & quadrant.integer(1)) == quadrant.integer(0));
}

/// The sine of `quadrant` right angles more than `rest`.
static Lanes turned(Lanes rest, Lanes quadrant) {
  Lanes value = select(isOdd(quadrant), cosOfRest(rest), sinOfRest(rest));
  unsigned width = rest.isDouble() ? 64 : 32;
  Lanes sign = (quadrant & quadrant.integer(2)) << (width - 2);
  return (value.asBits() ^ sign).asFloat();
}

/// f32 in f64 without fused multiply-add.
static Lanes turnedAny(Lanes x, int quadrants) {
  bool wide = !x.isDouble() && !hasFma(x);
  Angle angle = reduceAny(x, wide);
  Lanes quadrant = angle.quadrant + angle.quadrant.integer(quadrants);
  Lanes result = turned(angle.rest, quadrant);
  return wide ? result.toSingle() : result;
}

static bool usesLibrary(Lanes x) {
  return x.isDouble() && x.getBuilder().features.libm;
}

Lanes graphc::codegen::sin(Lanes x) {
  if (!usesLibrary(x))
    return turnedAny(x, 0);
  Angle angle = reduce(x);
  return withLibrary<math::SinOp>(x, turned(angle.rest, angle.quadrant));
}

Lanes graphc::codegen::cos(Lanes x) {
  if (!usesLibrary(x))
    return turnedAny(x, 1);
  Angle angle = reduce(x);
  Lanes quadrant = angle.quadrant + angle.quadrant.integer(1);
  return withLibrary<math::CosOp>(x, turned(angle.rest, quadrant));
}

/// In f64.
Lanes graphc::codegen::tan(Lanes x) {
  Angle angle = reduceAny(x, /*wide=*/true);
  Lanes sine = sinOfRest(angle.rest), cosine = cosOfRest(angle.rest);
  Lanes odd = isOdd(angle.quadrant);
  Lanes result = select(odd, -cosine, sine) / select(odd, sine, cosine);
  return x.isDouble() ? result : result.toSingle();
}
