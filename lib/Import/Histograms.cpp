//===- Histograms.cpp - Histograms of one and more dimensions -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Counting.h"
#include "Reductions.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

static Item asItem(Value value) { return std::make_shared<Tensor>(value); }

namespace {
/// Points and what they are sorted into.
struct Bins {
  Value points; ///< [N, D]
  SmallVector<Value> edges;
  /// Edges are as far from each other, but for rounding.
  bool isEven;
};
} // namespace

//===----------------------------------------------------------------------===//
// Points and edges
//===----------------------------------------------------------------------===//

/// `self` as [N, D] where its last dimension is that of points, else [N, 1].
static Value readPoints(Call &call, bool isFlat) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = e.elementType(self);
  if (!e.hasFailed() && !type.isF32() && !type.isF64())
    return e.unsupported("a histogram of " + getDTypeName(type));
  if (isFlat)
    return e.reshape(self, {e.numElements(self), e.expr(1)});
  if (!e.hasFailed() && e.rank(self) < 2)
    return e.fail("shape-mismatch", "expected points in the last dimension");
  SmallVector<Expr> front = e.shape(self);
  if (e.hasFailed())
    return {};
  Expr width = front.pop_back_val();
  e.constantOf(width, "the number of dimensions");
  return e.reshape(self, {graph::product(e.getContext(), front), width});
}

/// One tensor of edges for each dimension, as far from each other, over the
/// range that is given or the one of the points.
static Bins makeEvenBins(Call &call, Value points, ArrayRef<int64_t> counts) {
  Emitter &e = call.e;
  Bins bins{points, {}, /*isEven=*/true};
  if (e.hasFailed())
    return bins;
  Type type = e.elementType(points);
  int64_t width = e.constantOf(e.size(points, 1), "the number of dimensions");
  SmallVector<double> range;
  if (!call.isNone("range"))
    range = call.numbers("range");
  if (static_cast<int64_t>(counts.size()) != width ||
      (!call.isNone("range") &&
       static_cast<int64_t>(range.size()) != 2 * width)) {
    e.fail("op-argument", "expected bins and a range for each dimension");
    return bins;
  }
  for (int64_t dim = 0; dim < width; ++dim) {
    Value low, high;
    if (!range.empty()) {
      if (!(range[2 * dim] <= range[2 * dim + 1]))
        e.fail("op-argument", "the range of a histogram is empty");
      low = e.number(range[2 * dim], type);
      high = e.number(range[2 * dim + 1], type);
    } else if (e.size(points, 0) == 0) {
      low = e.number(0, type);
      high = e.number(1, type);
    } else {
      Value column = e.select(points, 1, e.expr(dim));
      low = emitExtremum(e, false, column, {0}, false);
      high = emitExtremum(e, true, column, {0}, false);
      // NaN and infinity less themselves are no zero.
      assertAll(e,
                e.compare(ComparePredicate::Eq,
                          e.add(e.sub(low, low), e.sub(high, high)), 0),
                "a histogram of a range that is not finite");
    }
    if (!e.hasFailed() && counts[dim] < 1)
      e.fail("op-argument", "expected a positive number of bins");
    Value isPoint = e.compare(ComparePredicate::Eq, low, high);
    low = e.select(isPoint, e.sub(low, 0.5), low);
    high = e.select(isPoint, e.add(high, 0.5), high);
    if (e.hasFailed())
      return bins;
    // As linspace: from the nearer end.
    Expr size = e.expr(counts[dim] + 1);
    Value place = e.iota({size}, 0);
    Value step = e.div(e.sub(high, low), static_cast<double>(counts[dim]));
    Value rising = e.add(low, e.mul(e.cast(place, type), step));
    Value rest =
        e.sub(e.number(static_cast<double>(counts[dim]), e.i64()), place);
    Value falling = e.sub(high, e.mul(e.cast(rest, type), step));
    bins.edges.push_back(
        e.select(e.compare(ComparePredicate::Lt, place,
                           static_cast<double>((counts[dim] + 1) / 2)),
                 rising, falling));
  }
  return bins;
}

static Bins readBins(Call &call, Value points, ArrayRef<Value> edges) {
  Emitter &e = call.e;
  Bins bins{points, {}, /*isEven=*/false};
  if (e.hasFailed())
    return bins;
  if (static_cast<int64_t>(edges.size()) !=
      e.constantOf(e.size(points, 1), "the number of dimensions"))
    e.fail("op-argument", "expected bins for each dimension");
  for (Value edge : edges) {
    if (!e.hasFailed() && e.rank(edge) != 1)
      e.fail("shape-mismatch", "expected edges of one dimension");
    if (!e.hasFailed() && e.elementType(edge) != e.elementType(points))
      e.fail("op-argument", "expected edges of the points' type");
    bins.edges.push_back(e.contiguous(edge));
  }
  return bins;
}

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

/// Which bin each of `x` is in, if it is in one. The last one has its right
/// edge, too.
static Value findBin(Call &call, Value x, Value edges, bool isEven, Value low,
                     Value high) {
  Emitter &e = call.e;
  Value last = e.sizeToTensor(e.size(edges, 0) - 2);
  auto clamp = [&](Value bin) {
    return e.emit<graph::ClampOp>(bin, e.number(0, e.i64()), last);
  };
  if (!isEven) {
    Value count = call.invokeValue("aten.searchsorted.Tensor",
                                   {{"sorted_sequence", asItem(edges)},
                                    {"self", asItem(x)},
                                    {"right", true}});
    return clamp(e.sub(count, 1));
  }
  // Near the bin, as edges are rounded.
  Value bins = e.cast(e.sizeToTensor(e.size(edges, 0) - 1), e.elementType(x));
  Value bin = e.mul(e.div(e.sub(x, low), e.sub(high, low)), bins);
  bin = clamp(e.cast(bin, e.i64()));
  auto edgeAt = [&](Value place) {
    return e.emit<graph::IndexOp>(edges, ValueRange(place),
                                  ArrayRef<int64_t>{0});
  };
  Value isBefore = e.compare(ComparePredicate::Lt, x, edgeAt(bin));
  Value isBehind = e.compare(ComparePredicate::Ge, x, edgeAt(e.add(bin, 1)));
  return clamp(
      e.add(e.sub(bin, e.cast(isBefore, e.i64())), e.cast(isBehind, e.i64())));
}

static Value emitHistogram(Call &call, const Bins &bins) {
  Emitter &e = call.e;
  if (e.hasFailed())
    return {};
  Type type = e.elementType(bins.points);
  Value place = e.number(0, e.i64()), isInside;
  SmallVector<Expr> shape;
  for (auto [dim, edges] : llvm::enumerate(bins.edges)) {
    Value x = e.contiguous(
        e.select(bins.points, 1, e.expr(static_cast<int64_t>(dim))));
    Expr count = e.size(edges, 0) - 1;
    Value low = e.select(edges, 0, e.expr(0)), high = e.select(edges, 0, count);
    Value isIn = e.logicalAnd(e.compare(ComparePredicate::Ge, x, low),
                              e.compare(ComparePredicate::Le, x, high));
    isInside = isInside ? e.logicalAnd(isInside, isIn) : isIn;
    Value inner = e.select(isIn, x, low);
    Value bin = findBin(call, inner, edges, bins.isEven, low, high);
    place = e.add(e.mul(place, e.sizeToTensor(count)), bin);
    shape.push_back(count);
  }
  Value weight = call.optionalTensor("weight");
  Expr points = e.size(bins.points, 0);
  if (!e.hasFailed() && weight &&
      (e.numElements(weight) - points).getConstant().value_or(1) != 0)
    return e.fail("shape-mismatch", "expected a weight for each point");
  // Whole numbers may be added up in any order.
  Type sums = weight ? type : e.i64();
  Value values = weight ? e.reshape(e.cast(weight, type), {points})
                        : e.full({points}, e.number(1, sums));
  values = e.select(isInside, values, e.number(0, sums));
  Value result =
      e.full({graph::product(e.getContext(), shape)}, e.number(0, sums));
  result = e.cast(emitAddAt(e, result, place, values), type);
  result = e.reshape(result, shape);
  if (!call.flag("density"))
    return result;
  result = e.div(result, e.sum(result, e.wrapDims({}, e.rank(result)), false));
  for (auto [dim, edges] : llvm::enumerate(bins.edges)) {
    Expr count = shape[dim];
    Value widths =
        e.sub(e.slice(edges, 0, 1, count + 1), e.slice(edges, 0, 0, count));
    SmallVector<Expr> along(shape.size(), e.expr(1));
    along[dim] = count;
    result = e.div(result, e.reshape(widths, along));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static Bins makeFlatBins(Call &call) {
  Value points = readPoints(call, /*isFlat=*/true);
  if (call.get("bins").as<TensorRef>())
    return readBins(call, points, call.tensor("bins"));
  return makeEvenBins(call, points, call.integer("bins"));
}

static void importHistogram(Call &call) {
  Bins bins = makeFlatBins(call);
  call.result(emitHistogram(call, bins));
  if (!call.e.hasFailed())
    call.result(bins.edges.front());
}

/// `bins`: a number for all dimensions, one for each, or the edges of each.
static Bins makeBins(Call &call, StringRef kind) {
  Emitter &e = call.e;
  Value points = readPoints(call, /*isFlat=*/false);
  if (e.hasFailed())
    return {};
  if (kind == "tensors")
    return readBins(call, points, call.tensors("bins"));
  if (kind == "numbers")
    return makeEvenBins(call, points, call.integers("bins"));
  int64_t width = e.constantOf(e.size(points, 1), "the number of dimensions");
  return makeEvenBins(call, points,
                      SmallVector<int64_t>(width, call.integer("bins")));
}

static StringRef kindOf(Call &call) {
  const Parameter &parameter = call.schema->parameters[1];
  if (parameter.kind == Kind::Tensor)
    return "tensors";
  return parameter.isList ? "numbers" : "number";
}

template <bool withCounts, bool withEdges>
static void importHistogramdd(Call &call) {
  Bins bins = makeBins(call, kindOf(call));
  if (withCounts)
    call.result(emitHistogram(call, bins));
  if (withEdges && !call.e.hasFailed())
    call.resultList(bins.edges);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._histogramdd_bin_edges.default", importHistogramdd<false, true>},
    {"aten._histogramdd_from_bin_cts.default", importHistogramdd<true, false>},
    {"aten._histogramdd_from_bin_tensors.default", importHistogramdd<true, false>},
    {"aten.histogram.bin_ct", importHistogram},
    {"aten.histogram.bins_tensor", importHistogram},
    {"aten.histogramdd.TensorList_bins", importHistogramdd<true, true>},
    {"aten.histogramdd.default", importHistogramdd<true, true>},
    {"aten.histogramdd.int_bins", importHistogramdd<true, true>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::histogramOverloads() { return table; }
