//===- NumericCheckTest.cpp - A pattern that computes something else ------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Numerics/Numerics.h"

#include "dialects/Graph/IR/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc;

/// Named: passes are told apart by the names of their types.
namespace numeric_check_test {
/// Right: `-(-x)` is `x`.
struct DropDoubleNegation : OpRewritePattern<graph::NegOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::NegOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op->getOperand(0).getDefiningOp<graph::NegOp>();
    if (!inner)
      return failure();
    rewriter.replaceOp(op, inner->getOperand(0));
    return success();
  }
};

/// Wrong: `relu(x)` is not `x`.
struct DropRelu : OpRewritePattern<graph::ReluOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::ReluOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, op->getOperand(0));
    return success();
  }
};

template <typename... Patterns>
struct Rewrite : PassWrapper<Rewrite<Patterns...>, OperationPass<ModuleOp>> {
  StringRef getArgument() const override {
    return sizeof...(Patterns) == 1 ? "test-right" : "test-wrong";
  }
  void runOnOperation() override {
    RewritePatternSet patterns(&this->getContext());
    patterns.add<Patterns...>(&this->getContext());
    if (failed(
            applyPatternsGreedily(this->getOperation(), std::move(patterns))))
      this->signalPassFailure();
  }
};
} // namespace numeric_check_test

using namespace numeric_check_test;

namespace {
using Right = Rewrite<DropDoubleNegation>;
using Wrong = Rewrite<DropDoubleNegation, DropRelu>;

constexpr StringLiteral text = R"(
func.func @main(%x: !graph.tensor<8xf32>) -> !graph.tensor<8xf32> {
  %0 = graph.neg %x : (!graph.tensor<8xf32>) -> !graph.tensor<8xf32>
  %1 = graph.neg %0 : (!graph.tensor<8xf32>) -> !graph.tensor<8xf32>
  %2 = graph.relu %1 : (!graph.tensor<8xf32>) -> !graph.tensor<8xf32>
  %3 = graph.exp %2 : (!graph.tensor<8xf32>) -> !graph.tensor<8xf32>
  return %3 : !graph.tensor<8xf32>
})";

/// What the check says when `pass` runs; empty: nothing.
template <typename PassTy>
std::string check() {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<func::FuncDialect, graph::GraphDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  EXPECT_TRUE(module);
  std::string said;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    said += diagnostic.str() + "\n";
    for (Diagnostic &note : diagnostic.getNotes())
      said += note.str() + "\n";
    return success();
  });
  PassRegistration<PassTy>();
  NumericCheck numerics({});
  PassManager pm(&context);
  numerics.watch(pm);
  pm.addPass(std::make_unique<PassTy>());
  bool isRight = succeeded(pm.run(*module));
  EXPECT_EQ(isRight, said.empty());
  EXPECT_EQ(numerics.hasFailed(), !said.empty());
  return said;
}
} // namespace

TEST(NumericCheckTest, RightPatternsPass) { EXPECT_EQ(check<Right>(), ""); }

TEST(NumericCheckTest, WrongPatternIsNamed) {
  std::string said = check<Wrong>();
  EXPECT_NE(said.find("pass 'test-wrong' changes what the program computes"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("the rewrite that does it is number"), std::string::npos)
      << said;
  EXPECT_NE(said.find("on 'graph.relu'"), std::string::npos) << said;
  EXPECT_NE(said.find("DropRelu"), std::string::npos) << said;
}
