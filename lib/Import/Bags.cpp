//===- Bags.cpp - Sums, means and maxima of rows of a table ---------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bags.h"
#include "Checks.h"
#include "Counting.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

Value graphc::aten::emitBagOfRow(Emitter &e, Value offsets, Expr count) {
  Value one = e.number(1, e.i64());
  Value starts = e.full({count + 1}, e.number(0, e.i64()));
  starts = emitAddAt(e, starts, offsets, e.full({e.size(offsets, 0)}, one));
  Value bags = e.emit<graph::ScanOp>(graph::ScanKind::Sum, starts, int64_t(0));
  return e.sub(e.slice(bags, 0, 0, count), one);
}

BagMode graphc::aten::readBagMode(Call &call) {
  int64_t mode = call.integer("mode", 0);
  if (mode < 0 || mode > 2)
    call.e.fail("op-argument", "mode must be 0, 1 or 2");
  return static_cast<BagMode>(mode);
}

Value graphc::aten::emitKeptRows(Call &call, Value indices, Value weight) {
  Emitter &e = call.e;
  if (call.isNone("padding_idx"))
    return {};
  Expr padding = call.size("padding_idx");
  if (padding.getConstant().value_or(0) < 0 &&
      call.schema->name == "aten.embedding_bag.padding_idx")
    padding = padding + e.size(weight, 0);
  if (padding.getConstant().value_or(0) < 0)
    return {};
  return e.compare(ComparePredicate::Ne, indices,
                   e.number(Item(padding), e.i64()));
}

/// k of a vector of 0, k, 2k and so on, which may be of 32 bits on the way.
static std::optional<Expr> matchStep(Emitter &e, Value x) {
  auto skipCasts = [&](Value x) {
    auto isWide = [&](Value of) {
      Type type = e.elementType(of);
      return type.isInteger(32) || type.isInteger(64);
    };
    while (auto cast = x.getDefiningOp<graph::CastOp>()) {
      if (!isWide(cast.getResult()) || !isWide(cast.getInput()))
        break;
      x = cast.getInput();
    }
    return x;
  };
  x = skipCasts(x);
  if (x.getDefiningOp<graph::IotaOp>())
    return e.expr(1);
  auto product = x.getDefiningOp<graph::MulOp>();
  if (!product || !product.getLhs().getDefiningOp<graph::IotaOp>())
    return std::nullopt;
  Value step = skipCasts(product.getRhs());
  if (auto size = step.getDefiningOp<graph::SizeToTensorOp>())
    return size.getValue();
  DenseIntElementsAttr constant;
  if (matchPattern(step, m_Constant(&constant)) && constant.isSplat())
    return e.expr(constant.getSplatValue<APInt>().getSExtValue());
  return std::nullopt;
}

namespace {
/// In which bag each row lies, [count]. Where all bags have as many rows, their
/// rows are a dimension of its own, and nothing is scattered.
struct Bags {
  Emitter &e;
  Value ofRow;
  Expr number;
  std::optional<Expr> length;

  /// Something of each row, [count], as [number, length] where bags have one.
  Value split(Value x) const {
    return length ? e.reshape(x, {number, *length}) : x;
  }
  /// Sums of the rows of each bag, [number, ...]; rows are split.
  Value sum(Value rows) const {
    if (length)
      return e.sum(rows, {1}, false);
    SmallVector<Expr> shape = e.shape(rows);
    shape.front() = number;
    Value zeros = e.full(shape, e.number(0, e.elementType(rows)));
    return emitAddAt(e, zeros, ofRow, rows);
  }
  /// Maxima of the rows of each bag, [number, width], something of bags without
  /// any; rows are split.
  Value max(Value rows) const {
    if (length)
      return e.reduce(graph::ReduceKind::Max, rows, {1}, false);
    SmallVector<Expr> shape = e.shape(rows);
    Value index = e.expand(e.unsqueeze(ofRow, 1), shape);
    shape.front() = number;
    Value zeros = e.full(shape, e.number(0, e.elementType(rows)));
    return e.emit<graph::ScatterOp>(graph::ScatterReduce::Amax, zeros, index,
                                    rows, int64_t(0), /*include_self=*/false);
  }
};
} // namespace

/// Bags that begin at `offsets` of `count` rows, [bags], in i64.
static Bags readBags(Call &call, Value offsets, Expr count) {
  Emitter &e = call.e;
  Bags bags{e, {}, e.size(offsets, 0), matchStep(e, offsets)};
  if (bags.length && !call.flag("include_last_offset") &&
      e.ranges.provesLessEqual(e.expr(1), *bags.length) &&
      bags.number * *bags.length == count) {
    bags.ofRow = e.reshape(e.iota({bags.number, *bags.length}, 0), {count});
    return bags;
  }
  bags.length.reset();
  if (bags.number != 0)
    assertAll(
        e, e.compare(ComparePredicate::Eq, e.select(offsets, 0, e.expr(0)), 0),
        "the first bag must begin at 0");
  if (bags.number != 0 && bags.number != 1)
    assertAll(e,
              e.compare(ComparePredicate::Le,
                        e.slice(offsets, 0, 0, bags.number - 1),
                        e.slice(offsets, 0, 1, bags.number)),
              "a bag must not begin before the one ahead of it");
  // Rows behind the last offset of all are a bag that nobody asks for.
  bags.ofRow = emitBagOfRow(e, offsets, count);
  return bags;
}

/// What gradients need again: the bag of each row, the sizes of the bags, and
/// where the maxima come from, which sums have none of. Export recorded what
/// torch leaves out and whether the last offset is a bag, for its kernels
/// differ.
static void resultBagsForGradients(Call &call, Value bags, Value counts,
                                   Value maxima) {
  Emitter &e = call.e;
  Type type = e.elementType(call.tensor("indices"));
  Expr count = e.size(counts, 0);
  Value sizes = e.cast(e.reshape(counts, {count}), type);
  auto recordedSize = [&]() -> std::optional<Expr> {
    auto recorded = call.getRecordedType(call.results.size());
    if (!recorded || recorded->getRank() != 1)
      return std::nullopt;
    return recorded->getShape()[0];
  };
  auto result = [&](Value x) {
    bool isEmpty = recordedSize().value_or(count + 1) == 0;
    call.result(isEmpty ? e.full({e.expr(0)}, e.number(0, type))
                        : e.contiguous(x));
  };
  auto sizesAsRecorded = [&]() -> Value {
    if (!call.flag("include_last_offset") || recordedSize() == count)
      return sizes;
    return e.slice(sizes, 0, 0, count - 1);
  };
  result(e.cast(bags, type));
  result(sizesAsRecorded());
  result(maxima ? e.cast(maxima, type) : sizesAsRecorded());
}

/// [bags, width]: the index of the first row that has the maximum of its bag.
static Value emitMaximaIndices(Emitter &e, Value rows, Value maxima, Value bags,
                               Value indices) {
  SmallVector<Expr> shape = e.shape(rows);
  Value isMaximum = e.compare(
      ComparePredicate::Eq, rows,
      e.emit<graph::IndexOp>(maxima, ValueRange(bags), ArrayRef<int64_t>{0}));
  Value last = e.sizeToTensor(shape[0] - 1);
  Value place = e.select(isMaximum, e.iota({shape[0], e.expr(1)}, 0), last);
  Value first = e.emit<graph::ScatterOp>(
      graph::ScatterReduce::Amin, e.full(e.shape(maxima), last),
      e.expand(e.unsqueeze(bags, 1), shape), place, int64_t(0),
      /*include_self=*/true);
  return e.emit<graph::IndexOp>(indices, ValueRange(first),
                                ArrayRef<int64_t>{0});
}

static void importEmbeddingBag(Call &call) {
  Emitter &e = call.e;
  Value weight = call.tensor("weight"), indices = call.tensor("indices"),
        offsets = call.tensor("offsets");
  BagMode mode = readBagMode(call);
  if (e.hasFailed())
    return;
  Type type = e.elementType(weight), compute = getComputeType(type);
  if (!isFloat(type))
    return (void)e.unsupported("bags of " + getDTypeName(type));
  if (e.rank(weight) != 2 || e.rank(indices) != 1 || e.rank(offsets) != 1)
    return (void)e.fail("shape-mismatch",
                        "bags take a matrix, indices and offsets");
  indices = e.cast(indices, e.i64());
  offsets = e.cast(offsets, e.i64());

  Expr count = e.size(indices, 0), width = e.size(weight, 1);
  Bags bags = readBags(call, offsets, count);
  Value rows = e.cast(
      forbidNegative(e.emit<graph::IndexOp>(
          weight, ValueRange(bags.split(indices)), ArrayRef<int64_t>{0})),
      compute);
  auto asColumns = [&](Value x) { return e.unsqueeze(x, e.rank(x)); };
  if (Value scale = call.optionalTensor("per_sample_weights"))
    rows = e.mul(rows, asColumns(bags.split(e.cast(scale, compute))));

  Value keep = emitKeptRows(call, bags.split(indices), weight);
  Value lowest = e.number(-std::numeric_limits<double>::infinity(), compute);
  Value zero = e.number(0, compute);
  if (keep)
    rows =
        e.select(asColumns(keep), rows, mode == BagMode::Max ? lowest : zero);

  auto countRows = [&]() {
    if (bags.length && !keep)
      return e.full({bags.number, e.expr(1)},
                    e.number(Item(*bags.length), compute));
    Value ones =
        keep ? e.cast(keep, compute) : e.full({count}, e.number(1, compute));
    return asColumns(bags.sum(ones));
  };
  Value results, maxima;
  switch (mode) {
  case BagMode::Sum:
    results = bags.sum(rows);
    break;
  case BagMode::Mean:
    results =
        e.div(bags.sum(rows),
              e.emit<graph::MaximumOp>(countRows(), e.number(1, compute)));
    break;
  case BagMode::Max: {
    results = bags.max(rows);
    // Without any rows there is no place to read.
    if (count != 0)
      maxima = emitMaximaIndices(e, e.reshape(rows, {count, width}), results,
                                 bags.ofRow, indices);
    Value isEmpty = e.compare(ComparePredicate::Eq, countRows(), 0);
    results = e.select(isEmpty, zero, results);
    break;
  }
  }
  if (mode == BagMode::Max && !maxima)
    maxima = e.full({bags.number, width}, e.number(0, e.i64()));
  if (call.flag("include_last_offset")) {
    results = e.slice(results, 0, 0, bags.number - 1);
    maxima = maxima ? e.slice(maxima, 0, 0, bags.number - 1) : maxima;
  }
  call.result(e.contiguous(e.cast(results, type)));
  resultBagsForGradients(call, bags.ofRow, countRows(), maxima);
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
