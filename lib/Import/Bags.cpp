//===- Bags.cpp - Sums, means and maxima of rows of a table ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static Value emitIndexAdd(Emitter &e, Value base, Value index, Value values) {
  return e.emit<graph::IndexPutOp>(base, ValueRange(index), values,
                                   ArrayRef<int64_t>{0}, /*accumulate=*/true);
}

/// The bag of each of `count` rows: how many bags begin at it or before, less
/// one.
static Value emitBagOfRow(Emitter &e, Value offsets, Expr count) {
  Value one = e.number(1, e.i64());
  Value starts = e.full({count + 1}, e.number(0, e.i64()));
  starts = emitIndexAdd(e, starts, offsets, e.full({e.size(offsets, 0)}, one));
  Value bags = e.emit<graph::ScanOp>(graph::ScanKind::Sum, starts, int64_t(0));
  return e.sub(e.slice(bags, 0, 0, count), one);
}

namespace {
enum class Mode { Sum, Mean, Max };
} // namespace

/// The first result alone: the others serve gradients.
static void importEmbeddingBag(Call &call) {
  Emitter &e = call.e;
  Value weight = call.tensor("weight"), indices = call.tensor("indices"),
        offsets = call.tensor("offsets");
  int64_t mode = call.integer("mode", 0);
  if (e.hasFailed())
    return;
  if (mode < 0 || mode > 2)
    return (void)e.fail("op-argument", "mode must be 0, 1 or 2");
  Type type = e.elementType(weight), compute = getComputeType(type);
  if (!isFloat(type))
    return (void)e.unsupported("bags of " + getDTypeName(type));
  if (e.rank(weight) != 2 || e.rank(indices) != 1 || e.rank(offsets) != 1)
    return (void)e.fail("shape-mismatch",
                        "bags take a matrix, indices and offsets");
  indices = e.cast(indices, e.i64());
  offsets = e.cast(offsets, e.i64());

  Expr count = e.size(indices, 0), numBags = e.size(offsets, 0),
       width = e.size(weight, 1);
  if (numBags != 0)
    graph::AssertTensorOp::create(
        e.builder, e.loc,
        e.compare(ComparePredicate::Eq, e.select(offsets, 0, e.expr(0)), 0),
        "the first bag must begin at 0");
  // Rows behind the last offset of all are a bag that nobody asks for.
  Value bags = emitBagOfRow(e, offsets, count);
  Value rows = e.cast(
      e.emit<graph::IndexOp>(weight, ValueRange(indices), ArrayRef<int64_t>{0}),
      compute);
  if (Value scale = call.optionalTensor("per_sample_weights"))
    rows = e.mul(rows, e.unsqueeze(e.cast(scale, compute), 1));

  Value keep;
  if (!call.isNone("padding_idx")) {
    Expr padding = call.size("padding_idx");
    if (padding.getConstant().value_or(0) < 0 &&
        call.schema->name == "aten.embedding_bag.padding_idx")
      padding = padding + e.size(weight, 0);
    if (padding.getConstant().value_or(0) >= 0)
      keep = e.compare(ComparePredicate::Ne, indices,
                       e.number(Item(padding), e.i64()));
  }
  Value lowest = e.number(-std::numeric_limits<double>::infinity(), compute);
  Value zero = e.number(0, compute);
  if (keep)
    rows = e.select(e.unsqueeze(keep, 1), rows,
                    static_cast<Mode>(mode) == Mode::Max ? lowest : zero);

  auto countRows = [&]() {
    Value ones =
        keep ? e.cast(keep, compute) : e.full({count}, e.number(1, compute));
    Value counts = emitIndexAdd(e, e.full({numBags}, zero), bags, ones);
    return e.unsqueeze(counts, 1);
  };
  Value sums = e.full({numBags, width}, zero);
  switch (static_cast<Mode>(mode)) {
  case Mode::Sum:
    sums = emitIndexAdd(e, sums, bags, rows);
    break;
  case Mode::Mean:
    sums = e.div(emitIndexAdd(e, sums, bags, rows),
                 e.emit<graph::MaximumOp>(countRows(), e.number(1, compute)));
    break;
  case Mode::Max: {
    Value index = e.expand(e.unsqueeze(bags, 1), {count, width});
    sums = e.emit<graph::ScatterOp>(graph::ScatterReduce::Amax, sums, index,
                                    rows, int64_t(0), /*include_self=*/false);
    Value isEmpty = e.compare(ComparePredicate::Eq, countRows(), 0);
    sums = e.select(isEmpty, zero, sums);
    break;
  }
  }
  if (call.flag("include_last_offset"))
    sums = e.slice(sums, 0, 0, numBags - 1);
  call.result(e.contiguous(e.cast(sums, type)));
  for (int i = 0; i < 3; ++i)
    call.result(Item());
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._embedding_bag.default", importEmbeddingBag},
    {"aten._embedding_bag_forward_only.default", importEmbeddingBag},
    {"aten.embedding_bag.default", importEmbeddingBag},
    {"aten.embedding_bag.padding_idx", importEmbeddingBag},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::bagOverloads() { return table; }
