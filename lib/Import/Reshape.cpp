//===- Reshape.cpp - Operators that give elements another shape -----------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

SmallVector<Expr> graphc::aten::inferShape(Emitter &e, Value x,
                                           ArrayRef<Expr> shape) {
  SmallVector<Expr> result(shape);
  Expr known = e.expr(1);
  Expr *unknown = nullptr;
  for (Expr &size : result) {
    if (size == -1 && unknown)
      e.fail("op-argument", "two sizes are -1");
    if (size == -1)
      unknown = &size;
    else
      known = known * size;
  }
  if (!unknown)
    return result;
  Expr total = e.numElements(x);
  if (known == 0) {
    e.fail("op-argument", "-1 beside a size of 0");
    return result;
  }
  Expr rest = total.divideExactly(known);
  *unknown =
      rest ? rest : e.ranges.simplify(total).floorDiv(e.ranges.simplify(known));
  return result;
}

static SmallVector<Expr> flattenedShape(Emitter &e, Value x, int64_t start,
                                        int64_t end) {
  SmallVector<Expr> shape = e.shape(x);
  if (shape.empty())
    return {e.expr(1)};
  start = e.wrapDim(start, shape.size());
  end = e.wrapDim(end, shape.size());
  if (start > end) {
    e.fail("op-argument", "start_dim after end_dim");
    return shape;
  }
  Expr merged = graph::product(e.getContext(),
                               ArrayRef(shape).slice(start, end - start + 1));
  shape.erase(shape.begin() + start, shape.begin() + end + 1);
  shape.insert(shape.begin() + start, merged);
  return shape;
}

template <Sharing sharing>
static void importView(Call &call) {
  StringRef name = call.schema->parameters[0].name;
  StringRef sizes = call.schema->parameters[1].name;
  Emitter &e = call.e;
  finish(call, sharing,
         reshapeView(e, inferShape(e, call.tensor(name), call.sizes(sizes))),
         name);
}

/// The result shares memory where strides allow it; a write through it when
/// they do not would be lost, so it is a copy then.
static void importReshapeTo(Call &call, ArrayRef<Expr> shape) {
  Emitter &e = call.e;
  StringRef name = call.schema->parameters[0].name;
  Value self = call.tensor(name);
  ViewStep step = reshapeView(e, shape);
  Value value = step.apply(self);
  // The view exists when reading it needs no copy.
  bool isView =
      value && (e.type(self).isContiguous() || !e.type(value).isContiguous() ||
                e.type(self).getShape() == e.type(value).getShape());
  if (isView)
    call.resultView(name, std::move(step));
  else
    call.result(value);
}

static void importReshape(Call &call) {
  StringRef name = call.schema->parameters[0].name;
  StringRef sizes = call.schema->parameters[1].name;
  importReshapeTo(call,
                  inferShape(call.e, call.tensor(name), call.sizes(sizes)));
}

static void importReshapeAs(Call &call) {
  importReshapeTo(call, call.e.shape(call.tensor("other")));
}

static void importFlatten(Call &call) {
  importReshapeTo(call, flattenedShape(call.e, call.tensor("self"),
                                       call.integer("start_dim"),
                                       call.integer("end_dim")));
}

/// Unlike flatten and reshape, never a view with strides.
static void importRavel(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> shape = {e.numElements(self)};
  if (self && !e.type(self).isContiguous())
    return call.result(e.contiguous(e.reshape(self, shape)));
  importReshapeTo(call, shape);
}

static void importUnflatten(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  SmallVector<Expr> shape = e.shape(self), sizes = call.sizes("sizes");
  if (shape.empty())
    return (void)e.fail("op-argument", "unflatten of a 0-d tensor");
  Expr known = e.expr(1), extent = shape[dim];
  for (Expr size : sizes)
    known = size == -1 ? known : known * size;
  for (Expr &size : sizes)
    if (size == -1)
      size = extent.floorDiv(known);
  shape.erase(shape.begin() + dim);
  shape.insert(shape.begin() + dim, sizes.begin(), sizes.end());
  call.resultView("self", reshapeView(e, shape));
}

/// prims.collapse_view and collapse: dimensions start..end become one.
static void importCollapse(Call &call) {
  importReshapeTo(call,
                  flattenedShape(call.e, call.tensor("a"),
                                 call.integer("start"), call.integer("end")));
}

static void importSplitDim(Call &call) {
  Emitter &e = call.e;
  Value a = call.tensor("a");
  int64_t dim = call.integer("dim");
  SmallVector<Expr> shape = e.shape(a);
  if (dim < 0 || dim >= e.rank(a))
    return (void)e.fail("op-argument", "no such dimension");
  Expr outer = call.size("outer_length");
  Expr inner = shape[dim].floorDiv(outer);
  shape[dim] = outer;
  shape.insert(shape.begin() + dim + 1, inner);
  call.resultView("a", reshapeView(e, shape));
}

/// Tracing kept a dimension of `size`, which torch drops when it is 1.
static void checkKept(Emitter &e, Expr size) {
  if (e.hasFailed() || e.ranges.provesLessEqual(e.expr(2), size) ||
      e.ranges.provesLessEqual(size, e.expr(0)))
    return;
  graph::AssertOp::create(e.builder, e.loc, size.ne(e.expr(1)),
                          "squeeze keeps a dimension that tracing kept");
}

template <Sharing sharing>
static void importSqueeze(Call &call) {
  Emitter &e = call.e;
  StringRef name = call.schema->parameters[0].name;
  Value self = call.tensor(name);
  int64_t rank = e.rank(self);
  SmallVector<int64_t> dims;
  if (call.schema->parameters.size() == 1)
    dims = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  else
    for (int64_t dim : call.integers(call.schema->parameters[1].name))
      dims.push_back(e.wrapDim(dim, rank));
  SmallVector<Expr> shape;
  for (auto [dim, size] : llvm::enumerate(e.shape(self))) {
    bool isNamed = llvm::is_contained(dims, static_cast<int64_t>(dim));
    if (isNamed && size == 1)
      continue;
    if (isNamed)
      checkKept(e, size);
    shape.push_back(size);
  }
  finish(call, sharing, reshapeView(e, shape), name);
}

template <Sharing sharing>
static void importUnsqueeze(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> shape = e.shape(self);
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self) + 1);
  shape.insert(shape.begin() + dim, e.expr(1));
  finish(call, sharing, reshapeView(e, shape));
}

SmallVector<Expr> graphc::aten::shapeAtLeast(Emitter &e, Value x,
                                             int64_t rank) {
  SmallVector<Expr> shape = e.shape(x);
  while (static_cast<int64_t>(shape.size()) < rank)
    if (rank == 3 && shape.size() == 2)
      shape.push_back(e.expr(1));
    else
      shape.insert(shape.begin(), e.expr(1));
  return shape;
}

template <int64_t minRank>
static void importAtLeast(Call &call) {
  call.resultView(
      "self",
      reshapeView(call.e, shapeAtLeast(call.e, call.tensor("self"), minRank)));
}

template <int64_t minRank>
static void importAllAtLeast(Call &call) {
  SmallVector<Value> tensors = call.tensors("tensors");
  for (Value &tensor : tensors)
    tensor = call.e.reshape(tensor, shapeAtLeast(call.e, tensor, minRank));
  call.resultList(tensors);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._reshape_alias.default", importReshape},
    {"aten._unsafe_view.default", importReshape},
    {"aten.atleast_1d.Sequence", importAllAtLeast<1>},
    {"aten.atleast_1d.default", importAtLeast<1>},
    {"aten.atleast_2d.Sequence", importAllAtLeast<2>},
    {"aten.atleast_2d.default", importAtLeast<2>},
    {"aten.atleast_3d.Sequence", importAllAtLeast<3>},
    {"aten.atleast_3d.default", importAtLeast<3>},
    {"aten.flatten.using_ints", importFlatten},
    {"aten.ravel.default", importRavel},
    {"aten.reshape.default", importReshape},
    {"aten.reshape_as.default", importReshapeAs},
    {"aten.squeeze.default", importSqueeze<Sharing::View>},
    {"aten.squeeze.dim", importSqueeze<Sharing::View>},
    {"aten.squeeze.dims", importSqueeze<Sharing::View>},
    {"aten.squeeze_.default", importSqueeze<Sharing::View>},
    {"aten.squeeze_.dim", importSqueeze<Sharing::View>},
    {"aten.squeeze_.dims", importSqueeze<Sharing::View>},
    {"aten.squeeze_copy.default", importSqueeze<Sharing::Copy>},
    {"aten.squeeze_copy.dim", importSqueeze<Sharing::Copy>},
    {"aten.squeeze_copy.dims", importSqueeze<Sharing::Copy>},
    {"aten.unflatten.int", importUnflatten},
    {"aten.unsqueeze.default", importUnsqueeze<Sharing::View>},
    {"aten.unsqueeze_.default", importUnsqueeze<Sharing::View>},
    {"aten.unsqueeze_copy.default", importUnsqueeze<Sharing::Copy>},
    {"aten.view.default", importView<Sharing::View>},
    {"aten.view_as.default", importReshapeAs},
    {"aten.view_copy.default", importView<Sharing::Copy>},
    {"prims.collapse.default", importCollapse},
    {"prims.collapse_view.default", importCollapse},
    {"prims.reshape.default", importReshape},
    {"prims.split_dim.default", importSplitDim},
    {"prims.squeeze.default", importSqueeze<Sharing::View>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::reshapeOverloads() { return table; }
