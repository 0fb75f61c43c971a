//===- RangesTest.cpp - What is known of symbolic sizes -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ranges.h"

#include "dialects/Graph/IR/Graph.h"

#include "mlir/IR/MLIRContext.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc::graph;
using graphc::aten::Ranges;

namespace {

/// `n` is at least 2 where it was traced, and accepted from 1 on.
class RangesTest : public ::testing::Test {
protected:
  RangesTest() {
    context.loadDialect<GraphDialect>();
    n = Expr::symbol(&context, "n");
    ranges.set("n", {2, 64}, /*lowest=*/1);
  }

  Expr num(int64_t value) { return Expr::constant(&context, value); }

  MLIRContext context;
  Expr n;
  Ranges ranges;
};

TEST_F(RangesTest, ProvesForAcceptedValues) {
  EXPECT_TRUE(ranges.provesLessEqual(num(1), n));
  EXPECT_FALSE(ranges.provesLessEqual(num(2), n));
  EXPECT_TRUE(ranges.provesLessEqual(n, num(64)));
}

TEST_F(RangesTest, BoundsHoldAtTheLeastAcceptedValue) {
  EXPECT_EQ(ranges.bounds(num(10) - n).max, 9);
  EXPECT_EQ(ranges.bounds(n * 3).min, 3);
}

TEST_F(RangesTest, GuardsWhatOnlyTracingDecides) {
  EXPECT_TRUE(ranges.isLessEqual(num(1), n));
  EXPECT_TRUE(ranges.guards().empty());
  EXPECT_TRUE(ranges.isLessEqual(num(2), n));
  ASSERT_EQ(ranges.guards().size(), 1u);
  EXPECT_EQ(ranges.guards().front(), n - 2);
}

TEST_F(RangesTest, GuardsTheChoiceOfTheGreater) {
  EXPECT_EQ(ranges.max(num(2), n), n);
  EXPECT_EQ(ranges.guards().size(), 1u);
}

class EqualSizesTest : public RangesTest {
protected:
  Expr a = Expr::symbol(&context, "a"), b = Expr::symbol(&context, "b");
  Expr c = Expr::symbol(&context, "c"), d = Expr::symbol(&context, "d");
};

TEST_F(EqualSizesTest, SpellsProductsAlike) {
  EXPECT_NE(ranges.simplify(a * b * 8), ranges.simplify(c * d * 8));
  EXPECT_FALSE(ranges.agree(a * b, c * d));
  ranges.assumeEqual(a * b, c * d);
  EXPECT_EQ(ranges.simplify(a * b * 8), ranges.simplify(c * d * 8));
  EXPECT_EQ(ranges.simplify(a * b * n - 1), ranges.simplify(c * d * n - 1));
  EXPECT_TRUE(ranges.agree(a * b, c * d));
  EXPECT_TRUE(ranges.provesLessEqual(a * b, c * d));
}

TEST_F(EqualSizesTest, SpellsSumsAlike) {
  ranges.assumeEqual(a * b - a, c * d - c);
  EXPECT_EQ(ranges.simplify((a * b - a) * 4), ranges.simplify((c * d - c) * 4));
  EXPECT_NE(ranges.simplify(a * b), ranges.simplify(c * d));
}

TEST_F(EqualSizesTest, SpellsQuotientsAlike) {
  ranges.assumeEqual(a, (b * c).floorDiv(d));
  ranges.assumeEqual(b * c, d * (b * c).floorDiv(d));
  EXPECT_EQ(ranges.simplify((b * c).floorDiv(d)), a);
  EXPECT_EQ(ranges.simplify(b * c), ranges.simplify(a * d));
}

TEST_F(EqualSizesTest, SpellsWhatIsComparedAlike) {
  ranges.assumeEqual(a.floorDiv(b), num(8));
  EXPECT_EQ(ranges.simplify(a.floorDiv(b).max(num(1)) * c), c * 8);
  EXPECT_EQ(ranges.simplify(a.floorDiv(b).min(num(5))), num(5));
}

TEST_F(EqualSizesTest, SolvesSumsForTheirTerm) {
  ranges.assumeEqual(a.min(num(16)) - 8, num(3));
  EXPECT_EQ(ranges.simplify(a.min(num(16))), num(11));
  ranges.assumeEqual(b + 1, num(65));
  EXPECT_EQ(ranges.simplify(b * c), c * 64);
}

TEST_F(EqualSizesTest, NarrowsWhatIsDivided) {
  EXPECT_FALSE(ranges.agree((n + 14).floorDiv(num(28)), num(2)));
  ranges.assumeEqual(n.floorDiv(num(14)), num(4));
  EXPECT_EQ(ranges.bounds(n).min, 56);
  EXPECT_EQ(ranges.bounds(n).max, 64);
  EXPECT_TRUE(ranges.agree((n + 14).floorDiv(num(28)), num(2)));
}

TEST_F(EqualSizesTest, SpellsSymbolsAlike) {
  ranges.assumeEqual(a, b);
  EXPECT_EQ(ranges.simplify(a * c), ranges.simplify(b * c));
}

TEST_F(EqualSizesTest, TakesRoots) {
  ranges.assumeEqual(a.floorDiv(b) * a.floorDiv(b) * 3 + 1, num(49));
  EXPECT_EQ(ranges.simplify(a.floorDiv(b)), num(4));
  ranges.assumeEqual(c * c, num(7));
  EXPECT_EQ(ranges.simplify(c), c);
  EXPECT_EQ(ranges.simplify(c * c), num(7));
}

TEST_F(EqualSizesTest, EndsWhereConditionsRewriteEachOther) {
  ranges.assumeEqual(a * b, a * b + c);
  ranges.assumeEqual(a * b, c * d);
  ranges.assumeEqual(c * d, a * a * b);
  ranges.assumeEqual(a * b * c, b * d + 1);
  EXPECT_FALSE(ranges.simplify(a * b * c * d).isInvalid());
}

} // namespace
