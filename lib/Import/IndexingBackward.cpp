//===- IndexingBackward.cpp - Gradients of what picks elements ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counting.h"
#include "Gradients.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ScatterReduce;

static Value emitZeros(Emitter &e, ArrayRef<Expr> shape, Value like) {
  return e.full(shape, e.number(0, e.elementType(like)));
}

static void importIndexSelectBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad");
  Value index = e.cast(call.tensor("index"), e.i64());
  SmallVector<Expr> shape = call.sizes("self_sizes");
  int64_t dim =
      e.wrapDim(call.integer("dim"), static_cast<int64_t>(shape.size()));
  Type type = e.elementType(grad), compute = getComputeType(type);
  SmallVector<Expr> wide = shape;
  if (wide.empty())
    wide.push_back(e.expr(1));
  Value x = e.atLeast1d(e.cast(grad, compute));
  Value sum = emitAddAt(e, emitZeros(e, wide, x), e.atLeast1d(index), x, dim);
  call.result(e.contiguous(e.cast(e.reshape(sum, shape), type)));
}

/// The gradient of a minimum, median, ... that is at `indices`.
static void importSelectingReductionBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad");
  Value indices = e.cast(call.tensor("indices"), e.i64());
  SmallVector<Expr> shape = call.sizes("sizes");
  int64_t dim =
      e.wrapDim(call.integer("dim"), static_cast<int64_t>(shape.size()));
  if (!call.flag("keepdim") && !shape.empty()) {
    grad = e.unsqueeze(grad, dim);
    indices = e.unsqueeze(indices, dim);
  }
  SmallVector<Expr> wide = shape;
  if (wide.empty())
    wide.push_back(e.expr(1));
  Value value = e.emit<graph::ScatterOp>(
      ScatterReduce::None, emitZeros(e, wide, grad), e.atLeast1d(indices),
      e.atLeast1d(grad), dim, true);
  call.result(e.contiguous(e.reshape(value, shape)));
}

/// Windows [.., count, .., size] of dimension `dim`, added where they were.
static void importUnfoldBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_in");
  SmallVector<Expr> shape = call.sizes("input_sizes");
  int64_t rank = static_cast<int64_t>(shape.size());
  int64_t dim = e.wrapDim(call.integer("dim"), rank);
  int64_t size = call.integer("size"), step = call.integer("step");
  if (!e.hasFailed() && (e.rank(grad) != rank + 1 || rank == 0))
    e.fail("shape-mismatch", "expected one window per place of a dimension");
  if (e.hasFailed())
    return;
  Type type = e.elementType(grad), compute = getComputeType(type);
  SmallVector<int64_t> perm;
  for (int64_t i = 0; i < rank; ++i) {
    perm.push_back(i);
    if (i == dim)
      perm.push_back(rank);
  }
  Value x = e.permute(e.cast(grad, compute), perm);
  Expr count = e.size(grad, dim);
  Value start = e.mul(e.iota({count, e.expr(1)}, 0), static_cast<double>(step));
  Value place = e.add(start, e.iota({e.expr(1), e.expr(size)}, 1));
  Value sum = emitAddAt(e, emitZeros(e, shape, x), place, x, dim);
  call.result(e.contiguous(e.cast(sum, type)));
}

static void importTraceBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad");
  SmallVector<Expr> shape = call.sizes("sizes");
  if (!e.hasFailed() && shape.size() != 2)
    e.fail("op-argument", "expected a matrix input");
  if (e.hasFailed())
    return;
  Value isDiagonal =
      e.compare(graph::ComparePredicate::Eq, e.iota({shape[0], e.expr(1)}, 0),
                e.iota({e.expr(1), shape[1]}, 1));
  call.result(e.contiguous(
      e.select(isDiagonal, grad, e.number(0, e.elementType(grad)))));
}

/// The place of each true element of `mask`, which is flat, among the true
/// ones; other elements have `otherwise`, a 0-d i64.
static Value emitRanks(Emitter &e, Value mask, Value otherwise) {
  Value count = e.cast(emitRunningCount(e, mask), e.i64());
  Value rank = e.emit<graph::MinimumOp>(e.sub(count, 1), otherwise);
  return e.select(mask, rank, otherwise);
}

/// The gradient of what masked_scatter put: elements under the mask in order,
/// as many as there were to put; those that were not used have none.
static void importMaskedScatterBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), mask = e.toBool(call.tensor("mask"));
  SmallVector<Expr> sizes = call.sizes("sizes");
  SmallVector<Expr> shape = e.broadcastShapes(e.shape(grad), e.shape(mask));
  if (e.hasFailed())
    return;
  Expr count = graph::product(e.getContext(), shape);
  Expr available = graph::product(e.getContext(), sizes);
  Value flat = e.reshape(e.expand(grad, shape), {count});
  // What is not under the mask goes to one place more, which is cut off.
  Value place = emitRanks(e, e.reshape(e.expand(mask, shape), {count}),
                          e.sizeToTensor(available));
  Value all = e.emit<graph::ScatterOp>(ScatterReduce::None,
                                       emitZeros(e, {available + 1}, grad),
                                       place, flat, int64_t(0), true);
  call.result(e.contiguous(e.reshape(e.slice(all, 0, 0, available), sizes)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.index_select_backward.default", importIndexSelectBackward},
    {"aten.masked_scatter_backward.default", importMaskedScatterBackward},
    {"aten.trace_backward.default", importTraceBackward},
    {"aten.unfold_backward.default", importUnfoldBackward},
    {"aten.value_selecting_reduction_backward.default", importSelectingReductionBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::indexingBackwardOverloads() { return table; }
