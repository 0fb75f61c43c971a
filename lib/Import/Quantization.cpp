//===- Quantization.cpp - Quantized numbers and those that pretend to be --===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// quantized_decomposed is what torch's quantization of exported programs
// leaves: x is near (q - zero_point) * scale, with q an integer of a range.
//
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "Checks.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
/// 0-d, or along one dimension of what they scale.
struct Parameters {
  Value scale, zeroPoint; ///< As they are given, the latter may be null.
};
} // namespace

/// A parameter by name, a number or a tensor of one element.
static Value readScalar(Call &call, StringRef name, Type ofNumber) {
  Emitter &e = call.e;
  const Item &item = call.get(name);
  if (item.isNumber())
    return e.number(item, ofNumber);
  return e.reshape(call.tensor(name), {});
}

static Parameters readPerTensor(Call &call) {
  Emitter &e = call.e;
  return {readScalar(call, "scale", e.f32()),
          readScalar(call, "zero_point", e.i64())};
}

/// Parameters of `axis`, in shapes that broadcast with `x`.
static Parameters readPerChannel(Call &call, Value x, StringRef scale,
                                 StringRef zeroPoint) {
  Emitter &e = call.e;
  int64_t axis = e.wrapDim(call.integer("axis"), e.rank(x));
  auto along = [&](Value values) -> Value {
    if (!values || e.hasFailed())
      return {};
    if (e.rank(x) == 0 || e.rank(values) != 1 ||
        e.size(values, 0) != e.size(x, axis))
      return e.fail("shape-mismatch",
                    "expected a scale for each element of the axis");
    SmallVector<Expr> shape(e.rank(x), e.expr(1));
    shape[axis] = e.size(values, 0);
    return e.reshape(values, shape);
  };
  return {along(call.tensor(scale)), along(call.optionalTensor(zeroPoint))};
}

static Value clampTo(Call &call, Value x, StringRef low, StringRef high) {
  Emitter &e = call.e;
  Type type = e.elementType(x);
  auto bound = [&](StringRef name) {
    return e.cast(readScalar(call, name, type), type);
  };
  return e.emit<graph::MinimumOp>(e.emit<graph::MaximumOp>(x, bound(low)),
                                  bound(high));
}

static void emitQuantized(Call &call, Value x, const Parameters &parameters) {
  Emitter &e = call.e;
  Value scale = e.cast(parameters.scale, e.f32());
  Value inverse = e.emit<graph::ReciprocalOp>(scale);
  Value q = e.emit<graph::RoundOp>(e.mul(e.cast(x, e.f32()), inverse));
  q = e.add(q, e.cast(parameters.zeroPoint, e.f32()));
  q = clampTo(call, q, "quant_min", "quant_max");
  Type type = call.dtype("dtype");
  if (!e.hasFailed() && (!type || !isInteger(type)))
    e.unsupported("quantization to a dtype that is no integer");
  call.result(e.withLayoutOf(e.cast(q, type), x));
}

static Value readFloats(Call &call, StringRef name) {
  Value x = call.tensor(name);
  if (!call.e.hasFailed() && !isFloat(call.e.elementType(x)))
    call.e.fail("op-argument", "expected floats in '" + name + "'");
  return x;
}

static void importQuantizePerTensor(Call &call) {
  Value x = readFloats(call, "input");
  emitQuantized(call, x, readPerTensor(call));
}

static void importQuantizePerChannel(Call &call) {
  Value x = readFloats(call, "input");
  emitQuantized(call, x, readPerChannel(call, x, "scales", "zero_points"));
}

static void emitDequantized(Call &call, Value q, const Parameters &parameters) {
  Emitter &e = call.e;
  Type type = call.dtype("out_dtype", e.f32());
  if (!e.hasFailed() && type != e.f32())
    e.unsupported("dequantization to " + getDTypeName(type));
  Value x = e.cast(q, type);
  if (parameters.zeroPoint)
    x = e.sub(x, e.cast(parameters.zeroPoint, type));
  call.result(e.withLayoutOf(e.mul(x, e.cast(parameters.scale, type)), q));
}

static void importDequantizePerTensor(Call &call) {
  emitDequantized(call, call.tensor("input"), readPerTensor(call));
}

static void importDequantizePerChannel(Call &call) {
  Value q = call.tensor("input");
  emitDequantized(call, q, readPerChannel(call, q, "scales", "zero_points"));
}

/// Quantized and back at once; the second result, where the operator has one,
/// is what was not clamped.
static void emitPretended(Call &call, const Parameters &parameters) {
  Emitter &e = call.e;
  Value self = readFloats(call, "self");
  Type type = e.elementType(self);
  if (!e.hasFailed() && !isInteger(e.elementType(parameters.zeroPoint)))
    e.unsupported("a zero_point of floats");
  Value scale = e.cast(parameters.scale, e.f32());
  Value zero = e.cast(parameters.zeroPoint, e.f32());
  Value x = e.mul(e.cast(self, e.f32()), e.emit<graph::ReciprocalOp>(scale));
  Value rounded = e.add(e.emit<graph::RoundOp>(x), zero);
  Value q = clampTo(call, rounded, "quant_min", "quant_max");
  call.result(e.withLayoutOf(e.cast(e.mul(e.sub(q, zero), scale), type), self));
  if (call.schema->results.size() == 2)
    call.result(
        e.withLayoutOf(e.compare(ComparePredicate::Eq, rounded, q), self));
}

static void importFakeQuantize(Call &call) {
  emitPretended(call, readPerTensor(call));
}

static void importFakeQuantizePerChannel(Call &call) {
  Emitter &e = call.e;
  Parameters parameters =
      readPerChannel(call, call.tensor("self"), "scale", "zero_point");
  if (e.hasFailed())
    return;
  Value zero = parameters.zeroPoint;
  assertAll(
      e,
      e.logicalAnd(
          e.compare(ComparePredicate::Ge, zero, call.number("quant_min")),
          e.compare(ComparePredicate::Le, zero, call.number("quant_max"))),
      "zero points of fake_quantize are from quant_min to quant_max");
  emitPretended(call, parameters);
}

/// What was not clamped passes the gradient on.
static void importFakeQuantizeBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad");
  call.result(
      e.mul(grad, e.cast(e.toBool(call.tensor("mask")), e.elementType(grad))));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.fake_quantize_per_channel_affine.default", importFakeQuantizePerChannel},
    {"aten.fake_quantize_per_channel_affine_cachemask.default", importFakeQuantizePerChannel},
    {"aten.fake_quantize_per_channel_affine_cachemask_backward.default", importFakeQuantizeBackward},
    {"aten.fake_quantize_per_tensor_affine.default", importFakeQuantize},
    {"aten.fake_quantize_per_tensor_affine.tensor_qparams", importFakeQuantize},
    {"aten.fake_quantize_per_tensor_affine_cachemask.default", importFakeQuantize},
    {"aten.fake_quantize_per_tensor_affine_cachemask_backward.default", importFakeQuantizeBackward},
    {"quantized_decomposed.dequantize_per_channel.default", importDequantizePerChannel},
    {"quantized_decomposed.dequantize_per_tensor.default", importDequantizePerTensor},
    {"quantized_decomposed.dequantize_per_tensor.tensor", importDequantizePerTensor},
    {"quantized_decomposed.quantize_per_channel.default", importQuantizePerChannel},
    {"quantized_decomposed.quantize_per_tensor.default", importQuantizePerTensor},
    {"quantized_decomposed.quantize_per_tensor.tensor", importQuantizePerTensor},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::quantizationOverloads() { return table; }
