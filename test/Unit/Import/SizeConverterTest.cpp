//===- SizeConverterTest.cpp - Sizes as files spell them ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SizeConverter.h"

#include "graphc/Loader/SymExpr.h"

#include <gtest/gtest.h>

using namespace graphc::aten;

namespace {

/// What the condition says `s` to be a multiple of.
int64_t factorOf(const char *condition) {
  mlir::MLIRContext context;
  SizeConverter sizes(&context);
  graphc::loader::Result<graphc::loader::SymExpr> guard =
      graphc::loader::parseSymExpr(condition);
  EXPECT_TRUE(guard) << condition;
  sizes.addMultiples(*guard, [](llvm::StringRef name) { return name == "s"; });
  return sizes.getFactor("s");
}

TEST(SizeConverter, FindsMultiplesInRemainders) {
  EXPECT_EQ(factorOf("s % 8 == 0"), 8);
  EXPECT_EQ(factorOf("(3*s + 16) % 8 == 0"), 8);
  EXPECT_EQ(factorOf("6*s % 8 == 0"), 4);
  EXPECT_EQ(factorOf("(s + 1) % 8 == 0"), 1);
  EXPECT_EQ(factorOf("(s + t) % 8 == 0"), 1);
  EXPECT_EQ(factorOf("s*s % 8 == 0"), 1);
}

TEST(SizeConverter, FindsMultiplesInRemaindersOfProducts) {
  EXPECT_EQ(factorOf("t*s % (8*t) == 0"), 8);
  EXPECT_EQ(factorOf("t*u*s % (t*8*u) == 0"), 8);
  EXPECT_EQ(factorOf("t*s % (8*u) == 0"), 1);
  EXPECT_EQ(factorOf("t*s*s % (8*t) == 0"), 1);
  EXPECT_EQ(factorOf("t*s % t == 0"), 1);
}

TEST(SizeConverter, FindsMultiplesInWhatPaddingLacks) {
  EXPECT_EQ(factorOf("(8 + (-1)*(s % 8)) % 8 <= 0"), 8);
  EXPECT_EQ(factorOf("(8 + (-1)*(s % 16)) % 8 <= 0"), 8);
  EXPECT_EQ(factorOf("(8 + (-1)*(s % 12)) % 8 <= 0"), 1);
  EXPECT_EQ(factorOf("s % 8 <= 1"), 1);
}

} // namespace
