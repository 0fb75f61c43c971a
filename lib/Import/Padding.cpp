//===- Padding.cpp - Operators that pad along dimensions ------------------===//
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

/// torch lists pads from the last dimension on, low before high.
static void emitConstantPad(Call &call, const Item &value) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  SmallVector<Expr> pads = call.sizes("pad");
  int64_t rank = e.rank(self);
  SmallVector<Expr> low(rank, e.expr(0)), high(rank, e.expr(0));
  if (pads.size() % 2 || static_cast<int64_t>(pads.size()) > 2 * rank)
    return (void)e.fail("op-argument", "pad does not fit the dimensions");
  for (size_t i = 0; i + 1 < pads.size(); i += 2) {
    low[rank - 1 - i / 2] = pads[i];
    high[rank - 1 - i / 2] = pads[i + 1];
  }
  call.result(e.pad(self, low, high, value));
}

static void importConstantPad(Call &call) {
  emitConstantPad(call, call.get("value"));
}

/// Padding by reading at other places along each dimension: an index that is
/// mirrored or clamped.
static void emitIndexPad(Call &call, ArrayRef<Expr> pads, StringRef mode) {
  Emitter &e = call.e;
  Value value = call.tensor("self");
  int64_t rank = e.rank(value);
  if (static_cast<int64_t>(pads.size()) > 2 * rank)
    return (void)e.fail("op-argument", "padding does not fit the dimensions");
  for (size_t i = 0; i + 1 < pads.size(); i += 2) {
    int64_t dim = rank - 1 - i / 2;
    Expr low = pads[i], high = pads[i + 1], extent = e.size(value, dim);
    if (low == 0 && high == 0)
      continue;
    if (mode == "circular") {
      // What negative pads cut off does not come back on the other side.
      Expr zero = e.expr(0);
      value = e.slice(value, dim, e.ranges.max(-low, zero),
                      extent + e.ranges.min(high, zero), e.expr(1));
      low = e.ranges.max(low, zero);
      high = e.ranges.max(high, zero);
      extent = e.size(value, dim);
    }
    Value place = e.sub(e.iota({extent + low + high}, 0), e.sizeToTensor(low));
    Value last = e.sizeToTensor(extent - 1);
    if (mode == "circular") {
      place = e.emit<graph::RemainderOp>(place, e.sizeToTensor(extent));
    } else if (mode == "replicate") {
      place = e.emit<graph::ClampOp>(place, e.number(0, e.i64()), last);
    } else {
      // n-1 - |n-1 - |x||
      place = e.emit<graph::AbsOp>(place);
      place = e.sub(last, e.emit<graph::AbsOp>(e.sub(last, place)));
    }
    SmallVector<Value> indices = {place};
    value = e.emit<graph::IndexOp>(value, ValueRange(indices),
                                   ArrayRef<int64_t>{dim});
  }
  call.result(e.contiguous(value));
}

static void importReflectionPad(Call &call) {
  emitIndexPad(call, call.sizes("padding"), "reflect");
}
static void importReplicationPad(Call &call) {
  emitIndexPad(call, call.sizes("padding"), "replicate");
}

static void importPad(Call &call) {
  std::string mode = call.text("mode");
  if (mode == "constant")
    return emitConstantPad(call, call.isNone("value") ? Item(0.0)
                                                      : call.get("value"));
  if (mode != "reflect" && mode != "replicate" && mode != "circular")
    return (void)call.e.fail("op-argument", "unknown mode '" + mode + "'");
  emitIndexPad(call, call.sizes("pad"), mode);
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.constant_pad_nd.default", importConstantPad},
    {"aten.pad.default", importPad},
    {"aten.reflection_pad1d.default", importReflectionPad},
    {"aten.reflection_pad2d.default", importReflectionPad},
    {"aten.reflection_pad3d.default", importReflectionPad},
    {"aten.replication_pad1d.default", importReplicationPad},
    {"aten.replication_pad2d.default", importReplicationPad},
    {"aten.replication_pad3d.default", importReplicationPad},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::paddingOverloads() { return table; }
