//===- Dropout.cpp - Dropout that drops nothing ---------------------------===//
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

/// True when random numbers take part, which the compiler does not make.
static bool isRandom(Call &call, bool train) {
  if (!train || call.number("p") == 0)
    return false;
  call.e.unsupported("dropout in training mode");
  return true;
}

static void importDropout(Call &call) {
  if (!isRandom(call, call.flag("train")))
    call.resultAlias(call.schema->parameters[0].name);
}

static void importNativeDropout(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  // No `train` means training.
  if (isRandom(call, call.isNone("train") || call.flag("train")))
    return;
  call.result(e.restride(input, e.preservedStrides(input)));
  Value kept = e.full(e.shape(input), e.number(1, e.i1()));
  call.result(e.restride(kept, e.preservedStrides(input)));
}

static void importNativeDropoutBackward(Call &call) {
  Emitter &e = call.e;
  // The scale is a float, with which integers become float32.
  Value grad = call.tensor("grad_output");
  if (isa<IntegerType>(e.elementType(grad)))
    grad = e.cast(grad, e.f32());
  Type type = e.elementType(grad), compute = getComputeType(type);
  Value kept =
      e.mul(e.cast(call.tensor("mask"), compute), call.number("scale"));
  call.result(e.cast(e.mul(e.cast(grad, compute), kept), type));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.alpha_dropout.default", importDropout},
    {"aten.dropout.default", importDropout},
    {"aten.dropout_.default", importDropout},
    {"aten.feature_alpha_dropout.default", importDropout},
    {"aten.feature_dropout.default", importDropout},
    {"aten.native_dropout.default", importNativeDropout},
    {"aten.native_dropout_backward.default", importNativeDropoutBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::dropoutOverloads() { return table; }
