//===- Search.cpp - Classes, and places among sorted values ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Importer.h"
#include "Pointwise.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static void importOneHot(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Expr classes = call.size("num_classes");
  if (classes == -1)
    return (void)e.unsupported("one_hot without num_classes");
  self = e.cast(self, e.i64());
  assertInRange(e, self, classes, "class of one_hot out of range");
  Value wide = e.unsqueeze(self, e.rank(self));
  Value match = e.compare(ComparePredicate::Eq, wide, e.iota({classes}, 0));
  call.result(e.cast(match, e.i64()));
}

/// How many boundaries lie below (or, with `right`, not above) each value.
static void emitSearch(Call &call, Value values, Value boundaries) {
  Emitter &e = call.e;
  bool right = call.flag("right") || call.text("side") == "right";
  if (Value sorter = call.optionalTensor("sorter"))
    boundaries = e.emit<graph::GatherOp>(boundaries, e.cast(sorter, e.i64()),
                                         e.rank(boundaries) - 1);
  SmallVector<Operand> operands = {Operand(values), Operand(boundaries)};
  Type type = checkPromotion(call, getResultType(operands, e.getContext()));
  Value x = e.cast(e.unsqueeze(values, e.rank(values)), type);
  Value edges = e.cast(boundaries, type);
  // Batches of boundaries go with rows of values.
  if (e.rank(edges) > 1)
    edges = e.unsqueeze(edges, e.rank(edges) - 1);
  Value below =
      e.compare(right ? ComparePredicate::Le : ComparePredicate::Lt, edges, x);
  // NaN sorts behind everything.
  if (isFloat(type))
    below = e.logicalOr(below, e.emit<graph::IsnanOp>(x));
  Value count = e.sum(e.cast(below, e.i64()), {e.rank(below) - 1}, false);
  call.result(call.flag("out_int32") ? e.cast(count, e.builder.getI32Type())
                                     : count);
}

static void importBucketize(Call &call) {
  emitSearch(call, call.tensor("self"), call.tensor("boundaries"));
}
static void importSearchsorted(Call &call) {
  emitSearch(call, call.tensor("self"), call.tensor("sorted_sequence"));
}

static void importIsin(Call &call) {
  Emitter &e = call.e;
  auto operands = promote(
      call, {call.schema->parameters[0].name, call.schema->parameters[1].name});
  Value wide = e.unsqueeze(operands[0], e.rank(operands[0]));
  Value tests = e.reshape(operands[1], {e.numElements(operands[1])});
  Value match = e.compare(ComparePredicate::Eq, wide, tests);
  Value found =
      e.reduce(graph::ReduceKind::Any, match, {e.rank(match) - 1}, false);
  call.result(call.flag("invert") ? e.logicalNot(found) : found);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.bucketize.Scalar", importBucketize},
    {"aten.bucketize.Tensor", importBucketize},
    {"aten.isin.Scalar_Tensor", importIsin},
    {"aten.isin.Tensor_Scalar", importIsin},
    {"aten.isin.Tensor_Tensor", importIsin},
    {"aten.one_hot.default", importOneHot},
    {"aten.searchsorted.Scalar", importSearchsorted},
    {"aten.searchsorted.Tensor", importSearchsorted},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::searchOverloads() { return table; }
