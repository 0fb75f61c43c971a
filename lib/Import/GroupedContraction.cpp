//===- GroupedContraction.cpp - Matrix products of groups -----------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// transformers is what mixtures of experts call where `_grouped_mm` does not do
// (transformers/integrations/moe.py).
//
//===----------------------------------------------------------------------===//

#include "Call.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;

/// Rows of whole 16 bytes, which GPUs' results have where export says so.
static Value padRows(Call &call, Value output) {
  return call.inRecordedLayout(output, [&] {
    Emitter &e = call.e;
    int64_t perRow = 128 / e.elementType(output).getIntOrFloatBitWidth();
    SmallVector<Expr> shape = e.shape(output);
    shape.back() = shape.back().ceilDiv(perRow) * perRow;
    return e.contiguousStrides(shape);
  });
}

static void importGroupedMm(Call &call) {
  Emitter &e = call.e;
  Value left = call.tensor("self"), right = call.tensor("mat2");
  Value ends = call.optionalTensor("offs");
  if (e.hasFailed())
    return;
  if (call.optionalTensor("bias"))
    return call.result(Value(e.unsupported("_grouped_mm with a bias")));
  Type type = e.elementType(left);
  if (call.dtype("out_dtype", type) != type)
    return call.result(Value(
        e.unsupported("_grouped_mm with a result of another type than self")));
  bool isBatched = e.rank(left) == 3 && e.rank(right) == 3;
  if (isBatched != !ends)
    return call.result(Value(e.fail(
        "op-argument", "_grouped_mm takes offsets unless both operands have "
                       "three dimensions")));
  Value product = isBatched ? e.matmul(left, right)
                            : e.emit<graph::GroupedMatmulOp>(left, right, ends);
  call.result(padRows(call, product));
}

static void importGroupedMmFallback(Call &call) {
  call.result(call.e.emit<graph::GroupedMatmulOp>(
      call.tensor("input"), call.tensor("weight"), call.tensor("offs")));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._grouped_mm.default", importGroupedMm},
    {"transformers.grouped_mm_fallback.default", importGroupedMmFallback},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::groupedContractionOverloads() { return table; }
