//===- ReferenceTest.cpp - The interpreter against known values -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Reference/Reference.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace graphc;

namespace {
/// Numbers to compare floats and integers with.
struct List {
  std::vector<double> values;
};
template <typename T>
bool operator==(const std::vector<T> &lhs, const List &rhs) {
  return llvm::equal(lhs, rhs.values);
}
template <typename... T>
List listOf(T... values) {
  return {{static_cast<double>(values)...}};
}

constexpr double infinity = std::numeric_limits<double>::infinity();

struct ReferenceTest : testing::Test {
  ReferenceTest() {
    context.loadDialect<graph::GraphDialect, func::FuncDialect>();
  }

  /// The results of the last of `ops`, all of which are evaluated in order.
  /// `!f32<4>` stands for a graph tensor of f32.
  std::optional<SmallVector<reference::Tensor, 1>> run(StringRef ops) {
    std::string text = "func.func @main() {\n" + ops.str() + "\nreturn }";
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    if (!module)
      return std::nullopt;
    llvm::DenseMap<Value, reference::Tensor> values;
    std::optional<SmallVector<reference::Tensor, 1>> results;
    auto function = *module->getOps<func::FuncOp>().begin();
    for (Operation &op : function.front().without_terminator()) {
      SmallVector<const reference::Tensor *> operands;
      for (Value operand : op.getOperands())
        operands.push_back(&values.find(operand)->second);
      results = reference::evaluate(&op, operands);
      if (!results)
        return std::nullopt;
      for (auto [value, tensor] : llvm::zip_equal(op.getResults(), *results))
        values[value] = tensor;
    }
    return results;
  }

  std::vector<double> floats(StringRef ops, unsigned result = 0) {
    auto results = run(ops);
    return results ? (*results)[result].floats : std::vector<double>();
  }
  std::vector<int64_t> ints(StringRef ops, unsigned result = 0) {
    auto results = run(ops);
    return results ? (*results)[result].ints : std::vector<int64_t>();
  }

  MLIRContext context;
};

/// A constant `%name` of `type`.
std::string constant(StringRef name, StringRef values, StringRef type) {
  return ("%" + name + " = graph.constant dense<" + values + "> : tensor<" +
          type + "> : () -> !graph.tensor<" + type + ">\n")
      .str();
}

std::string unary(StringRef op, StringRef values, StringRef type) {
  return constant("a", values, type) +
         ("%r = graph." + op + " %a : (!graph.tensor<" + type +
          ">) -> !graph.tensor<" + type + ">")
             .str();
}

std::string binary(StringRef op, StringRef lhs, StringRef rhs, StringRef type) {
  return constant("a", lhs, type) + constant("b", rhs, type) +
         ("%r = graph." + op + " %a, %b : (!graph.tensor<" + type +
          ">, !graph.tensor<" + type + ">) -> !graph.tensor<" + type + ">")
             .str();
}
std::string bits(StringRef seed, StringRef call, StringRef shape, size_t half) {
  std::string type = shape.str();
  type.replace(type.find(','), 2, "x");
  return constant("a", seed, "i64") + constant("b", call, "i64") +
         ("%r = graph.philox %a, %b [" + shape + "] half " + Twine(half) +
          " : (!graph.tensor<i64>, !graph.tensor<i64>) -> !graph.tensor<" +
          type + "xi64>")
             .str();
}
} // namespace

TEST_F(ReferenceTest, RoundsToTheElementType) {
  EXPECT_EQ(floats(binary("add", "[1.0]", "[1.0e-8]", "1xf32")), listOf(1.0));
  EXPECT_EQ(floats(binary("div", "[1.0]", "[3.0]", "1xf32")),
            listOf(1.0f / 3.0f));
  EXPECT_EQ(floats(binary("add", "[256.0]", "[1.0]", "1xbf16")), listOf(256.0));
  EXPECT_EQ(floats(unary("exp", "[100.0, 1.0]", "2xf32")),
            listOf(infinity, static_cast<float>(std::exp(1.0))));
}

TEST_F(ReferenceTest, WrapsIntegers) {
  EXPECT_EQ(ints(binary("add", "[127]", "[1]", "1xi8")), listOf(-128));
  EXPECT_EQ(ints(binary("sub", "[0]", "[1]", "1xui8")), listOf(255));
  EXPECT_EQ(ints(binary("add", "[true, true]", "[true, false]", "2xi1")),
            listOf(1, 1));
}

TEST_F(ReferenceTest, DividesTowardsTheRightSide) {
  EXPECT_EQ(ints(binary("floor_div", "[-7, 7, 6]", "[2, -2, 3]", "3xi64")),
            listOf(-4, -4, 2));
  EXPECT_EQ(ints(binary("trunc_div", "[-7, 7]", "[2, -2]", "2xi64")),
            listOf(-3, -3));
  EXPECT_EQ(ints(binary("remainder", "[-7, 7]", "[2, -2]", "2xi64")),
            listOf(1, -1));
  EXPECT_EQ(ints(binary("fmod", "[-7, 7]", "[2, -2]", "2xi64")), listOf(-1, 1));
  EXPECT_EQ(floats(binary("floor_div", "[-7.0, 1.0]", "[2.0, 0.0]", "2xf32")),
            listOf(-4.0, infinity));
}

TEST_F(ReferenceTest, LeavesWhatFailsAtRunTime) {
  EXPECT_FALSE(run(binary("floor_div", "[1]", "[0]", "1xi64")));
  EXPECT_FALSE(run(constant("a", "[1.0, 2.0]", "2xf32") +
                   constant("i", "[2]", "1xi64") +
                   "%r = graph.index %a[%i] dims [0] : (!graph.tensor<2xf32>, "
                   "!graph.tensor<1xi64>) -> !graph.tensor<1xf32>"));
  EXPECT_FALSE(run(constant("a", "[1.0, 2.0]", "2xf32") +
                   constant("i", "[-1]", "1xi64") +
                   "%r = graph.index %a[%i] dims [0] {graph.nonnegative} : "
                   "(!graph.tensor<2xf32>, !graph.tensor<1xi64>) -> "
                   "!graph.tensor<1xf32>"));
  EXPECT_FALSE(run(constant("a", "[300.0]", "1xf32") +
                   "%r = graph.cast %a to i8 : (!graph.tensor<1xf32>) -> "
                   "!graph.tensor<1xi8>"));
}

TEST_F(ReferenceTest, TakesPowersOfIntegers) {
  EXPECT_EQ(
      ints(binary("pow", "[3, -1, -1, 2, 1]", "[4, -3, -2, -1, -9]", "5xi64")),
      listOf(81, -1, 1, 0, 1));
}

TEST_F(ReferenceTest, PropagatesNan) {
  std::vector<double> maxima = floats(binary(
      "maximum", "[0x7FC00000, 1.0, 2.0]", "[1.0, 0x7FC00000, 1.0]", "3xf32"));
  ASSERT_EQ(maxima.size(), 3u);
  EXPECT_TRUE(std::isnan(maxima[0]) && std::isnan(maxima[1]));
  EXPECT_EQ(maxima[2], 2.0);
}

TEST_F(ReferenceTest, Casts) {
  EXPECT_EQ(ints(constant("a", "[2.7, -2.7]", "2xf32") +
                 "%r = graph.cast %a to i64 : (!graph.tensor<2xf32>) -> "
                 "!graph.tensor<2xi64>"),
            listOf(2, -2));
  EXPECT_EQ(ints(constant("a", "[300, -1]", "2xi64") +
                 "%r = graph.cast %a to ui8 : (!graph.tensor<2xi64>) -> "
                 "!graph.tensor<2xui8>"),
            listOf(44, 255));
  EXPECT_EQ(ints(constant("a", "[0xFF800000, 0x7FC00000]", "2xf32") +
                 "%r = graph.cast %a to i64 : (!graph.tensor<2xf32>) -> "
                 "!graph.tensor<2xi64>"),
            listOf(-0x1p63, -0x1p63));
  EXPECT_EQ(ints(constant("a", "[0.0, 0.5]", "2xf32") +
                 "%r = graph.cast %a to i1 : (!graph.tensor<2xf32>) -> "
                 "!graph.tensor<2xi1>"),
            listOf(0, 1));
  // f8E4M3FN has no infinity; what is greater than its numbers becomes 448.
  EXPECT_EQ(
      floats(constant("a", "[0xFF800000, 500.0, 464.0, 1.0625]", "4xf32") +
             "%r = graph.cast %a to f8E4M3FN : (!graph.tensor<4xf32>) -> "
             "!graph.tensor<4xf8E4M3FN>"),
      listOf(-448, 448, 448, 1));
  EXPECT_EQ(floats(constant("a", "[61440.0, 61439.0, 1.0e-05]", "3xf32") +
                   "%r = graph.cast %a to f8E5M2 : (!graph.tensor<3xf32>) -> "
                   "!graph.tensor<3xf8E5M2>"),
            listOf(infinity, 57344, 0x1p-16));
}

// What Salmon et al. publish for zeros, and what their code makes of other
// seeds, calls and places.
TEST_F(ReferenceTest, DrawsTheBitsOfPhilox) {
  using List = std::vector<uint64_t>;
  auto draw = [&](StringRef seed, StringRef call, StringRef shape,
                  size_t half) {
    std::vector<int64_t> values = ints(bits(seed, call, shape, half));
    return List(values.begin(), values.end());
  };
  EXPECT_EQ(draw("0", "0", "1, 1", 0), List{0xe169c58d6627e8d5});
  EXPECT_EQ(draw("0", "0", "1, 1", 1), List{0x9b00dbd8bc57ac4c});
  EXPECT_EQ(draw("0", "0", "2, 1", 0),
            (List{0xe169c58d6627e8d5, 0x5cb200dbf8e4cca4}));
  EXPECT_EQ(draw("-8222842461480343553", "-3", "3, 1", 1),
            (List{0x3da5076b011ad184, 0x9c3335a8c76067d6, 0x1a1046b6eaff3c92}));
}

TEST_F(ReferenceTest, BroadcastsAndCompares) {
  EXPECT_EQ(ints("%a = graph.iota [3, 1] dim 0 : () -> !graph.tensor<3x1xi64>\n"
                 "%b = graph.iota [3] dim 0 : () -> !graph.tensor<3xi64>\n"
                 "%r = graph.compare le %b, %a : (!graph.tensor<3xi64>, "
                 "!graph.tensor<3x1xi64>) -> !graph.tensor<3x3xi1>"),
            listOf(1, 0, 0, 1, 1, 0, 1, 1, 1));
}

TEST_F(ReferenceTest, Selects) {
  EXPECT_EQ(floats(constant("c", "[true, false]", "2xi1") +
                   constant("a", "1.0", "f32") +
                   constant("b", "[2.0, 3.0]", "2xf32") +
                   "%r = graph.select %c, %a, %b : (!graph.tensor<2xi1>, "
                   "!graph.tensor<f32>, !graph.tensor<2xf32>) -> "
                   "!graph.tensor<2xf32>"),
            listOf(1.0, 3.0));
}

TEST_F(ReferenceTest, Moves) {
  std::string a = constant("a", "[[1, 2, 3], [4, 5, 6]]", "2x3xi64");
  EXPECT_EQ(ints(a + "%r = graph.permute %a [1, 0] : (!graph.tensor<2x3xi64>)"
                     " -> !graph.tensor<3x2xi64, strides = [1, 3]>"),
            listOf(1, 4, 2, 5, 3, 6));
  EXPECT_EQ(ints(a + "%r = graph.slice %a dim 1 from 0 to 3 step 2 : "
                     "(!graph.tensor<2x3xi64>) -> !graph.tensor<2x2xi64, "
                     "strides = [3, 2]>"),
            listOf(1, 3, 4, 6));
  EXPECT_EQ(ints(a + "%r = graph.cat %a, %a dim 1 : (!graph.tensor<2x3xi64>, "
                     "!graph.tensor<2x3xi64>) -> !graph.tensor<2x6xi64>"),
            listOf(1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6));
  EXPECT_EQ(ints(a + "%r = graph.flip %a dims [1] : (!graph.tensor<2x3xi64>) "
                     "-> !graph.tensor<2x3xi64>"),
            listOf(3, 2, 1, 6, 5, 4));
  EXPECT_EQ(ints(a + "%r = graph.diagonal %a offset 1 dims 0, 1 : "
                     "(!graph.tensor<2x3xi64>) -> !graph.tensor<2xi64, "
                     "strides = [4]>"),
            listOf(2, 6));
  EXPECT_EQ(ints(a + "%r = graph.pad %a low [0, 1] high [0, -1] value 9 : "
                     "i64 : (!graph.tensor<2x3xi64>) -> "
                     "!graph.tensor<2x3xi64>"),
            listOf(9, 1, 2, 9, 4, 5));
}

TEST_F(ReferenceTest, Indexes) {
  std::string a = constant("a", "[[1, 2, 3], [4, 5, 6]]", "2x3xi64");
  EXPECT_EQ(ints(a + constant("i", "[-1, 0]", "2xi64") +
                 "%r = graph.index %a[%i] dims [1] : "
                 "(!graph.tensor<2x3xi64>, !graph.tensor<2xi64>) -> "
                 "!graph.tensor<2x2xi64>"),
            listOf(3, 1, 6, 4));
  EXPECT_EQ(ints(a + constant("i", "[[1], [0]]", "2x1xi64") +
                 constant("j", "[2, 0]", "2xi64") +
                 "%r = graph.index %a[%i, %j] dims [0, 1] : "
                 "(!graph.tensor<2x3xi64>, !graph.tensor<2x1xi64>, "
                 "!graph.tensor<2xi64>) -> !graph.tensor<2x2xi64>"),
            listOf(6, 4, 3, 1));
  EXPECT_EQ(ints(a + constant("i", "[[2], [0]]", "2x1xi64") +
                 "%r = graph.gather %a[%i] dim 1 : (!graph.tensor<2x3xi64>, "
                 "!graph.tensor<2x1xi64>) -> !graph.tensor<2x1xi64>"),
            listOf(3, 4));
}

TEST_F(ReferenceTest, Reduces) {
  std::string a = constant("a", "[[1.0, 5.0], [4.0, 2.0]]", "2x2xf32");
  std::string type = " : (!graph.tensor<2x2xf32>) -> !graph.tensor<2xf32>";
  EXPECT_EQ(floats(a + "%r = graph.reduce sum %a dims [0]" + type),
            listOf(5.0, 7.0));
  EXPECT_EQ(floats(a + "%r = graph.reduce max %a dims [1]" + type),
            listOf(5.0, 4.0));
  EXPECT_EQ(floats(a + "%r = graph.reduce mean %a dims [1]" + type),
            listOf(3.0, 3.0));
  EXPECT_EQ(ints(a + "%r = graph.arg_reduce min %a dim 1 : "
                     "(!graph.tensor<2x2xf32>) -> !graph.tensor<2xi64>"),
            listOf(0, 1));
  EXPECT_EQ(floats(a + "%v, %m = graph.var_mean %a dims [1] correction 1.0 : "
                       "(!graph.tensor<2x2xf32>) -> (!graph.tensor<2xf32>, "
                       "!graph.tensor<2xf32>)"),
            listOf(8.0, 2.0));
}

TEST_F(ReferenceTest, Scans) {
  EXPECT_EQ(ints(constant("a", "[[1, 2], [3, 4]]", "2x2xi64") +
                 "%r = graph.scan sum %a dim 1 : (!graph.tensor<2x2xi64>) "
                 "-> !graph.tensor<2x2xi64>"),
            listOf(1, 3, 3, 7));
  EXPECT_EQ(ints(constant("a", "[3, 1, 4]", "3xi64") +
                 "%r = graph.scan max %a dim 0 : (!graph.tensor<3xi64>) -> "
                 "!graph.tensor<3xi64>"),
            listOf(3, 3, 4));
}

TEST_F(ReferenceTest, Multiplies) {
  EXPECT_EQ(floats(constant("a", "[[1.0, 2.0]]", "1x2xf32") +
                   constant("b", "[[3.0], [4.0]]", "2x1xf32") +
                   "%r = graph.matmul %a, %b : (!graph.tensor<1x2xf32>, "
                   "!graph.tensor<2x1xf32>) -> !graph.tensor<1x1xf32>"),
            listOf(11.0));
}

TEST_F(ReferenceTest, MultipliesGroups) {
  // Rows, the last of which is in no group; the second group has none.
  std::string x = constant("x", "[[1.0], [2.0], [3.0], [4.0]]", "4x1xf32");
  std::string w = constant("w", "[[[10.0]], [[20.0]], [[30.0]]]", "3x1x1xf32");
  std::string type = " : (!graph.tensor<4x1xf32>, !graph.tensor<3x1x1xf32>, "
                     "!graph.tensor<3xi32>) -> !graph.tensor<4x1xf32>";
  std::string product = "%r = graph.grouped_matmul %x, %w, %e";
  EXPECT_EQ(
      floats(x + w + constant("e", "[1, 1, 3]", "3xi32") + product + type),
      listOf(10.0, 60.0, 90.0, 0.0));
  EXPECT_FALSE(
      run(x + w + constant("e", "[1, 0, 3]", "3xi32") + product + type));
  EXPECT_FALSE(
      run(x + w + constant("e", "[1, 2, 5]", "3xi32") + product + type));
  EXPECT_EQ(floats(w + constant("y", "[[1.0, 2.0, 3.0, 4.0]]", "1x4xf32") +
                   constant("e", "[1, 1, 3]", "3xi32") +
                   "%r = graph.grouped_matmul %w, %y, %e : "
                   "(!graph.tensor<3x1x1xf32>, !graph.tensor<1x4xf32>, "
                   "!graph.tensor<3xi32>) -> !graph.tensor<1x4xf32>"),
            listOf(10.0, 60.0, 90.0, 0.0));
  EXPECT_EQ(ints(constant("x", "[[1, 2, 3, 4]]", "1x4xi64") +
                 constant("y", "[[1], [1], [2], [9]]", "4x1xi64") +
                 constant("e", "[2, 2, 3]", "3xi64") +
                 "%r = graph.grouped_matmul %x, %y, %e : "
                 "(!graph.tensor<1x4xi64>, !graph.tensor<4x1xi64>, "
                 "!graph.tensor<3xi64>) -> !graph.tensor<3x1x1xi64>"),
            listOf(3, 0, 6));
}

TEST_F(ReferenceTest, RefusesSymbolsAndComplexNumbers) {
  EXPECT_FALSE(run("%r = graph.iota [s0] dim 0 : () -> "
                   "!graph.tensor<(s0)xi64>"));
  EXPECT_FALSE(run("%r = graph.constant dense<(1.0, 2.0)> : "
                   "tensor<1xcomplex<f32>> : () -> "
                   "!graph.tensor<1xcomplex<f32>>"));
}

TEST_F(ReferenceTest, GoesToAttributesAndBack) {
  for (StringRef type : {"f64", "f32", "f16", "bf16"}) {
    auto results = run(unary("neg", "[-1.5, 2.0]", ("2x" + type).str()));
    ASSERT_TRUE(results);
    DenseElementsAttr attribute = reference::toElements(results->front());
    EXPECT_FALSE(attribute.isSplat());
    std::optional<reference::Tensor> back = reference::fromElements(attribute);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->floats, listOf(1.5, -2.0)) << type.str();
  }
  auto equal = run(unary("neg", "[2, 2]", "2xi16"));
  ASSERT_TRUE(equal);
  EXPECT_TRUE(reference::toElements(equal->front()).isSplat());
  // Zeros of two signs are not equal.
  auto zeros = run(constant("a", "[0.0, -0.0]", "2xf32"));
  ASSERT_TRUE(zeros);
  EXPECT_FALSE(reference::toElements(zeros->front()).isSplat());
}
