//===- ResizeBackward.cpp - Gradients of upsampling -----------------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Interpolation is linear, and its weights are products over dimensions: the
// gradient goes through the transposed matrix of each dimension. A sum over
// what reads an element needs no order of updates.
//
//===----------------------------------------------------------------------===//

#include "Gradients.h"
#include "Resampling.h"

using namespace mlir;
using namespace graphc;
using namespace graphc::aten;
using graph::ComparePredicate;
using graph::ResizeMode;

namespace {
/// One dimension that was resized, and the type of its coordinates.
struct Axis {
  Expr input, output;
  double scale; ///< Outputs per input where the file gives it, else 0.
  bool alignsCorners;
  Type type;
};
} // namespace

/// Inputs per output.
static Value emitRatio(Emitter &e, const Axis &axis) {
  auto number = [&](Expr size) { return e.number(Item(size), axis.type); };
  if (!axis.alignsCorners)
    return axis.scale > 0 ? e.number(1 / axis.scale, axis.type)
                          : e.div(number(axis.input), number(axis.output));
  // (n - 1) / (o - 1); one output reads the first input.
  Value steps = number(axis.output - 1), one = e.number(1, axis.type);
  return e.select(
      e.compare(ComparePredicate::Gt, steps, 0.0),
      e.div(number(axis.input - 1), e.emit<graph::MaximumOp>(steps, one)),
      e.number(0, axis.type));
}

/// The outputs' coordinates in the input, [1, output].
static Value emitSources(Emitter &e, const Axis &axis, ResizeMode mode) {
  Value ratio = emitRatio(e, axis);
  Value j = e.cast(e.iota({e.expr(1), axis.output}, 1), axis.type);
  if (mode == ResizeMode::Nearest || axis.alignsCorners)
    return e.mul(j, ratio);
  Value source = e.mul(e.add(j, 0.5), ratio);
  if (mode == ResizeMode::Nearest_exact)
    return source;
  source = e.sub(source, 0.5);
  return mode == ResizeMode::Cubic
             ? source
             : e.emit<graph::MaximumOp>(source, e.number(0, axis.type));
}

/// [input, output] in `axis.type`: the weight of an input in an output.
static Value emitWeights(Emitter &e, const Axis &axis, ResizeMode mode) {
  Value source = emitSources(e, axis, mode);
  Value floored = e.emit<graph::FloorOp>(source);
  Value one = e.number(1, axis.type);
  Value t = e.sub(source, floored);
  int64_t firstTap = 0;
  SmallVector<Value> weights;
  switch (mode) {
  case ResizeMode::Nearest:
  case ResizeMode::Nearest_exact:
    weights = {one};
    break;
  case ResizeMode::Linear:
    weights = {e.sub(one, t), t};
    break;
  case ResizeMode::Cubic:
    firstTap = -1;
    llvm::append_range(weights, emitCubicWeights(e, t));
    break;
  }
  Value input = e.iota({axis.input, e.expr(1)}, 0);
  Value last = e.sizeToTensor(axis.input - 1);
  Value place = e.cast(floored, e.i64()), zero = e.number(0, axis.type), sum;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    // Beyond the border the outermost input is read.
    Value tap = e.emit<graph::ClampOp>(
        e.add(place, static_cast<double>(firstTap + int64_t(i))),
        e.number(0, e.i64()), last);
    Value part =
        e.select(e.compare(ComparePredicate::Eq, input, tap), weight, zero);
    sum = sum ? e.add(sum, part) : part;
  }
  return sum;
}

/// Which gradients of torch keep channels last; the others are contiguous.
static constexpr bool keepsFormat(size_t rank, ResizeMode mode) {
  return rank == 2 ? mode != ResizeMode::Cubic
                   : rank == 3 && mode == ResizeMode::Linear;
}

template <size_t rank, ResizeMode mode>
static void importUpsampleBackward(Call &call) {
  Emitter &e = call.e;
  Value grad = call.tensor("grad_output");
  ResizeTarget target = readResizeTarget(call, grad, rank);
  SmallVector<Expr> input = call.sizes("input_size");
  if (!e.hasFailed() && input.size() != rank + 2)
    e.fail("op-argument", "expected " + Twine(rank + 2) + " input sizes");
  Type type = e.elementType(grad);
  if (!e.hasFailed() && !isFloat(type))
    e.unsupported("gradients of " + getDTypeName(type));
  if (e.hasFailed())
    return;
  ArrayRef<Expr> spatial = ArrayRef(input).drop_front(2);
  Type compute = getComputeType(type);
  bool isNearest =
      mode == ResizeMode::Nearest || mode == ResizeMode::Nearest_exact;
  SmallVector<Value> matrices;
  for (size_t i = 0; i < rank; ++i) {
    // torch's nearest uses f32 for all coordinates.
    Axis axis = {spatial[i], e.size(grad, static_cast<int64_t>(i) + 2),
                 target.scales[i], call.flag("align_corners"),
                 isNearest ? e.f32() : compute};
    matrices.push_back(e.cast(emitWeights(e, axis, mode), compute));
  }
  // Of cubics a size that stays is a copy, whatever the scale.
  bool isCopy = mode == ResizeMode::Cubic && spatial == ArrayRef(target.sizes);
  Value x =
      isCopy ? grad
             : e.cast(emitSeparable(e, e.cast(grad, compute), matrices), type);
  call.result(keepsFormat(rank, mode) ? withSuggestedLayout(e, x, grad)
                                      : e.contiguous(x));
}

static constexpr Overload table[] = {
    // clang-format off
    {"aten._upsample_nearest_exact1d_backward.default", importUpsampleBackward<1, ResizeMode::Nearest_exact>},
    {"aten._upsample_nearest_exact2d_backward.default", importUpsampleBackward<2, ResizeMode::Nearest_exact>},
    {"aten._upsample_nearest_exact3d_backward.default", importUpsampleBackward<3, ResizeMode::Nearest_exact>},
    {"aten.upsample_bicubic2d_backward.default", importUpsampleBackward<2, ResizeMode::Cubic>},
    {"aten.upsample_bilinear2d_backward.default", importUpsampleBackward<2, ResizeMode::Linear>},
    {"aten.upsample_linear1d_backward.default", importUpsampleBackward<1, ResizeMode::Linear>},
    {"aten.upsample_nearest1d_backward.default", importUpsampleBackward<1, ResizeMode::Nearest>},
    {"aten.upsample_nearest2d_backward.default", importUpsampleBackward<2, ResizeMode::Nearest>},
    {"aten.upsample_nearest3d_backward.default", importUpsampleBackward<3, ResizeMode::Nearest>},
    {"aten.upsample_trilinear3d_backward.default", importUpsampleBackward<3, ResizeMode::Linear>},
    // clang-format on
};

ArrayRef<Overload> graphc::aten::resizeBackwardOverloads() { return table; }
