//===- Counting.cpp - Histograms and repetitions --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counting.h"

#include "Checks.h"
#include "ExpectSize.h"
#include "Importer.h"
#include "Reductions.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

Value graphc::aten::emitAddAt(Emitter &e, Value base, Value index, Value values,
                              int64_t dim) {
  return forbidNegative(e.emit<graph::IndexPutOp>(
      base, ValueRange(index), values, ArrayRef<int64_t>{dim},
      /*accumulate=*/true));
}

Value graphc::aten::emitRunningCount(Emitter &e, Value mask) {
  std::optional<int64_t> most = e.ranges.bounds(e.size(mask, 0)).max;
  bool isShort = most && *most <= std::numeric_limits<int32_t>::max();
  Type type = isShort ? e.builder.getI32Type() : e.i64();
  return e.emit<graph::ScanOp>(graph::ScanKind::Sum, e.cast(mask, type),
                               int64_t(0));
}

Value graphc::aten::emitPassed(Emitter &e, Value ends, Expr total) {
  SmallVector<Expr> shape = e.shape(ends);
  if (e.hasFailed())
    return {};
  shape.back() = total + 1;
  Expr count = e.numElements(ends), width = e.size(ends, -1);
  Value places = e.reshape(ends, {count});
  // Rows of marks lie one behind the other.
  if (shape.size() > 1) {
    Value row = e.iota({count.floorDiv(width), width}, 0);
    row = e.mul(row, e.sizeToTensor(total + 1));
    places = e.add(places, e.reshape(row, {count}));
  }
  Value one = e.number(1, e.i64());
  Value marks =
      e.full({graph::product(e.getContext(), shape)}, e.number(0, e.i64()));
  marks = emitAddAt(e, marks, places, e.full({count}, one));
  int64_t dim = e.rank(ends) - 1;
  Value passed =
      e.emit<graph::ScanOp>(graph::ScanKind::Sum, e.reshape(marks, shape), dim);
  return e.slice(passed, dim, 0, total);
}

/// One tensor of integers with one dimension, in i64.
static Value readIndices(Call &call, StringRef name) {
  Emitter &e = call.e;
  Value x = call.tensor(name);
  if (e.hasFailed())
    return {};
  if (!isInteger(e.elementType(x)) || isBool(e.elementType(x)))
    return e.fail("op-argument", "expected integers in '" + name + "'");
  if (e.rank(x) != 1)
    return e.fail("shape-mismatch", "expected one dimension in '" + name + "'");
  return e.cast(x, e.i64());
}

static void importHistc(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = e.elementType(self);
  int64_t bins = call.integer("bins");
  double low = call.number("min"), high = call.number("max");
  if (!e.hasFailed() && !type.isF32() && !type.isF64())
    e.unsupported("histc of " + getDTypeName(type));
  if (!e.hasFailed() && (bins < 1 || low > high))
    e.fail("op-argument", "expected bins, and a minimum below the maximum");
  if (e.hasFailed())
    return;
  Value x = e.reshape(self, {e.numElements(self)});
  Value from = e.number(low, type), to = e.number(high, type);
  bool isEmpty = e.size(x, 0) == 0;
  if (low == high && !isEmpty) {
    from = emitExtremum(e, false, x, {0}, false);
    to = emitExtremum(e, true, x, {0}, false);
    // NaN and infinity less themselves are no zero.
    assertAll(e,
              e.compare(ComparePredicate::Eq,
                        e.add(e.sub(from, from), e.sub(to, to)), 0),
              "histc of a range that is not finite");
  }
  Value isPoint = e.compare(ComparePredicate::Eq, from, to);
  from = e.select(isPoint, e.sub(from, 1), from);
  to = e.select(isPoint, e.add(to, 1), to);

  Value isInside = e.logicalAnd(e.compare(ComparePredicate::Ge, x, from),
                                e.compare(ComparePredicate::Le, x, to));
  Value bin =
      e.div(e.mul(e.sub(x, from), static_cast<double>(bins)), e.sub(to, from));
  bin = e.cast(e.select(isInside, bin, e.number(0, type)), e.i64());
  bin = e.emit<graph::MinimumOp>(
      bin, e.number(static_cast<double>(bins - 1), e.i64()));
  // Whole numbers, which may be added up in any order.
  Value counts = emitAddAt(e, e.full({e.expr(bins)}, e.number(0, e.i64())), bin,
                           e.cast(isInside, e.i64()));
  call.result(e.cast(counts, type));
}

/// How often each integer occurs, or the sum of the weights where it does. As
/// many as the greatest integer says, which is data.
static void importBincount(Call &call) {
  Emitter &e = call.e;
  Value x = readIndices(call, "self");
  Expr least = call.size("minlength");
  if (!e.hasFailed() && e.ranges.provesLessEqual(least + 1, e.expr(0)))
    e.fail("op-argument", "'minlength' is negative");
  if (e.hasFailed())
    return;
  assertAll(e, e.compare(ComparePredicate::Ge, x, 0),
            "bincount of a negative number");
  Value first = e.sizeToTensor(least - 1), greatest;
  if (e.ranges.provesLessEqual(e.expr(1), e.size(x, 0)))
    greatest =
        e.emit<graph::MaximumOp>(emitExtremum(e, true, x, {0}, false), first);
  else // There is one element at least: nothing has a greatest one, too.
    greatest = emitExtremum(
        e, true, e.cat({x, e.reshape(first, {e.expr(1)})}, 0), {0}, false);
  Item size = call.importer.defineItem(call.node, e.add(greatest, 1));
  if (e.hasFailed())
    return;
  // Memory for it is known of before the run if the type is narrow, or if the
  // program has a bound of its own.
  Type given = e.elementType(call.tensor("self"));
  unsigned width = given.getIntOrFloatBitWidth() - !given.isUnsignedInteger();
  if (width <= 16) {
    Expr bound = e.expr(int64_t(1) << width).max(least);
    graph::AssertOp::create(e.builder, e.loc, size.as<Expr>()->le(bound),
                            "bincount of greater numbers than their type has");
  }
  Value weights = call.optionalTensor("weights");
  Type type = e.i64();
  // Nothing has no weight, either.
  if (weights && e.size(x, 0) != 0)
    type = e.elementType(weights).isF32() ? e.f32() : e.f64();
  Value values = type == e.i64() ? e.full(e.shape(x), e.number(1, type))
                                 : e.cast(weights, type);
  if (type != e.i64()) {
    if (e.rank(values) != 1 ||
        (e.size(values, 0) - e.size(x, 0)).getConstant().value_or(0) != 0)
      return (void)e.fail("shape-mismatch",
                          "expected a weight for each number");
    values = expectSize(e, values, 0, e.size(x, 0),
                        "expected a weight for each number");
  }
  Value counts = e.full({*size.as<Expr>()}, e.number(0, type));
  call.result(emitAddAt(e, counts, x, values));
}

/// Which element stands at each place when element i comes `repeats[i]` times:
/// as many as have ended before.
static Value emitRepetition(Call &call, Value repeats) {
  Emitter &e = call.e;
  if (e.hasFailed())
    return {};
  if (e.size(repeats, 0) == 0)
    return repeats;
  assertAll(e, e.compare(ComparePredicate::Ge, repeats, 0),
            "repeat_interleave a negative number of times");
  Value ends = e.emit<graph::ScanOp>(graph::ScanKind::Sum, repeats, int64_t(0));
  Value last = e.select(ends, 0, e.size(repeats, 0) - 1);
  if (call.isNone("output_size"))
    return e.unsupported("repeat_interleave without output_size");
  Expr total = call.size("output_size");
  assertAll(e, e.compare(ComparePredicate::Eq, last, e.sizeToTensor(total)),
            "repeats do not add up to output_size");
  return emitPassed(e, ends, total);
}

static void importRepetition(Call &call) {
  Value index = emitRepetition(call, readIndices(call, "repeats"));
  call.result(call.e.cast(index, call.e.elementType(call.tensor("repeats"))));
}

static void importRepeatInterleave(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self"), repeats = call.tensor("repeats");
  if (e.hasFailed())
    return;
  bool isFlat = call.isNone("dim");
  if (isFlat || e.rank(self) == 0)
    self = e.reshape(self, {e.numElements(self)});
  int64_t dim = isFlat ? 0 : e.wrapDim(call.integer("dim"), e.rank(self));
  if (!isInteger(e.elementType(repeats)))
    return (void)e.fail("op-argument", "expected integers in 'repeats'");
  repeats = e.cast(repeats, e.i64());
  if (e.rank(repeats) > 1)
    return (void)e.fail("shape-mismatch",
                        "expected one dimension in 'repeats'");
  if (e.rank(repeats) == 0 || e.size(repeats, 0) == 1)
    repeats = e.expand(e.reshape(repeats, {e.expr(1)}), {e.size(self, dim)});
  if (!e.hasFailed() && e.size(repeats, 0) != e.size(self, dim))
    return (void)e.fail("shape-mismatch",
                        "expected a number of repeats for each element");
  Value index = emitRepetition(call, repeats);
  call.result(
      e.emit<graph::IndexOp>(self, ValueRange(index), ArrayRef<int64_t>{dim}));
}

/// The places of the first `size` nonzero elements; the rest of the rows holds
/// a number.
static void importNonzeroStatic(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Expr rows = call.size("size");
  if (e.hasFailed())
    return;
  int64_t rank = e.rank(self);
  if (rank == 0)
    return call.result(e.full({rows, e.expr(0)}, e.number(0, e.i64())));
  Expr count = e.numElements(self);
  Value mask = e.reshape(e.toBool(self), {count});
  Value place = e.sub(e.cast(emitRunningCount(e, mask), e.i64()), 1);
  // What is not asked for goes behind the last row.
  Value end = e.sizeToTensor(rows);
  place = e.select(mask, e.emit<graph::MinimumOp>(place, end), end);
  SmallVector<Value> places = {place};
  Value flat = e.emit<graph::IndexPutOp>(
      e.full({rows + 1}, e.number(-1, e.i64())), ValueRange(places),
      e.iota({count}, 0), ArrayRef<int64_t>{0}, /*accumulate=*/false);
  flat = e.slice(flat, 0, 0, rows);
  Value isMissing = e.compare(graph::ComparePredicate::Lt, flat, 0.0);
  Value fill = e.number(call.get("fill_value"), e.i64());
  SmallVector<Value> columns(rank);
  for (int64_t dim = rank - 1; dim >= 0; --dim) {
    Value size = e.emit<graph::MaximumOp>(e.sizeToTensor(e.size(self, dim)),
                                          e.number(1, e.i64()));
    Value coordinate = e.emit<graph::RemainderOp>(flat, size);
    flat = e.emit<graph::FloorDivOp>(flat, size);
    columns[dim] = e.unsqueeze(e.select(isMissing, fill, coordinate), 1);
  }
  call.result(e.cat(columns, 1));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.bincount.default", importBincount},
    {"aten.histc.default", importHistc},
    {"aten.nonzero_static.default", importNonzeroStatic},
    {"aten.repeat_interleave.Tensor", importRepetition},
    {"aten.repeat_interleave.self_Tensor", importRepeatInterleave},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::countingOverloads() { return table; }
