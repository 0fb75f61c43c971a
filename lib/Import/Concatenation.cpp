//===- Concatenation.cpp - Operators that join tensors --------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pointwise.h"
#include "Views.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// Tensors of one promoted type. Legacy: 1-d empty tensors do not count.
static SmallVector<Value> promoteList(Call &call, StringRef name,
                                      bool skipEmpty) {
  Emitter &e = call.e;
  SmallVector<Value> tensors = call.tensors(name);
  SmallVector<Operand> operands(tensors.begin(), tensors.end());
  Type type = checkPromotion(call, getResultType(operands, e.getContext()));
  SmallVector<Value> result;
  for (Value tensor : tensors) {
    bool isLegacyEmpty = e.rank(tensor) == 1 && e.size(tensor, 0) == 0;
    if (!skipEmpty || !isLegacyEmpty || tensors.size() == 1)
      result.push_back(e.cast(tensor, type));
  }
  if (result.empty() && !tensors.empty())
    result.push_back(e.cast(tensors.front(), type));
  return result;
}

static void importCat(Call &call) {
  Emitter &e = call.e;
  auto tensors = promoteList(call, "tensors", true);
  if (tensors.empty())
    return (void)e.fail("op-argument", "no tensors");
  Value value =
      e.cat(tensors, e.wrapDim(call.integer("dim"), e.rank(tensors.front())));
  // What is skipped takes part in the choice of a memory format.
  bool isComplete = tensors.size() == call.tensors("tensors").size();
  call.result(isComplete ? value : e.contiguous(value));
}

static void importStack(Call &call) {
  Emitter &e = call.e;
  auto tensors = promoteList(call, "tensors", false);
  if (tensors.empty())
    return (void)e.fail("op-argument", "no tensors");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(tensors.front()) + 1);
  for (Value &tensor : tensors)
    tensor = e.unsqueeze(tensor, dim);
  call.result(e.contiguous(e.cat(tensors, dim)));
}

/// hstack (axis 1, or 0 for vectors), vstack, dstack, column_stack: tensors
/// lifted to a rank, then concatenated.
template <int64_t minRank, int64_t axis>
static void importStackAlong(Call &call) {
  Emitter &e = call.e;
  auto tensors = promoteList(call, "tensors", false);
  if (tensors.empty())
    return (void)e.fail("op-argument", "no tensors");
  bool isColumn = call.schema->name == "aten.column_stack.default";
  for (Value &tensor : tensors) {
    SmallVector<Expr> shape = shapeAtLeast(e, tensor, minRank);
    if (isColumn && e.rank(tensor) < 2)
      shape = {e.numElements(tensor), e.expr(1)};
    tensor = e.reshape(tensor, shape);
  }
  int64_t dim = axis < e.rank(tensors.front()) ? axis : 0;
  call.result(e.cat(tensors, dim));
}

static void importBlockDiag(Call &call) {
  Emitter &e = call.e;
  auto blocks = promoteList(call, "tensors", false);
  Expr rows = e.expr(0), columns = e.expr(0);
  for (Value &block : blocks) {
    SmallVector<Expr> shape = shapeAtLeast(e, block, 2);
    block = e.reshape(block, shape);
    columns = columns + shape[1];
  }
  SmallVector<Value> padded;
  for (Value block : blocks) {
    Expr width = e.size(block, 1);
    padded.push_back(e.pad(block, {e.expr(0), rows},
                           {e.expr(0), columns - rows - width}, Item(0.0)));
    rows = rows + width;
  }
  call.result(e.cat(padded, 0));
}

static void importMeshgrid(Call &call) {
  Emitter &e = call.e;
  SmallVector<Value> tensors = call.tensors("tensors");
  // "xy" swaps the first two dimensions.
  bool isXy = call.text("indexing") == "xy" && tensors.size() >= 2;
  SmallVector<Expr> shape;
  for (Value tensor : tensors)
    shape.push_back(e.numElements(tensor));
  SmallVector<Value> grids;
  for (auto [dim, tensor] : llvm::enumerate(tensors)) {
    size_t axis = isXy && dim < 2 ? 1 - dim : dim;
    SmallVector<Expr> target = shape, own(shape.size(), e.expr(1));
    if (isXy)
      std::swap(target[0], target[1]);
    own[axis] = shape[dim];
    grids.push_back(e.expand(e.reshape(tensor, own), target));
  }
  call.resultList(grids);
}

/// One row per combination, the last tensor running fastest.
static void importCartesianProd(Call &call) {
  Emitter &e = call.e;
  SmallVector<Value> tensors = promoteList(call, "tensors", false);
  if (tensors.size() == 1)
    return call.result(tensors.front());
  SmallVector<Expr> shape;
  for (Value tensor : tensors)
    shape.push_back(e.numElements(tensor));
  SmallVector<Value> columns;
  for (auto [dim, tensor] : llvm::enumerate(tensors)) {
    SmallVector<Expr> own(shape.size(), e.expr(1));
    own[dim] = shape[dim];
    Value grid = e.expand(e.reshape(tensor, own), shape);
    columns.push_back(
        e.reshape(grid, {graph::product(e.getContext(), shape), e.expr(1)}));
  }
  if (columns.empty())
    return (void)e.fail("op-argument", "no tensors");
  call.result(e.contiguous(e.cat(columns, 1)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.block_diag.default", importBlockDiag},
    {"aten.cartesian_prod.default", importCartesianProd},
    {"aten.cat.default", importCat},
    {"aten.column_stack.default", importStackAlong<2, 1>},
    {"aten.concat.default", importCat},
    {"aten.concatenate.default", importCat},
    {"aten.dstack.default", importStackAlong<3, 2>},
    {"aten.hstack.default", importStackAlong<1, 1>},
    {"aten.meshgrid.default", importMeshgrid},
    {"aten.meshgrid.indexing", importMeshgrid},
    {"aten.row_stack.default", importStackAlong<2, 0>},
    {"aten.stack.default", importStack},
    {"aten.vstack.default", importStackAlong<2, 0>},
    {"prims.cat.default", importCat},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::concatenationOverloads() { return table; }
