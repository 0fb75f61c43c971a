//===- Resize.cpp - Upsampling --------------------------------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contractions.h"
#include "Resampling.h"

#include "dialects/Graph/IR/Layout.h"

#include <cmath>

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ResizeMode;

Value graphc::aten::emitSeparable(Emitter &e, Value x,
                                  ArrayRef<Value> matrices) {
  int64_t last = e.rank(x) - 1;
  int64_t first = e.rank(x) - static_cast<int64_t>(matrices.size());
  if (first < 0)
    return e.fail("shape-mismatch", "too few dimensions");
  for (auto [i, matrix] : llvm::enumerate(matrices)) {
    if (!matrix)
      continue;
    int64_t dim = first + static_cast<int64_t>(i);
    x = e.transpose(x, dim, last);
    x = e.transpose(emitMatmul(e, x, e.transpose(matrix, 0, 1)), dim, last);
  }
  return x;
}

Value graphc::aten::withSuggestedLayout(Emitter &e, Value x, Value like) {
  if (!x || !like)
    return {};
  return e.restride(x, graph::suggestedStrides(e.type(like), e.shape(x)));
}

std::array<Value, 4> graphc::aten::emitCubicWeights(Emitter &e, Value t) {
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

std::array<Value, 4> graphc::aten::emitCubicSlopes(Emitter &e, Value t) {
  constexpr double a = -0.75;
  auto inner = [&](Value x) { // |x| <= 1
    return e.mul(e.sub(e.mul(x, 3 * (a + 2)), 2 * (a + 3)), x);
  };
  auto outer = [&](Value x) { // 1 < |x| < 2
    return e.add(e.mul(e.sub(e.mul(x, 3 * a), 10 * a), x), 8 * a);
  };
  Value rest = e.sub(e.number(1, e.elementType(t)), t);
  return {outer(e.add(t, 1)), inner(t), e.neg(inner(rest)),
          e.neg(outer(e.add(rest, 1)))};
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// floor(size * scale), which is exact for a symbolic size only when the scale
/// is a fraction of small powers of two.
static Expr scaledSize(Emitter &e, Expr size, double scale) {
  if (std::optional<int64_t> constant = size.getConstant()) {
    double scaled = std::floor(static_cast<double>(*constant) * scale);
    if (scaled >= 0 && scaled < 0x1p53)
      return e.expr(static_cast<int64_t>(scaled));
    e.fail("op-argument", "a scale factor of " + std::to_string(scale));
    return e.expr(1);
  }
  constexpr int64_t denominator = 1 << 10;
  double numerator = scale * denominator;
  if (numerator != std::floor(numerator) || std::abs(numerator) > 0x1p30) {
    e.unsupported("a symbolic size times " + std::to_string(scale));
    return e.expr(1);
  }
  return (size * static_cast<int64_t>(numerator)).floorDiv(denominator);
}

ResizeTarget graphc::aten::readResizeTarget(Call &call, Value input,
                                            size_t rank) {
  Emitter &e = call.e;
  ResizeTarget target;
  target.scales.assign(rank, 0);
  if (!call.isNone("output_size")) {
    target.sizes = call.sizes("output_size");
    StringRef suffixes[] = {"scales_d", "scales_h", "scales_w"};
    for (size_t i = 0; i < rank; ++i)
      target.scales[i] =
          call.number(rank == 1 ? "scales" : suffixes[3 - rank + i], 0);
  } else {
    SmallVector<double> factors = call.numbers("scale_factors");
    if (factors.size() == rank)
      target.scales = factors;
    for (size_t i = 0; i < factors.size() && i < rank; ++i)
      target.sizes.push_back(
          scaledSize(e, e.size(input, e.rank(input) - rank + i), factors[i]));
  }
  if (target.sizes.size() != rank || e.rank(input) != int64_t(rank) + 2) {
    e.fail("op-argument", "expected " + Twine(rank) + " output sizes and " +
                              Twine(rank + 2) + " dimensions");
    target.sizes.assign(rank, e.expr(1));
  }
  return target;
}

//===----------------------------------------------------------------------===//
// Forward
//===----------------------------------------------------------------------===//

template <size_t rank, ResizeMode mode>
static void importUpsample(Call &call) {
  Emitter &e = call.e;
  Value input = call.tensor(call.schema->parameters[0].name);
  ResizeTarget target = readResizeTarget(call, input, rank);
  bool isNearest =
      mode == ResizeMode::Nearest || mode == ResizeMode::Nearest_exact;
  // torch interpolates bytes in fixed point.
  if (!isNearest && !isFloat(e.elementType(input)))
    return (void)e.unsupported("interpolation of " +
                               getDTypeName(e.elementType(input)));
  bool hasScales = llvm::any_of(target.scales, [](double s) { return s > 0; });
  call.result(e.emit<graph::ResizeOp>(
      mode, input, ArrayRef(target.sizes), call.flag("align_corners"),
      hasScales ? e.builder.getDenseF64ArrayAttr(target.scales)
                : DenseF64ArrayAttr()));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._upsample_nearest_exact1d.default", importUpsample<1, ResizeMode::Nearest_exact>},
    {"aten._upsample_nearest_exact1d.vec", importUpsample<1, ResizeMode::Nearest_exact>},
    {"aten._upsample_nearest_exact2d.default", importUpsample<2, ResizeMode::Nearest_exact>},
    {"aten._upsample_nearest_exact2d.vec", importUpsample<2, ResizeMode::Nearest_exact>},
    {"aten._upsample_nearest_exact3d.default", importUpsample<3, ResizeMode::Nearest_exact>},
    {"aten._upsample_nearest_exact3d.vec", importUpsample<3, ResizeMode::Nearest_exact>},
    {"aten.upsample_bicubic2d.default", importUpsample<2, ResizeMode::Cubic>},
    {"aten.upsample_bicubic2d.vec", importUpsample<2, ResizeMode::Cubic>},
    {"aten.upsample_bilinear2d.default", importUpsample<2, ResizeMode::Linear>},
    {"aten.upsample_bilinear2d.vec", importUpsample<2, ResizeMode::Linear>},
    {"aten.upsample_linear1d.default", importUpsample<1, ResizeMode::Linear>},
    {"aten.upsample_linear1d.vec", importUpsample<1, ResizeMode::Linear>},
    {"aten.upsample_nearest1d.default", importUpsample<1, ResizeMode::Nearest>},
    {"aten.upsample_nearest1d.vec", importUpsample<1, ResizeMode::Nearest>},
    {"aten.upsample_nearest2d.default", importUpsample<2, ResizeMode::Nearest>},
    {"aten.upsample_nearest2d.vec", importUpsample<2, ResizeMode::Nearest>},
    {"aten.upsample_nearest3d.default", importUpsample<3, ResizeMode::Nearest>},
    {"aten.upsample_nearest3d.vec", importUpsample<3, ResizeMode::Nearest>},
    {"aten.upsample_trilinear3d.default", importUpsample<3, ResizeMode::Linear>},
    {"aten.upsample_trilinear3d.vec", importUpsample<3, ResizeMode::Linear>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::resizeOverloads() { return table; }
