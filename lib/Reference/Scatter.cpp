//===- Scatter.cpp - Writes at computed places ----------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"

#include "dialects/Graph/IR/IndexSigns.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::reference;

static double combine(graph::ScatterReduce kind, double a, double b) {
  switch (kind) {
  case graph::ScatterReduce::None:
    return b;
  case graph::ScatterReduce::Add:
  case graph::ScatterReduce::Mean:
    return a + b;
  case graph::ScatterReduce::Prod:
    return a * b;
  case graph::ScatterReduce::Amax:
    return std::isnan(a) || a > b ? a : b;
  case graph::ScatterReduce::Amin:
    return std::isnan(a) || a < b ? a : b;
  }
  llvm_unreachable("all kinds are there");
}

static int64_t combine(graph::ScatterReduce kind, int64_t a, int64_t b) {
  switch (kind) {
  case graph::ScatterReduce::None:
    return b;
  case graph::ScatterReduce::Add:
  case graph::ScatterReduce::Mean:
    return static_cast<int64_t>(static_cast<uint64_t>(a) + b);
  case graph::ScatterReduce::Prod:
    return static_cast<int64_t>(static_cast<uint64_t>(a) * b);
  case graph::ScatterReduce::Amax:
    return std::max(a, b);
  case graph::ScatterReduce::Amin:
    return std::min(a, b);
  }
  llvm_unreachable("all kinds are there");
}

/// Without `include_self`, and for means, the lowering alone says how: what a
/// place starts from and what it is divided by.
static bool scatter(graph::ScatterOp op, Operands operands,
                    MutableArrayRef<Tensor> results) {
  const Tensor &index = *operands[1], &source = *operands[2];
  Tensor &result = results[0];
  int64_t dim = op.getDim();
  graph::ScatterReduce kind = op.getReduce();
  if (index.shape.empty() || kind == graph::ScatterReduce::Mean ||
      (!op.getIncludeSelf() && kind != graph::ScatterReduce::None))
    return false;
  result = *operands[0];
  for (int64_t i = 0, e = index.size(); i < e; ++i) {
    Index place = delinearize(i, index.shape);
    int64_t from = linearize(place, source.shape);
    place[dim] = index.ints[i];
    if (place[dim] < 0 || place[dim] >= result.shape[dim])
      return false;
    int64_t to = linearize(place, result.shape);
    if (result.isFloat())
      result.set(to, combine(kind, result.floats[to], source.floats[from]));
    else
      result.set(to, combine(kind, result.ints[to], source.ints[from]));
  }
  return true;
}

/// The places are where `graph.index` would read.
static bool putIndexed(graph::IndexPutOp op, Operands operands,
                       MutableArrayRef<Tensor> results) {
  Operands indices = operands.drop_front().drop_back();
  const Tensor &values = *operands.back();
  Tensor &result = results[0];
  result = *operands[0];
  std::optional<SmallVector<int64_t>> shape =
      getIndexedShape(op.getDims(), indices, result.shape);
  if (!shape)
    return false;
  int64_t size = llvm::product_of(*shape, int64_t(1));
  bool wraps = graph::allowsNegativeIndices(op);
  for (int64_t i = 0; i < size; ++i) {
    Index at = delinearize(i, *shape);
    std::optional<int64_t> to =
        locateIndexed(op.getDims(), indices, wraps, result.shape, at);
    if (!to)
      return false;
    int64_t from = broadcastIndex(at, values.shape);
    if (!op.getAccumulate())
      copyElement(result, *to, values, from);
    else if (result.isFloat())
      result.set(*to, result.floats[*to] + values.floats[from]);
    else
      result.set(*to, combine(graph::ScatterReduce::Add, result.ints[*to],
                              values.ints[from]));
  }
  return true;
}

void graphc::reference::addScatter(Evaluators &evaluators) {
  add<graph::ScatterOp, scatter>(evaluators);
  add<graph::IndexPutOp, putIndexed>(evaluators);
}
