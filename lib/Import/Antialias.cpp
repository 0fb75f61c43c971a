//===- Antialias.cpp - Resizing with filters as wide as the scale ---------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where an image shrinks, a pixel is the mean of all that it covers, weighted
// by the filter. The weights of one dimension are a matrix.
//
//===----------------------------------------------------------------------===//

#include "Resampling.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
enum class Filter { Linear, Cubic, Lanczos };
} // namespace

/// How far a filter reaches at scale one.
static double getReach(Filter filter) {
  return filter == Filter::Linear ? 1 : filter == Filter::Cubic ? 2 : 3;
}

/// c[0] + x * (c[1] + x * ...).
static Value emitPolynomial(Emitter &e, Value x, ArrayRef<double> c) {
  Value sum = e.number(c.back(), e.elementType(x));
  for (double factor : llvm::reverse(c.drop_back()))
    sum = e.add(e.mul(sum, x), factor);
  return sum;
}

/// sin(pi x) / (pi x).
static Value emitSinc(Emitter &e, Value x) {
  Value angle = e.mul(x, M_PI);
  Value isZero = e.compare(ComparePredicate::Eq, x, 0.0);
  Value one = e.number(1, e.elementType(x));
  return e.select(
      isZero, one,
      e.div(e.emit<graph::SinOp>(angle), e.select(isZero, one, angle)));
}

template <Filter filter>
static Value emitFilter(Emitter &e, Value x) {
  x = e.emit<graph::AbsOp>(x);
  Value zero = e.number(0, e.elementType(x));
  Value isInside = e.compare(ComparePredicate::Lt, x, getReach(filter));
  Value weight;
  if constexpr (filter == Filter::Linear) {
    weight = e.sub(e.number(1, e.elementType(x)), x);
  } else if constexpr (filter == Filter::Cubic) {
    // Keys' cubics with a = -1/2.
    weight = e.select(e.compare(ComparePredicate::Lt, x, 1.0),
                      emitPolynomial(e, x, {1, 0, -2.5, 1.5}),
                      emitPolynomial(e, x, {2, -4, 2.5, -0.5}));
  } else {
    weight = e.mul(emitSinc(e, x), emitSinc(e, e.div(x, getReach(filter))));
  }
  return e.select(isInside, weight, zero);
}

/// The step between the pixels of the result, in pixels of the input.
static Value emitScale(Emitter &e, Expr input, Expr output, double scale,
                       bool alignsCorners) {
  auto number = [&](Expr size) { return e.number(Item(size), e.f64()); };
  if (!alignsCorners)
    return scale > 0 ? e.number(1 / scale, e.f64())
                     : e.div(number(input), number(output));
  Value steps = number(output - 1);
  Value one = e.number(1, e.f64());
  return e.select(
      e.compare(ComparePredicate::Gt, steps, 0.0),
      e.div(number(input - 1), e.emit<graph::MaximumOp>(steps, one)),
      e.number(0, e.f64()));
}

/// [output, input] in f64.
template <Filter filter>
static Value emitWeights(Emitter &e, Expr input, Expr output, Value scale) {
  Value one = e.number(1, e.f64());
  Value width = e.emit<graph::MaximumOp>(scale, one);
  Value reach = e.mul(width, getReach(filter));
  Value center =
      e.mul(e.add(e.cast(e.iota({output, e.expr(1)}, 0), e.f64()), 0.5), scale);
  Value pixel = e.cast(e.iota({e.expr(1), input}, 1), e.f64());
  // ATen counts from and to the nearest pixels.
  auto bound = [&](Value x) { return e.emit<graph::FloorOp>(e.add(x, 0.5)); };
  Value isCovered = e.logicalAnd(
      e.compare(ComparePredicate::Ge, pixel, bound(e.sub(center, reach))),
      e.compare(ComparePredicate::Lt, pixel, bound(e.add(center, reach))));
  Value weight =
      emitFilter<filter>(e, e.div(e.add(e.sub(pixel, center), 0.5), width));
  weight = e.select(isCovered, weight, e.number(0, e.f64()));
  Value total = e.sum(weight, {1}, true);
  Value isZero = e.compare(ComparePredicate::Eq, total, 0.0);
  return e.div(weight, e.select(isZero, one, total));
}

template <Filter filter>
static void importAntialiased(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor(call.schema->parameters[0].name);
  ResizeTarget target = readResizeTarget(call, input, 2);
  Type type = e.elementType(input);
  if (!isFloat(type)) // torch interpolates bytes in fixed point.
    return (void)e.unsupported("interpolation of " + getDTypeName(type));
  Type compute = getComputeType(type);
  SmallVector<Value> matrices;
  for (size_t i = 0; i < 2; ++i) {
    Expr from = e.size(input, static_cast<int64_t>(i) + 2);
    // A dimension that keeps its size stays, whatever the scale.
    if (from == target.sizes[i]) {
      matrices.push_back({});
      continue;
    }
    Value scale = emitScale(e, from, target.sizes[i], target.scales[i],
                            call.flag("align_corners"));
    matrices.push_back(
        e.cast(emitWeights<filter>(e, from, target.sizes[i], scale), compute));
  }
  Value x = emitSeparable(e, e.cast(input, compute), matrices);
  call.result(withSuggestedLayout(e, e.cast(x, type), input));
}

/// The gradient through the transposed weights.
template <Filter filter>
static void importAntialiasedBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output");
  ResizeTarget target = readResizeTarget(call, grad, 2);
  SmallVector<Expr> input = call.sizes("input_size");
  if (!e.hasFailed() && input.size() != 4)
    e.fail("op-argument", "expected 4 input sizes");
  Type type = e.elementType(grad), compute = getComputeType(type);
  if (!e.hasFailed() && !isFloat(type))
    e.unsupported("gradients of " + getDTypeName(type));
  if (e.hasFailed())
    return;
  SmallVector<Value> matrices;
  for (size_t i = 0; i < 2; ++i) {
    Expr from = input[i + 2], to = e.size(grad, static_cast<int64_t>(i) + 2);
    Value scale =
        emitScale(e, from, to, target.scales[i], call.flag("align_corners"));
    Value weights = emitWeights<filter>(e, from, to, scale);
    matrices.push_back(e.cast(e.transpose(weights, 0, 1), compute));
  }
  Value x = e.cast(emitSeparable(e, e.cast(grad, compute), matrices), type);
  if (filter == Filter::Cubic)
    return call.result(e.contiguous(x));
  call.result(call.inRecordedLayout(withSuggestedLayout(e, x, grad), [&] {
    return e.contiguousStrides(e.shape(x));
  }));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._upsample_bicubic2d_aa.default", importAntialiased<Filter::Cubic>},
    {"aten._upsample_bicubic2d_aa.vec", importAntialiased<Filter::Cubic>},
    {"aten._upsample_bicubic2d_aa_backward.default", importAntialiasedBackward<Filter::Cubic>},
    {"aten._upsample_bilinear2d_aa.default", importAntialiased<Filter::Linear>},
    {"aten._upsample_bilinear2d_aa.vec", importAntialiased<Filter::Linear>},
    {"aten._upsample_bilinear2d_aa_backward.default", importAntialiasedBackward<Filter::Linear>},
    {"aten._upsample_lanczos2d_aa.default", importAntialiased<Filter::Lanczos>},
    {"aten._upsample_lanczos2d_aa.vec", importAntialiased<Filter::Lanczos>},
    {"aten._upsample_lanczos2d_aa_backward.default", importAntialiasedBackward<Filter::Lanczos>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::antialiasOverloads() { return table; }
