//===- Dropout.cpp - Dropout, and slopes that are drawn -------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Distributions.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// The type that a float tensor is computed in; a failure for others.
static Type getFloatComputeType(Emitter &e, Value input) {
  Type type = e.elementType(input);
  if (isa<FloatType>(type))
    return getComputeType(type);
  e.fail("unsupported-dtype", "drops elements of floats only");
  return e.f32();
}

/// Which elements are kept when each is dropped with probability `p`.
static Value drawKept(Call &call, ArrayRef<Expr> shape, double p) {
  return emitBernoulli(Bits::draw(call, shape), 1 - p);
}

double graphc::aten::getDropoutScale(double p) {
  return p == 1 ? 0 : 1 / (1 - p);
}

/// One element for each channel of each sample.
static SmallVector<Expr> getFeatureShape(Emitter &e, Value input) {
  SmallVector<Expr> shape = e.shape(input);
  if (shape.size() < 2)
    e.fail("shape-mismatch", "features take at least 2 dimensions");
  for (size_t dim = 2; dim < shape.size(); ++dim)
    shape[dim] = e.expr(1);
  return shape;
}

Value graphc::aten::emitDropout(Call &call, Value input, double p) {
  Emitter &e = call.e;
  Type type = e.elementType(input), compute = getFloatComputeType(e, input);
  Value kept = e.cast(drawKept(call, e.shape(input), p), compute);
  Value x = e.mul(e.mul(e.cast(input, compute), kept), getDropoutScale(p));
  return e.restride(e.cast(x, type), e.preservedStrides(input));
}

/// Dropped elements become what an infinitely negative one is for SELU; mean
/// and deviation stay.
static Value emitAlpha(Emitter &e, Value x, Value kept, double p) {
  constexpr double alpha = 1.7580993408473766;
  double a = 1 / std::sqrt((alpha * alpha * p + 1) * (1 - p));
  Value shift = e.add(e.mul(e.sub(kept, 1), alpha * a), alpha * a * p);
  return e.add(e.mul(x, e.mul(kept, a)), shift);
}

/// The input itself, or the copy that export records of it: of what eager hands
/// on, which may have gaps.
static void passOn(Call &call, StringRef name) {
  Value input = call.tensor(name);
  Value copy = call.inRecordedLayout(
      input, [&] { return call.e.preservedStrides(input); });
  if (copy == input)
    return call.resultAlias(name);
  call.result(copy);
}

template <bool isFeature, bool isAlpha>
static void importDropout(Call &call) {
  Emitter &e = call.e;
  const Parameter &parameter = call.schema->parameters[0];
  double p = call.number("p");
  if (!call.flag("train") || p == 0)
    return passOn(call, parameter.name);
  Value input = call.tensor(parameter.name), result;
  if (e.hasFailed())
    return;
  if (!isFeature && !isAlpha) {
    result = emitDropout(call, input, p);
  } else {
    Type type = e.elementType(input), compute = getFloatComputeType(e, input);
    Value x = e.cast(input, compute);
    SmallVector<Expr> shape =
        isFeature ? getFeatureShape(e, input) : e.shape(input);
    Value kept = e.cast(drawKept(call, shape, p), compute);
    x = isAlpha && p < 1 ? emitAlpha(e, x, kept, p)
                         : e.mul(e.mul(x, kept), getDropoutScale(p));
    result = e.restride(e.cast(x, type), e.preservedStrides(input));
  }
  if (!parameter.isWritten)
    return call.result(result);
  call.write(parameter.name, result);
  call.resultAlias(parameter.name);
}

/// The result and what is kept.
static void importNativeDropout(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input");
  SmallVector<Expr> strides = e.preservedStrides(input);
  double p = call.number("p");
  // No `train` means training.
  bool train = call.isNone("train") || call.flag("train");
  if (!train || p == 0 || e.hasFailed()) {
    call.result(e.restride(input, strides));
    Value all = e.full(e.shape(input), e.number(1, e.i1()));
    return call.result(e.restride(all, strides));
  }
  Type type = e.elementType(input), compute = getFloatComputeType(e, input);
  Value kept = drawKept(call, e.shape(input), p);
  Value x = e.mul(e.cast(input, compute), e.cast(kept, compute));
  call.result(e.restride(e.cast(e.mul(x, getDropoutScale(p)), type), strides));
  call.result(e.restride(kept, strides));
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

//===----------------------------------------------------------------------===//
// Leaky units whose slope is drawn
//===----------------------------------------------------------------------===//

/// The result, and while training what each element was multiplied by.
static std::array<Value, 2> emitRandomSlopes(Call &call) {
  Emitter &e = call.e;
  Value self = call.tensor("self");
  double lower = call.number("lower"), upper = call.number("upper");
  if (!(lower <= upper))
    e.fail("op-argument", "draws from an empty range");
  Type type = e.elementType(self), compute = getFloatComputeType(e, self);
  if (e.hasFailed())
    return {};
  Value x = e.cast(self, compute);
  Value slope =
      call.flag("training")
          ? e.add(e.mul(emitUniform(Bits::draw(call, e.shape(self)), compute),
                        upper - lower),
                  lower)
          : e.number((lower + upper) / 2, compute);
  Value noise = e.cast(e.select(e.compare(ComparePredicate::Le, x, 0), slope,
                                e.number(1, compute)),
                       type);
  Value result = e.cast(e.mul(x, e.cast(noise, compute)), type);
  SmallVector<Expr> strides = e.preservedStrides(self);
  return {e.restride(result, strides), e.restride(noise, strides)};
}

/// rrelu, and rrelu_with_noise, which writes its noise.
static void importRandomSlopes(Call &call) {
  auto [result, noise] = emitRandomSlopes(call);
  if (call.flag("training") && !call.isNone("noise"))
    call.write("noise", noise);
  if (call.isNone("out"))
    return call.result(result);
  call.write("out", result);
  call.resultAlias("out");
}

static void importRandomSlopesFunctional(Call &call) {
  Emitter &e = call.e;
  auto [result, noise] = emitRandomSlopes(call);
  Value before = call.tensor("noise");
  call.result(result);
  if (call.flag("training"))
    call.result(e.withLayoutOf(e.cast(noise, e.elementType(before)), before));
  else
    call.resultAlias("noise");
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.alpha_dropout.default", importDropout<false, true>},
    {"aten.alpha_dropout_.default", importDropout<false, true>},
    {"aten.dropout.default", importDropout<false, false>},
    {"aten.dropout_.default", importDropout<false, false>},
    {"aten.feature_alpha_dropout.default", importDropout<true, true>},
    {"aten.feature_alpha_dropout_.default", importDropout<true, true>},
    {"aten.feature_dropout.default", importDropout<true, false>},
    {"aten.feature_dropout_.default", importDropout<true, false>},
    {"aten.native_dropout.default", importNativeDropout},
    {"aten.native_dropout_backward.default", importNativeDropoutBackward},
    {"aten.rrelu.default", importRandomSlopes},
    {"aten.rrelu_with_noise.default", importRandomSlopes},
    {"aten.rrelu_with_noise.out", importRandomSlopes},
    {"aten.rrelu_with_noise_functional.default", importRandomSlopesFunctional},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::dropoutOverloads() { return table; }
