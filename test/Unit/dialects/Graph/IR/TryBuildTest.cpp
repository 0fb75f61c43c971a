//===- TryBuildTest.cpp - Building with inferred types --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Graph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc::graph;

namespace {

class TryBuildTest : public ::testing::Test {
protected:
  TryBuildTest()
      : handler(&context,
                [&](Diagnostic &diagnostic) { message = diagnostic.str(); }) {
    context.loadDialect<GraphDialect, func::FuncDialect>();
    module = ModuleOp::create(UnknownLoc::get(&context));
    builder = OpBuilder::atBlockEnd(module->getBody());
  }

  Value argument(ArrayRef<int64_t> shape, Type elementType) {
    Type type = StridedTensorType::get(&context, shape, elementType);
    return module->getBody()->addArgument(type, builder.getUnknownLoc());
  }

  MLIRContext context;
  std::string message;
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
  OpBuilder builder{&context};
};

TEST_F(TryBuildTest, InfersTypes) {
  Value a = argument({4, 1}, builder.getF32Type());
  Value b = argument({8}, builder.getF32Type());
  FailureOr<AddOp> add = tryBuild<AddOp>(builder, a.getLoc(), a, b);
  ASSERT_TRUE(succeeded(add));
  EXPECT_EQ(add->getType(),
            StridedTensorType::get(&context, {4, 8}, builder.getF32Type()));
}

TEST_F(TryBuildTest, InfersSeveralTypes) {
  Value a = argument({4, 8}, builder.getF32Type());
  auto norm = tryBuild<LayerNormOp>(builder, a.getLoc(), a, Value(), Value(), 1,
                                    llvm::APFloat(1e-5));
  ASSERT_TRUE(succeeded(norm));
  EXPECT_EQ(norm->getMean().getType().getStaticShape(),
            SmallVector<int64_t>({4, 1}));
}

TEST_F(TryBuildTest, TakesSymbolicAttributes) {
  Value a = argument({4, 8}, builder.getF32Type());
  Expr two = Expr::constant(&context, 2), one = Expr::constant(&context, 1);
  auto slice = tryBuild<SliceOp>(builder, a.getLoc(), a, 1, one, two, one);
  ASSERT_TRUE(succeeded(slice));
  EXPECT_EQ(slice->getEnd(), two);
}

TEST_F(TryBuildTest, FailedInferenceLeavesNothing) {
  Value a = argument({4}, builder.getF32Type());
  Value b = argument({5}, builder.getF32Type());
  EXPECT_TRUE(failed(tryBuild<AddOp>(builder, a.getLoc(), a, b)));
  EXPECT_TRUE(module->getBody()->empty());
  EXPECT_NE(message.find("shapes do not broadcast"), std::string::npos);
}

TEST_F(TryBuildTest, FailedVerificationLeavesNothing) {
  Value a = argument({4}, builder.getI32Type());
  EXPECT_TRUE(failed(tryBuild<SinOp>(builder, a.getLoc(), a)));
  EXPECT_TRUE(module->getBody()->empty());
  EXPECT_NE(message.find("must be tensor of floats"), std::string::npos);
}

TEST_F(TryBuildTest, OtherOperandsAreRefused) {
  Value a = module->getBody()->addArgument(builder.getIndexType(),
                                           builder.getUnknownLoc());
  EXPECT_TRUE(failed(tryBuild<NegOp>(builder, a.getLoc(), a)));
  EXPECT_NE(message.find("expected a graph tensor"), std::string::npos);
}

} // namespace
