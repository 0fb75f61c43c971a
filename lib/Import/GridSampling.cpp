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

#include "GridSampling.h"
#include "Resampling.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;

Value Sampler::place(Value x, size_t dim) {
  Value extent = size(dim);
  if (alignCorners)
    return e.mul(e.mul(e.add(x, 1), 0.5), e.sub(extent, 1));
  return e.mul(e.sub(e.mul(e.add(x, 1), extent), 1), 0.5);
}

Sampler::Reflection Sampler::measure(Value x, size_t dim) {
  Value span = alignCorners ? e.sub(size(dim), 1) : size(dim);
  Value distance = e.emit<graph::AbsOp>(e.sub(x, lowerBorder()));
  Value turns = floor(e.div(distance, span));
  Value isBack = e.compare(
      ComparePredicate::Ne,
      e.emit<graph::FmodOp>(turns, e.number(2, e.elementType(turns))), 0);
  return {distance, span, isBack};
}

Value Sampler::reflect(Value x, size_t dim) {
  if (alignCorners && e.size(input, dim + 2) == 1)
    return e.full(e.shape(x), e.number(0, e.elementType(x)));
  Reflection r = measure(x, dim);
  Value rest = e.emit<graph::FmodOp>(r.distance, r.span);
  return e.add(e.select(r.isBack, e.sub(r.span, rest), rest), lowerBorder());
}

Value Sampler::reflectionSign(Value x, size_t dim) {
  Type type = e.elementType(x);
  if (alignCorners && e.size(input, dim + 2) == 1)
    return e.number(0, type);
  Value one = e.number(1, type), minusOne = e.number(-1, type);
  Value isBelow = e.compare(ComparePredicate::Lt, x, lowerBorder());
  Value isBack = e.emit<graph::BitwiseXorOp>(measure(x, dim).isBack, isBelow);
  return e.select(isBack, minusOne, one);
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

Sampler::Tap Sampler::tap(ArrayRef<Value> places) {
  SmallVector<Expr> batch(e.rank(places.front()), e.expr(1));
  batch[0] = e.size(input, 0);
  Tap tap;
  tap.indices.push_back(e.iota(batch, 0));
  for (auto [dim, x] : llvm::enumerate(places)) {
    Value fits =
        e.logicalAnd(e.compare(ComparePredicate::Ge, x, 0),
                     e.compare(ComparePredicate::Le, x, e.sub(size(dim), 1)));
    tap.isInside = tap.isInside ? e.logicalAnd(tap.isInside, fits) : fits;
    Value safe = e.select(fits, x, e.number(0, e.elementType(x)));
    tap.indices.push_back(e.cast(safe, e.i64()));
  }
  return tap;
}

SmallVector<int64_t> Sampler::indexedDims() {
  SmallVector<int64_t> dims{0};
  for (size_t dim = 0; dim < getRank(); ++dim)
    dims.push_back(static_cast<int64_t>(dim) + 2);
  return dims;
}

Value Sampler::fetch(ArrayRef<Value> places) {
  int64_t outRank = e.rank(places.front());
  Tap at = tap(places);
  // Indices that are not adjacent come in front: [N, out.., C].
  Value values =
      e.emit<graph::IndexOp>(input, ValueRange(at.indices), indexedDims());
  SmallVector<int64_t> perm{0, outRank};
  for (int64_t dim = 1; dim < outRank; ++dim)
    perm.push_back(dim);
  return e.select(e.unsqueeze(at.isInside, 1), e.permute(values, perm),
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

Value Sampler::cubic(ArrayRef<Value> grid) {
  SmallVector<Value> at = places(grid, false), low;
  SmallVector<std::array<Value, 4>> weights;
  for (Value x : at) {
    low.push_back(floor(x));
    weights.push_back(emitCubicWeights(e, e.sub(x, low.back())));
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

GridArguments graphc::aten::readGridArguments(Call &call) {
  Emitter &e = call.e;
  GridArguments arguments;
  // cuDNN's operators have another name for it and no options.
  bool isLibrary = !call.isNone("self");
  Value input = call.tensor(isLibrary ? "self" : "input"),
        grid = call.tensor("grid");
  int64_t rank = e.rank(input) - 2;
  int64_t mode = call.integer("interpolation_mode", 0),
          padding = call.integer("padding_mode", 0);
  Type type = e.elementType(input);
  if (e.hasFailed())
    return arguments;
  if (rank < 2 || rank > 3 || e.rank(grid) != rank + 2 ||
      e.size(grid, -1) != rank ||
      !e.ranges.agree(e.size(grid, 0), e.size(input, 0)))
    e.fail("shape-mismatch", "the grid does not fit an input of " +
                                 Twine(rank) + " spatial dimensions");
  else if (mode < 0 || mode > (rank == 2 ? 2 : 1) || padding < 0 || padding > 2)
    e.fail("op-argument", "interpolation or padding mode");
  else if (!isFloat(type) || e.elementType(grid) != type)
    e.unsupported("sampling " + getDTypeName(type) + " at places in " +
                  getDTypeName(e.elementType(grid)));
  if (e.hasFailed())
    return arguments;
  arguments.interpolation = static_cast<Interpolation>(mode);
  arguments.padding = static_cast<Padding>(padding);
  arguments.alignCorners = isLibrary || call.flag("align_corners");
  arguments.type = type;
  Type compute = getComputeType(type);
  arguments.input = e.cast(input, compute);
  for (int64_t dim = rank - 1; dim >= 0; --dim)
    arguments.grid.push_back(
        e.cast(e.select(grid, rank + 1, e.expr(dim)), compute));
  return arguments;
}

static void importGridSampler(Call &call) {
  Emitter &e = call.e;
  GridArguments arguments = readGridArguments(call);
  if (e.hasFailed())
    return;
  Sampler sampler(e, arguments);
  Value result;
  switch (arguments.interpolation) {
  case Interpolation::Bilinear:
    result = sampler.linear(arguments.grid);
    break;
  case Interpolation::Nearest:
    result = sampler.nearest(arguments.grid);
    break;
  case Interpolation::Bicubic:
    result = sampler.cubic(arguments.grid);
    break;
  }
  call.result(e.contiguous(e.cast(result, arguments.type)));
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
    {"aten.cudnn_grid_sampler.default", importGridSampler},
    {"aten.grid_sampler.default", importGridSampler},
    {"aten.grid_sampler_2d.default", importGridSampler},
    {"aten.grid_sampler_3d.default", importGridSampler},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::gridSamplingOverloads() { return table; }
