//===- Unique.cpp - Runs of equal elements --------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// After a sort equal elements are neighbours. What stands where is found by
// comparing each with the one before it, so that all elements are looked at at
// once. NaN equals nothing, as in eager PyTorch.
//
//===----------------------------------------------------------------------===//

#include "Counting.h"
#include "Importer.h"
#include "Loops.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

/// Bools are sorted and compared as numbers, narrow floats in the type that
/// they are computed in.
static Value asNumbers(Emitter &e, Value x) {
  if (isFloat(e.elementType(x)))
    return e.cast(x, getComputeType(e.elementType(x)));
  return isBool(e.elementType(x)) ? e.cast(x, e.builder.getI8Type()) : x;
}

/// Whether each element along `dim` differs from its neighbour `step` away, -1
/// or 1; one without such a neighbour does.
static Value emitDiffers(Emitter &e, Value x, int64_t dim, int64_t step) {
  Value place = e.iota(e.shape(x), dim);
  Value last = e.sizeToTensor(e.size(x, dim) - 1);
  Value end = step < 0 ? e.number(0, e.i64()) : last;
  Value other = e.emit<graph::ClampOp>(e.add(place, static_cast<double>(step)),
                                       e.number(0, e.i64()), last);
  Value neighbour = e.emit<graph::GatherOp>(x, other, dim);
  return e.logicalOr(e.compare(ComparePredicate::Eq, place, end),
                     e.compare(ComparePredicate::Ne, x, neighbour));
}

/// Rows of `x`, a matrix, or elements of a vector.
static Value takeRows(Emitter &e, Value x, Value index) {
  return e.emit<graph::IndexOp>(x, ValueRange(index), ArrayRef<int64_t>{0});
}

namespace {
/// What an operator gives besides the unique elements.
struct Wanted {
  bool inverse, counts;
};
} // namespace

/// The first of each run of `x`, rows or elements, whose first ones `begins`
/// marks; `order` says where rows came from, null for as they are. The size of
/// the result is size `dim` of the operator's. Then the run of each row in the
/// order before, and the length of each run; without elements if not wanted.
static std::array<Value, 3> emitRuns(Call &call, Value x, Value begins,
                                     Value order, Wanted wanted,
                                     size_t dim = 0) {
  Emitter &e = call.e;
  Expr size = e.size(begins, 0);
  if (e.hasFailed())
    return {};
  Value none = e.full({e.expr(0)}, e.number(0, e.i64()));
  // Export knows how much is unique of nothing.
  if (size == 0)
    return {x, none, none};
  Ranges::Interval natural = {0, e.ranges.bounds(size).max};
  std::string symbol = call.importer.defineSymbol(call.node, natural, dim);
  Value places = e.emit<graph::NonzeroOp>(begins, symbol);
  call.importer.assertRange(symbol, natural);
  places = e.reshape(places, {Expr::symbol(e.getContext(), symbol)});

  Value inverse = none, counts = none;
  if (wanted.inverse) {
    inverse = e.sub(e.cast(emitRunningCount(e, begins), e.i64()), 1);
    if (order)
      inverse = e.emit<graph::ScatterOp>(graph::ScatterReduce::None,
                                         e.full({size}, e.number(0, e.i64())),
                                         order, inverse, int64_t(0),
                                         /*include_self=*/true);
  }
  if (wanted.counts) {
    // A run ends where the next one begins, the last one with the elements.
    Value ends =
        e.cat({places, e.reshape(e.sizeToTensor(size), {e.expr(1)})}, 0);
    Value next = e.add(e.iota(e.shape(places), 0), 1);
    counts = e.sub(takeRows(e, ends, next), places);
  }
  return {takeRows(e, x, places), inverse, counts};
}

//===----------------------------------------------------------------------===//
// Of all elements
//===----------------------------------------------------------------------===//

/// Values, inverse in the shape of `self`, and counts.
static std::array<Value, 3> emitFlat(Call &call, Value self, bool isSorted,
                                     Wanted wanted) {
  Emitter &e = call.e;
  Expr count = e.numElements(self);
  Value x = asNumbers(e, e.reshape(self, {count})), order;
  if (isSorted) {
    auto sorted = e.emitAll<graph::SortOp, 2>(x, int64_t(0),
                                              /*descending=*/false,
                                              /*stable=*/true);
    x = sorted[0];
    order = sorted[1];
  }
  auto runs = emitRuns(call, x, emitDiffers(e, x, 0, -1), order, wanted);
  runs[0] = e.cast(runs[0], e.elementType(self));
  if (wanted.inverse)
    runs[1] = e.reshape(runs[1], e.shape(self));
  return runs;
}

/// Eager sorts even what need not be sorted.
template <unsigned count>
static void importUnique(Call &call) {
  Wanted wanted{call.flag("return_inverse"),
                count > 2 && call.flag("return_counts")};
  auto results = emitFlat(call, call.tensor("self"), true, wanted);
  for (Value value : ArrayRef(results).take_front(count))
    call.result(value);
}

//===----------------------------------------------------------------------===//
// Of slices along a dimension
//===----------------------------------------------------------------------===//

/// The order of the rows of a matrix by their elements, the first one first: by
/// stable sorts of all columns, from the last one.
static Value emitRowOrder(Emitter &e, Value rows) {
  Expr count = e.size(rows, 0), width = e.size(rows, 1);
  Value last = e.sizeToTensor(width - 1);
  return emitLoop(
      e, width, {e.iota({count}, 0)},
      [&](Value index, ArrayRef<Value> carried) -> SmallVector<Value> {
        Value column = emitElement(e, rows, 1, e.sub(last, index));
        Value keys = takeRows(e, column, carried[0]);
        Value order = e.emitAll<graph::SortOp, 2>(keys, int64_t(0),
                                                  /*descending=*/false,
                                                  /*stable=*/true)[1];
        return {takeRows(e, carried[0], order)};
      })[0];
}

static std::array<Value, 3> emitSlices(Call &call, bool isSorted,
                                       Wanted wanted) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Value x = e.atLeast1d(self);
  SmallVector<int64_t> perm{dim}, back;
  for (int64_t other = 0; other < e.rank(x); ++other)
    if (other != dim)
      perm.push_back(other);
  for (int64_t other = 0; other < e.rank(x); ++other)
    back.push_back(llvm::find(perm, other) - perm.begin());
  x = e.permute(x, perm);
  if (e.hasFailed())
    return {};
  SmallVector<Expr> shape = e.shape(x);
  Expr width = graph::product(e.getContext(), ArrayRef(shape).drop_front());
  if (width == 0 && shape[0] != 0) {
    e.fail("op-argument", "unique of slices without elements");
    return {};
  }
  Value rows = asNumbers(e, e.reshape(x, {shape[0], width})), order;
  if (isSorted) {
    order = emitRowOrder(e, rows);
    rows = takeRows(e, rows, order);
  }
  Value differs = emitDiffers(e, rows, 0, -1);
  Value begins = e.reduce(graph::ReduceKind::Any, differs, {1}, false);
  auto runs = emitRuns(call, rows, begins, order, wanted, dim);
  shape[0] = e.size(runs[0], 0);
  runs[0] = e.cast(e.reshape(runs[0], shape), e.elementType(self));
  runs[0] = e.contiguous(e.permute(runs[0], back));
  return runs;
}

/// Eager gives everything on CPUs, asked for or not.
template <bool isSorted>
static void importUniqueDim(Call &call) {
  for (Value value : emitSlices(call, isSorted, {true, true}))
    call.result(value);
}

static void importUniqueConsecutive(Call &call) {
  if (!call.isNone("dim"))
    return importUniqueDim<false>(call);
  Wanted wanted{call.flag("return_inverse"), call.flag("return_counts")};
  for (Value value : emitFlat(call, call.tensor("self"), false, wanted))
    call.result(value);
}

//===----------------------------------------------------------------------===//
// The most frequent element
//===----------------------------------------------------------------------===//

/// The smallest of the most frequent elements, and where its last one is: what
/// eager gives as long as its sort is stable.
static void importMode(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (e.rank(self) == 0) {
    call.result(self);
    return call.result(e.number(0, e.i64()));
  }
  Expr size = e.size(self, dim);
  if (size == 0)
    return (void)e.fail("op-argument", "mode of nothing");
  if (!e.hasFailed() && !e.ranges.provesLessEqual(e.expr(1), size))
    graph::AssertOp::create(e.builder, e.loc, e.expr(1).le(size),
                            "mode of nothing");
  auto sorted = e.emitAll<graph::SortOp, 2>(asNumbers(e, self), dim,
                                            /*descending=*/false,
                                            /*stable=*/true);
  Value place = e.iota(e.shape(self), dim), zero = e.number(0, e.i64());
  Value begin = e.select(emitDiffers(e, sorted[0], dim, -1), place, zero);
  begin = e.emit<graph::ScanOp>(graph::ScanKind::Max, begin, dim);
  Value length = e.add(e.sub(place, begin), 1);
  length = e.select(emitDiffers(e, sorted[0], dim, 1), length, zero);
  Value at = e.emit<graph::ArgReduceOp>(graph::ExtremumKind::Max, length,
                                        e.builder.getI64IntegerAttr(dim),
                                        /*keepdim=*/true);
  sorted[0] = e.cast(sorted[0], e.elementType(self));
  for (Value part : sorted) {
    Value value = e.contiguous(e.emit<graph::GatherOp>(part, at, dim));
    call.result(call.flag("keepdim") ? value : e.squeeze(value, dim));
  }
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._unique.default", importUnique<2>},
    {"aten._unique2.default", importUnique<3>},
    {"aten.mode.default", importMode},
    {"aten.unique_consecutive.default", importUniqueConsecutive},
    {"aten.unique_dim.default", importUniqueDim<true>},
    {"aten.unique_dim_consecutive.default", importUniqueDim<false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::uniqueOverloads() { return table; }
