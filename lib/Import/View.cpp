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

#include "Checks.h"
#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

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

void graphc::aten::finish(Call &call, Sharing sharing, ViewStep step,
                          StringRef name) {
  if (sharing == Sharing::View)
    return call.resultView(name, std::move(step));
  call.result(call.e.contiguous(step.apply(call.tensor(name))));
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
  if (e.hasFailed())
    return;
  Expr extent = e.size(call.tensor("self"), dim), index = call.size("index");
  if (!index.isConstant() && !e.hasFailed()) {
    static constexpr StringLiteral message = "index of select out of range";
    Expr place = e.wrapIndex(index, extent);
    assertLessEqual(e, e.expr(0), place, message);
    assertLessEqual(e, place + 1, extent, message);
  }
  finish(call, sharing, selectView(e, dim, index));
}

template <Sharing sharing>
static void importNarrow(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  if (e.hasFailed())
    return;
  Expr extent = e.size(self, dim);
  Expr start = e.wrapIndex(call.size("start"), extent);
  Expr length = call.size("length");
  static constexpr StringLiteral message = "narrow beyond the dimension";
  if (!e.hasFailed()) {
    assertLessEqual(e, e.expr(0), start, message);
    assertLessEqual(e, e.expr(0), length, message);
    // It follows from the next, but bounds the length by itself.
    assertLessEqual(e, length, extent, message);
    assertLessEqual(e, start + length, extent, message);
  }
  finish(call, sharing, checkedSliceView(e, dim, start, start + length));
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

static constexpr Overload table[] = {
    // clang-format off
    {"aten.adjoint.default", importMatrixTranspose},
    {"aten.alias.default", importIdentity},
    {"aten.alias_copy.default", importCopyOf},
    {"aten.broadcast_tensors.default", importBroadcastTensors},
    {"aten.broadcast_to.default", importExpand<Sharing::View>},
    {"aten.contiguous.default", importContiguous},
    {"aten.detach.default", importIdentity},
    {"aten.detach_.default", importIdentity},
    {"aten.detach_copy.default", importCopyOf},
    {"aten.diagonal.default", importDiagonal<Sharing::View>},
    {"aten.diagonal_copy.default", importDiagonal<Sharing::Copy>},
    {"aten.expand.default", importExpand<Sharing::View>},
    {"aten.expand_as.default", importExpandAs},
    {"aten.expand_copy.default", importExpand<Sharing::Copy>},
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
    {"aten.select.int", importSelect<Sharing::View>},
    {"aten.select_copy.int", importSelect<Sharing::Copy>},
    {"aten.slice.Tensor", importSlice<Sharing::View>},
    {"aten.slice_copy.Tensor", importSlice<Sharing::Copy>},
    {"aten.swapaxes.default", importTranspose<Sharing::View>},
    {"aten.swapaxes_.default", importTranspose<Sharing::View>},
    {"aten.swapdims.default", importTranspose<Sharing::View>},
    {"aten.swapdims_.default", importTranspose<Sharing::View>},
    {"aten.t.default", importT<Sharing::View>},
    {"aten.t_.default", importT<Sharing::View>},
    {"aten.t_copy.default", importT<Sharing::Copy>},
    {"aten.transpose.int", importTranspose<Sharing::View>},
    {"aten.transpose_.default", importTranspose<Sharing::View>},
    {"aten.transpose_copy.int", importTranspose<Sharing::Copy>},
    {"aten.unfold.default", importUnfold<Sharing::View>},
    {"aten.unfold_copy.default", importUnfold<Sharing::Copy>},
    {"prims.broadcast_in_dim.default", importBroadcastInDim},
    {"prims.device_put.default", importIdentity},
    {"prims.transpose.default", importPermute<Sharing::View>},
    {"prims.view_of.default", importIdentity},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::viewOverloads() { return table; }
