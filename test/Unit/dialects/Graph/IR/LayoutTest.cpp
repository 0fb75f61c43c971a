//===- LayoutTest.cpp - Strides beside torch's ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Layout.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc::graph;

namespace {

class LayoutTest : public ::testing::Test {
protected:
  LayoutTest() { context.loadDialect<GraphDialect, func::FuncDialect>(); }

  Exprs parse(ArrayRef<StringRef> texts) {
    return llvm::map_to_vector<4>(
        texts, [&](StringRef text) { return Expr::parse(text, &context); });
  }
  StridedTensorType type(ArrayRef<StringRef> shape,
                         ArrayRef<StringRef> strides) {
    return StridedTensorType::get(&context, parse(shape),
                                  Float32Type::get(&context), parse(strides));
  }

  MLIRContext context;
};

static std::string describe(Operation *op, Type type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "inferred " << type << " for " << *op;
  return text;
}

/// The inferred result types are exactly the written ones.
static void checkInference(InferTypeOpInterface op) {
  SmallVector<Type> types;
  ASSERT_TRUE(succeeded(
      op.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(),
                          op->getAttrDictionary(), op->getPropertiesStorage(),
                          op->getRegions(), types)));
  ASSERT_EQ(types.size(), op->getNumResults());
  for (auto [inferred, actual] : llvm::zip(types, op->getResultTypes()))
    EXPECT_TRUE(inferred == actual) << describe(op, inferred);
}

TEST_F(LayoutTest, ResultsHaveTorchsStrides) {
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(INPUTS "/torch-strides.mlir", &context);
  ASSERT_TRUE(module);
  int64_t checked = 0;
  module->walk([&](InferTypeOpInterface op) {
    if (!isa<GraphDialect>(op->getDialect()))
      return;
    checkInference(op);
    ++checked;
  });
  EXPECT_GT(checked, 100);
}

TEST_F(LayoutTest, SizesCompareForSymbolsOfAtLeastTwo) {
  auto compare = [&](StringRef a, StringRef b) {
    return compareSizes(Expr::parse(a, &context), Expr::parse(b, &context));
  };
  EXPECT_EQ(compare("a*b", "a"), 1);
  EXPECT_EQ(compare("1", "a"), -1);
  EXPECT_EQ(compare("a + b", "b + a"), 0);
  EXPECT_EQ(compare("a", "b"), std::nullopt);
}

TEST_F(LayoutTest, SymbolicContiguity) {
  EXPECT_TRUE(type({"a", "b", "4"}, {"4*b", "4", "1"}).isContiguous());
  EXPECT_TRUE(type({"1", "b"}, {"7", "1"}).isContiguous());
  EXPECT_FALSE(type({"a", "b"}, {"1", "a"}).isContiguous());
}

TEST_F(LayoutTest, SymbolicChannelsLast) {
  EXPECT_TRUE(
      isChannelsLast(type({"n", "3", "h", "w"}, {"3*h*w", "1", "3*w", "3"})));
  EXPECT_FALSE(
      isChannelsLast(type({"n", "3", "h", "w"}, {"3*h*w", "h*w", "w", "1"})));
}

TEST_F(LayoutTest, SymbolicTransposeIsKept) {
  StridedTensorType transposed = type({"a", "b"}, {"1", "a"});
  StridedTensorType row = type({"b"}, {"1"});
  EXPECT_EQ(elementwiseStrides({transposed, row}, transposed.getShape()),
            Exprs(transposed.getStrides()));
}

TEST_F(LayoutTest, SymbolicViews) {
  StridedTensorType rows = type({"a", "8*b"}, {"16*b", "1"});
  EXPECT_EQ(viewStrides(rows, parse({"a", "8", "b"})),
            parse({"16*b", "b", "1"}));
  EXPECT_EQ(viewStrides(rows, parse({"8*a*b"})), std::nullopt);
}

} // namespace
