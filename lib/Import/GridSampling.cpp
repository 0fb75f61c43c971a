//===- GridSampling.cpp - Reading images at given places ------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A grid holds, for each element of the output, a place of the input in
// coordinates from -1 to 1, the last spatial dimension first.
//
//===----------------------------------------------------------------------===//

#include "Call.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

namespace {
enum class Interpolation { Bilinear, Nearest, Bicubic };
enum class Padding { Zeros, Border, Reflection };

/// Reads `input` [N, C, spatial..] at coordinates [N, out..], one tensor per
/// spatial dimension, all in the compute type.
class Sampler {
public:
  Sampler(Emitter &e, Value input, Padding padding, bool alignCorners)
      : e(e), input(input), padding(padding), alignCorners(alignCorners) {}

  /// [N, C, out..]
  Value nearest(ArrayRef<Value> grid);
  Value linear(ArrayRef<Value> grid);
  Value cubic(ArrayRef<Value> grid);

private:
  size_t getRank() const { return e.rank(input) - 2; }
  Value size(size_t dim) {
    return e.number(Item(e.size(input, dim + 2)), e.elementType(input));
  }
  Value floor(Value x) { return e.emit<graph::FloorOp>(x); }
  /// From -1..1 to places of elements.
  Value place(Value x, size_t dim);
  /// A place outside as padding has it.
  Value pad(Value x, size_t dim);
  Value reflect(Value x, size_t dim);
  SmallVector<Value> places(ArrayRef<Value> grid, bool padded);
  /// The elements at whole places, 0 outside.
  Value fetch(ArrayRef<Value> places);
  /// `values` times a weight for all channels, added to `sum` if there is one.
  Value accumulate(Value sum, Value values, Value weight) {
    Value product = e.mul(values, e.unsqueeze(weight, 1));
    return sum ? e.add(sum, product) : product;
  }

  Emitter &e;
  Value input;
  Padding padding;
  bool alignCorners;
};
} // namespace

Value Sampler::place(Value x, size_t dim) {
  Value extent = size(dim);
  if (alignCorners)
    return e.mul(e.mul(e.add(x, 1), 0.5), e.sub(extent, 1));
  return e.mul(e.sub(e.mul(e.add(x, 1), extent), 1), 0.5);
}

/// Between the first and the last element, or their outer borders, there and
/// back again.
Value Sampler::reflect(Value x, size_t dim) {
  if (alignCorners && e.size(input, dim + 2) == 1)
    return e.full(e.shape(x), e.number(0, e.elementType(x)));
  double low = alignCorners ? 0 : -0.5;
  Value span = alignCorners ? e.sub(size(dim), 1) : size(dim);
  Value distance = e.emit<graph::AbsOp>(e.sub(x, low));
  Value rest = e.emit<graph::FmodOp>(distance, span);
  Value turns = floor(e.div(distance, span));
  Value isBack = e.compare(
      ComparePredicate::Ne,
      e.emit<graph::FmodOp>(turns, e.number(2, e.elementType(turns))), 0);
  return e.add(e.select(isBack, e.sub(span, rest), rest), low);
}

Value Sampler::pad(Value x, size_t dim) {
  if (padding == Padding::Zeros)
    return x;
  if (padding == Padding::Reflection)
    x = reflect(x, dim);
  return e.emit<graph::ClampOp>(x, e.number(0, e.elementType(x)),
                                e.sub(size(dim), 1));
}

SmallVector<Value> Sampler::places(ArrayRef<Value> grid, bool padded) {
  SmallVector<Value> result;
  for (auto [dim, x] : llvm::enumerate(grid))
    result.push_back(padded ? pad(place(x, dim), dim) : place(x, dim));
  return result;
}

Value Sampler::fetch(ArrayRef<Value> places) {
  int64_t outRank = e.rank(places.front());
  SmallVector<Expr> batch(outRank, e.expr(1));
  batch[0] = e.size(input, 0);
  SmallVector<Value> indices{e.iota(batch, 0)};
  SmallVector<int64_t> dims{0};
  Value isInside;
  for (auto [dim, x] : llvm::enumerate(places)) {
    Value fits =
        e.logicalAnd(e.compare(ComparePredicate::Ge, x, 0),
                     e.compare(ComparePredicate::Le, x, e.sub(size(dim), 1)));
    isInside = isInside ? e.logicalAnd(isInside, fits) : fits;
    Value safe = e.select(fits, x, e.number(0, e.elementType(x)));
    indices.push_back(e.cast(safe, e.i64()));
    dims.push_back(static_cast<int64_t>(dim) + 2);
  }
  // Indices that are not adjacent come in front: [N, out.., C].
  Value values = e.emit<graph::IndexOp>(input, ValueRange(indices), dims);
  SmallVector<int64_t> perm{0, outRank};
  for (int64_t dim = 1; dim < outRank; ++dim)
    perm.push_back(dim);
  return e.select(e.unsqueeze(isInside, 1), e.permute(values, perm),
                  e.number(0, e.elementType(input)));
}

Value Sampler::nearest(ArrayRef<Value> grid) {
  SmallVector<Value> at = places(grid, true);
  for (Value &x : at)
    x = e.emit<graph::RoundOp>(x);
  return fetch(at);
}

Value Sampler::linear(ArrayRef<Value> grid) {
  SmallVector<Value> at = places(grid, true), low;
  for (Value x : at)
    low.push_back(floor(x));
  Value sum;
  for (size_t corner = 0; corner < size_t(1) << getRank(); ++corner) {
    SmallVector<Value> taps;
    Value weight;
    for (size_t dim = 0; dim < getRank(); ++dim) {
      Value high = e.add(low[dim], 1);
      bool isHigh = corner >> dim & 1;
      taps.push_back(isHigh ? high : low[dim]);
      Value part = isHigh ? e.sub(at[dim], low[dim]) : e.sub(high, at[dim]);
      weight = weight ? e.mul(weight, part) : part;
    }
    sum = accumulate(sum, fetch(taps), weight);
  }
  return sum;
}

/// Weights of the four taps around a place `t` behind the second of them.
static std::array<Value, 4> cubicWeights(Emitter &e, Value t) {
  constexpr double a = -0.75;
  auto inner = [&](Value x) { // |x| <= 1
    Value y = e.sub(e.mul(x, a + 2), a + 3);
    return e.add(e.mul(e.mul(y, x), x), 1);
  };
  auto outer = [&](Value x) { // 1 < |x| < 2
    Value y = e.sub(e.mul(x, a), 5 * a);
    return e.sub(e.mul(e.add(e.mul(y, x), 8 * a), x), 4 * a);
  };
  Value rest = e.sub(e.number(1, e.elementType(t)), t);
  return {outer(e.add(t, 1)), inner(t), inner(rest), outer(e.add(rest, 1))};
}

Value Sampler::cubic(ArrayRef<Value> grid) {
  SmallVector<Value> at = places(grid, false), low;
  SmallVector<std::array<Value, 4>> weights;
  for (Value x : at) {
    low.push_back(floor(x));
    weights.push_back(cubicWeights(e, e.sub(x, low.back())));
  }
  auto tap = [&](size_t dim, int i) {
    return pad(e.add(low[dim], i - 1), dim);
  };
  Value sum;
  for (int row = 0; row < 4; ++row) {
    Value line;
    for (int column = 0; column < 4; ++column)
      line = accumulate(line, fetch({tap(0, row), tap(1, column)}),
                        weights[1][column]);
    sum = accumulate(sum, line, weights[0][row]);
  }
  return sum;
}

static void importGridSampler(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor("input"), grid = call.tensor("grid");
  int64_t rank = e.rank(input) - 2;
  int64_t mode = call.integer("interpolation_mode"),
          padding = call.integer("padding_mode");
  if (e.hasFailed())
    return;
  if (rank < 2 || rank > 3 || e.rank(grid) != rank + 2 ||
      e.size(grid, -1) != rank ||
      !e.ranges.agree(e.size(grid, 0), e.size(input, 0)))
    return (void)e.fail("shape-mismatch", "the grid does not fit an input of " +
                                              Twine(rank) +
                                              " spatial dimensions");
  if (mode < 0 || mode > (rank == 2 ? 2 : 1) || padding < 0 || padding > 2)
    return (void)e.fail("op-argument", "interpolation or padding mode");
  Type type = e.elementType(input);
  if (!isFloat(type) || e.elementType(grid) != type)
    return (void)e.unsupported("sampling " + getDTypeName(type) +
                               " at places in " +
                               getDTypeName(e.elementType(grid)));
  Type compute = getComputeType(type);
  Sampler sampler(e, e.cast(input, compute), static_cast<Padding>(padding),
                  call.flag("align_corners"));
  SmallVector<Value> places;
  for (int64_t dim = rank - 1; dim >= 0; --dim)
    places.push_back(e.cast(e.select(grid, rank + 1, e.expr(dim)), compute));
  Value result;
  switch (static_cast<Interpolation>(mode)) {
  case Interpolation::Bilinear:
    result = sampler.linear(places);
    break;
  case Interpolation::Nearest:
    result = sampler.nearest(places);
    break;
  case Interpolation::Bicubic:
    result = sampler.cubic(places);
    break;
  }
  call.result(e.contiguous(e.cast(result, type)));
}

/// theta [N, r, r + 1] applied to places (x, y, .., 1) between -1 and 1.
static void importAffineGrid(Call &call) {
  Emitter &e = call.e;
  Value theta = call.tensor("theta");
  SmallVector<Expr> spatial = call.sizes("size");
  int64_t rank = static_cast<int64_t>(spatial.size()) - 2;
  if (e.hasFailed())
    return;
  if (rank < 2 || rank > 3 || e.rank(theta) != 3 || e.size(theta, 1) != rank ||
      e.size(theta, 2) != rank + 1)
    return (void)e.fail("shape-mismatch", "theta does not fit the size");
  spatial.erase(spatial.begin(), spatial.begin() + 2);
  Type type = e.elementType(theta), compute = getComputeType(type);
  // Column k of theta, [N, 1.., r], times a coordinate, [1, .., 1].
  auto column = [&](int64_t k) {
    SmallVector<Expr> shape(rank + 2, e.expr(1));
    shape.front() = e.size(theta, 0);
    shape.back() = e.expr(rank);
    return e.cast(e.reshape(e.select(theta, 2, e.expr(k)), shape), compute);
  };
  Value sum = column(rank);
  for (int64_t dim = 0; dim < rank; ++dim) {
    Expr steps = spatial[dim];
    Value line =
        call.invokeValue("aten.linspace.default", {{"start", Item(-1.0)},
                                                   {"end", Item(1.0)},
                                                   {"steps", Item(steps)},
                                                   {"dtype", Item(compute)}});
    double count = static_cast<double>(e.constantOf(steps, "size"));
    if (count == 1)
      line = e.full({steps}, e.number(0, compute));
    if (!call.flag("align_corners"))
      line = e.div(e.mul(line, count - 1), count);
    SmallVector<Expr> shape(rank + 2, e.expr(1));
    shape[dim + 1] = steps;
    sum = e.add(sum, e.mul(column(rank - 1 - dim), e.reshape(line, shape)));
  }
  call.result(e.contiguous(e.cast(sum, type)));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten.affine_grid_generator.default", importAffineGrid},
    {"aten.grid_sampler.default", importGridSampler},
    {"aten.grid_sampler_2d.default", importGridSampler},
    {"aten.grid_sampler_3d.default", importGridSampler},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::gridSamplingOverloads() { return table; }
