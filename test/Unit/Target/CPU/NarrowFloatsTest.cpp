//===- NarrowFloatsTest.cpp - Casts from and to f16 and bf16 --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MathCode.h"

#include "llvm/ADT/APFloat.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace graphc::test;
using llvm::APFloat;

namespace {

struct Format {
  const char *name;
  const llvm::fltSemantics &semantics;
};

const Format formats[] = {{"f16", APFloat::IEEEhalf()},
                          {"bf16", APFloat::BFloat()}};

/// Casts of both formats, and a sum, which computes in f32.
const MathCode &getCode(bool half) {
  static std::vector<VectorOp> ops = {
      {"arith.extf", "f16", "f32"},    {"arith.extf", "bf16", "f32"},
      {"arith.truncf", "f32", "f16"},  {"arith.truncf", "f32", "bf16"},
      {"arith.addf", "f16", "f16", 2}, {"arith.addf", "bf16", "bf16", 2}};
  static MathCode with(ops, {true, true, true});
  static MathCode without(ops, {false, false, false});
  return half ? with : without;
}

float toFloat(uint16_t bits, const llvm::fltSemantics &semantics) {
  APFloat number(semantics, llvm::APInt(16, bits));
  bool losesInfo;
  number.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToFloat();
}

uint16_t fromFloat(float value, const llvm::fltSemantics &semantics) {
  APFloat number(value);
  bool losesInfo;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return number.bitcastToAPInt().getZExtValue();
}

bool isNaN(uint16_t bits, const llvm::fltSemantics &semantics) {
  return APFloat(semantics, llvm::APInt(16, bits)).isNaN();
}

class NarrowFloats : public testing::TestWithParam<unsigned> {
protected:
  const Format &format = formats[GetParam()];
};

TEST_P(NarrowFloats, WidensEveryNumber) {
  std::vector<uint16_t> in(1 << 16);
  std::vector<float> out(in.size());
  for (size_t i = 0; i < in.size(); ++i)
    in[i] = i;
  for (bool half : {true, false}) {
    getCode(half).run(GetParam(), in.data(), in.data(), out.data(), in.size());
    for (size_t i = 0; i < in.size(); ++i) {
      float wanted = toFloat(i, format.semantics);
      if (std::isnan(wanted))
        ASSERT_TRUE(std::isnan(out[i])) << i;
      else
        ASSERT_EQ(std::memcmp(&wanted, &out[i], 4), 0) << i << " " << out[i];
    }
  }
}

TEST_P(NarrowFloats, RoundsToNearest) {
  std::vector<float> in;
  for (uint64_t i = 0; i < uint64_t(1) << 32; i += 4093) {
    uint32_t bits = i;
    float number;
    std::memcpy(&number, &bits, 4);
    in.push_back(number);
  }
  // Every number of the format, and halfway to the next with its neighbours.
  for (uint32_t i = 0; i < 1 << 16; ++i) {
    float number = toFloat(i, format.semantics);
    float middle =
        float((double(number) + toFloat(i + 1, format.semantics)) / 2);
    for (float value : {number, middle, std::nextafter(middle, INFINITY),
                        std::nextafter(middle, -INFINITY)})
      in.push_back(value);
  }
  in.resize(in.size() / 16 * 16);
  std::vector<uint16_t> out(in.size());
  for (bool half : {true, false}) {
    getCode(half).run(2 + GetParam(), in.data(), in.data(), out.data(),
                      in.size());
    for (size_t i = 0; i < in.size(); ++i) {
      uint16_t wanted = fromFloat(in[i], format.semantics);
      if (isNaN(wanted, format.semantics))
        ASSERT_TRUE(isNaN(out[i], format.semantics)) << in[i];
      else
        ASSERT_EQ(wanted, out[i]) << in[i];
    }
  }
}

TEST_P(NarrowFloats, ComputesInSingle) {
  std::vector<uint16_t> a, b;
  for (uint32_t i = 0; i < 1 << 16; ++i) {
    a.push_back(i);
    b.push_back(uint16_t(i * 40503));
  }
  std::vector<uint16_t> out(a.size());
  getCode(false).run(4 + GetParam(), a.data(), b.data(), out.data(), a.size());
  for (size_t i = 0; i < a.size(); ++i) {
    uint16_t wanted = fromFloat(toFloat(a[i], format.semantics) +
                                    toFloat(b[i], format.semantics),
                                format.semantics);
    if (!isNaN(wanted, format.semantics))
      ASSERT_EQ(wanted, out[i]) << a[i] << " " << b[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, NarrowFloats, testing::Range(0u, 2u),
                         [](const auto &info) {
                           return std::string(formats[info.param].name);
                         });

} // namespace
