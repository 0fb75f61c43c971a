//===- Differences.cpp - Differences and areas between neighbours ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pointwise.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// n-th difference along a dimension.
static void importDiff(Call &call) {
  Emitter &e = call.e;
  Value value = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(value));
  if (e.rank(value) == 0)
    return (void)e.fail("op-argument", "diff of a 0-d tensor");
  SmallVector<Value> parts;
  for (StringRef name : {"prepend", "self", "append"})
    if (!call.isNone(name))
      parts.push_back(call.tensor(name));
  if (parts.size() > 1)
    value = e.cat(parts, dim);
  for (int64_t i = 0, n = call.integer("n"); i < n; ++i) {
    Expr extent = e.size(value, dim);
    Value later = e.slice(value, dim, e.expr(1), extent, e.expr(1));
    Value earlier = e.slice(value, dim, e.expr(0),
                            e.ranges.max(extent - 1, e.expr(0)), e.expr(1));
    value = isBool(e.elementType(value))
                ? e.emit<graph::BitwiseXorOp>(later, earlier)
                : e.sub(later, earlier);
  }
  call.result(value);
}

/// Areas between neighbours along a dimension, summed: with `dx` or with the
/// places in `x`, one for all when it has a single dimension. Integers stay
/// such up to their sum.
static void importTrapezoid(Call &call) {
  Emitter &e = call.e;
  Value y = call.tensor("y");
  int64_t rank = e.rank(y), dim = e.wrapDim(call.integer("dim"), rank);
  if (rank == 0)
    return (void)e.fail("op-argument", "trapezoid of a 0-d tensor");
  auto neighbours = [&](Value v, int64_t along) {
    Expr extent = e.size(v, along);
    return std::pair(e.slice(v, along, e.expr(1), extent, e.expr(1)),
                     e.slice(v, along, e.expr(0), extent - 1, e.expr(1)));
  };
  auto [later, earlier] = neighbours(y, dim);
  Value areas = e.add(later, earlier);
  double factor = 0.5;
  if (call.isNone("x")) {
    factor *= call.number("dx");
  } else {
    Value x = call.tensor("x");
    if (e.rank(x) == 1) {
      SmallVector<Expr> shape(rank, e.expr(1));
      shape[dim] = e.numElements(x);
      x = e.reshape(x, shape);
    }
    if (e.rank(x) != rank || e.size(x, dim) != e.size(y, dim))
      return (void)e.unsupported("places of another shape than the values");
    auto [right, left] = neighbours(x, dim);
    Value widths = e.sub(right, left);
    Type type = checkPromotion(
        call, promoteTypes(e.elementType(areas), e.elementType(widths)));
    areas = e.mul(e.cast(areas, type), e.cast(widths, type));
  }
  bool isInteger = isa<IntegerType>(e.elementType(areas));
  Value sum = e.sum(isInteger ? e.cast(areas, e.i64()) : areas, {dim}, false);
  call.result(e.mul(isInteger ? e.cast(sum, e.f32()) : sum, factor));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.diff.default", importDiff},
    {"aten.trapezoid.dx", importTrapezoid},
    {"aten.trapezoid.x", importTrapezoid},
    {"aten.trapz.dx", importTrapezoid},
    {"aten.trapz.x", importTrapezoid},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::differenceOverloads() { return table; }
