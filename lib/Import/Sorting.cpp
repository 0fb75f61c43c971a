//===- Sorting.cpp - Sorts and selections ---------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// Values and indices along `dim`; a 0-d tensor is its own sort.
static std::array<Value, 2> emitSort(Call &call, Value self, int64_t dim) {
  Emitter &e = call.e;
  if (e.rank(self) == 0)
    return {self, e.number(0, e.i64())};
  Type type = e.elementType(self);
  Value x = isBool(type) ? e.cast(self, e.builder.getI8Type()) : self;
  auto sorted =
      e.emitAll<graph::SortOp, 2>(x, e.wrapDim(dim, e.rank(self)),
                                  call.flag("descending"), call.flag("stable"));
  return {e.cast(sorted[0], type), sorted[1]};
}

static void importSort(Call &call) {
  for (Value value :
       emitSort(call, call.tensor("self"), call.integer("dim", -1)))
    call.result(value);
}

static void importArgsort(Call &call) {
  call.result(emitSort(call, call.tensor("self"), call.integer("dim", -1))[1]);
}

static void importMsort(Call &call) {
  call.result(emitSort(call, call.tensor("self"), 0)[0]);
}

static void importTopk(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  if (e.rank(self) == 0) {
    call.result(self);
    return call.result(e.number(0, e.i64()));
  }
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  for (Value value :
       e.emitAll<graph::TopkOp, 2>(self, call.size("k"), dim,
                                   call.flag("largest"), call.flag("sorted")))
    call.result(value);
}

static void importKthvalue(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(self));
  Expr k = call.size("k");
  for (Value part : emitSort(call, self, dim)) {
    Value value =
        e.rank(self) == 0 ? part : e.slice(part, dim, k - 1, k, e.expr(1));
    bool keepdim = call.flag("keepdim") || e.rank(self) == 0;
    call.result(e.contiguous(keepdim ? value : e.squeeze(value, dim)));
  }
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.argsort.default", importArgsort},
    {"aten.argsort.stable", importArgsort},
    {"aten.kthvalue.default", importKthvalue},
    {"aten.msort.default", importMsort},
    {"aten.sort.default", importSort},
    {"aten.sort.stable", importSort},
    {"aten.topk.default", importTopk},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::sortingOverloads() { return table; }
