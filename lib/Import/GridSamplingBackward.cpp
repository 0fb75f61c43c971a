//===- GridSamplingBackward.cpp - Gradients of reading images at places ---===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An output is the sum of elements, each times a product of weights, one per
// dimension, that depend on the place. The gradient of the input adds what each
// output had times these weights; that of the grid multiplies with the slope of
// one weight at a time, and with that of the place itself.
//
//===----------------------------------------------------------------------===//

#include "Gradients.h"
#include "GridSampling.h"
#include "Resampling.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
/// One of the elements along one dimension that an output reads: its place, and
/// its weight with its slope along the place.
struct AxisTap {
  Value place, weight, slope;
};

/// All of one dimension, and how the place changes with the grid.
struct Axis {
  SmallVector<AxisTap> taps;
  Value scale;
};

class SamplerGradient {
public:
  SamplerGradient(Emitter &e, const GridArguments &arguments, Value grad)
      : e(e), arguments(arguments), sampler(e, arguments), grad(grad) {
    for (auto [dim, x] : llvm::enumerate(arguments.grid))
      axes.push_back(makeAxis(x, dim));
  }

  Value ofInput();
  Value ofGrid();

private:
  Value number(double value) {
    return e.number(value, e.elementType(arguments.input));
  }
  Axis makeAxis(Value x, size_t dim);
  Value paddingSlope(Value place, size_t dim);
  /// Calls `visit` with one tap of each dimension, in all combinations.
  void forEachTap(llvm::function_ref<void(ArrayRef<AxisTap>)> visit);
  /// The product of the weights, that of dimension `sloped` by its slope.
  Value weigh(ArrayRef<AxisTap> taps, std::optional<size_t> sloped);

  Emitter &e;
  const GridArguments &arguments;
  Sampler sampler;
  Value grad; ///< [N, C, out..] in the compute type.
  SmallVector<Axis> axes;
};
} // namespace

/// The derivative of Sampler::pad at a place.
Value SamplerGradient::paddingSlope(Value place, size_t dim) {
  if (arguments.padding == Padding::Zeros)
    return {};
  Value last = e.sub(sampler.size(dim), 1), one = number(1), sign = one;
  Value padded = place;
  if (arguments.padding == Padding::Reflection) {
    padded = sampler.reflect(place, dim);
    sign = sampler.reflectionSign(place, dim);
  }
  // Where the place is clamped, and on the border itself, it stays.
  Value moves = e.logicalAnd(e.compare(ComparePredicate::Gt, padded, 0),
                             e.compare(ComparePredicate::Lt, padded, last));
  return e.select(moves, sign, number(0));
}

Axis SamplerGradient::makeAxis(Value x, size_t dim) {
  Axis axis;
  bool isCubic = arguments.interpolation == Interpolation::Bicubic;
  Value extent = sampler.size(dim);
  axis.scale = e.mul(arguments.alignCorners ? e.sub(extent, 1) : extent, 0.5);
  Value place = sampler.place(x, dim);
  Value at = isCubic ? place : sampler.pad(place, dim);
  switch (arguments.interpolation) {
  case Interpolation::Nearest:
    axis.taps.push_back({e.emit<graph::RoundOp>(at), number(1), number(0)});
    break;
  case Interpolation::Bilinear: {
    Value low = e.emit<graph::FloorOp>(at), high = e.add(low, 1);
    axis.taps.push_back({low, e.sub(high, at), number(-1)});
    axis.taps.push_back({high, e.sub(at, low), number(1)});
    if (Value slope = paddingSlope(place, dim))
      axis.scale = e.mul(slope, axis.scale);
    break;
  }
  case Interpolation::Bicubic: {
    Value low = e.emit<graph::FloorOp>(at), t = e.sub(at, low);
    auto weights = emitCubicWeights(e, t);
    auto slopes = emitCubicSlopes(e, t);
    for (int i = 0; i < 4; ++i)
      axis.taps.push_back(
          {sampler.pad(e.add(low, i - 1), dim), weights[i], slopes[i]});
    break;
  }
  }
  return axis;
}

void SamplerGradient::forEachTap(
    llvm::function_ref<void(ArrayRef<AxisTap>)> visit) {
  size_t count = axes.front().taps.size(), all = 1;
  for (size_t dim = 0; dim < axes.size(); ++dim)
    all *= count;
  for (size_t number = 0; number < all; ++number) {
    SmallVector<AxisTap> taps;
    for (size_t dim = 0, rest = number; dim < axes.size(); ++dim, rest /= count)
      taps.push_back(axes[dim].taps[rest % count]);
    visit(taps);
  }
}

Value SamplerGradient::weigh(ArrayRef<AxisTap> taps,
                             std::optional<size_t> sloped) {
  Value product;
  for (auto [dim, tap] : llvm::enumerate(taps)) {
    Value factor = sloped == dim ? tap.slope : tap.weight;
    product = product ? e.mul(product, factor) : factor;
  }
  return product;
}

static SmallVector<Value> getPlaces(ArrayRef<AxisTap> taps) {
  return llvm::map_to_vector(taps,
                             [](const AxisTap &tap) { return tap.place; });
}

Value SamplerGradient::ofInput() {
  Value sum = e.full(e.shape(arguments.input), number(0));
  // The channels last, as indices that are not adjacent have them.
  SmallVector<int64_t> perm{0};
  for (int64_t dim = 2; dim < e.rank(grad); ++dim)
    perm.push_back(dim);
  perm.push_back(1);
  Value channelsLast = e.permute(grad, perm);
  forEachTap([&](ArrayRef<AxisTap> taps) {
    Sampler::Tap tap = sampler.tap(getPlaces(taps));
    Value weight = e.select(tap.isInside, weigh(taps, {}), number(0));
    Value values = e.mul(channelsLast, e.unsqueeze(weight, e.rank(weight)));
    sum = e.emit<graph::IndexPutOp>(sum, ValueRange(tap.indices), values,
                                    sampler.indexedDims(), /*accumulate=*/true);
  });
  return sum;
}

/// [N, out.., rank], the last spatial dimension first.
Value SamplerGradient::ofGrid() {
  SmallVector<Value> sums(axes.size());
  if (arguments.interpolation != Interpolation::Nearest)
    forEachTap([&](ArrayRef<AxisTap> taps) {
      Value values = e.mul(sampler.fetch(getPlaces(taps)), grad);
      Value inner = e.sum(values, {1}, false);
      for (size_t dim = 0; dim < axes.size(); ++dim) {
        Value part = e.mul(inner, weigh(taps, dim));
        sums[dim] = sums[dim] ? e.add(sums[dim], part) : part;
      }
    });
  SmallVector<Value> parts;
  for (size_t dim = axes.size(); dim-- > 0;) {
    Value x = arguments.grid[dim];
    Value part = sums[dim] ? e.mul(sums[dim], axes[dim].scale)
                           : e.full(e.shape(x), number(0));
    parts.push_back(e.unsqueeze(part, e.rank(x)));
  }
  return e.cat(parts, e.rank(parts.front()) - 1);
}

static void importGridSamplerBackward(Call &call) {
  Emitter &e = call.e;
  GridArguments arguments = readGridArguments(call);
  Value grad = call.tensor("grad_output");
  SmallVector<bool> wanted;
  if (const auto *mask = call.get("output_mask").as<Item::List>())
    for (const Item &item : *mask)
      wanted.push_back(item.getConstant().value_or(0) != 0);
  wanted.resize(2, true);
  if (!e.hasFailed() && e.rank(grad) != e.rank(arguments.input))
    e.fail("shape-mismatch", "the gradient does not fit the grid");
  if (e.hasFailed())
    return;
  SamplerGradient gradient(e, arguments,
                           e.cast(grad, e.elementType(arguments.input)));
  auto result = [&](Value x) {
    call.result(e.contiguous(e.cast(x, arguments.type)));
  };
  if (wanted[0])
    result(gradient.ofInput());
  else
    call.result(Value());
  // The kernels of torch make the grid's gradient whether it is wanted or not.
  result(gradient.ofGrid());
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.cudnn_grid_sampler_backward.default", importGridSamplerBackward},
    {"aten.grid_sampler_2d_backward.default", importGridSamplerBackward},
    {"aten.grid_sampler_3d_backward.default", importGridSamplerBackward},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::gridSamplingBackwardOverloads() {
  return table;
}
