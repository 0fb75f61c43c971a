//===- Scatter.cpp - Scatters along a dimension ---------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpectSize.h"
#include "Importer.h"
#include "Pointwise.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ScatterReduce;

static std::optional<ScatterReduce> parseReduce(StringRef text) {
  if (text == "add" || text == "sum")
    return ScatterReduce::Add;
  if (text == "multiply" || text == "prod")
    return ScatterReduce::Prod;
  if (text == "amax")
    return ScatterReduce::Amax;
  if (text == "amin")
    return ScatterReduce::Amin;
  if (text == "mean")
    return ScatterReduce::Mean;
  return std::nullopt;
}

static void emitScatter(Call &call, ScatterReduce reduce, bool includeSelf) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Value index = e.cast(call.tensor("index"), e.i64());
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Value source;
  if (call.isNone("src")) {
    Value scalar = e.operand(call.operand("value"), e.elementType(self));
    source = e.full(e.shape(index), scalar);
  } else {
    source = e.cast(call.tensor("src"), e.elementType(self));
  }
  Value value =
      e.emit<graph::ScatterOp>(reduce, e.atLeast1d(self), e.atLeast1d(index),
                               e.atLeast1d(source), dim, includeSelf);
  call.result(e.reshape(value, e.shape(self)));
}

static void importScatter(Call &call) {
  emitScatter(call, ScatterReduce::None, true);
}
static void importScatterAdd(Call &call) {
  emitScatter(call, ScatterReduce::Add, true);
}
static void importScatterReduce(Call &call) {
  std::optional<ScatterReduce> reduce = parseReduce(call.text("reduce"));
  if (!reduce)
    return (void)call.e.fail("op-argument",
                             "unknown reduction '" + call.text("reduce") + "'");
  emitScatter(call, *reduce,
              call.isNone("include_self") || call.flag("include_self"));
}

/// index_reduce: scatter_reduce with the index along one dimension everywhere.
static void importIndexReduce(Call &call) {
  Emitter &e = call.e;
  Value self = e.atLeast1d(call.tensor("self"));
  Value source = e.atLeast1d(call.tensor("source"));
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  std::optional<ScatterReduce> reduce = parseReduce(call.text("reduce"));
  if (!reduce)
    return (void)e.unsupported("index_reduce of this kind");
  SmallVector<Expr> shape(e.rank(self), e.expr(1));
  shape[dim] = e.size(source, dim);
  Value index = e.atLeast1d(e.cast(call.tensor("index"), e.i64()));
  index = expectSize(e, index, 0, shape[dim],
                     "index_reduce: the index is as long as the source");
  index = e.expand(e.reshape(index, shape), e.shape(source));
  Value value = e.emit<graph::ScatterOp>(*reduce, self, index, source, dim,
                                         call.flag("include_self"));
  call.result(e.reshape(value, e.shape(call.tensor("self"))));
}

static void importGatherBackward(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), grad = call.tensor("grad");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Value zeros = e.full(e.shape(self), e.number(0, e.elementType(grad)));
  call.result(e.emit<graph::ScatterOp>(ScatterReduce::Add, zeros,
                                       e.cast(call.tensor("index"), e.i64()),
                                       grad, dim, true));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.gather_backward.default", importGatherBackward},
    {"aten.index_reduce.default", importIndexReduce},
    {"aten.scatter.reduce", importScatterReduce},
    {"aten.scatter.src", importScatter},
    {"aten.scatter.value", importScatter},
    {"aten.scatter.value_reduce", importScatterReduce},
    {"aten.scatter_add.default", importScatterAdd},
    {"aten.scatter_reduce.two", importScatterReduce},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::scatterOverloads() { return table; }
