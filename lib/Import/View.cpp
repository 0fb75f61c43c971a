//===- View.cpp - Operators whose results share memory --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each view operator is a ViewStep: how to read it, and what a write to it does
// to what it views. The `_copy` variants use the same steps without sharing.
//
//===----------------------------------------------------------------------===//

#include "Call.h"
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

ViewStep graphc::aten::selectView(Emitter &e, int64_t dim, Expr index) {
  return {[=, &e](Value base) { return e.select(base, dim, index); },
          [=, &e](Value base, Value view) {
            return emitSelectScatter(e, base, view, dim, index);
          }};
}

static ViewStep expandView(Emitter &e, ArrayRef<Expr> shape) {
  SmallVector<Expr> sizes(shape);
  return {[&e, sizes](Value base) { return e.expand(base, sizes); },
          [&e](Value base, Value view) {
            if (e.numElements(base) != e.numElements(view))
              return Value(e.unsupported("a write to an expanded tensor"));
            return e.withLayoutOf(e.reshape(view, e.shape(base)), base);
          }};
}

static ViewStep diagonalView(Emitter &e, int64_t offset, int64_t dim1,
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
  if (e.ranges.provesLessEqual(index, e.expr(-1)))
    index = index + e.size(base, dim);
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

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

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
  if (known == 0)
    e.fail("op-argument", "-1 beside a size of 0");
  else
    *unknown = total.floorDiv(known);
  return result;
}

static SmallVector<Expr> expandedShape(Emitter &e, Value x,
                                       ArrayRef<Expr> shape) {
  SmallVector<Expr> result(shape);
  int64_t added = static_cast<int64_t>(shape.size()) - e.rank(x);
  if (added < 0)
    e.fail("op-argument", "expand to fewer dimensions");
  else
    for (auto [dim, size] : llvm::enumerate(result))
      if (size == -1 && static_cast<int64_t>(dim) >= added)
        size = e.size(x, dim - added);
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

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

namespace {
/// How results relate to the argument's memory.
enum class Sharing { View, Copy };
} // namespace

/// Adds a view of `self` as result, or a fresh tensor of its value.
static void finish(Call &call, Sharing sharing, ViewStep step,
                   StringRef name = "self") {
  if (sharing == Sharing::View)
    return call.resultView(name, std::move(step));
  call.result(call.e.contiguous(step.apply(call.tensor(name))));
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

template <Sharing sharing>
static void importPermute(Call &call) {
  Emitter &e = call.e;
  StringRef name = call.schema->parameters[0].name;
  int64_t rank = e.rank(call.tensor(name));
  SmallVector<int64_t> perm;
  for (int64_t dim : call.integers(call.schema->parameters[1].name))
    perm.push_back(e.wrapDim(dim, rank));
  SmallVector<int64_t> sorted(perm);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, rank)))
    return (void)e.fail("op-argument", "the dimensions are no permutation");
  finish(call, sharing, permuteView(e, perm), name);
}

template <Sharing sharing>
static void importTranspose(Call &call) {
  Emitter &e = call.e;
  int64_t rank = e.rank(call.tensor("self"));
  const auto &parameters = call.schema->parameters;
  finish(call, sharing,
         transposeView(e, rank,
                       e.wrapDim(call.integer(parameters[1].name), rank),
                       e.wrapDim(call.integer(parameters[2].name), rank)));
}

template <Sharing sharing>
static void importT(Call &call) {
  Emitter &e = call.e;
  int64_t rank = e.rank(call.tensor("self"));
  if (rank > 2)
    return (void)e.fail("op-argument", "t of more than 2 dimensions");
  finish(call, sharing, transposeView(e, rank, 0, rank == 2 ? 1 : 0));
}

/// mT and adjoint of real tensors: the last two dimensions.
static void importMatrixTranspose(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t rank = e.rank(self);
  if (isComplex(e.elementType(self)))
    return (void)e.unsupported("conjugation");
  if (rank < 2)
    return (void)e.fail("op-argument", "expected a matrix");
  call.resultView("self", transposeView(e, rank, rank - 2, rank - 1));
}

static void importNumpyT(Call &call) {
  int64_t rank = call.e.rank(call.tensor("self"));
  call.resultView("self",
                  permuteView(call.e, llvm::to_vector(llvm::reverse(
                                          llvm::seq<int64_t>(0, rank)))));
}

static void importMovedim(Call &call) {
  Emitter &e = call.e;
  int64_t rank = e.rank(call.tensor("self"));
  SmallVector<int64_t> from, to, perm(rank, -1);
  for (int64_t dim : call.integers("source"))
    from.push_back(e.wrapDim(dim, rank));
  for (int64_t dim : call.integers("destination"))
    to.push_back(e.wrapDim(dim, rank));
  if (from.size() != to.size() || e.hasFailed())
    return (void)e.fail("op-argument", "different numbers of dimensions");
  for (auto [source, destination] : llvm::zip(from, to))
    perm[destination] = source;
  int64_t next = 0;
  for (int64_t &dim : perm) {
    if (dim >= 0)
      continue;
    while (llvm::is_contained(from, next))
      ++next;
    dim = next++;
  }
  call.resultView("self", permuteView(e, perm));
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
  for (auto [dim, size] : llvm::enumerate(e.shape(self)))
    if (size != 1 || !llvm::is_contained(dims, static_cast<int64_t>(dim)))
      shape.push_back(size);
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

template <int64_t minRank>
static SmallVector<Expr> shapeAtLeast(Emitter &e, Value x) {
  SmallVector<Expr> shape = e.shape(x);
  // 3-d puts a missing third dimension behind, everything else in front.
  while (static_cast<int64_t>(shape.size()) < minRank)
    if (minRank == 3 && shape.size() == 2)
      shape.push_back(e.expr(1));
    else
      shape.insert(shape.begin(), e.expr(1));
  return shape;
}

template <int64_t minRank>
static void importAtLeast(Call &call) {
  call.resultView(
      "self",
      reshapeView(call.e, shapeAtLeast<minRank>(call.e, call.tensor("self"))));
}

template <int64_t minRank>
static void importAllAtLeast(Call &call) {
  SmallVector<Value> tensors = call.tensors("tensors");
  for (Value &tensor : tensors)
    tensor = call.e.reshape(tensor, shapeAtLeast<minRank>(call.e, tensor));
  call.resultList(tensors);
}

template <Sharing sharing>
static void importExpand(Call &call) {
  Emitter &e = call.e;
  finish(
      call, sharing,
      expandView(e, expandedShape(e, call.tensor("self"), call.sizes("size"))));
}

static void importExpandAs(Call &call) {
  call.resultView("self",
                  expandView(call.e, call.e.shape(call.tensor("other"))));
}

static void importBroadcastTensors(Call &call) {
  Emitter &e = call.e;
  SmallVector<Expr> shape;
  SmallVector<Value> tensors = call.tensors("tensors");
  for (Value tensor : tensors)
    shape = e.broadcastShapes(shape, e.shape(tensor));
  for (Value &tensor : tensors)
    tensor = e.expand(tensor, shape);
  call.resultList(tensors);
}

/// Dimension i of `a` becomes dimension broadcast_dimensions[i].
static void importBroadcastInDim(Call &call) {
  Emitter &e = call.e;
  Value a = call.tensor("a");
  SmallVector<Expr> shape = call.sizes("shape");
  SmallVector<int64_t> dims = call.integers("broadcast_dimensions");
  SmallVector<Expr> padded(shape.size(), e.expr(1));
  for (auto [dim, position] : llvm::enumerate(dims))
    if (position >= 0 && position < static_cast<int64_t>(padded.size()))
      padded[position] = e.size(a, dim);
  call.resultView("a", readOnlyView(e, [&e, shape, padded](Value base) {
                    return e.expand(e.reshape(base, padded), shape);
                  }));
}

template <Sharing sharing>
static void importSlice(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (e.rank(self) == 0)
    return (void)e.fail("op-argument", "slice of a 0-d tensor");
  Expr start = call.isNone("start") ? e.expr(0) : call.size("start");
  Expr end = call.isNone("end") ? e.size(self, dim) : call.size("end");
  finish(call, sharing, sliceView(e, dim, start, end, call.size("step")));
}

template <Sharing sharing>
static void importSelect(Call &call) {
  Emitter &e = call.e;
  int64_t rank = e.rank(call.tensor("self"));
  if (rank == 0)
    return (void)e.fail("op-argument", "select of a 0-d tensor");
  int64_t dim = e.wrapDim(call.integer("dim"), rank);
  finish(call, sharing, selectView(e, dim, call.size("index")));
}

template <Sharing sharing>
static void importNarrow(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr start = call.size("start");
  if (e.ranges.provesLessEqual(start, e.expr(-1)))
    start = start + e.size(self, dim);
  finish(call, sharing,
         sliceView(e, dim, start, start + call.size("length"), e.expr(1)));
}

template <Sharing sharing>
static void importDiagonal(Call &call) {
  Emitter &e = call.e;
  StringRef name = call.schema->parameters[0].name;
  int64_t rank = e.rank(call.tensor(name));
  finish(call, sharing,
         diagonalView(e, call.integer("offset"),
                      e.wrapDim(call.integer("dim1"), rank),
                      e.wrapDim(call.integer("dim2"), rank)),
         name);
}

/// Windows of `size` at every `step` along a dimension, as a last dimension.
template <Sharing sharing>
static void importUnfold(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dimension"), e.rank(self));
  Expr window = call.size("size"), step = call.size("step");
  SmallVector<Expr> shape = e.shape(self);
  SmallVector<Expr> strides = llvm::to_vector(e.type(self).getStrides());
  // A 0-d tensor has one window.
  if (shape.empty())
    return finish(call, sharing, readOnlyView(e, [=, &e](Value base) {
                    return e.emit<graph::AsStridedOp>(
                        base, ArrayRef<Expr>{window}, ArrayRef<Expr>{e.expr(1)},
                        e.expr(0));
                  }));
  shape[dim] = (shape[dim] - window).floorDiv(step) + 1;
  shape.push_back(window);
  strides.push_back(strides[dim]);
  strides[dim] = strides[dim] * step;
  finish(call, sharing, readOnlyView(e, [=, &e](Value base) {
           return e.emit<graph::AsStridedOp>(base, shape, strides, e.expr(0));
         }));
}

static void importIdentity(Call &call) {
  call.resultView(call.schema->parameters[0].name, identityView());
}

static void importCopyOf(Call &call) {
  call.result(call.tensor(call.schema->parameters[0].name));
}

static void importContiguous(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  std::string format = call.memoryFormat("contiguous_format");
  if (self && format == "contiguous_format" && e.type(self).isContiguous())
    return call.resultAlias("self");
  SmallVector<Expr> strides = format == "preserve_format"
                                  ? e.preservedStrides(self)
                                  : e.formatStrides(e.shape(self), format);
  Value value = e.restride(self, strides);
  if (value == self)
    return call.resultAlias("self");
  call.result(value);
}

//===----------------------------------------------------------------------===//
// Several views
//===----------------------------------------------------------------------===//

/// Parts of `self` along `dim` with the given sizes.
template <Sharing sharing>
static void emitParts(Call &call, int64_t dim, ArrayRef<Expr> sizes) {
  Emitter &e = call.e;
  Item::List list;
  Expr start = e.expr(0);
  for (Expr size : sizes) {
    ViewStep step = sliceView(e, dim, start, start + size, e.expr(1));
    if (sharing == Sharing::View)
      list.push_back(call.view("self", std::move(step)));
    else
      list.push_back(std::make_shared<Tensor>(
          e.contiguous(step.apply(call.tensor("self")))));
    start = start + size;
  }
  call.result(Item(std::move(list)));
}

/// Sizes of parts of `size` elements, the last one shorter.
static SmallVector<Expr> partSizes(Emitter &e, Expr extent, Expr size) {
  SmallVector<Expr> sizes;
  Expr count = extent.ceilDiv(size);
  std::optional<int64_t> parts = count.getConstant();
  if (!parts) {
    e.unsupported("a number of parts that depends on a symbolic size");
    return sizes;
  }
  // An empty dimension is one empty part.
  for (int64_t i = 0; i < std::max<int64_t>(*parts, 1); ++i)
    sizes.push_back(i + 1 < *parts ? size
                                   : extent - size * std::max<int64_t>(i, 0));
  return sizes;
}

template <Sharing sharing>
static void importSplit(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr extent = e.size(self, dim), size = call.size("split_size");
  if (size == 0)
    return emitParts<sharing>(call, dim, {extent});
  emitParts<sharing>(call, dim, partSizes(e, extent, size));
}

template <Sharing sharing>
static void importSplitWithSizes(Call &call) {
  Emitter &e = call.e;
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(call.tensor("self")));
  emitParts<sharing>(call, dim, call.sizes(call.schema->parameters[1].name));
}

static void importChunk(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr extent = e.size(self, dim);
  int64_t chunks = std::max<int64_t>(call.integer("chunks"), 1);
  Expr size = extent.ceilDiv(chunks);
  if (size == 0)
    return emitParts<Sharing::View>(call, dim,
                                    SmallVector<Expr>(chunks, e.expr(0)));
  // A symbolic extent that divides evenly gives equal parts.
  if (!extent.isConstant() && extent.divideExactly(e.expr(chunks)))
    return emitParts<Sharing::View>(
        call, dim,
        SmallVector<Expr>(chunks, extent.divideExactly(e.expr(chunks))));
  emitParts<Sharing::View>(call, dim, partSizes(e, extent, size));
}

/// numpy's array_split: the first `extent % sections` parts are one longer.
static void importTensorSplit(Call &call, int64_t dim, int64_t sections) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  dim = e.wrapDim(dim, e.rank(self));
  int64_t extent = e.constantOf(e.size(self, dim), "self");
  SmallVector<Expr> sizes;
  for (int64_t i = 0; i < sections; ++i)
    sizes.push_back(e.expr(extent / sections + (i < extent % sections)));
  emitParts<Sharing::View>(call, dim, sizes);
}

static void importTensorSplitSections(Call &call) {
  importTensorSplit(call, call.integer("dim"), call.integer("sections"));
}

static void emitSplitAt(Call &call, int64_t dim) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  dim = e.wrapDim(dim, e.rank(self));
  Item::List list;
  Expr start = e.expr(0), extent = e.size(self, dim);
  SmallVector<Expr> ends = call.sizes("indices");
  ends.push_back(extent);
  for (Expr end : ends) {
    list.push_back(call.view("self", sliceView(e, dim, start, end, e.expr(1))));
    start = end;
  }
  call.result(Item(std::move(list)));
}

static void importTensorSplitIndices(Call &call) {
  emitSplitAt(call, call.integer("dim"));
}

/// hsplit, vsplit, dsplit: along a dimension of their own.
template <int64_t dim>
static void importSplitAlong(Call &call) {
  Emitter &e = call.e;
  int64_t rank = e.rank(call.tensor("self"));
  if (rank <= (dim == 2 ? 2 : dim == 0 ? 1 : 0))
    return (void)e.fail("op-argument", "too few dimensions");
  // The columns of a vector are its elements.
  int64_t along = dim == 1 && rank == 1 ? 0 : dim;
  if (call.schema->parameters[1].name == "indices")
    return emitSplitAt(call, along);
  importTensorSplit(call, along, call.integer("sections"));
}

template <Sharing sharing>
static void importUnbind(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  int64_t count = e.constantOf(e.size(self, dim), "dim");
  Item::List list;
  for (int64_t i = 0; i < count; ++i) {
    ViewStep step = selectView(e, dim, e.expr(i));
    if (sharing == Sharing::View)
      list.push_back(call.view("self", std::move(step)));
    else
      list.push_back(std::make_shared<Tensor>(
          e.contiguous(step.apply(call.tensor("self")))));
  }
  call.result(Item(std::move(list)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._reshape_alias.default", importReshape},
    {"aten._unsafe_view.default", importReshape},
    {"aten.adjoint.default", importMatrixTranspose},
    {"aten.alias.default", importIdentity},
    {"aten.alias_copy.default", importCopyOf},
    {"aten.atleast_1d.Sequence", importAllAtLeast<1>},
    {"aten.atleast_1d.default", importAtLeast<1>},
    {"aten.atleast_2d.Sequence", importAllAtLeast<2>},
    {"aten.atleast_2d.default", importAtLeast<2>},
    {"aten.atleast_3d.Sequence", importAllAtLeast<3>},
    {"aten.atleast_3d.default", importAtLeast<3>},
    {"aten.broadcast_tensors.default", importBroadcastTensors},
    {"aten.broadcast_to.default", importExpand<Sharing::View>},
    {"aten.chunk.default", importChunk},
    {"aten.contiguous.default", importContiguous},
    {"aten.detach.default", importIdentity},
    {"aten.detach_.default", importIdentity},
    {"aten.detach_copy.default", importCopyOf},
    {"aten.diagonal.default", importDiagonal<Sharing::View>},
    {"aten.diagonal_copy.default", importDiagonal<Sharing::Copy>},
    {"aten.dsplit.array", importSplitAlong<2>},
    {"aten.dsplit.int", importSplitAlong<2>},
    {"aten.expand.default", importExpand<Sharing::View>},
    {"aten.expand_as.default", importExpandAs},
    {"aten.expand_copy.default", importExpand<Sharing::Copy>},
    {"aten.flatten.using_ints", importFlatten},
    {"aten.hsplit.array", importSplitAlong<1>},
    {"aten.hsplit.int", importSplitAlong<1>},
    {"aten.lift.default", importIdentity},
    {"aten.lift_fresh.default", importIdentity},
    {"aten.lift_fresh_copy.default", importCopyOf},
    {"aten.linalg_diagonal.default", importDiagonal<Sharing::View>},
    {"aten.mH.default", importMatrixTranspose},
    {"aten.mT.default", importMatrixTranspose},
    {"aten.matrix_H.default", importMatrixTranspose},
    {"aten.moveaxis.int", importMovedim},
    {"aten.moveaxis.intlist", importMovedim},
    {"aten.movedim.int", importMovedim},
    {"aten.movedim.intlist", importMovedim},
    {"aten.narrow.default", importNarrow<Sharing::View>},
    {"aten.narrow_copy.default", importNarrow<Sharing::Copy>},
    {"aten.numpy_T.default", importNumpyT},
    {"aten.permute.default", importPermute<Sharing::View>},
    {"aten.permute_copy.default", importPermute<Sharing::Copy>},
    {"aten.ravel.default", importRavel},
    {"aten.reshape.default", importReshape},
    {"aten.reshape_as.default", importReshapeAs},
    {"aten.select.int", importSelect<Sharing::View>},
    {"aten.select_copy.int", importSelect<Sharing::Copy>},
    {"aten.slice.Tensor", importSlice<Sharing::View>},
    {"aten.slice_copy.Tensor", importSlice<Sharing::Copy>},
    {"aten.split.Tensor", importSplit<Sharing::View>},
    {"aten.split.sizes", importSplitWithSizes<Sharing::View>},
    {"aten.split_copy.Tensor", importSplit<Sharing::Copy>},
    {"aten.split_with_sizes.default", importSplitWithSizes<Sharing::View>},
    {"aten.split_with_sizes_copy.default", importSplitWithSizes<Sharing::Copy>},
    {"aten.squeeze.default", importSqueeze<Sharing::View>},
    {"aten.squeeze.dim", importSqueeze<Sharing::View>},
    {"aten.squeeze.dims", importSqueeze<Sharing::View>},
    {"aten.squeeze_.default", importSqueeze<Sharing::View>},
    {"aten.squeeze_.dim", importSqueeze<Sharing::View>},
    {"aten.squeeze_.dims", importSqueeze<Sharing::View>},
    {"aten.squeeze_copy.default", importSqueeze<Sharing::Copy>},
    {"aten.squeeze_copy.dim", importSqueeze<Sharing::Copy>},
    {"aten.squeeze_copy.dims", importSqueeze<Sharing::Copy>},
    {"aten.swapaxes.default", importTranspose<Sharing::View>},
    {"aten.swapaxes_.default", importTranspose<Sharing::View>},
    {"aten.swapdims.default", importTranspose<Sharing::View>},
    {"aten.swapdims_.default", importTranspose<Sharing::View>},
    {"aten.t.default", importT<Sharing::View>},
    {"aten.t_.default", importT<Sharing::View>},
    {"aten.t_copy.default", importT<Sharing::Copy>},
    {"aten.tensor_split.indices", importTensorSplitIndices},
    {"aten.tensor_split.sections", importTensorSplitSections},
    {"aten.transpose.int", importTranspose<Sharing::View>},
    {"aten.transpose_.default", importTranspose<Sharing::View>},
    {"aten.transpose_copy.int", importTranspose<Sharing::Copy>},
    {"aten.unbind.int", importUnbind<Sharing::View>},
    {"aten.unbind_copy.int", importUnbind<Sharing::Copy>},
    {"aten.unflatten.int", importUnflatten},
    {"aten.unfold.default", importUnfold<Sharing::View>},
    {"aten.unfold_copy.default", importUnfold<Sharing::Copy>},
    {"aten.unsafe_chunk.default", importChunk},
    {"aten.unsafe_split.Tensor", importSplit<Sharing::View>},
    {"aten.unsafe_split_with_sizes.default", importSplitWithSizes<Sharing::View>},
    {"aten.unsqueeze.default", importUnsqueeze<Sharing::View>},
    {"aten.unsqueeze_.default", importUnsqueeze<Sharing::View>},
    {"aten.unsqueeze_copy.default", importUnsqueeze<Sharing::Copy>},
    {"aten.view.default", importView<Sharing::View>},
    {"aten.view_as.default", importReshapeAs},
    {"aten.view_copy.default", importView<Sharing::Copy>},
    {"aten.vsplit.array", importSplitAlong<0>},
    {"aten.vsplit.int", importSplitAlong<0>},
    {"prims.broadcast_in_dim.default", importBroadcastInDim},
    {"prims.collapse.default", importCollapse},
    {"prims.collapse_view.default", importCollapse},
    {"prims.device_put.default", importIdentity},
    {"prims.reshape.default", importReshape},
    {"prims.split_dim.default", importSplitDim},
    {"prims.squeeze.default", importSqueeze<Sharing::View>},
    {"prims.transpose.default", importPermute<Sharing::View>},
    {"prims.view_of.default", importIdentity},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::viewOverloads() { return table; }
