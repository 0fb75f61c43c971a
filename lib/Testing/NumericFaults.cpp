//===- NumericFaults.cpp - Faults that compute wrong numbers -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graphc/Testing/Faults.h"

#include "dialects/Graph/IR/Graph.h"

using namespace mlir;
using namespace graphc;

/// `a - b` becomes `b - a` where both have the same type.
static LogicalResult swapSub(Operation *root) {
  root->walk([](graph::SubOp op) {
    if (op->getOperand(0).getType() != op->getOperand(1).getType())
      return WalkResult::advance();
    Value first = op->getOperand(0);
    op->setOperand(0, op->getOperand(1));
    op->setOperand(1, first);
    return WalkResult::interrupt();
  });
  return success();
}

ArrayRef<Fault> graphc::numericFaults() {
  static constexpr Fault faults[] = {
      {"graph-swapped-sub", "graph-recognize", Fault::Kind::WrongNumber,
       "a difference has its operands swapped", swapSub},
  };
  return faults;
}
