//===- ExprTest.cpp - Tests of size expressions ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

extern "C" {
#include "lib/Runtime/Internal.h"
}

#include "gtest/gtest.h"

#include <optional>

static std::optional<int64_t> binary(int64_t op, int64_t a, int64_t b) {
  const int64_t code[] = {GRAPHC_EXPR_SYMBOL, 0, GRAPHC_EXPR_SYMBOL, 1, op,
                          GRAPHC_EXPR_END};
  const int64_t symbols[] = {a, b};
  int64_t value;
  if (!graphc_rt_evaluate(code, symbols, &value))
    return std::nullopt;
  return value;
}

TEST(ExprTest, DivisionRoundsLikePython) {
  EXPECT_EQ(binary(GRAPHC_EXPR_FLOORDIV, 7, 2), 3);
  EXPECT_EQ(binary(GRAPHC_EXPR_FLOORDIV, -7, 2), -4);
  EXPECT_EQ(binary(GRAPHC_EXPR_FLOORDIV, 7, -2), -4);
  EXPECT_EQ(binary(GRAPHC_EXPR_CEILDIV, 7, 2), 4);
  EXPECT_EQ(binary(GRAPHC_EXPR_CEILDIV, -7, 2), -3);
  EXPECT_EQ(binary(GRAPHC_EXPR_MOD, -7, 2), 1);
  EXPECT_EQ(binary(GRAPHC_EXPR_MOD, 7, -2), -1);
  EXPECT_EQ(binary(GRAPHC_EXPR_MIN, 7, -2), -2);
  EXPECT_EQ(binary(GRAPHC_EXPR_MAX, 7, -2), 7);
  EXPECT_EQ(binary(GRAPHC_EXPR_SUB, 7, -2), 9);
  EXPECT_EQ(binary(GRAPHC_EXPR_EQ, 7, -2), 0);
  EXPECT_EQ(binary(GRAPHC_EXPR_LE, -2, 7), 1);
}

TEST(ExprTest, OverflowFails) {
  EXPECT_FALSE(binary(GRAPHC_EXPR_MUL, int64_t(1) << 40, int64_t(1) << 40));
  EXPECT_FALSE(binary(GRAPHC_EXPR_ADD, INT64_MAX, 1));
  EXPECT_FALSE(binary(GRAPHC_EXPR_SUB, INT64_MIN, 1));
  EXPECT_FALSE(binary(GRAPHC_EXPR_FLOORDIV, INT64_MIN, -1));
  EXPECT_FALSE(binary(GRAPHC_EXPR_CEILDIV, INT64_MIN, 3));
  EXPECT_EQ(binary(GRAPHC_EXPR_MOD, INT64_MIN, -1), 0);
}

TEST(ExprTest, DivisionByZeroIsZero) {
  EXPECT_EQ(binary(GRAPHC_EXPR_FLOORDIV, 7, 0), 0);
  EXPECT_EQ(binary(GRAPHC_EXPR_MOD, 7, 0), 0);
}

TEST(ExprTest, MalformedProgramsFail) {
  int64_t value;
  const int64_t missing[] = {GRAPHC_EXPR_CONSTANT, 1, GRAPHC_EXPR_ADD,
                             GRAPHC_EXPR_END};
  EXPECT_FALSE(graphc_rt_evaluate(missing, nullptr, &value));
  const int64_t unknown[] = {
      GRAPHC_EXPR_CONSTANT, 1, GRAPHC_EXPR_CONSTANT, 1, 99, GRAPHC_EXPR_END};
  EXPECT_FALSE(graphc_rt_evaluate(unknown, nullptr, &value));
}

TEST(ExprTest, CopiesBetweenLayouts) {
  const int64_t shape[] = {2, 3}, transposed[] = {1, 2}, padded[] = {5, 1};
  const int from[] = {0, 1, 2, 3, 4, 5};
  int to[10] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
  graphc_rt_copy(to, transposed, from, nullptr, shape, 2, sizeof(int));
  EXPECT_EQ(to[1], 3);
  EXPECT_EQ(to[4], 2);
  EXPECT_EQ(to[6], 9);
  int gaps[10] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
  graphc_rt_copy(gaps, padded, from, nullptr, shape, 2, sizeof(int));
  EXPECT_EQ(gaps[3], 9);
  EXPECT_EQ(gaps[5], 3);
  graphc_rt_copy(gaps, nullptr, from, nullptr, nullptr, 0, sizeof(int));
  EXPECT_EQ(gaps[0], 0);
  EXPECT_EQ(gaps[1], 1);
}
