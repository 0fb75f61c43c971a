//===- WeightsTest.cpp - Statistics of weights ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Loader/Weights.h"

#include "gtest/gtest.h"

using namespace graphc::loader;

/// The line of one constant that is `shape` of `dtype` over `bytes`.
static std::string describe(DType dtype, std::vector<std::uint8_t> bytes,
                            std::vector<std::int64_t> shape,
                            std::vector<std::int64_t> stride) {
  auto storage = std::make_shared<Storage>();
  storage->data = bytes.data();
  storage->size = bytes.size();
  Program program;
  program.constants.push_back({"w", dtype, shape, stride, 0, storage});
  std::string text = printWeights(program);
  return text.substr(text.find('\n') + 1);
}

TEST(Weights, HalvesWithAllKindsOfValues) {
  // 1, -2, the smallest subnormal, NaN, infinity.
  EXPECT_EQ(describe(DType::Float16, {0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7e, 0, 0x7c},
                     {5}, {1}),
            "w: float16[5], 5 values, min -2, max 1, mean -0.333333, 1 NaN, 1 "
            "infinite\n");
}

TEST(Weights, BrainFloats) {
  EXPECT_EQ(describe(DType::BFloat16, {0x80, 0x3f, 0x40, 0xc0}, {2}, {1}),
            "w: bfloat16[2], 2 values, min -3, max 1, mean -1, 0 NaN, 0 "
            "infinite\n");
}

TEST(Weights, FloatsWithoutInfinity) {
  EXPECT_EQ(describe(DType::Float8E4M3FN, {0x7e, 0x7f, 0x38}, {3}, {1}),
            "w: float8_e4m3fn[3], 3 values, min 1, max 448, mean 224.5, 1 NaN, "
            "0 infinite\n");
}

TEST(Weights, OnlyWhatTheViewHolds) {
  EXPECT_EQ(describe(DType::UInt8, {1, 9, 2, 9, 3, 9}, {3}, {2}),
            "w: uint8[3], 3 values, min 1, max 3, mean 2, 0 NaN, 0 infinite\n");
}

TEST(Weights, Empty) {
  EXPECT_EQ(describe(DType::Float32, {0}, {0, 4}, {4, 1}),
            "w: float32[0, 4], 0 values, 0 NaN, 0 infinite\n");
}
