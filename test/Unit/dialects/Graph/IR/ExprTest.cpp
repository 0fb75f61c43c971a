//===- ExprTest.cpp - Symbolic sizes --------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Graph.h"

#include "mlir/IR/MLIRContext.h"

#include "gtest/gtest.h"

#include <random>

using namespace mlir;
using namespace graphc::graph;

namespace {

class ExprTest : public ::testing::Test {
protected:
  ExprTest() { context.loadDialect<GraphDialect>(); }

  Expr num(int64_t value) { return Expr::constant(&context, value); }
  Expr sym(StringRef name) { return Expr::symbol(&context, name); }

  MLIRContext context;
};

TEST_F(ExprTest, EqualPolynomialsAreOnePointer) {
  Expr a = sym("a"), b = sym("b");
  EXPECT_EQ((a + b) * (a - b), a * a - b * b);
  EXPECT_NE(a * b, a + b);
}

TEST_F(ExprTest, ConstantsAreRecognised) {
  Expr a = sym("a");
  EXPECT_EQ((a + 3 - a).getConstant(), 3);
  EXPECT_FALSE(a.getConstant());
  EXPECT_TRUE(num(4) == 4);
}

TEST_F(ExprTest, SymbolsAreCollectedOnce) {
  llvm::SetVector<StringRef> symbols;
  (sym("b") + sym("a").floorDiv(sym("b"))).collectSymbols(symbols);
  EXPECT_EQ(symbols.size(), 2u);
}

TEST_F(ExprTest, OverflowIsInvalid) {
  Expr big = num(INT64_MAX);
  EXPECT_TRUE((big + 1).isInvalid());
  EXPECT_TRUE((sym("a") * big * 2).isInvalid());
  EXPECT_TRUE(((big + 1) - (big + 1)).isInvalid());
  EXPECT_TRUE((-num(INT64_MIN)).isInvalid());
  EXPECT_TRUE(num(INT64_MIN).floorDiv(-1).isInvalid());
}

TEST_F(ExprTest, DivisionByZeroIsInvalid) {
  EXPECT_TRUE(sym("a").floorDiv(0).isInvalid());
  EXPECT_TRUE(sym("a").mod(0).isInvalid());
}

TEST_F(ExprTest, GrowthIsBounded) {
  Expr sum = num(1);
  for (int i = 0; i != 30; ++i)
    sum = sum + sym("s" + std::to_string(i));
  EXPECT_TRUE(sum.pow(8).isInvalid());
}

TEST_F(ExprTest, EvaluationChecks) {
  llvm::StringMap<int64_t> values = {{"a", 7}, {"zero", 0}};
  EXPECT_EQ((sym("a") * 2 + 1).evaluate(values), 15);
  EXPECT_EQ(sym("a").max(num(9)).evaluate(values), 9);
  EXPECT_FALSE(sym("b").evaluate(values));
  EXPECT_FALSE(sym("a").floorDiv(sym("zero")).evaluate(values));
  EXPECT_FALSE((sym("a") * INT64_MAX).evaluate(values));
}

TEST_F(ExprTest, ConditionsAreZeroOrOne) {
  llvm::StringMap<int64_t> values = {{"a", 7}};
  Expr a = sym("a");
  EXPECT_EQ(a.le(num(7)).select(num(10), num(20)).evaluate(values), 10);
  EXPECT_EQ(a.lt(num(7)).select(num(10), num(20)).evaluate(values), 20);
  EXPECT_EQ(a.ne(num(7)).logicalOr(a.eq(num(7))).evaluate(values), 1);
}

TEST_F(ExprTest, SubstitutionSimplifies) {
  Expr half = sym("a").floorDiv(2);
  Expr doubled = half.substitute([&](StringRef) { return sym("b") * 2; });
  EXPECT_EQ(doubled, sym("b"));
}

TEST_F(ExprTest, TextRoundTrips) {
  Expr expr = Expr::parse("floordiv(2*a + 1, b) - max(a, 3)", &context);
  ASSERT_TRUE(expr);
  EXPECT_EQ(Expr::parse(expr.str(), &context), expr);
}

TEST_F(ExprTest, BrokenTextIsNull) {
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) {});
  EXPECT_FALSE(Expr::parse("a +", &context));
}

/// Builds an expression and its value side by side.
TEST_F(ExprTest, NormalFormKeepsValues) {
  std::mt19937 random(1);
  llvm::StringMap<int64_t> values = {{"a", 5}, {"b", 12}, {"c", 3}};
  for (int round = 0; round != 2000; ++round) {
    Expr expr = sym("a");
    int64_t value = 5;
    for (int step = 0; step != 6; ++step) {
      StringRef name = ArrayRef<StringRef>{"a", "b", "c"}[random() % 3];
      int64_t other = values[name];
      switch (random() % 6) {
      case 0:
        expr = expr + sym(name), value += other;
        break;
      case 1:
        expr = expr - sym(name) * 3, value -= other * 3;
        break;
      case 2:
        expr = expr * sym(name), value *= other;
        break;
      case 3:
        expr = expr.floorDiv(sym(name));
        value = llvm::divideFloorSigned(value, other);
        break;
      case 4:
        expr = expr.ceilDiv(other);
        value = llvm::divideCeilSigned(value, other);
        break;
      default:
        expr = expr.min(sym(name) * 4), value = std::min(value, other * 4);
        break;
      }
    }
    ASSERT_EQ(expr.evaluate(values), value) << expr.str();
  }
}

} // namespace
