//===- MathTest.cpp - Precision of the expanded functions -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every function on numbers of all magnitudes, compared with libm one format
// wider. GRAPHC_MATH_STRIDE=1 takes every f32 there is.
//
//===----------------------------------------------------------------------===//

#include "MathCode.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace graphc::test;

namespace {

/// A function in the wider format, which is exact for our purpose.
struct Reference {
  const char *name;
  double (*single)(double);
  long double (*full)(long double);
  bool isRare = false;
};

template <typename T>
T inverseRoot(T x) {
  return T(1) / std::sqrt(x);
}

#define FUNCTION(name) {"math." #name, std::name, std::name}
/// In f64 ours only where there is no libm.
#define RARE(name) {"math." #name, std::name, std::name, true}
const Reference unary[] = {
    FUNCTION(exp),
    FUNCTION(exp2),
    FUNCTION(expm1),
    FUNCTION(log),
    FUNCTION(log2),
    FUNCTION(log10),
    FUNCTION(log1p),
    FUNCTION(sin),
    FUNCTION(cos),
    RARE(tan),
    FUNCTION(asin),
    FUNCTION(acos),
    FUNCTION(atan),
    FUNCTION(sinh),
    FUNCTION(cosh),
    FUNCTION(tanh),
    RARE(asinh),
    RARE(acosh),
    RARE(atanh),
    RARE(erf),
    RARE(erfc),
    FUNCTION(floor),
    FUNCTION(ceil),
    FUNCTION(trunc),
    {"math.roundeven", std::nearbyint, std::nearbyint},
    {"math.rsqrt", inverseRoot, inverseRoot},
};
#undef RARE
#undef FUNCTION

struct BinaryReference {
  const char *name;
  double (*single)(double, double);
  long double (*full)(long double, long double);
  bool isRare = false;
};
const BinaryReference binary[] = {
    {"math.atan2", std::atan2, std::atan2},
    {"math.powf", std::pow, std::pow, true},
    {"arith.remf", std::fmod, std::fmod, true},
};

template <typename T>
const char *elementName();
template <>
const char *elementName<float>() {
  return "f32";
}
template <>
const char *elementName<double>() {
  return "f64";
}

template <typename T>
std::vector<VectorOp> getOps() {
  std::vector<VectorOp> ops;
  for (const Reference &function : unary)
    ops.push_back({function.name, elementName<T>(), elementName<T>(), 1});
  for (const BinaryReference &function : binary)
    ops.push_back({function.name, elementName<T>(), elementName<T>(), 2});
  return ops;
}

/// Compiled once for all tests; `fma` stands for all features of a GPU, which
/// has no libm.
template <typename T>
const MathCode &getCode(bool fma) {
  static MathCode with(getOps<T>(), {true, true, true, /*libm=*/false});
  static MathCode without(getOps<T>(), {false, false, false});
  return fma ? with : without;
}

template <typename T>
std::vector<T> getSpecials() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> positive = {0,
                             Limits::denorm_min(),
                             Limits::denorm_min() * 5,
                             std::nextafter(Limits::min(), T(0)),
                             Limits::min(),
                             Limits::epsilon(),
                             T(0.5),
                             std::nextafter(T(1), T(0)),
                             T(1),
                             std::nextafter(T(1), T(2)),
                             T(1.5),
                             T(2),
                             T(2.5),
                             T(3),
                             T(4),
                             T(M_PI_4),
                             T(M_PI_2),
                             T(M_PI),
                             T(88.5),
                             T(127),
                             T(128),
                             T(708),
                             T(1e5),
                             T(16777215),
                             T(16777216),
                             T(2147483648.),
                             T(1e22),
                             Limits::max(),
                             Limits::infinity(),
                             Limits::quiet_NaN()};
  std::vector<T> specials;
  for (T value : positive) {
    specials.push_back(value);
    specials.push_back(-value);
  }
  return specials;
}

void fill(std::vector<float> &numbers) {
  const char *text = std::getenv("GRAPHC_MATH_STRIDE");
  uint64_t stride = text ? std::strtoull(text, nullptr, 10) : 20011;
  for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += stride) {
    uint32_t word = bits;
    float number;
    std::memcpy(&number, &word, sizeof number);
    numbers.push_back(number);
  }
}

void fill(std::vector<double> &numbers) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 60000; ++i) {
    uint64_t word = random();
    double number;
    std::memcpy(&number, &word, sizeof number);
    numbers.push_back(number);
  }
}

template <typename T>
std::vector<T> getNumbers() {
  std::vector<T> numbers = getSpecials<T>();
  fill(numbers);
  // Most of what models compute with.
  std::mt19937_64 random(2);
  for (double range : {1.1, 20., 200.}) {
    std::uniform_real_distribution<double> uniform(-range, range);
    for (int i = 0; i < 30000; ++i)
      numbers.push_back(T(uniform(random)));
  }
  while (numbers.size() % 16)
    numbers.push_back(1);
  return numbers;
}

/// How many units in the last place `got` is off; a large number for what is
/// wrong altogether.
template <typename T, typename Wide>
double getError(T got, Wide wanted) {
  const double wrong = 1e30;
  T rounded = T(wanted);
  if (std::isnan(rounded) || std::isnan(got))
    return std::isnan(rounded) && std::isnan(got) ? 0 : wrong;
  if (rounded == 0 && got == 0)
    return std::signbit(rounded) == std::signbit(got) ? 0 : wrong;
  if (std::isinf(rounded) && std::isinf(got))
    return rounded == got ? 0 : wrong;
  if (std::isinf(rounded) != std::isinf(got) && std::isinf(wanted))
    return wrong;
  int exponent = std::isinf(got) ? std::numeric_limits<T>::max_exponent
                                 : std::ilogb(wanted);
  exponent = std::max(exponent, std::numeric_limits<T>::min_exponent - 1);
  Wide unit =
      std::ldexp(Wide(1), exponent - std::numeric_limits<T>::digits + 1);
  Wide value = std::isinf(got)
                   ? std::copysign(std::ldexp(Wide(1), exponent), Wide(got))
                   : Wide(got);
  return double(std::abs(value - wanted) / unit);
}

struct Worst {
  double error = 0;
  long double a = 0, b = 0, got = 0, wanted = 0;
};

std::ostream &operator<<(std::ostream &os, const Worst &worst) {
  return os << std::hexfloat << double(worst.a) << ", " << double(worst.b)
            << std::defaultfloat << " (" << double(worst.a) << ") gives "
            << double(worst.got) << " instead of " << double(worst.wanted)
            << ", off by " << worst.error;
}

template <typename T, typename Function>
Worst compare(unsigned op, const MathCode &code, const std::vector<T> &a,
              const std::vector<T> &b, Function &&reference) {
  std::vector<T> out(a.size());
  code.run(op, a.data(), b.data(), out.data(), a.size());
  Worst worst;
  for (size_t i = 0; i < a.size(); ++i) {
    auto wanted = reference(a[i], b[i]);
    double error = getError(out[i], wanted);
    if (error > worst.error)
      worst = {error, a[i], b[i], out[i], wanted};
  }
  return worst;
}

void printError(const char *name, const char *type, bool fma, double error) {
  if (std::getenv("GRAPHC_MATH_PRINT"))
    std::printf("%-16s %s %s %.3f\n", name, type, fma ? "fma" : "   ", error);
}

class UnaryMath : public testing::TestWithParam<unsigned> {};
class BinaryMath : public testing::TestWithParam<unsigned> {};

/// Units in the last place that a function may be off.
template <typename T>
double getLimit(bool isRare) {
  return isRare && sizeof(T) == sizeof(double) ? 4 : 2;
}

template <typename T, typename Function>
void testUnary(unsigned op, Function reference) {
  static const std::vector<T> numbers = getNumbers<T>();
  for (bool fma : {true, false}) {
    Worst worst = compare(op, getCode<T>(fma), numbers, numbers,
                          [&](T a, T) { return reference(a); });
    printError(unary[op].name, elementName<T>(), fma, worst.error);
    EXPECT_LE(worst.error, getLimit<T>(unary[op].isRare))
        << elementName<T>() << (fma ? " fma " : " ") << worst;
  }
}

template <typename T, typename Function>
void testBinary(unsigned op, Function reference) {
  std::vector<T> a, b;
  for (T x : getSpecials<T>())
    for (T y : getSpecials<T>()) {
      a.push_back(x);
      b.push_back(y);
    }
  std::vector<T> numbers = getNumbers<T>();
  std::mt19937_64 random(3);
  for (int i = 0; i < 150000; ++i) {
    a.push_back(numbers[random() % numbers.size()]);
    b.push_back(numbers[random() % numbers.size()]);
  }
  // Powers of what is near 1, large and small.
  std::uniform_real_distribution<double> digits(1, 2), power(-700, 700);
  for (int i = 0; i < 30000; ++i) {
    T base = T(1 + std::ldexp(digits(random), -int(random() % 30) - 1));
    a.push_back(base);
    b.push_back(T(power(random) / std::log(double(base))));
  }
  a.resize(a.size() / 16 * 16);
  b.resize(a.size());
  for (bool fma : {true, false}) {
    Worst worst =
        compare(std::size(unary) + op, getCode<T>(fma), a, b, reference);
    printError(binary[op].name, elementName<T>(), fma, worst.error);
    EXPECT_LE(worst.error, getLimit<T>(binary[op].isRare))
        << elementName<T>() << (fma ? " fma " : " ") << worst;
  }
}

TEST_P(UnaryMath, Single) {
  testUnary<float>(GetParam(), unary[GetParam()].single);
}

TEST_P(UnaryMath, Double) {
  testUnary<double>(GetParam(), unary[GetParam()].full);
}

TEST_P(BinaryMath, Single) {
  testBinary<float>(GetParam(), binary[GetParam()].single);
}

TEST_P(BinaryMath, Double) {
  testBinary<double>(GetParam(), binary[GetParam()].full);
}

/// fma of the least processor, which is exact.
TEST(FusedMultiplyAdd, IsRoundedOnce) {
  static MathCode code({{"math.fma", "f32", "f32", 3}}, {false, false, false});
  std::vector<float> numbers = getNumbers<float>();
  std::vector<float> others(numbers.size()), out(numbers.size());
  std::mt19937_64 random(4);
  for (float &other : others)
    other = numbers[random() % numbers.size()];
  code.run(0, numbers.data(), others.data(), out.data(), numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    float wanted = std::fma(numbers[i], others[i], numbers[i]);
    ASSERT_EQ(getError(out[i], double(wanted)), 0)
        << numbers[i] << " " << others[i] << " " << out[i] << " " << wanted;
  }
}

std::string getName(const char *name) { return std::strchr(name, '.') + 1; }

INSTANTIATE_TEST_SUITE_P(All, UnaryMath,
                         testing::Range(0u, unsigned(std::size(unary))),
                         [](const auto &info) {
                           return getName(unary[info.param].name);
                         });
INSTANTIATE_TEST_SUITE_P(All, BinaryMath,
                         testing::Range(0u, unsigned(std::size(binary))),
                         [](const auto &info) {
                           return getName(binary[info.param].name);
                         });

} // namespace
