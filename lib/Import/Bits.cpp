//===- Bits.cpp - The same bits as another dtype --------------------------===//
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

/// Null after a refusal: elements of other widths would regroup.
static Type readBitType(Call &call) {
  Emitter &e = call.e;
  Type from = e.elementType(call.tensor("self"));
  Type to = call.dtype("dtype", from);
  auto isPlain = [](Type type) { return isFloat(type) || isInteger(type); };
  if (from != to &&
      (!isPlain(from) || !isPlain(to) ||
       from.getIntOrFloatBitWidth() != to.getIntOrFloatBitWidth()))
    e.unsupported("a view of " + getDTypeName(from) + " as " +
                  getDTypeName(to));
  return e.hasFailed() ? Type() : to;
}

static Value emitBits(Emitter &e, Value x, Type type) {
  return e.elementType(x) == type ? x : e.emit<graph::BitcastOp>(x, type);
}

static void importViewAsType(Call &call) {
  Emitter &e = call.e;
  Type to = readBitType(call);
  if (!to)
    return;
  Type from = e.elementType(call.tensor("self"));
  call.resultView(
      "self",
      {[&e, to](Value base) { return emitBits(e, base, to); },
       [&e, from](Value, Value view) { return emitBits(e, view, from); }});
}

static void importViewCopyAsType(Call &call) {
  Emitter &e = call.e;
  if (Type to = readBitType(call))
    call.result(e.contiguous(emitBits(e, call.tensor("self"), to)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.view.dtype", importViewAsType},
    {"aten.view_copy.dtype", importViewCopyAsType},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::bitsOverloads() { return table; }
