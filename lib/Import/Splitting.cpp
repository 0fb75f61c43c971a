//===- Splitting.cpp - Operators that give several views ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// Parts of `self` along `dim` with the given sizes, which are known to be
/// those of parts.
template <Sharing sharing>
static void emitParts(Call &call, int64_t dim, ArrayRef<Expr> sizes) {
  Emitter &e = call.e;
  Item::List list;
  Expr start = e.expr(0);
  for (Expr size : sizes) {
    ViewStep step = checkedSliceView(e, dim, start, start + size);
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
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  SmallVector<Expr> sizes = call.sizes(call.schema->parameters[1].name);
  if (e.hasFailed())
    return;
  static constexpr StringLiteral message = "sizes of parts are not the whole";
  Expr sum = e.expr(0), extent = e.size(self, dim);
  for (Expr size : sizes) {
    assertLessEqual(e, e.expr(0), size, "a part has a negative size");
    // It follows from their sum, but bounds each by itself.
    assertLessEqual(e, size, extent, message);
    sum = sum + size;
  }
  if (e.ranges.simplify(sum) != e.ranges.simplify(extent)) {
    assertLessEqual(e, sum, extent, message);
    assertLessEqual(e, extent, sum, message);
  }
  emitParts<sharing>(call, dim, sizes);
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
    {"aten.chunk.default", importChunk},
    {"aten.dsplit.array", importSplitAlong<2>},
    {"aten.dsplit.int", importSplitAlong<2>},
    {"aten.hsplit.array", importSplitAlong<1>},
    {"aten.hsplit.int", importSplitAlong<1>},
    {"aten.split.Tensor", importSplit<Sharing::View>},
    {"aten.split.sizes", importSplitWithSizes<Sharing::View>},
    {"aten.split_copy.Tensor", importSplit<Sharing::Copy>},
    {"aten.split_with_sizes.default", importSplitWithSizes<Sharing::View>},
    {"aten.split_with_sizes_copy.default", importSplitWithSizes<Sharing::Copy>},
    {"aten.tensor_split.indices", importTensorSplitIndices},
    {"aten.tensor_split.sections", importTensorSplitSections},
    {"aten.unbind.int", importUnbind<Sharing::View>},
    {"aten.unbind_copy.int", importUnbind<Sharing::Copy>},
    {"aten.unsafe_chunk.default", importChunk},
    {"aten.unsafe_split.Tensor", importSplit<Sharing::View>},
    {"aten.unsafe_split_with_sizes.default", importSplitWithSizes<Sharing::View>},
    {"aten.vsplit.array", importSplitAlong<0>},
    {"aten.vsplit.int", importSplitAlong<0>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::splittingOverloads() { return table; }
