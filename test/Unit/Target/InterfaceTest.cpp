//===- InterfaceTest.cpp - Tests of interfaces from signatures ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Graph.h"
#include "graphc/Target/Artefact.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc;

namespace {
struct InterfaceTest : testing::Test {
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::string problem;
  ScopedDiagnosticHandler handler{&context, [this](Diagnostic &diagnostic) {
                                    problem = diagnostic.str();
                                    return success();
                                  }};
  InterfaceTest() {
    context.loadDialect<graph::GraphDialect, memref::MemRefDialect>();
  }
  /// Of a module with these attributes.
  FailureOr<Interface> describe(StringRef signature, StringRef more = "") {
    std::string text =
        ("module attributes {graph.signature = {model = \"m\", " + signature +
         "}" + more + "} {}")
            .str();
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << problem;
    if (!module)
      return failure();
    return describeInterface(*module);
  }
  /// Why that module cannot be called.
  std::string refuse(StringRef signature) {
    problem.clear();
    EXPECT_TRUE(failed(describe(signature)));
    return problem;
  }
};
} // namespace

using Code = std::vector<int64_t>;

TEST_F(InterfaceTest, ReadsInputsStatesAndMutations) {
  FailureOr<Interface> i = describe(R"(
    symbols = [{name = "s0", min = 2 : i64, max = 64 : i64}],
    inputs = [
      {name = "x", role = "user", kind = "tensor", argument = 0 : i64,
       type = !graph.tensor<(s0)x4xbf16, strides = [1, (s0)]>},
      {name = "n", role = "user", kind = "int", expr = #graph.expr<s0 + 1>},
      {name = "flag", role = "user", kind = "literal", value = true},
      {name = "none", role = "user", kind = "literal"},
      {name = "b_count", role = "buffer", kind = "tensor", argument = 1 : i64,
       target = "count", type = !graph.tensor<2x3xi1, strides = [1, 2]>,
       initial = dense<true> : tensor<2x3xi1>}],
    outputs = [
      {name = "a", role = "buffer_mutation", kind = "tensor", result = 0 : i64,
       target = "count", type = !graph.tensor<2x3xi1>},
      {name = "y", role = "user", kind = "tensor", result = 1 : i64,
       type = !graph.tensor<(s0)xcomplex<f32>>},
      {name = "s", role = "user", kind = "int", expr = #graph.expr<s0>}],
    mutations = [{input = 4 : i64, result = 0 : i64},
                 {input = 0 : i64, result = 2 : i64}],
    constraints = [{expr = #graph.expr<s0 - 3>, min = 0 : i64, text = "big"}])",
                                    R"(,
    kernel.arena_size = #graph.expr<64*s0>, kernel.checks = ["range"],
    kernel.in_place = array<i64: 1>)");
  ASSERT_TRUE(succeeded(i)) << problem;
  ASSERT_EQ(i->inputs.size(), 2u);
  EXPECT_EQ(i->inputs[0].type.text, "bfloat16[s0, 4] strides [1, s0]");
  EXPECT_EQ(i->inputs[0].type.dtype.code, kDLBfloat);
  EXPECT_EQ(i->inputs[0].type.strides[1].code,
            (Code{GRAPHC_EXPR_SYMBOL, 0, GRAPHC_EXPR_END}));
  EXPECT_EQ(i->inputs[1].kind, GRAPHC_KIND_INT);
  EXPECT_EQ(i->inputs[1].expr->code,
            (Code{GRAPHC_EXPR_SYMBOL, 0, GRAPHC_EXPR_CONSTANT, 1,
                  GRAPHC_EXPR_ADD, GRAPHC_EXPR_END}));
  ASSERT_EQ(i->arguments.size(), 4u);
  EXPECT_EQ(i->arguments[1].index, 1);
  EXPECT_EQ(i->arguments[2].literal.kind, GRAPHC_KIND_BOOL);
  EXPECT_EQ(i->arguments[3].literal.kind, GRAPHC_KIND_NONE);
  ASSERT_EQ(i->states.size(), 1u);
  EXPECT_EQ(i->states[0].name, "count");
  EXPECT_EQ(i->states[0].size, 6u);
  ASSERT_EQ(i->places.size(), 2u);
  EXPECT_EQ(i->places[1].is_state, 1);
  ASSERT_EQ(i->results.size(), 3u);
  EXPECT_EQ(i->results[0].output, -1);
  EXPECT_EQ(i->results[1].output, 0);
  EXPECT_EQ(i->results[2].type.text, i->inputs[0].type.text);
  ASSERT_EQ(i->mutations.size(), 2u);
  EXPECT_EQ(i->mutations[0].place.is_state, 1);
  EXPECT_EQ(i->mutations[0].in_place, 0);
  EXPECT_EQ(i->mutations[1].in_place, 1);
  ASSERT_EQ(i->specs.size(), 3u);
  EXPECT_EQ(i->specs[0].role, "buffer_mutation");
  EXPECT_EQ(i->specs[0].mutation, 0);
  EXPECT_EQ(i->specs[1].output, 0);
  EXPECT_EQ(i->specs[2].output, 1);
  EXPECT_EQ(i->constraints.size(), 1u);
  EXPECT_EQ(i->checks, std::vector<std::string>{"range"});
  EXPECT_EQ(i->workspace.code,
            (Code{GRAPHC_EXPR_CONSTANT, 64, GRAPHC_EXPR_SYMBOL, 0,
                  GRAPHC_EXPR_MUL, GRAPHC_EXPR_END}));
}

TEST_F(InterfaceTest, BoundsDataDependentSizes) {
  FailureOr<Interface> i = describe(R"(
    symbols = [{name = "s0"}, {name = "u0", data_dependent},
               {name = "u1", data_dependent, max = 6 : i64}],
    inputs = [{name = "x", role = "user", kind = "tensor", argument = 0 : i64,
               type = !graph.tensor<(2*s0)xf32>}],
    outputs = [], mutations = [],
    constraints = [{expr = #graph.expr<u0>, min = 1 : i64, text = "u0"}])",
                                    R"(,
    graph.bounds = {u0 = #graph.expr<2*s0>})");
  ASSERT_TRUE(succeeded(i)) << problem;
  EXPECT_FALSE(i->symbols[0].bound);
  EXPECT_EQ(i->symbols[1].bound->code.size(), 6u);
  EXPECT_EQ(i->symbols[2].bound->getConstant(), 6);
  EXPECT_TRUE(i->constraints.empty());
}

TEST_F(InterfaceTest, RefusesWhatCannotBeCalled) {
  EXPECT_EQ(refuse(R"(
    symbols = [{name = "s0"}],
    inputs = [{name = "x", role = "user", kind = "tensor", argument = 0 : i64,
               type = !graph.tensor<(s0 * s0)xf32>}],
    outputs = [], mutations = [], constraints = [])"),
            "no input determines the symbolic size 's0'");
  EXPECT_EQ(refuse(R"(
    symbols = [],
    inputs = [{name = "x", role = "user", kind = "tensor", argument = 0 : i64,
               type = !graph.tensor<(s1)xf32>}],
    outputs = [], mutations = [], constraints = [])"),
            "the signature does not declare symbol 's1'");
  EXPECT_EQ(refuse(R"(
    symbols = [{name = "s0"}],
    inputs = [{name = "b", role = "buffer", kind = "tensor", argument = 0 : i64,
               target = "cache", type = !graph.tensor<(s0)xf32>,
               initial = dense<0.0> : tensor<4xf32>}],
    outputs = [], mutations = [], constraints = [])"),
            "buffer 'cache' is changed by the program but its size is not "
            "constant");
  EXPECT_EQ(refuse(R"(
    symbols = [], inputs = [],
    outputs = [{name = "y", role = "user", kind = "tensor", result = 1 : i64,
                type = !graph.tensor<4xf32>}],
    mutations = [], constraints = [])"),
            "result 1 of the function is out of order, expected 0");
}

TEST_F(InterfaceTest, TakesWeights) {
  module = parseSourceString<ModuleOp>(R"(
    memref.global @b : memref<4xf32> = dense<1.5> {kernel.offset = 64 : i64}
    memref.global @a : memref<3xi16> = dense<[1, 2, 3]> {kernel.offset = 0}
    memref.global @unplaced : memref<1xi8> = dense<1>)",
                                       &context);
  ASSERT_TRUE(module) << problem;
  ModuleWeights weights;
  ASSERT_TRUE(succeeded(takeWeights(*module, weights))) << problem;
  ASSERT_EQ(weights.entries.size(), 2u);
  EXPECT_EQ(weights.entries[0].name, "a");
  EXPECT_EQ(weights.entries[0].dtype, "int16");
  EXPECT_EQ(weights.entries[0].bytes.size(), 6u);
  EXPECT_EQ(weights.entries[1].offset, 64u);
  EXPECT_EQ(weights.entries[1].bytes.size(), 16u);
  EXPECT_TRUE(module->getBody()->empty());
}
