//===- Padding.cpp - Operators that pad, and their gradients --------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"

#include "dialects/Graph/IR/Layout.h"

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
  Value self = call.tensor("self"), value = self;
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
  if (e.hasFailed())
    return;
  SmallVector<Expr> shape = e.shape(value),
                    rowMajor = graph::contiguousStrides(e.getContext(), shape);
  // Images that are mirrored or repeated keep channels last.
  bool isImage = rank == 4 && mode != "circular";
  value = e.restride(
      value, isImage ? graph::suggestedStrides(e.type(self), shape) : rowMajor);
  call.result(call.inRecordedLayout(value, [&] { return rowMajor; }));
}

static void importReflectionPad(Call &call) {
  emitIndexPad(call, call.sizes("padding"), "reflect");
}
static void importReplicationPad(Call &call) {
  emitIndexPad(call, call.sizes("padding"), "replicate");
}

/// Along `dim`, the gradient of `extent` elements that were padded: what was
/// read outside is added where it was read.
static Value emitUnpadded(Emitter &e, Value grad, int64_t dim, Expr extent,
                          Expr low, Expr high, bool isReflection) {
  SmallVector<Expr> before(e.rank(grad), e.expr(0)), after = before;
  /// Parts of the gradient from `first` to `end`, moved behind `offset` inputs.
  auto border = [&](Expr first, Expr end, Expr offset) {
    Value part = e.slice(grad, dim, first, end, e.expr(1));
    Expr count = end - first;
    if (isReflection) {
      part = e.emit<graph::FlipOp>(part, ArrayRef<int64_t>{dim});
    } else {
      part = e.sum(part, {dim}, true);
      count = e.expr(1);
    }
    before[dim] = offset;
    after[dim] = extent - count - offset;
    return e.pad(part, before, after, Item(0.0));
  };
  Value sum = e.slice(grad, dim, low, low + extent, e.expr(1));
  if (low != 0)
    sum = e.add(sum, border(e.expr(0), low, e.expr(isReflection ? 1 : 0)));
  if (high != 0)
    sum = e.add(sum, border(low + extent, low + extent + high,
                            isReflection ? extent - 1 - high : extent - 1));
  return sum;
}

template <bool isReflection>
static void importPadBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), self = call.tensor("self");
  SmallVector<Expr> pads = call.sizes("padding"), shape = e.shape(self);
  Type type = e.elementType(grad);
  int64_t rank = e.rank(self);
  if (e.hasFailed())
    return;
  if (e.rank(grad) != rank || pads.size() % 2 ||
      static_cast<int64_t>(pads.size()) > 2 * rank)
    return (void)e.fail("op-argument", "padding does not fit the dimensions");
  Value x = e.cast(grad, getComputeType(type));
  for (size_t i = 0; i + 1 < pads.size(); i += 2) {
    int64_t dim = rank - 1 - static_cast<int64_t>(i / 2);
    for (Expr pad : {pads[i], pads[i + 1]})
      if (!e.ranges.provesLessEqual(e.expr(0), pad))
        return (void)e.unsupported("gradients of padding that may cut off");
    if (!e.ranges.agree(e.size(grad, dim), shape[dim] + pads[i] + pads[i + 1]))
      return (void)e.fail("shape-mismatch",
                          "the gradient is not of the padded size");
    x = emitUnpadded(e, x, dim, shape[dim], pads[i], pads[i + 1], isReflection);
  }
  // Eager on the CPU keeps channels last; what export traces does not.
  call.result(call.inRecordedLayout(e.contiguous(e.cast(x, type)), [&] {
    return graph::suggestedStrides(e.type(self), shape);
  }));
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
    {"aten.reflection_pad1d_backward.default", importPadBackward<true>},
    {"aten.reflection_pad2d.default", importReflectionPad},
    {"aten.reflection_pad2d_backward.default", importPadBackward<true>},
    {"aten.reflection_pad3d.default", importReflectionPad},
    {"aten.reflection_pad3d_backward.default", importPadBackward<true>},
    {"aten.replication_pad1d.default", importReplicationPad},
    {"aten.replication_pad1d_backward.default", importPadBackward<false>},
    {"aten.replication_pad2d.default", importReplicationPad},
    {"aten.replication_pad2d_backward.default", importPadBackward<false>},
    {"aten.replication_pad3d.default", importReplicationPad},
    {"aten.replication_pad3d_backward.default", importPadBackward<false>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::paddingOverloads() { return table; }
