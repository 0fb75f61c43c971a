//===- SliceScatter.cpp - Writes into slices and diagonals ----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExpectSize.h"
#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// The tensor that is copied for a write into it: strides stay, unless elements
/// share memory.
static Value writableSelf(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (!self)
    return self;
  bool overlaps = llvm::any_of(
      llvm::zip(e.type(self).getStrides(), e.type(self).getShape()),
      [](auto dim) { return std::get<0>(dim) == 0 && std::get<1>(dim) != 1; });
  return overlaps ? e.restride(self, e.preservedStrides(self)) : self;
}

static void importSliceScatter(Call &call) {
  Emitter &e = call.e;
  Value self = writableSelf(call);
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr start = call.isNone("start") ? e.expr(0) : call.size("start");
  Expr end = call.isNone("end") ? e.size(self, dim) : call.size("end");
  Value source = e.cast(call.tensor("src"), e.elementType(self));
  Expr step = call.size("step"), extent = e.size(self, dim);
  Expr first = e.clampIndex(start, extent);
  Expr length = e.ranges.max(e.clampIndex(end, extent), first) - first;
  if (e.rank(source) == e.rank(self)) {
    source = expectSize(e, source, dim, length.ceilDiv(step),
                        "slice_scatter: the source is as long as the slice");
    if (e.hasFailed())
      return;
    SmallVector<Expr> shape = e.shape(self);
    shape[dim] = e.size(source, dim);
    source = expectShape(e, source, shape, "slice_scatter: the source");
  }
  call.result(emitSliceScatter(e, self, source, dim, start, end, step));
}

static void importSelectScatter(Call &call) {
  Emitter &e = call.e;
  Value self = writableSelf(call);
  Value source = e.cast(call.tensor("src"), e.elementType(self));
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (e.hasFailed())
    return;
  SmallVector<Expr> shape = e.shape(self);
  shape.erase(shape.begin() + dim);
  if (e.rank(source) == static_cast<int64_t>(shape.size()))
    source = expectShape(e, source, shape, "select_scatter: the source");
  call.result(emitSelectScatter(e, self, source, dim, call.size("index")));
}

static void importDiagonalScatter(Call &call) {
  Emitter &e = call.e;
  Value self = writableSelf(call);
  call.result(emitDiagonalScatter(
      e, self, e.cast(call.tensor("src"), e.elementType(self)),
      call.integer("offset"), e.wrapDim(call.integer("dim1"), e.rank(self)),
      e.wrapDim(call.integer("dim2"), e.rank(self))));
}

static Value zerosFor(Call &call, Value grad) {
  return call.e.full(call.sizes("input_sizes"),
                     call.e.number(0, call.e.elementType(grad)));
}

static void importSliceBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), zeros = zerosFor(call, grad);
  call.result(emitSliceScatter(
      e, zeros, grad, e.wrapDim(call.integer("dim"), e.rank(zeros)),
      call.size("start"), call.size("end"), call.size("step")));
}

static void importSelectBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), zeros = zerosFor(call, grad);
  call.result(emitSelectScatter(e, zeros, grad,
                                e.wrapDim(call.integer("dim"), e.rank(zeros)),
                                call.size("index")));
}

static void importDiagonalBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), zeros = zerosFor(call, grad);
  call.result(
      emitDiagonalScatter(e, zeros, grad, call.integer("offset"),
                          e.wrapDim(call.integer("dim1"), e.rank(zeros)),
                          e.wrapDim(call.integer("dim2"), e.rank(zeros))));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.diagonal_backward.default", importDiagonalBackward},
    {"aten.diagonal_scatter.default", importDiagonalScatter},
    {"aten.select_backward.default", importSelectBackward},
    {"aten.select_scatter.default", importSelectScatter},
    {"aten.slice_backward.default", importSliceBackward},
    {"aten.slice_scatter.default", importSliceScatter},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::sliceScatterOverloads() { return table; }
