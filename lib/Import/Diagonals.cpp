//===- Diagonals.cpp - Triangles and diagonals of matrices ----------------===//
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
using graph::ComparePredicate;

Value graphc::aten::emitTriangleMask(Emitter &e, Expr rows, Expr columns,
                                     Expr diagonal, bool lower) {
  Value row = e.iota({rows, e.expr(1)}, 0);
  Value column = e.iota({e.expr(1), columns}, 1);
  Value distance = e.sub(column, row);
  return e.compare(lower ? ComparePredicate::Le : ComparePredicate::Ge,
                   distance, e.sizeToTensor(diagonal));
}

template <bool lower>
static void importTriangle(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (e.rank(self) < 2)
    return (void)e.fail("op-argument", "expected a matrix");
  Value mask = emitTriangleMask(e, e.size(self, -2), e.size(self, -1),
                                call.size("diagonal"), lower);
  Value zero = e.number(0, e.elementType(self));
  // Contiguous, whatever the strides of `self` are.
  call.result(e.contiguous(e.select(mask, self, zero)));
}

/// A tensor that is `values` on a diagonal of its last two dimensions and 0
/// elsewhere.
static Value emitDiagEmbed(Emitter &e, Value values, int64_t offset) {
  int64_t rank = e.rank(values);
  Expr length = e.size(values, -1);
  Expr extent = length + std::abs(offset);
  // One row per element, placed by comparing column and row.
  Value source = e.unsqueeze(values, rank);
  Value row = e.iota({extent, e.expr(1)}, 0);
  Value column = e.iota({e.expr(1), extent}, 1);
  Value onDiagonal = e.compare(ComparePredicate::Eq, e.sub(column, row),
                               static_cast<double>(offset));
  SmallVector<Expr> low(rank + 1, e.expr(0)), high = low;
  if (offset >= 0)
    high[rank - 1] = e.expr(offset);
  else
    low[rank - 1] = e.expr(-offset);
  return e.select(onDiagonal, e.pad(source, low, high, Item(0.0)),
                  e.number(0, e.elementType(values)));
}

static void importDiagEmbed(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t rank = e.rank(self) + 1;
  int64_t dim1 = e.wrapDim(call.integer("dim1"), rank);
  int64_t dim2 = e.wrapDim(call.integer("dim2"), rank);
  Value value = emitDiagEmbed(e, self, call.integer("offset"));
  SmallVector<int64_t> perm(rank, -1);
  if (e.hasFailed())
    return;
  perm[dim1] = rank - 2;
  perm[dim2] = rank - 1;
  int64_t next = 0;
  for (int64_t &dim : perm)
    if (dim < 0)
      dim = next++;
  call.result(e.contiguous(e.permute(value, perm)));
}

static void importDiagflat(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  call.result(emitDiagEmbed(e, e.reshape(self, {e.numElements(self)}),
                            call.integer("offset")));
}

static void importDiag(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t diagonal = call.integer("diagonal");
  if (e.rank(self) == 1)
    return call.result(emitDiagEmbed(e, self, diagonal));
  call.result(e.contiguous(
      e.emit<graph::DiagonalOp>(self, diagonal, int64_t(0), int64_t(1))));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.diag.default", importDiag},
    {"aten.diag_embed.default", importDiagEmbed},
    {"aten.diagflat.default", importDiagflat},
    {"aten.tril.default", importTriangle<true>},
    {"aten.triu.default", importTriangle<false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::diagonalOverloads() { return table; }
