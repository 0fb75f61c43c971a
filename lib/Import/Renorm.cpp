//===- Renorm.cpp - Slices cut to a largest norm --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Checks.h"
#include "Reductions.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

/// What each slice of `x` along `dim` is multiplied by, wide.
static Value emitFactors(Emitter &e, Value x, int64_t dim, double order,
                         double largest) {
  SmallVector<int64_t> others;
  for (int64_t other = 0; other < e.rank(x); ++other)
    if (other != dim)
      others.push_back(other);
  Value norm = emitVectorNorm(e, x, order, others, /*keepdim=*/true);
  Value limit = e.number(largest, e.elementType(x));
  return e.select(e.compare(ComparePredicate::Gt, norm, limit),
                  e.div(limit, e.add(norm, 1e-7)),
                  e.number(1, e.elementType(x)));
}

static Value widened(Emitter &e, Value x) {
  if (!e.hasFailed() && !isFloat(e.elementType(x)))
    e.unsupported("renorm of " + getDTypeName(e.elementType(x)));
  return e.cast(x, getComputeType(e.elementType(x)));
}

static void importRenorm(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), x = widened(e, self);
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (!e.hasFailed() && e.rank(self) < 2)
    e.fail("shape-mismatch", "expected two dimensions or more");
  if (e.hasFailed())
    return;
  Value factors =
      emitFactors(e, x, dim, call.number("p"), call.number("maxnorm"));
  call.result(e.cast(e.mul(x, factors), e.elementType(self)));
}

/// Changes the rows of a table that `indices` name, and no others.
static void importEmbeddingRenorm(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), x = widened(e, self);
  Value indices = e.cast(call.tensor("indices"), e.i64());
  if (!e.hasFailed() && e.rank(self) != 2)
    e.fail("shape-mismatch", "expected a table of two dimensions");
  if (e.hasFailed())
    return;
  Value factors =
      emitFactors(e, x, 0, call.number("norm_type"), call.number("max_norm"));
  Value isNamed = forbidNegative(e.emit<graph::IndexPutOp>(
      e.full({e.size(self, 0)}, e.number(0, e.i1())), ValueRange(indices),
      e.number(1, e.i1()), ArrayRef<int64_t>{0}, /*accumulate=*/false));
  Value scaled = e.select(e.unsqueeze(isNamed, 1), e.mul(x, factors), x);
  call.write("self", scaled);
  call.resultAlias("self");
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.embedding_renorm_.default", importEmbeddingRenorm},
    {"aten.renorm.default", importRenorm},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::renormOverloads() { return table; }
