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

/// Areas between neighbours along a dimension, summed or, one by one, so far:
/// with `dx` or with the places in `x`, one for all when it has a single
/// dimension. Integers stay such up to their sum.
template <bool isCumulative>
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
  areas = isInteger ? e.cast(areas, e.i64()) : areas;
  Value sum = isCumulative
                  ? e.emit<graph::ScanOp>(graph::ScanKind::Sum, areas, dim)
                  : e.sum(areas, {dim}, false);
  call.result(e.mul(isInteger ? e.cast(sum, e.f32()) : sum, factor));
}

//===----------------------------------------------------------------------===//
// gradient
//===----------------------------------------------------------------------===//

namespace {
/// Central differences along one dimension of at least `order + 1` elements,
/// and one-sided ones of an order at both ends.
struct Gradient {
  /// `from` to `from + count`, from the end if negative.
  Value part(Value x, int64_t along, int64_t from, Expr count) const {
    Expr first = from < 0 ? e.size(x, along) + from : e.expr(from);
    return e.emit<graph::SliceOp>(x, along, first, first + count, e.expr(1));
  }
  Value element(int64_t from) const { return part(x, dim, from, e.expr(1)); }
  Value overStep(double step) const;
  Value overPlaces(Value places) const;

  Emitter &e;
  Value x;
  int64_t dim, order;
};
} // namespace

Value Gradient::overStep(double step) const {
  Expr inner = e.size(x, dim) - 2;
  auto atEnd = [&](int64_t end, int64_t inwards) {
    Value near = element(end), next = element(end + inwards);
    Value rise = e.sub(next, near);
    if (order == 2)
      rise = e.mul(e.sub(e.sub(e.mul(next, 4), e.mul(near, 3)),
                         element(end + 2 * inwards)),
                   0.5);
    return e.div(rise, step * static_cast<double>(inwards));
  };
  Value center =
      e.div(e.sub(part(x, dim, 2, inner), part(x, dim, 0, inner)), 2 * step);
  return e.cat({atEnd(0, 1), center, atEnd(-1, -1)}, dim);
}

Value Gradient::overPlaces(Value places) const {
  Expr size = e.size(x, dim), inner = size - 2;
  SmallVector<Expr> shape(e.rank(x), e.expr(1));
  shape[dim] = size;
  places = e.reshape(e.cast(places, e.elementType(x)), shape);
  Value widths =
      e.sub(part(places, dim, 1, size - 1), part(places, dim, 0, size - 1));
  auto weighted = [&](Value a, Value b, Value c, Value atA, Value atB,
                      Value atC) {
    return e.add(e.add(e.mul(a, atA), e.mul(b, atB)), e.mul(c, atC));
  };
  auto atEnd = [&](int64_t end, int64_t inwards) {
    Value width = part(widths, dim, end, e.expr(1));
    Value near = element(end), next = element(end + inwards);
    if (order == 1)
      return e.div(e.mul(e.sub(next, near), static_cast<double>(inwards)),
                   width);
    Value second = part(widths, dim, end + inwards, e.expr(1));
    Value both = e.add(width, second);
    Value a = e.div(e.neg(e.add(e.mul(width, 2), second)), e.mul(width, both));
    Value b = e.div(both, e.mul(width, second));
    Value c = e.div(e.neg(width), e.mul(both, second));
    Value slope = weighted(a, b, c, near, next, element(end + 2 * inwards));
    return e.mul(slope, static_cast<double>(inwards));
  };
  Value left = part(widths, dim, 0, inner), right = part(widths, dim, 1, inner);
  Value both = e.add(left, right);
  Value center =
      weighted(e.div(e.neg(right), e.mul(left, both)),
               e.div(e.sub(right, left), e.mul(left, right)),
               e.div(left, e.mul(right, both)), part(x, dim, 0, inner),
               part(x, dim, 1, inner), part(x, dim, 2, inner));
  return e.cat({atEnd(0, 1), center, atEnd(-1, -1)}, dim);
}

/// The spacing of each dimension: one for all, none for 1, numbers or places.
static void importGradient(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (e.hasFailed())
    return;
  int64_t order = call.integer("edge_order"), rank = e.rank(self);
  SmallVector<int64_t> dims;
  if (call.get("dim").as<Item::List>())
    dims = call.integers("dim");
  else if (!call.isNone("dim"))
    dims.push_back(call.integer("dim"));
  else
    dims = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (order != 1 && order != 2)
    return (void)e.fail("op-argument", "'edge_order' is 1 or 2");
  const Item &spacing = call.get("spacing");
  const auto *list = spacing.as<Item::List>();
  if (list && list->size() != dims.size())
    return (void)e.fail("op-argument", "expected a spacing per dimension");
  bool isInteger = isa<IntegerType>(e.elementType(self));
  Value x = isInteger ? e.cast(self, e.f32()) : self;
  SmallVector<Value> results;
  for (auto [index, dim] : llvm::enumerate(dims)) {
    Gradient gradient{e, x, e.wrapDim(dim, rank), order};
    if (rank == 0 || e.hasFailed() ||
        !e.ranges.isLessEqual(e.expr(order + 1), e.size(x, gradient.dim)))
      return (void)e.fail("op-argument", "a dimension is too short");
    const Item &step = list ? (*list)[index] : spacing;
    if (const auto *places = step.as<TensorRef>()) {
      Value value = (*places)->read();
      if (e.rank(value) != 1 || e.size(value, 0) != e.size(x, gradient.dim))
        return (void)e.fail("op-argument", "expected a place per element");
      results.push_back(gradient.overPlaces(value));
      continue;
    }
    std::optional<double> number =
        step.isNone() ? std::optional(1.0) : step.getConstant();
    if (!number)
      return (void)e.unsupported("a spacing known at run time only");
    results.push_back(gradient.overStep(*number));
  }
  call.resultList(results);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.cumulative_trapezoid.dx", importTrapezoid<true>},
    {"aten.cumulative_trapezoid.x", importTrapezoid<true>},
    {"aten.diff.default", importDiff},
    {"aten.gradient.array", importGradient},
    {"aten.gradient.scalararray", importGradient},
    {"aten.gradient.scalarint", importGradient},
    {"aten.gradient.scalarrayarray", importGradient},
    {"aten.gradient.scalarrayint", importGradient},
    {"aten.gradient.tensorarray", importGradient},
    {"aten.gradient.tensorarrayint", importGradient},
    {"aten.trapezoid.dx", importTrapezoid<false>},
    {"aten.trapezoid.x", importTrapezoid<false>},
    {"aten.trapz.dx", importTrapezoid<false>},
    {"aten.trapz.x", importTrapezoid<false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::differenceOverloads() { return table; }
