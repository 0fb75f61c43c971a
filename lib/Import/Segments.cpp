//===- Segments.cpp - Reductions of segments ------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Counting.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;
using graph::ScatterReduce;

namespace {
struct SegmentKind {
  StringLiteral name;
  ScatterReduce reduce;
  /// What a segment starts from.
  double initial;
};
} // namespace

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr SegmentKind kinds[] = {
    {"max", ScatterReduce::Amax, -infinity}, {"mean", ScatterReduce::Add, 0},
    {"min", ScatterReduce::Amin, infinity},  {"prod", ScatterReduce::Prod, 1},
    {"sum", ScatterReduce::Add, 0},
};

/// `offsets`, all of which are from 0 to `extent`.
static Value checkInside(Emitter &e, Value offsets, Expr extent) {
  assertAll(e,
            e.logicalAnd(e.compare(ComparePredicate::Ge, offsets, 0),
                         e.compare(ComparePredicate::Le, offsets,
                                   e.sizeToTensor(extent))),
            "segments end behind the data");
  return offsets;
}

/// Where segments begin and the last one ends, along the last dimension.
static Value readOffsets(Call &call, Expr extent) {
  Emitter &e = call.e;
  if (!call.isNone("indices"))
    return e.unsupported("segment_reduce by indices");
  if (call.isNone("lengths")) {
    if (call.isNone("offsets"))
      return e.fail("op-argument", "expected lengths or offsets of segments");
    Value offsets = e.cast(call.tensor("offsets"), e.i64());
    int64_t dim = e.rank(offsets) - 1;
    if (dim < 0)
      return e.fail("shape-mismatch", "expected offsets of one dimension");
    Expr count = e.size(offsets, dim);
    assertAll(e,
              e.compare(ComparePredicate::Le,
                        e.slice(offsets, dim, 0, count - 1),
                        e.slice(offsets, dim, 1, count)),
              "offsets of segments do not ascend");
    return checkInside(e, offsets, extent);
  }
  Value lengths = e.cast(call.tensor("lengths"), e.i64());
  int64_t dim = e.rank(lengths) - 1;
  if (dim < 0)
    return e.fail("shape-mismatch", "expected lengths of one dimension");
  assertAll(e, e.compare(ComparePredicate::Ge, lengths, 0),
            "a segment has a negative length");
  if (!call.flag("unsafe"))
    assertAll(e,
              e.compare(ComparePredicate::Eq, e.sum(lengths, {dim}, false),
                        e.sizeToTensor(extent)),
              "lengths do not add up to the size of the data");
  SmallVector<Expr> first = e.shape(lengths);
  first[dim] = e.expr(1);
  Value zero = e.full(first, e.number(0, e.i64()));
  Value offsets = e.emit<graph::ScanOp>(graph::ScanKind::Sum,
                                        e.cat({zero, lengths}, dim), dim);
  return call.flag("unsafe") ? checkInside(e, offsets, extent) : offsets;
}

static void importSegmentReduce(Call &call) {
  Emitter &e = call.e;
  Value data = call.tensor("data");
  std::string name = call.text("reduce");
  const auto *kind = llvm::find_if(
      kinds, [&](const SegmentKind &kind) { return kind.name == name; });
  if (kind == std::end(kinds))
    return (void)e.unsupported("the reduction '" + name + "'");
  Type type = e.elementType(data);
  if (!isFloat(type))
    return (void)e.fail("unsupported-dtype", "reduces segments of floats only");
  int64_t axis = e.wrapDim(call.integer("axis"), e.rank(data));
  Expr extent = e.size(data, axis);
  Value offsets = readOffsets(call, extent);
  if (e.hasFailed())
    return;
  if (e.rank(offsets) != axis + 1 || e.rank(data) <= axis ||
      ArrayRef(e.shape(offsets)).drop_back() !=
          ArrayRef(e.shape(data)).take_front(axis))
    return (void)e.fail("shape-mismatch",
                        "expected segments for each row along the axis");

  // What lies before or behind all segments goes to one more on either side.
  Expr count = e.size(offsets, axis) - 1;
  Value owner = emitPassed(e, offsets, extent);
  for (int64_t dim = axis + 1; dim < e.rank(data); ++dim)
    owner = e.unsqueeze(owner, dim);
  owner = e.expand(owner, e.shape(data));
  Value initial = call.isNone("initial") ? e.number(kind->initial, type)
                                         : e.number(call.get("initial"), type);
  SmallVector<Expr> shape = e.shape(data);
  shape[axis] = count + 2;
  Value result = e.emit<graph::ScatterOp>(kind->reduce, e.full(shape, initial),
                                          e.contiguous(owner), data, axis,
                                          /*include_self=*/true);
  result = e.contiguous(e.slice(result, axis, 1, count + 1));
  if (name != "mean")
    return call.result(result);

  Value length = e.sub(e.slice(offsets, axis, 1, count + 1),
                       e.slice(offsets, axis, 0, count));
  for (int64_t dim = axis + 1; dim < e.rank(data); ++dim)
    length = e.unsqueeze(length, dim);
  Value mean = e.div(result, e.cast(length, type));
  // The mean of nothing is what it starts from, if something is given.
  if (!call.isNone("initial"))
    mean = e.select(e.compare(ComparePredicate::Gt, length, 0), mean, result);
  call.result(mean);
}

static constexpr Overload table[] = {
    {"aten.segment_reduce.default", importSegmentReduce},
};

ArrayRef<Overload> graphc::aten::segmentOverloads() { return table; }
