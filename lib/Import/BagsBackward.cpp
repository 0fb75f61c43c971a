//===- BagsBackward.cpp - Gradients of bags of rows -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bags.h"
#include "Counting.h"
#include "Gradients.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

/// `values` as a column that broadcasts along the rows of a matrix.
static Value asColumn(Emitter &e, Value values) {
  return e.unsqueeze(values, 1);
}

/// The bag of each index: torch's CPU leaves it out where it can be found from
/// the offsets again.
static Value readBags(Call &call, Value indices) {
  Emitter &e = call.e;
  Value bags = call.tensor("offset2bag");
  if (call.isNone("offsets") || e.size(bags, 0) != 0)
    return e.cast(bags, e.i64());
  return emitBagOfRow(e, e.cast(call.tensor("offsets"), e.i64()),
                      e.size(indices, 0));
}

/// One row of the gradient for each index.
static Value pickRows(Emitter &e, Value grad, Value bags) {
  return e.emit<graph::IndexOp>(grad, ValueRange(bags), ArrayRef<int64_t>{0});
}

/// The gradient of the table: that of a bag, times what its rows were
/// multiplied by, added to the rows that the bag has; of maxima to the rows
/// that they come from.
static void importBagBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad");
  Value indices = e.cast(call.tensor("indices"), e.i64());
  BagMode mode = readBagMode(call);
  if (!e.hasFailed() && (e.rank(grad) != 2 || e.rank(indices) != 1))
    e.fail("shape-mismatch", "bags take a matrix and indices");
  bool isSparse = !call.isNone("sparse") && call.flag("sparse");
  if (!e.hasFailed() && (call.flag("scale_grad_by_freq") || isSparse))
    e.unsupported("scale_grad_by_freq and sparse gradients");
  if (e.hasFailed())
    return;
  Type type = e.elementType(grad), compute = getComputeType(type);
  grad = e.cast(grad, compute);
  Value zeros =
      e.full({call.size("num_weights"), e.size(grad, 1)}, e.number(0, compute));
  Value size;
  // With a last offset there is one size more.
  if (mode != BagMode::Sum)
    size = asColumn(e, e.slice(e.cast(call.tensor("bag_size"), compute), 0, 0,
                               e.size(grad, 0)));
  if (mode == BagMode::Max) {
    Value isEmpty = e.compare(ComparePredicate::Eq, size, 0.0);
    Value sum = e.emit<graph::ScatterOp>(
        graph::ScatterReduce::Add, zeros,
        e.cast(call.tensor("maximum_indices"), e.i64()),
        e.select(isEmpty, e.number(0, compute), grad), int64_t(0),
        /*include_self=*/true);
    return call.result(e.contiguous(e.cast(sum, type)));
  }
  if (mode == BagMode::Mean)
    grad = e.div(grad, e.emit<graph::MaximumOp>(size, e.number(1, compute)));
  Value rows = pickRows(e, grad, readBags(call, indices));
  if (Value scale = call.optionalTensor("per_sample_weights"))
    rows = e.mul(rows, asColumn(e, e.cast(scale, compute)));
  if (Value keep = emitKeptRows(call, indices, {}))
    rows = e.select(asColumn(e, keep), rows, e.number(0, compute));
  call.result(e.contiguous(e.cast(emitAddAt(e, zeros, indices, rows), type)));
}

/// How much each index' row counts in its bag's sum: the product of the row and
/// the bag's gradient.
static void importBagScaleBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad"), weight = call.tensor("weight");
  Value indices = e.cast(call.tensor("indices"), e.i64());
  if (!e.hasFailed() && readBagMode(call) != BagMode::Sum)
    e.unsupported("weights of samples but in sums");
  if (e.hasFailed())
    return;
  Type type = e.elementType(grad), compute = getComputeType(type);
  Value rows = e.cast(pickRows(e, weight, indices), compute);
  Value outer = pickRows(e, e.cast(grad, compute), readBags(call, indices));
  Value product = e.sum(e.mul(rows, outer), {1}, false);
  if (Value keep = emitKeptRows(call, indices, weight))
    product = e.select(keep, product, e.number(0, compute));
  call.result(e.cast(product, type));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._embedding_bag_backward.default", importBagBackward},
    {"aten._embedding_bag_dense_backward.default", importBagBackward},
    {"aten._embedding_bag_per_sample_weights_backward.default", importBagScaleBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::bagBackwardOverloads() { return table; }
