//===- ViewSteps.cpp - How views are read and written through -------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Views.h"

#include "dialects/Graph/IR/Layout.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

ViewStep graphc::aten::identityView() {
  return {[](Value base) { return base; },
          [](Value, Value view) { return view; }};
}

ViewStep graphc::aten::permuteView(Emitter &e, ArrayRef<int64_t> perm) {
  SmallVector<int64_t> forward(perm), inverse(perm.size());
  for (auto [position, dim] : llvm::enumerate(perm))
    inverse[dim] = position;
  return {[&e, forward](Value base) { return e.permute(base, forward); },
          [&e, inverse](Value base, Value view) {
            return e.withLayoutOf(e.permute(view, inverse), base);
          }};
}

ViewStep graphc::aten::transposeView(Emitter &e, int64_t rank, int64_t a,
                                     int64_t b) {
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (rank > 0)
    std::swap(perm[a], perm[b]);
  return permuteView(e, perm);
}

ViewStep graphc::aten::reshapeView(Emitter &e, ArrayRef<Expr> shape) {
  SmallVector<Expr> sizes(shape);
  return {[&e, sizes](Value base) { return e.reshape(base, sizes); },
          [&e](Value base, Value view) {
            return e.withLayoutOf(e.reshape(view, e.shape(base)), base);
          }};
}

ViewStep graphc::aten::sliceView(Emitter &e, int64_t dim, Expr start, Expr end,
                                 Expr step) {
  return {[=, &e](Value base) { return e.slice(base, dim, start, end, step); },
          [=, &e](Value base, Value view) {
            return emitSliceScatter(e, base, view, dim, start, end, step);
          }};
}

ViewStep graphc::aten::checkedSliceView(Emitter &e, int64_t dim, Expr start,
                                        Expr end) {
  Expr step = e.expr(1);
  return {[=, &e](Value base) {
            return start == 0 && end == e.size(base, dim)
                       ? base
                       : e.emit<graph::SliceOp>(base, dim, start, end, step);
          },
          [=, &e](Value base, Value view) {
            return e.withLayoutOf(e.emit<graph::SliceScatterOp>(
                                      base, view, dim, start, end, step),
                                  base);
          }};
}

ViewStep graphc::aten::selectView(Emitter &e, int64_t dim, Expr index) {
  return {[=, &e](Value base) { return e.select(base, dim, index); },
          [=, &e](Value base, Value view) {
            return emitSelectScatter(e, base, view, dim, index);
          }};
}

ViewStep graphc::aten::expandView(Emitter &e, ArrayRef<Expr> shape) {
  SmallVector<Expr> sizes(shape);
  return {[&e, sizes](Value base) { return e.expand(base, sizes); },
          [&e](Value base, Value view) {
            if (e.numElements(base) != e.numElements(view))
              return Value(e.unsupported("a write to an expanded tensor"));
            return e.withLayoutOf(e.reshape(view, e.shape(base)), base);
          }};
}

ViewStep graphc::aten::diagonalView(Emitter &e, int64_t offset, int64_t dim1,
                                    int64_t dim2) {
  return {[=, &e](Value base) {
            if (e.hasFailed())
              return Value();
            // As long as tracing found it to be.
            Expr rows = e.size(base, dim1), columns = e.size(base, dim2);
            Expr length = e.ranges.max(
                e.expr(0), offset < 0 ? e.ranges.min(rows + offset, columns)
                                      : e.ranges.min(rows, columns - offset));
            Value diagonal =
                e.emit<graph::DiagonalOp>(base, offset, dim1, dim2);
            if (!diagonal || e.size(diagonal, -1) == length)
              return diagonal;
            return e.emit<graph::SliceOp>(diagonal, e.rank(base) - 2, e.expr(0),
                                          length, e.expr(1));
          },
          [=, &e](Value base, Value view) {
            return emitDiagonalScatter(e, base, view, offset, dim1, dim2);
          }};
}

ViewStep graphc::aten::readOnlyView(Emitter &e,
                                    std::function<Value(Value)> apply) {
  return {std::move(apply), [&e](Value, Value) {
            return Value(e.unsupported("a write to such a view"));
          }};
}

SmallVector<int64_t> graphc::aten::memoryOrder(StridedTensorType type) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  auto isInside = [&](int64_t a, int64_t b) {
    return graph::compareSizes(type.getStride(a), type.getStride(b))
               .value_or(0) < 0;
  };
  // By insertion, as comparisons may be open.
  for (size_t i = 1; i < order.size(); ++i)
    for (size_t j = i; j > 0 && isInside(order[j - 1], order[j]); --j)
      std::swap(order[j - 1], order[j]);
  return order;
}

//===----------------------------------------------------------------------===//
// Writes through views
//===----------------------------------------------------------------------===//

Value graphc::aten::emitSliceScatter(Emitter &e, Value base, Value source,
                                     int64_t dim, Expr start, Expr end,
                                     Expr step) {
  if (e.hasFailed())
    return {};
  Expr extent = e.size(base, dim);
  start = e.clampIndex(start, extent);
  end = e.ranges.max(e.clampIndex(end, extent), start);
  if (start == 0 && end == extent && step == 1)
    return e.withLayoutOf(e.expand(source, e.shape(base)), base);
  return e.withLayoutOf(
      e.emit<graph::SliceScatterOp>(base, source, dim, start, end, step), base);
}

Value graphc::aten::emitSelectScatter(Emitter &e, Value base, Value source,
                                      int64_t dim, Expr index) {
  if (e.hasFailed())
    return {};
  index = e.wrapIndex(index, e.size(base, dim));
  return emitSliceScatter(e, base, e.unsqueeze(source, dim), dim, index,
                          index + 1, e.expr(1));
}

/// With the two dimensions in front, the diagonal's elements are the ones at
/// [i, i + offset].
Value graphc::aten::emitDiagonalScatter(Emitter &e, Value base, Value source,
                                        int64_t offset, int64_t dim1,
                                        int64_t dim2) {
  int64_t rank = e.rank(base);
  SmallVector<int64_t> perm = {dim1, dim2}, inverse(rank);
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != dim1 && dim != dim2)
      perm.push_back(dim);
  for (auto [position, dim] : llvm::enumerate(perm))
    inverse[dim] = position;
  // The diagonal is the last dimension of the source; bring it to the front.
  SmallVector<int64_t> sourcePerm = {e.rank(source) - 1};
  for (int64_t dim = 0; dim + 1 < e.rank(source); ++dim)
    sourcePerm.push_back(dim);
  Value places = e.iota({e.size(source, -1)}, 0);
  auto shifted = [&](int64_t by) {
    return by > 0 ? e.add(places, static_cast<double>(by)) : places;
  };
  SmallVector<Value> indices = {shifted(-offset), shifted(offset)};
  Value moved = e.emit<graph::IndexPutOp>(
      e.permute(base, perm), ValueRange(indices), e.permute(source, sourcePerm),
      ArrayRef<int64_t>{0, 1}, false);
  return e.withLayoutOf(e.permute(moved, inverse), base);
}
