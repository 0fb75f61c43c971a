//===- SymExprTest.cpp - Symbolic sizes -----------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SymExpr/PickledSymExpr.h"

#include <gtest/gtest.h>

using namespace graphc;
using namespace graphc::loader;
using namespace std::string_literals;

namespace {
std::string parsed(std::string_view text) {
  Result<SymExpr> expr = parseSymExpr(text);
  return expr ? expr->str() : "error: " + expr.error().errorClass;
}

std::optional<std::int64_t>
valueOf(std::string_view text,
        const std::map<std::string, std::int64_t> &bindings = {}) {
  Result<SymExpr> expr = parseSymExpr(text);
  return expr ? expr->evaluate(bindings) : std::nullopt;
}
} // namespace

TEST(SymExprTest, ReadsSreprText) {
  EXPECT_EQ(parsed("Symbol('s77', positive=True, integer=True)"), "s77");
  EXPECT_EQ(parsed("Mul(Integer(2), Symbol('s17', integer=True))"), "2*s17");
  EXPECT_EQ(parsed("Add(Symbol('u0'), Integer(-3))"), "u0 - 3");
  EXPECT_EQ(parsed("FloorDiv(Add(Symbol('s0'), Integer(1)), Integer(2))"),
            "(s0 + 1)//2");
  EXPECT_EQ(parsed("Mul(Rational(1, 2), Symbol('s0'))"), "(1/2)*s0");
  EXPECT_EQ(parsed("Pow(Symbol('s0'), Integer(2))"), "s0**2");
  EXPECT_EQ(parsed("StrictGreaterThan(Symbol('s0'), Integer(1))"), "s0 > 1");
  EXPECT_EQ(parsed("Float('1.5', precision=53)"), "1.5");
  EXPECT_EQ(parsed("OpaqueUnaryFn_sqrt(ToFloat(Symbol('s0')))"),
            "sqrt(ToFloat(s0))");
  EXPECT_EQ(parsed("Identity(Symbol('s0'))"), "s0");
  EXPECT_EQ(parsed("Max(Integer(1), Symbol('s0'), int_oo)"), "Max(1, s0, oo)");
}

TEST(SymExprTest, ReadsInfixText) {
  EXPECT_EQ(parsed("64*s27*(s77 - 1) + 64*s27"), "64*s27*(s77 - 1) + 64*s27");
  EXPECT_EQ(parsed("-s0 + 2"), "-s0 + 2");
  EXPECT_EQ(parsed("1 - 3*s0"), "1 - 3*s0");
  EXPECT_EQ(parsed("s0/2"), "s0/2");
  EXPECT_EQ(parsed("(s0//3)"), "s0//3");
  EXPECT_EQ(parsed("floor(s0/2)"), "s0//2");
  EXPECT_EQ(parsed("ceiling(s0/s1)"), "CeilDiv(s0, s1)");
  EXPECT_EQ(parsed("s0 % 4"), "PythonMod(s0, 4)");
  EXPECT_EQ(parsed("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(parsed("(s0 > 1) & (s1 < 2)"), "And(s0 > 1, s1 < 2)");
  EXPECT_EQ(parsed("2 <= s0 and not s1 == 3 or False"),
            "Or(And(2 <= s0, Not(s1 == 3)), false)");
  EXPECT_EQ(parsed("-oo"), "-oo");
}

TEST(SymExprTest, PrintsWhatItReadsBack) {
  for (const char *text : {"a - (b - c)", "a*(b*c)",
                           "(a//b)//c",   "a//(b//c)",
                           "(-a)**2",     "-a**2",
                           "2**-a",       "(a + b)*-1",
                           "a - 2*b",     "a - -2",
                           "-2*a*b",      "(a < b) == (c < d)",
                           "s0/2/3*s1",   "Where(a > 1, b, -c)",
                           "1.0*a",       "-(-a)",
                           "a - (-b)",    "(a*b)/2",
                           "1e+300*a",    "-9223372036854775808"}) {
    Result<SymExpr> first = parseSymExpr(text);
    ASSERT_TRUE(bool(first)) << text;
    Result<SymExpr> second = parseSymExpr(first->str());
    ASSERT_TRUE(bool(second)) << first->str();
    EXPECT_TRUE(*first == *second)
        << text << " / " << first->str() << " / " << second->str();
  }
}

TEST(SymExprTest, RefusesWhatIsNoExpression) {
  for (const char *text :
       {"", "1 +", "(1", "1)", "__import__('os')", "Symbol('a b')", "'s0'",
        "f(1)", "1 2", "FloorDiv(1)", "Integer('a')", "9223372036854775808",
        "1/0", "s0 @ 2", "lambda: 1", "s0.x", "Rational(1, 0)", "[1]"})
    EXPECT_EQ(parsed(text), "error: bad-expression") << text;
  Result<SymExpr> call = parseSymExpr("1 + __import__('os')");
  ASSERT_FALSE(bool(call));
  EXPECT_NE(call.error().message.find("'__import__' at position 4"),
            std::string::npos)
      << call.error().message;
}

TEST(SymExprTest, BoundsNesting) {
  EXPECT_EQ(parsed(std::string(150, '(') + "1" + std::string(150, ')')), "1");
  EXPECT_EQ(parsed(std::string(5000, '(') + "1" + std::string(5000, ')')),
            "error: limit");
  EXPECT_EQ(parsed(std::string(5000, '-') + "a"), "error: limit");
  std::string chain = "s0";
  for (int i = 0; i != 5000; ++i)
    chain += "//2";
  EXPECT_EQ(parsed(chain), "error: limit");
  // A long sum is wide, not deep.
  std::string sum = "s0";
  for (int i = 0; i != 5000; ++i)
    sum += " + 1";
  EXPECT_EQ(valueOf(sum, {{"s0", 1}}), 5001);
  // Refused where it gets too long, not behind its end.
  for (int i = 0; i != 1 << 16; ++i)
    sum += "+1";
  EXPECT_EQ(parsed(sum + "+ f(1)"), "error: limit");
}

TEST(SymExprTest, Evaluates) {
  EXPECT_EQ(valueOf("64*a*(b - 1) + 64*a", {{"a", 6}, {"b", 2}}), 768);
  EXPECT_EQ(valueOf("a"), std::nullopt);
  EXPECT_EQ(valueOf("s0/2", {{"s0", 6}}), 3);
  EXPECT_EQ(valueOf("s0/2", {{"s0", 7}}), std::nullopt);
  EXPECT_EQ(valueOf("-7//2"), -4);
  EXPECT_EQ(valueOf("-7 % 3"), 2);
  EXPECT_EQ(valueOf("7//0"), std::nullopt);
  EXPECT_EQ(valueOf("2**62"), std::int64_t(1) << 62);
  EXPECT_EQ(valueOf("2**63"), std::nullopt);
  EXPECT_EQ(valueOf("(-1)**1000001"), -1);
  EXPECT_EQ(valueOf("9223372036854775807 + 1"), std::nullopt);
  EXPECT_EQ(valueOf("ModularIndexing(17, 3, 4)"), 1);
  EXPECT_EQ(valueOf("CeilDiv(7, 2)"), 4);
  EXPECT_EQ(valueOf("Where(a > 2, 1//0, 5)", {{"a", 1}}), 5);
  EXPECT_EQ(valueOf("Max(3, a, 4) + Min(1, a)", {{"a", 2}}), 5);
  EXPECT_EQ(valueOf("TruncToInt(IntTrueDiv(-7, 2))"), -3);
  EXPECT_EQ(valueOf("RoundToInt(IntTrueDiv(5, 2))"), 2);
  EXPECT_EQ(valueOf("CeilToInt(2.25)"), 3);
  EXPECT_EQ(valueOf("IsNonOverlappingAndDenseIndicator(2, 3, 3, 1)"), 1);
  EXPECT_EQ(valueOf("IsNonOverlappingAndDenseIndicator(2, 3, 4, 1)"), 0);
  EXPECT_EQ(valueOf("1 << 3 | 1"), 9);
  EXPECT_EQ(valueOf("Eq(a, 3) & (a < 4)", {{"a", 3}}), 1);
  EXPECT_EQ(valueOf("FloorToInt(1e300)"), std::nullopt);
}

TEST(SymExprTest, ListsSymbolsOnce) {
  Result<SymExpr> expr = parseSymExpr("s1*s0 + Max(s1, u0)");
  ASSERT_TRUE(bool(expr));
  EXPECT_EQ(expr->symbols(), (std::vector<std::string>{"s0", "s1", "u0"}));
}

namespace {
std::string text(const std::string &value) {
  return "\x8c"s + char(value.size()) + value;
}
std::string global(const std::string &module, const std::string &name) {
  return text(module) + text(name) + "\x93";
}
std::string symbol(const std::string &name) {
  return global("sympy.core.symbol", "Symbol") + text(name) + "\x85}\x92";
}

std::string converted(const std::string &body) {
  std::string stream = "\x80\x04" + body + ".";
  Result<Pickle> pickle = readPickle(
      reinterpret_cast<const std::uint8_t *>(stream.data()), stream.size());
  if (!pickle)
    return "error: " + pickle.error().format();
  Result<SymExpr> expr = PickledSymExprs().convert(*pickle->value);
  return expr ? expr->str() : "error: " + expr.error().errorClass;
}
} // namespace

TEST(PickledSymExprTest, ReadsSympyObjects) {
  EXPECT_EQ(converted(symbol("s77")), "s77");
  EXPECT_EQ(converted(global("sympy.core.add", "Add") + symbol("s0") +
                      global("sympy.core.numbers", "Integer") +
                      "K\x07\x85\x81\x86\x81"),
            "s0 + 7");
  EXPECT_EQ(converted(global("torch.utils._sympy.functions", "FloorDiv") +
                      symbol("s0") + global("sympy.core.numbers", "One") +
                      ")\x81\x86\x81"),
            "s0//1");
  EXPECT_EQ(converted(global("sympy.core.numbers", "Float") + "(K\x01" +
                      text("18") + "J\xfd\xff\xff\xffK\x35t\x85}\x92"),
            "-3.0");
  EXPECT_EQ(converted(text("s0 + 1")), "s0 + 1");
}

TEST(PickledSymExprTest, RefusesOtherObjects) {
  EXPECT_EQ(converted(global("posix", "system") + text("true") + "\x85R"),
            "error: pickle-global");
  EXPECT_EQ(converted(global("sympy.core.add", "Exec") + text("1") + "\x85R"),
            "error: bad-expression");
  EXPECT_EQ(converted("]"), "error: pickle-type");
}

TEST(PickledSymExprTest, BoundsSharedTrees) {
  // Doubling by reference: 2^40 nodes in 40 objects.
  std::string stream = symbol("s0");
  stream += "\x94";
  for (int i = 0; i != 40; ++i)
    stream += global("sympy.core.add", "Add") + "h" + char(i) + "h" + char(i) +
              "\x86\x81\x94";
  EXPECT_EQ(converted(stream), "error: limit");
}
