//===- Striding.cpp - Places in a storage by strides ----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// as_strided looks through a tensor at its storage. An offset counts from where
// that begins, not from the tensor; without one the tensor's first element
// stays the first.
//
//===----------------------------------------------------------------------===//

#include "Views.h"

#include "dialects/Graph/IR/Layout.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

namespace {
/// Elements picked from a storage: `base` is the tensor which holds it, and
/// `offset` counts from its first element.
struct Window {
  TensorRef base;
  SmallVector<Expr> shape, strides;
  Expr offset;
};
} // namespace

/// The window of a call, or nothing after a failure.
static std::optional<Window> readWindow(Call &call) {
  Emitter &e = call.e;
  Window w{call.tensorRef(call.schema->parameters[0].name), call.sizes("size"),
           call.sizes("stride"), e.expr(0)};
  if (w.base && !call.isNone("storage_offset")) {
    Type type = e.elementType(w.base->read());
    w.base = Tensor::getRoot(w.base);
    std::optional<int64_t> begin = w.base->storage->offset;
    if (!begin || e.elementType(w.base->read()) != type)
      e.unsupported("as_strided from the beginning of a storage of which only "
                    "a part is known");
    else
      w.offset = call.size("storage_offset") - *begin;
  }
  if (w.shape.size() != w.strides.size())
    e.fail("op-argument", "as many strides as sizes are needed");
  return e.hasFailed() ? std::nullopt : std::make_optional(std::move(w));
}

/// Refuses, or checks at run time, what lies outside the known elements.
static void checkBounds(Emitter &e, const Window &w) {
  StridedTensorType type = e.type(w.base->read());
  if (!graph::isNonOverlappingAndDense(type.getShape(), type.getStrides()))
    return (void)e.unsupported("as_strided of a tensor with gaps in memory");
  if (llvm::is_contained(w.shape, e.expr(0)))
    return;
  Expr last = w.offset, count = e.numElements(w.base->read());
  for (auto [size, stride] : llvm::zip(w.shape, w.strides))
    last = last + (size - 1) * stride;
  auto check = [&](Expr low, Expr high) {
    if (e.ranges.provesLessEqual(low, high))
      return;
    if (low.isConstant() && high.isConstant())
      return (void)e.unsupported(
          "as_strided of elements " + w.offset.str() + " to " + last.str() +
          " of a storage of which " + count.str() + " are known");
    graph::AssertOp::create(e.builder, e.loc, low.le(high),
                            "as_strided stays within its storage");
  };
  check(e.expr(0), w.offset);
  check(last + 1, count);
}

template <bool isCopy>
static void importAsStrided(Call &call) {
  Emitter &e = call.e;
  std::optional<Window> w = readWindow(call);
  if (!w)
    return;
  StridedTensorType type = e.type(w->base->read());
  ViewStep step = identityView();
  // The same elements in the same places can be written, too.
  if (w->offset != 0 || type.getShape() != ArrayRef(w->shape) ||
      type.getStrides() != ArrayRef(w->strides)) {
    checkBounds(e, *w);
    step = readOnlyView(e, [=, &e](Value base) {
      return e.emit<graph::AsStridedOp>(base, w->shape, w->strides, w->offset);
    });
  }
  Value value = step.apply(w->base->read());
  if (isCopy)
    call.result(e.contiguous(value));
  else if (value)
    call.result(Item(std::make_shared<Tensor>(w->base, step, value)));
}

/// The storage as a row of elements, those of the window replaced.
static void importAsStridedScatter(Call &call) {
  Emitter &e = call.e;
  TensorRef self = call.tensorRef("self");
  std::optional<Window> w = readWindow(call);
  if (!w)
    return;
  if (w->base != self)
    return (void)e.unsupported("as_strided_scatter into a view");
  checkBounds(e, *w);
  if (e.hasFailed())
    return;
  Value base = self->read();
  Value source =
      e.expand(e.cast(call.tensor("src"), e.elementType(base)), w->shape);
  Value places = e.sizeToTensor(w->offset);
  for (auto [dim, size, stride] : llvm::enumerate(w->shape, w->strides)) {
    SmallVector<Expr> along(w->shape.size(), e.expr(1));
    along[dim] = size;
    places = e.add(places, e.mul(e.iota(along, dim), e.sizeToTensor(stride)));
  }
  SmallVector<int64_t> order = memoryOrder(e.type(base)), back(order.size());
  for (auto [position, dim] : llvm::enumerate(order))
    back[dim] = static_cast<int64_t>(position);
  Value ordered = e.permute(base, order);
  Value row = e.reshape(ordered, {e.numElements(base)});
  row = e.emit<graph::IndexPutOp>(row, ValueRange(places), source,
                                  ArrayRef<int64_t>{0}, /*accumulate=*/false);
  Value result = e.permute(e.reshape(row, e.shape(ordered)), back);
  call.result(e.withLayoutOf(result, base));
}

/// Element (i, i, ..); with `wrap` a tall matrix begins again below.
static void importFillDiagonal(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> shape = e.shape(self);
  if (e.hasFailed())
    return;
  if (shape.size() < 2)
    return (void)e.fail("op-argument", "a diagonal needs two dimensions");
  if (shape.size() > 2 && !llvm::all_equal(shape))
    return (void)e.fail("op-argument",
                        "all dimensions must be of equal length");
  auto along = [&](size_t dim) {
    SmallVector<Expr> own(shape.size(), e.expr(1));
    own[dim] = shape[dim];
    return e.iota(own, static_cast<int64_t>(dim));
  };
  Value rows = along(0), mask;
  if (shape.size() == 2 && call.flag("wrap"))
    rows = e.emit<graph::RemainderOp>(rows, e.sizeToTensor(shape[1] + 1));
  for (size_t dim = 1; dim < shape.size(); ++dim) {
    Value isEqual = e.compare(graph::ComparePredicate::Eq, rows, along(dim));
    mask = mask ? e.logicalAnd(mask, isEqual) : isEqual;
  }
  Value fill = e.operand(call.operand("fill_value"), e.elementType(self));
  call.write("self", e.select(mask, fill, self));
  call.resultAlias("self");
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.as_strided.default", importAsStrided<false>},
    {"aten.as_strided_copy.default", importAsStrided<true>},
    {"aten.as_strided_scatter.default", importAsStridedScatter},
    {"aten.fill_diagonal_.default", importFillDiagonal},
    {"prims.as_strided.default", importAsStrided<false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::stridingOverloads() { return table; }
