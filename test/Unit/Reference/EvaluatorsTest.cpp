//===- EvaluatorsTest.cpp - Every graph op has a meaning of its own -------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Reference/Reference.h"

#include "gtest/gtest.h"

using namespace mlir;
using namespace graphc;

/// What the reference leaves to others; docs/Usage.md says why. The interpreter
/// has ops of control flow, and those that make or read sizes.
static constexpr llvm::StringLiteral others[] = {
    // Run by the interpreter.
    "graph.cond", "graph.while", "graph.yield", "graph.item", "graph.assert",
    "graph.assert_tensor", "graph.size_to_tensor", "graph.nonzero",
    "graph.masked_select",
    // Through their lowering: the coordinate maps of resampling.
    "graph.resize",
    // Refused: complex numbers.
    "graph.complex", "graph.real", "graph.imag"};

TEST(Evaluators, every_op_is_known_or_listed) {
  MLIRContext context;
  context.loadDialect<graph::GraphDialect>();
  unsigned count = 0;
  for (RegisteredOperationName op : context.getRegisteredOperations()) {
    llvm::StringRef name = op.getStringRef();
    if (!name.starts_with("graph."))
      continue;
    ++count;
    EXPECT_NE(reference::hasEvaluator(name), llvm::is_contained(others, name))
        << name.str();
  }
  EXPECT_GT(count, 100u);
}
