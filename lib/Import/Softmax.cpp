//===- Softmax.cpp - Softmax and its gradients --------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Reductions.h"

#include <limits>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

/// The argument of a softmax in the dtype to compute in.
static Value softmaxInput(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  Type type = call.dtype("dtype", e.elementType(self));
  if (call.flag("half_to_float"))
    type = e.f32();
  if (isa<IntegerType>(type)) {
    e.unsupported("softmax of " + getDTypeName(type));
    type = e.f32();
  }
  return e.cast(self, type);
}

template <typename OpTy>
static void importSoftmax(Call &call) {
  Emitter &e = call.e;
  Value x = softmaxInput(call);
  int64_t dim = e.wrapDim(call.integer("dim"), e.rank(x));
  // Over no dimension at all there is one term.
  if (e.rank(x) == 0)
    return call.result(
        e.reshape(e.emit<OpTy>(e.reshape(x, {e.expr(1)}), int64_t(0)), {}));
  call.result(e.emit<OpTy>(x, dim));
}

/// Rows of minus infinity give zeros.
static void importSafeSoftmax(Call &call) {
  Emitter &e = call.e;
  Value x = softmaxInput(call);
  auto dims = e.wrapDims(call.integer("dim"), e.rank(x));
  if (dims.empty())
    return (void)e.unsupported("softmax of a 0-d tensor");
  Value soft = e.emit<graph::SoftmaxOp>(x, dims.front());
  if (e.size(x, dims.front()) == 0)
    return call.result(soft);
  Value isMasked =
      e.compare(ComparePredicate::Eq, emitExtremum(e, true, x, dims, true),
                -std::numeric_limits<double>::infinity());
  call.result(e.select(isMasked, e.number(0, e.elementType(x)), soft));
}

template <bool isLog>
static void importSoftmaxBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output"), output = call.tensor("output");
  Type type = call.dtype("input_dtype", e.elementType(grad));
  Type compute = getComputeType(e.elementType(grad));
  grad = e.cast(grad, compute);
  output = e.cast(output, compute);
  auto dims = e.wrapDims(call.integer("dim"), e.rank(grad));
  Value result;
  if (isLog) {
    result = e.sub(
        grad, e.mul(e.emit<graph::ExpOp>(output), e.sum(grad, dims, true)));
  } else {
    Value weighted = e.mul(grad, output);
    result = e.sub(weighted, e.mul(output, e.sum(weighted, dims, true)));
  }
  call.result(e.cast(result, type));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._log_softmax.default", importSoftmax<graph::LogSoftmaxOp>},
    {"aten._log_softmax_backward_data.default", importSoftmaxBackward<true>},
    {"aten._safe_softmax.default", importSafeSoftmax},
    {"aten._softmax.default", importSoftmax<graph::SoftmaxOp>},
    {"aten._softmax_backward_data.default", importSoftmaxBackward<false>},
    {"aten.log_softmax.int", importSoftmax<graph::LogSoftmaxOp>},
    {"aten.softmax.int", importSoftmax<graph::SoftmaxOp>},
    {"aten.special_log_softmax.default", importSoftmax<graph::LogSoftmaxOp>},
    {"aten.special_softmax.default", importSoftmax<graph::SoftmaxOp>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::softmaxOverloads() { return table; }
