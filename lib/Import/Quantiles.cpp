//===- Quantiles.cpp - Elements by their rank, NaN aside ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Checks.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
/// A tensor sorted along one dimension, or flat, whose result loses it.
struct Sorted {
  explicit Sorted(Call &call);

  Value values, indices;
  int64_t dim;
  bool isFlat;
};
} // namespace

Sorted::Sorted(Call &call) : isFlat(call.isNone("dim")) {
  Emitter &e = call.e;
  Value x = call.tensor("self");
  if (isFlat || e.rank(x) == 0)
    x = e.reshape(x, {e.numElements(x)});
  dim = isFlat ? 0 : e.wrapDim(call.integer("dim"), e.rank(x));
  auto parts = e.emitAll<graph::SortOp, 2>(x, dim, /*descending=*/false,
                                           /*stable=*/true);
  values = parts[0];
  indices = parts[1];
}

/// How many elements along the dimension are numbers, which NaN sort behind.
static Value countNumbers(Emitter &e, const Sorted &sorted) {
  if (!isFloat(e.elementType(sorted.values)))
    return e.sizeToTensor(e.size(sorted.values, sorted.dim));
  Value isNumber = e.logicalNot(e.emit<graph::IsnanOp>(sorted.values));
  return e.sum(e.cast(isNumber, e.i64()), {sorted.dim}, true);
}

static void importNanmedian(Call &call) {
  Emitter &e = call.e;
  Sorted sorted(call);
  if (e.hasFailed())
    return;
  Value middle = e.emit<graph::FloorDivOp>(e.sub(countNumbers(e, sorted), 1),
                                           e.number(2, e.i64()));
  middle = e.emit<graph::MaximumOp>(middle, e.number(0, e.i64()));
  SmallVector<Expr> shape = e.shape(sorted.values);
  shape[sorted.dim] = e.expr(1);
  middle = e.expand(middle, shape);
  bool keepdim = call.flag("keepdim") && e.rank(call.tensor("self")) > 0;
  for (Value part : {sorted.values, sorted.indices}) {
    Value value = e.emit<graph::GatherOp>(part, middle, sorted.dim);
    call.result(keepdim && !sorted.isFlat ? value
                                          : e.squeeze(value, {sorted.dim}));
    if (sorted.isFlat)
      return;
  }
}

/// The place among the sorted elements, a float, of each of `q` [count]; the
/// last dimension of `sorted` is the one they are sorted along.
static Value emitRanks(Emitter &e, Value values, Value q, bool skipsNan) {
  Type type = e.elementType(values);
  int64_t last = e.rank(values) - 1;
  Expr size = e.size(values, last);
  Value isNan = e.emit<graph::IsnanOp>(values);
  if (skipsNan) {
    Value count = e.sum(e.cast(e.logicalNot(isNan), e.i64()), {last}, true);
    Value ranks = e.mul(q, e.cast(e.sub(count, 1), type));
    return e.emit<graph::MaximumOp>(ranks, e.number(0, type));
  }
  // One NaN is what all come to.
  Value top = e.cast(e.sizeToTensor(size - 1), type);
  Value hasNan = e.reduce(graph::ReduceKind::Any, isNan, {last}, true);
  return e.select(hasNan, top, e.mul(q, top));
}

template <bool skipsNan>
static void importQuantile(Call &call) {
  Emitter &e = call.e;
  Sorted sorted(call);
  Type type = e.elementType(sorted.values);
  if (!e.hasFailed() && !type.isF32() && !type.isF64())
    e.unsupported("quantiles of " + getDTypeName(type));
  Value q = call.get("q").isNumber() ? e.number(call.get("q"), type)
                                     : call.tensor("q");
  int64_t rankOfQ = e.rank(q);
  if (!e.hasFailed() && (rankOfQ > 1 || e.elementType(q) != type))
    e.fail("op-argument", "expected 'q' of the dtype of the input and at most "
                          "one dimension");
  if (e.hasFailed())
    return;
  q = e.reshape(q, {e.numElements(q)});
  assertProbabilities(e, q, "quantiles are from 0 to 1");

  int64_t last = e.rank(sorted.values) - 1;
  SmallVector<int64_t> perm;
  for (int64_t dim = 0; dim <= last; ++dim)
    if (dim != sorted.dim)
      perm.push_back(dim);
  perm.push_back(sorted.dim);
  Value values = e.permute(sorted.values, perm);
  Value ranks = emitRanks(e, values, q, skipsNan);
  SmallVector<Expr> shape = e.shape(values);
  shape.back() = e.size(q, 0);

  std::string how = call.text("interpolation");
  if (how == "lower")
    ranks = e.emit<graph::FloorOp>(ranks);
  else if (how == "higher")
    ranks = e.emit<graph::CeilOp>(ranks);
  else if (how == "nearest")
    ranks = e.emit<graph::RoundOp>(ranks);
  else if (how != "linear" && how != "midpoint")
    return (void)e.fail("op-argument", "interpolation is '" + how + "'");
  ranks = e.expand(ranks, shape);
  auto at = [&](Value rank) {
    return e.emit<graph::GatherOp>(values, e.cast(rank, e.i64()), last);
  };
  Value below = e.emit<graph::FloorOp>(ranks);
  Value result = at(below);
  if (how == "linear" || how == "midpoint") {
    Value weight = how == "linear" ? e.sub(ranks, below)
                                   : e.full(shape, e.number(0.5, type));
    auto ref = [](Value value) { return std::make_shared<Tensor>(value); };
    result = call.invokeValue("aten.lerp.Tensor",
                              {{"self", ref(result)},
                               {"end", ref(at(e.emit<graph::CeilOp>(ranks)))},
                               {"weight", ref(weight)}});
  }
  if (e.hasFailed())
    return;
  // Quantiles come first, and the dimension is gone or of size one.
  SmallVector<int64_t> front{last};
  for (int64_t dim = 0; dim < last; ++dim)
    front.push_back(dim);
  result = e.permute(result, front);
  if (call.flag("keepdim")) {
    SmallVector<Expr> kept = e.shape(call.tensor("self"));
    if (sorted.isFlat)
      llvm::fill(kept, e.expr(1));
    else if (!kept.empty())
      kept[sorted.dim] = e.expr(1);
    kept.insert(kept.begin(), e.size(q, 0));
    result = e.reshape(result, kept);
  }
  call.result(rankOfQ == 0 ? e.squeeze(result, {0}) : result);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.nanmedian.default", importNanmedian},
    {"aten.nanmedian.dim", importNanmedian},
    {"aten.nanquantile.default", importQuantile<true>},
    {"aten.nanquantile.scalar", importQuantile<true>},
    {"aten.quantile.default", importQuantile<false>},
    {"aten.quantile.scalar", importQuantile<false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::quantileOverloads() { return table; }
