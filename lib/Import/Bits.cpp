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

/// A mantissa from 1/2 to 1 and an exponent, out of the bits; zeros, NaN and
/// infinities stay what they are, of exponent 0.
static void importFrexp(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = e.elementType(self), compute = getComputeType(type);
  if (!e.hasFailed() && !isFloat(type))
    e.fail("unsupported-dtype", "is not supported for " + getDTypeName(type));
  if (e.hasFailed())
    return;
  bool isDouble = compute.isF64();
  int64_t places = isDouble ? 52 : 23, bias = isDouble ? 1022 : 126;
  int64_t mask = isDouble ? 0x7ff : 0xff;
  Type bits = e.builder.getIntegerType(isDouble ? 64 : 32);
  auto integer = [&](int64_t value) {
    return e.number(Item(e.expr(value)), bits);
  };

  // Numbers without a leading one get it.
  constexpr double scale = 0x1p64;
  Value x = e.cast(self, compute);
  Value isSmall =
      e.compare(graph::ComparePredicate::Lt, e.emit<graph::AbsOp>(x),
                isDouble ? 0x1p-1022 : 0x1p-126);
  Value pattern = emitBits(e, e.select(isSmall, e.mul(x, scale), x), bits);
  Value exponent = e.logicalAnd(
      e.emit<graph::ShiftRightOp>(pattern, integer(places)), integer(mask));
  Value isPlain =
      e.compare(graph::ComparePredicate::Ne, exponent, integer(mask));
  isPlain =
      e.logicalAnd(isPlain, e.compare(graph::ComparePredicate::Ne, x, 0.0));
  Value mantissa =
      emitBits(e,
               e.logicalOr(e.logicalAnd(pattern, integer(~(mask << places))),
                           integer(bias << places)),
               compute);
  Value shift = e.select(isSmall, integer(bias + 64), integer(bias));
  exponent = e.select(isPlain, e.sub(exponent, shift), integer(0));
  call.result(e.cast(e.select(isPlain, mantissa, x), type));
  call.result(e.cast(exponent, e.builder.getI32Type()));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.frexp.Tensor", importFrexp},
    {"aten.view.dtype", importViewAsType},
    {"aten.view_copy.dtype", importViewCopyAsType},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::bitsOverloads() { return table; }
