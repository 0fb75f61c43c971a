//===- Checks.cpp - What values must be for a run to go on ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"

#include "dialects/Graph/IR/IndexSigns.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

void aten::assertAll(Emitter &e, Value condition, StringRef message) {
  condition = e.reduce(graph::ReduceKind::All, condition,
                       e.wrapDims({}, e.rank(condition)), false);
  if (!e.hasFailed())
    graph::AssertTensorOp::create(e.builder, e.loc, condition, message);
}

void aten::assertInRange(Emitter &e, Value index, Expr size,
                         StringRef message) {
  Value isBelow =
      e.compare(ComparePredicate::Lt, index, e.number(Item(size), e.i64()));
  assertAll(e, e.logicalAnd(e.compare(ComparePredicate::Ge, index, 0), isBelow),
            message);
}

void aten::assertProbabilities(Emitter &e, Value x, StringRef message) {
  assertAll(e,
            e.logicalAnd(e.compare(ComparePredicate::Ge, x, 0),
                         e.compare(ComparePredicate::Le, x, 1)),
            message);
}

void aten::assertLessEqual(Emitter &e, Expr low, Expr high, StringRef message) {
  if (e.hasFailed() || e.ranges.provesLessEqual(low, high))
    return;
  Expr holds = low.le(high);
  if (holds == 0)
    return (void)e.fail("op-argument", message);
  graph::AssertOp::create(e.builder, e.loc, holds, message);
}

Value aten::forbidNegative(Value indexed) {
  if (indexed)
    graph::forbidNegativeIndices(indexed.getDefiningOp());
  return indexed;
}
